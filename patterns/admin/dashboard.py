"""The first page: what waits for you, and how the catalogue is."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery, Sum
from django.urls import reverse
from django.utils.timesince import timesince

from patterns.admin.base import MODEL, LongListPaginator, identity_of_row, labelled, list_url, page_url, what_of
from patterns.admin.changes import in_one_line, with_entry_name
from patterns.admin.lists import first_author, unreviewed
from patterns.admin.working_copy import copy_url
from patterns.document.register import with_values
from patterns.lint.finding import NO_EVIDENCE, SEVERITIES
from patterns.models import Catalog, Category, Change, FacetCount, Pattern, Proposal, Request, Revision, WorkingCopy
from patterns.store.findings import lint_newest
from patterns.store.reading import load_entries
from patterns.workflow.proposals import sender_in_words
from patterns.workflow.reviews import asked_of_proposals, open_requests, waits_for_author
from patterns.workflow.rules import Actor, Operation, Ruling, answer
from patterns.workflow.standing import actor_of, foresee

# What the first page is made of: short lists that lead to the whole ones.


SHOWN = 10
COUNTED = LongListPaginator.most  # as far as the list counts that is led to


@dataclass(frozen=True)
class PanelItem:
    text: str
    url: str
    note: str = ""


@dataclass(frozen=True)
class Panel:
    """``total`` counts what ``more`` leads to; ``items`` are its first, and ``nothing`` is said without any."""

    name: str
    title: str
    nothing: str
    items: list[PanelItem] = field(default_factory=list)
    total: int = 0
    more: str = ""

    @property
    def is_capped(self) -> bool:
        return self.total >= COUNTED


def counted(rows: QuerySet[Any]) -> int:
    """How many there are, COUNTED at most; in the order of an index, so that no more are looked at."""
    return rows[:COUNTED].count()


# The entries with the worst findings of the editorial checks: of those that changed last, and once for each change.


CHECKED = 100  # the checks take about a second for these
KEPT_S = 24 * 60 * 60


@dataclass(frozen=True)
class Faulty:
    code: str
    name: str
    counts: tuple[int, ...]  # of errors, warnings, hints

    @property
    def summary(self) -> str:
        words = zip(self.counts, SEVERITIES, strict=True)
        return ", ".join(f"{count} {word}{'s' * (count > 1)}" for count, word in words if count)


@dataclass(frozen=True)
class Checked:
    """``faulty`` have the most errors first; ``unbacked`` are entries with how many gains and costs rest on nothing.

    ``consequence_count`` is that of all gains and costs that were looked at.
    """

    faulty: list[Faulty]
    unbacked: list[tuple[str, str, int]]
    consequence_count: int


def checked(*, today: date) -> Checked:
    """What the checks say; asked anew once the catalogue or the day is another."""
    key = f"checked:{Catalog.objects.only('id', 'version', 'token').get().base}:{today}"
    known: Checked | None = cache.get(key)
    if known is None:
        report = lint_newest(CHECKED, today=today)
        found = Counter((finding.code, finding.severity) for finding in report.findings)
        counts = {code: tuple(found[code, severity] for severity in SEVERITIES) for code, _ in found}
        faulty = [Faulty(code, report.entries[code].name, count) for code, count in counts.items()]
        bare = Counter(finding.code for finding in report.findings if finding.rule == NO_EVIDENCE)
        known = Checked(
            sorted(faulty, key=lambda one: one.counts, reverse=True),
            [(code, report.entries[code].name, count) for code, count in bare.most_common()],
            report.consequence_count,
        )
        cache.set(key, known, KEPT_S)
    return known


# Waiting for you: what is your own, what came back to you, and what a publisher may decide now.


CONSIDERED = 50  # entries in review, those that wait longest


def waiting_for(user: Any) -> list[Panel]:
    """One's own work first, then what others wait for."""
    actor = actor_of(user)
    to_do = []
    if answer(Operation.PUBLISH, actor) != "no":
        to_do.append(to_publish(actor))
    if answer(Operation.DECIDE, actor) != "no":
        to_do.append(to_decide(actor))
    if answer(Operation.CREATE, actor) == "no":
        return [*with_items(*in_the_middle(user)), *to_do]
    drafts, back, decided = own_drafts(actor), sent_back(actor), decided_proposals(actor)
    if to_do:  # who decides for others has enough to read: their own only if there is something
        return [*with_items(*in_the_middle(user), drafts, back), *to_do, *with_items(decided)]
    return [*with_items(*in_the_middle(user)), drafts, back, decided]


def with_items(*panels: Panel) -> list[Panel]:
    return [panel for panel in panels if panel.items]


def own_drafts(actor: Actor) -> Panel:
    """The drafts that one began, the newest first; how many others there are costs nothing."""
    written = Revision.objects.filter(change__author=actor.id, pattern__status=Pattern.Status.DRAFT).order_by()
    # Read by themselves: who began each of all drafts is no question to ask a database.
    touched = [*written.values_list("pattern", flat=True).distinct()[:COUNTED]]
    mine = (
        Pattern.objects.filter(pk__in=touched)
        .alias(owner=first_author())
        .filter(owner=actor.id)
        .order_by("-updated_at", "pk")
    )
    items = [
        PanelItem(labelled(row.code, row.name), page_url(row.pk), f"saved {timesince(row.updated_at)} ago")
        for row in mine.only("code", "name", "updated_at")[:SHOWN]
    ]
    more = list_url(status__exact="draft", mine="begun")
    return Panel("drafts", "Your drafts", "You have no draft.", items, counted(mine) if items else 0, more)


NEW = {"entry": "pattern", "category": "category"}  # of these there can be one without a row


def in_the_middle(user: Any) -> list[Panel]:
    """Working copies: what the user typed and did not save, and what they have to decide since others were faster."""
    newest = WorkingCopy.objects.filter(person=user).order_by("-kept_at", "pk")
    typed, late = [*newest.exclude(token="")[:SHOWN]], [*newest.filter(token="")[:SHOWN]]
    forms = form_urls(typed)
    to_type = [copy_item(copy, forms.get((copy.what, copy.identity), copy_url(copy))) for copy in typed]
    to_decide = [copy_item(copy, copy_url(copy)) for copy in late]
    return [
        Panel("typed", "Not saved yet", "", to_type, len(to_type)),
        Panel("undecided", "For you to decide", "", to_decide, len(to_decide)),
    ]


def copy_item(copy: WorkingCopy, url: str) -> PanelItem:
    name = labelled(copy.identity or "new", copy.document.get("name", "")) if copy.what != "header" else "The header"
    return PanelItem(name, url, f"typed {timesince(copy.kept_at)} ago")


def form_urls(copies: Collection[WorkingCopy]) -> dict[tuple[str, str], str]:
    """What and identity → the form in which it is typed on; nothing for a document that is not there any more."""
    named = {what: {copy.identity for copy in copies if copy.what == what} for what in MODEL}
    rows: Iterator[Any] = chain(
        Pattern.objects.filter(code__in=named["entry"]).only("code"),
        Category.objects.filter(slug__in=named["category"]).only("slug"),
        Catalog.objects.only("pk") if named["header"] else (),
    )
    new = {(what, ""): reverse(f"admin:patterns_{name}_add") for what, name in NEW.items()}
    there = {(what_of(type(row)), identity_of_row(row)): page_url(row.pk, row._meta.model_name) for row in rows}
    return new | there


def to_publish(actor: Actor) -> Panel:
    """Entries in review that the rules let this user publish, unless it would take an override."""
    review = Pattern.objects.filter(status=Pattern.Status.REVIEW)
    oldest = review.order_by("updated_at", "pk")[:CONSIDERED]
    rows = {row.code: row for row in oldest.only("code", "name", "updated_at")}
    entries = load_entries(Pattern.objects.filter(code__in=rows)) if rows else {}
    answers = foresee([(one, with_values(one, {"status": "published"})) for one in entries.values()], actor)
    mine = [row for code, row in rows.items() if answers.get(code) == Ruling()]
    items = [
        PanelItem(labelled(row.code, row.name), page_url(row.pk), f"for {timesince(row.updated_at)}") for row in mine
    ]
    more = list_url(status__exact="review")
    return Panel("to-publish", "To publish", "Nothing in review waits for you.", items[:SHOWN], len(mine), more)


def to_decide(actor: Actor) -> Panel:
    open_ones = Proposal.objects.filter(state=Proposal.State.OPEN)
    others = open_ones.filter(~waits_for_author()).exclude(author_id=actor.id).order_by("created_at", "pk")
    rows = with_entry_name(others)[:SHOWN]
    items = [
        PanelItem(
            labelled(row.code, row.entry_name),
            page_url(row.pk, "proposal"),
            f"{sender_in_words(row)}, {timesince(row.created_at)}",
        )
        for row in rows.select_related("author")
    ]
    title, nothing = "Proposals to decide", "No proposal waits for you."
    more = list_url("proposal", waits="reviewer")
    return Panel("to-decide", title, nothing, items, counted(others.order_by("pk")), more)


def sent_back(actor: Actor) -> Panel:
    """Entries that one began, and proposals that one made, about which something is asked; what was asked last first.

    Each with the newest request about it.
    """
    asked = open_requests().filter(code=OuterRef("code"))
    begun: QuerySet[Any] = Pattern.objects.filter(code__in=open_requests().values("code"))
    entries = with_newest(begun.annotate(owner=first_author()).filter(owner=actor.id), asked)
    made = Proposal.objects.filter(author_id=actor.id, state=Proposal.State.OPEN).filter(Exists(asked_of_proposals()))
    proposals = with_newest(with_entry_name(made), asked_of_proposals())
    found = [
        *((row, labelled(row.code, row.name), page_url(row.pk)) for row in entries),
        *(
            (row, f"{labelled(row.code, row.entry_name)}: your proposal", page_url(row.pk, "proposal"))
            for row in proposals
        ),
    ]
    found = sorted(found, key=lambda one: one[0].asked_at, reverse=True)[:SHOWN]
    items = [PanelItem(text, url, f"{row.who or 'somebody'}: {row.why}") for row, text, url in found]
    title, nothing = "Sent back to you", "Nothing of yours was sent back."
    return Panel("sent-back", title, nothing, items, len(items), list_url(status__exact="draft", mine="begun"))


def with_newest(rows: QuerySet[Any], asked: QuerySet[Request]) -> QuerySet[Any]:
    """The first of the rows, each with who asked what and when last; ``asked`` is what is asked about one of them."""
    newest = asked.order_by("-asked_at", "-pk")
    said = {"why": "text", "who": "asked_by__username", "asked_at": "asked_at"}
    columns = {name: Subquery(newest.values(column)[:1]) for name, column in said.items()}
    return rows.annotate(**columns).order_by("-asked_at", "pk")[:SHOWN]


def decided_proposals(actor: Actor) -> Panel:
    mine = Proposal.objects.filter(author_id=actor.id).exclude(state=Proposal.State.OPEN)
    items = [
        PanelItem(
            labelled(row.code, row.entry_name),
            page_url(row.pk, "proposal"),
            f"{row.state}: {row.decision}".rstrip(": "),
        )
        for row in with_entry_name(mine.order_by("-decided_at", "-pk"))[:SHOWN]
    ]
    title, nothing = "Your proposals, decided", "None of your proposals was decided yet."
    return Panel("decided", title, nothing, items, len(items), list_url("proposal", **{"from": "me"}))


@dataclass(frozen=True)
class FrontPage:
    waiting: list[Panel]
    catalogue: list[Panel]
    changes: list[Panel]
    may_write: bool


def front_of(user: Any, *, now: datetime) -> FrontPage | None:
    """For whoever may read the admin; Django's own list is enough for all others."""
    if not (user.has_perm("patterns.view_pattern") and user.has_perm("patterns.view_change")):
        return None
    catalogue = [entries_by_state(), faults(now), unbacked(now), forgotten(now)]
    changes, imports = Change.objects.all(), Change.objects.filter(origin=Change.Origin.IMPORT)
    newest = [*map(change_item, with_document_count(changes)[:SHOWN])]
    newest_import = [*map(change_item, with_document_count(imports)[:1])]
    imports_url = list_url("change", origin__exact="import")
    record = [
        Panel("changes", "Last changes", "Nothing was changed yet.", newest, more=list_url("change")),
        Panel("import", "Last import", "Nothing was imported yet.", newest_import, more=imports_url),
    ]
    may_write = answer(Operation.CREATE, actor_of(user)) != "no"
    return FrontPage(waiting_for(user), catalogue, record, may_write)


def entries_by_state() -> Panel:
    # Every change keeps count of what is published; what is not has an index of its own for each state.
    published = FacetCount.objects.filter(sign="", quality="").aggregate(count=Sum("count"))["count"] or 0
    counts = {Pattern.Status.PUBLISHED: published}
    items = []
    for status in Pattern.Status:
        if status not in counts:
            counts[status] = counted(Pattern.objects.filter(status=status).order_by("updated_at"))
        more = " or more" if counts[status] == COUNTED and status != Pattern.Status.PUBLISHED else ""
        items.append(PanelItem(str(status.label), list_url(status__exact=status.value), f"{counts[status]}{more}"))
    return Panel("states", "Entries by state", "", items, more=list_url())


def faults(now: datetime) -> Panel:
    found = checked(today=now.date()).faulty
    ids = keys_of_codes(one.code for one in found[:SHOWN])
    items = [PanelItem(labelled(one.code, one.name), page_url(ids[one.code]), one.summary) for one in found[:SHOWN]]
    title, nothing = "Checks, worst first", f"Nothing in the {CHECKED} entries that changed last."
    return Panel("checks", title, nothing, items, len(found))


def unbacked(now: datetime) -> Panel:
    """Gains and costs that are nobody's but the editor's judgement, counted over the same entries."""
    found = checked(today=now.date())
    shown = found.unbacked[:SHOWN]
    ids = keys_of_codes(code for code, *_ in shown)
    items = [PanelItem(labelled(code, name), page_url(ids[code]), str(count)) for code, name, count in shown]
    total = sum(count for *_, count in found.unbacked)
    title = f"Gains and costs that nothing backs, of {found.consequence_count:,}"
    return Panel("unbacked", title, f"None in the {CHECKED} entries that changed last.", items, total)


def keys_of_codes(codes: Iterable[str]) -> dict[str, int]:
    return dict(Pattern.objects.filter(code__in=[*codes]).values_list("code", "pk"))


def forgotten(now: datetime) -> Panel:
    rows = Pattern.objects.filter(unreviewed(now)).order_by("updated_at", "-pk")  # as an index has them, backwards
    items = [
        PanelItem(labelled(row.code, row.name), page_url(row.pk), f"since {row.updated_at:%Y-%m-%d}")
        for row in rows.only("code", "name", "updated_at")[:SHOWN]
    ]
    title, nothing = "Not reviewed for a year", "Every published entry was saved within a year."
    return Panel(
        "forgotten",
        title,
        nothing,
        items,
        counted(rows.order_by("updated_at", "-pk")),
        list_url(reviewed="over-a-year"),
    )


def with_document_count(changes: QuerySet[Change]) -> QuerySet[Any]:
    """Each with the number of its documents: counted for the few that are shown, not for all that ever were."""
    documents = Revision.objects.filter(change=OuterRef("pk")).order_by().values("change").annotate(count=Count("pk"))
    return changes.select_related("author", "accepted_by").annotate(documents=Subquery(documents.values("count")))


def change_item(change: Any) -> PanelItem:
    who = change.signed_by() or "a command"
    plural = "" if change.documents == 1 else "s"
    said = f"{change.created_at:%Y-%m-%d %H:%M}, {change.origin}, {who}, {change.documents} document{plural}"
    why = in_one_line(change.comment, 80)
    return PanelItem(str(change), page_url(change.pk, "change"), f"{said}: {why}".rstrip(": "))
