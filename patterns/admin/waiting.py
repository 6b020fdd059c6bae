"""Waiting for you: what a publisher may decide now, and what came back to an editor."""

from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KT
from django.utils.timesince import timesince

from patterns.admin.lists import first_author, last_revision
from patterns.admin.panels import SHOWN, Item, Panel, labelled, list_url, page_url
from patterns.document.three_way import with_values
from patterns.models import Pattern, Proposal, Revision
from patterns.store.reading import load_entries
from patterns.workflow.proposals import sender_of
from patterns.workflow.roles import actor_of
from patterns.workflow.rules import Actor, Decision, Operation, answer
from patterns.workflow.standing import foresee

CONSIDERED = 50  # entries in review, those that wait longest


def waiting_for(user: Any) -> list[Panel]:
    actor = actor_of(user)
    panels = []
    if answer(Operation.PUBLISH, actor) != "no":
        panels.append(to_publish(actor))
    if answer(Operation.DECIDE, actor) != "no":
        panels.append(to_decide(actor))
    own = [sent_back(actor), decided(actor)] if answer(Operation.CREATE, actor) != "no" else []
    # Who decides for others has enough to read: their own drafts and proposals only if there is something.
    return panels + [panel for panel in own if panel.items or not panels]


def to_publish(actor: Actor) -> Panel:
    """Entries in review that the rules let this user publish, unless it would take an override."""
    review = Pattern.objects.filter(status=Pattern.Status.REVIEW)
    oldest = review.order_by("updated_at", "pk")[:CONSIDERED]
    rows = {row.code: row for row in oldest.only("code", "name", "updated_at")}
    entries = load_entries(Pattern.objects.filter(code__in=rows)) if rows else {}
    answers = foresee([(one, with_values(one, {"status": "published"})) for one in entries.values()], actor)
    mine = [row for code, row in rows.items() if answers.get(code) == Decision()]
    items = [Item(labelled(row.code, row.name), page_url(row.pk), f"for {timesince(row.updated_at)}") for row in mine]
    more = list_url(status__exact="review")
    return Panel("to-publish", "To publish", "Nothing in review waits for you.", items[:SHOWN], len(mine), more)


def to_decide(actor: Actor) -> Panel:
    others = Proposal.objects.filter(state=Proposal.State.OPEN).exclude(author_id=actor.id)
    rows = named(others.order_by("created_at", "pk"))[:SHOWN]
    items = [
        Item(
            labelled(row.code, row.name), page_url(row.pk, "proposal"), f"{sender_of(row)}, {timesince(row.created_at)}"
        )
        for row in rows.select_related("author")
    ]
    title, nothing = "Proposals to decide", "No proposal waits for you."
    return Panel("to-decide", title, nothing, items, others.count(), list_url("proposal", state__exact="open"))


def sent_back(actor: Actor) -> Panel:
    """Drafts of one's own that somebody else moved back from review, with the reason."""
    items = [
        Item(labelled(row.code, row.name), page_url(row.pk), f"{row.by_name or 'somebody'}: {row.why}".rstrip(": "))
        for row in refused(actor).order_by("-updated_at", "pk")[:SHOWN]
    ]
    title, nothing = "Sent back to you", "No draft of yours was sent back."
    return Panel("sent-back", title, nothing, items, len(items), list_url(status__exact="draft", mine="begun"))


def refused(actor: Actor) -> QuerySet[Any]:
    newest = Revision.objects.filter(pattern=OuterRef("pk")).order_by("-change_id")
    drafts = Pattern.objects.filter(status=Pattern.Status.DRAFT).annotate(
        owner=first_author(),
        by=last_revision("change__author_id"),
        by_name=last_revision("change__author__username"),
        why=last_revision("change__comment"),
        before=Subquery(newest.annotate(state=KT("document__status")).values("state")[1:2]),
    )
    return drafts.filter(Q(by=None) | ~Q(by=F("owner")), owner=actor.id, before="review")


def decided(actor: Actor) -> Panel:
    mine = Proposal.objects.filter(author_id=actor.id).exclude(state=Proposal.State.OPEN)
    items = [
        Item(labelled(row.code, row.name), page_url(row.pk, "proposal"), f"{row.state}: {row.decision}".rstrip(": "))
        for row in named(mine.order_by("-decided_at", "-pk"))[:SHOWN]
    ]
    title, nothing = "Your proposals, decided", "None of your proposals was decided yet."
    return Panel("decided", title, nothing, items, len(items), list_url("proposal", **{"from": "me"}))


def named(proposals: QuerySet[Proposal]) -> QuerySet[Any]:
    """Each with the name of its entry, if that is still there."""
    return proposals.annotate(name=Subquery(Pattern.objects.filter(code=OuterRef("code")).values("name")[:1]))
