"""The queue of proposals: editors' documents and readers' words, decided by publishers, read by all at the desk."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from csp.constants import SELF
from csp.decorators import csp_replace, csp_update
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import Case, QuerySet, When
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.timesince import timesince
from django.views.decorators.clickjacking import xframe_options_sameorigin

from patterns.admin.base import READING, ModelPage, admin_page
from patterns.admin.changes import ReadOnlyAdmin, entry_in_words, in_one_line, with_entry_name
from patterns.admin.decision import written_texts
from patterns.admin.findings import label
from patterns.admin.preview import public_context
from patterns.admin.reasons import authorship, signed_in
from patterns.admin.requests import AskForm, proposal_requests_page
from patterns.admin.review import DoneForm, Review, accept_form, decline_form
from patterns.admin.triage import ACTIONS, LIMIT, triage_page
from patterns.document.problems import InvalidCatalog, Problem
from patterns.models import Pattern, Proposal
from patterns.store.edits import StaleEdit
from patterns.store.reading import consistent_read, present
from patterns.workflow.proposals import Closed, accept, decline, sender_in_words, settle
from patterns.workflow.reviews import waits_for_author
from patterns.workflow.rules import NotAllowed, Operation, answer, may_accept, may_decline
from patterns.workflow.standing import actor_of

BATCHES_LOOKED_AT = 1_000  # open proposals of imports, the newest, that the filter names the imports of
NOT_ACCEPTED, NOT_DONE = "Nothing was accepted.", "Nothing was done."
STALE = f"{NOT_ACCEPTED} The entry changed since you opened this page; below you see what is there now."
REWRITTEN = f"{NOT_ACCEPTED} Its author changed the proposal since you opened this page; this is what it says now."
UNFINISHED = f"{NOT_ACCEPTED} Something is left to choose or to correct."
DELETED = f"{NOT_ACCEPTED} The entry was deleted meanwhile."
CLOSED = f"{NOT_DONE} Somebody has decided about it already."


class FromFilter(admin.SimpleListFilter):
    title = "from"
    parameter_name = "from"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("me", "me"), ("editors", "editors"), ("readers", "readers")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Proposal]) -> QuerySet[Proposal]:
        if self.value() == "me":
            return queryset.filter(author=signed_in(request))
        if self.value() in ("editors", "readers"):
            return queryset.filter(document__isnull=self.value() == "readers")
        return queryset


class WaitsFilter(admin.SimpleListFilter):
    """Who has to do something about an open one next."""

    title, parameter_name = "waits for", "waits"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("reviewer", "a publisher"), ("author", "its author")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Proposal]) -> QuerySet[Proposal]:
        if self.value() not in ("reviewer", "author"):
            return queryset
        return queryset.filter(waits_for_author() if self.value() == "author" else ~waits_for_author(), state="open")


class BatchFilter(admin.SimpleListFilter):
    """All that one import proposed; offered are the newest with something open."""

    title, parameter_name = "import", "batch"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        batches = Proposal.objects.filter(batch__isnull=False, state=Proposal.State.OPEN).order_by("-created_at", "-pk")
        rows = batches.values_list("batch", "batch_name", "author__username")[:BATCHES_LOOKED_AT]
        return [*{str(batch): f"{name or 'a file'} by {author or 'somebody'}" for batch, name, author in rows}.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Proposal]) -> QuerySet[Proposal]:
        try:
            return queryset.filter(batch=UUID(self.value())) if self.value() else queryset
        except ValueError:
            return queryset.none()


class Queue(ChangeList):
    """A page of proposals, each with how many others that are open want something else in one of its fields."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list: list[Any] = [*self.result_list]
        codes = {one.code for one in self.result_list if one.state == Proposal.State.OPEN}
        others = Proposal.objects.filter(state=Proposal.State.OPEN, code__in=codes).order_by()
        wanted: dict[str, list[tuple[int, set[str]]]] = defaultdict(list)
        for pk, code, keys in others.values_list("pk", "code", "keys"):
            wanted[code].append((pk, {*keys}))
        for one in self.result_list:
            others_of_it = wanted[one.code] if one.state == Proposal.State.OPEN else []
            one.rival_count = sum(pk != one.pk and not keys.isdisjoint(one.keys) for pk, keys in others_of_it)


def plain_text(value: Any) -> str:
    """A value of a stored document, which may be older than today's rules for documents."""
    if isinstance(value, dict):
        return "; ".join(filter(None, map(plain_text, value.values())))
    if isinstance(value, list):
        return "; ".join(filter(None, map(plain_text, value)))
    return str(value or "")


def deciding(
    view: Callable[[Any, HttpRequest, str], HttpResponse], state: Proposal.State
) -> Callable[..., HttpResponse]:
    """A page that decides: once, and only by those who may. Whoever sends it twice is told that it is done."""

    def decide(model_admin: "ProposalAdmin", request: HttpRequest, object_id: str) -> HttpResponse:
        try:
            return view(model_admin, request, object_id)
        except Closed:
            proposal = model_admin.found(request, object_id)
            if is_done(proposal, state, request):
                said = f"{proposal} was {state} by you already; nothing more was done."
                return model_admin.leave(request, proposal, messages.INFO, said)
            return model_admin.leave(request, proposal, messages.ERROR, CLOSED)
        except NotAllowed as refusal:
            raise PermissionDenied(str(refusal)) from refusal

    return decide


def is_done(proposal: Proposal, state: Proposal.State, request: HttpRequest) -> bool:
    """Whether the same person has decided the same for the same reason already, as a second click would."""
    reasons = [str(value).split() for name, value in request.POST.items() if name.endswith("-reason")]
    is_mine = proposal.decided_by_id == signed_in(request).pk and proposal.state == state
    return is_mine and proposal.decision.split() in reasons


class ProposalAdmin(ReadOnlyAdmin):
    list_display = ["entry", "fields_named", "excerpt", "why", "sent_by", "age", "rivals", "stands", "decided_by"]
    list_filter = ["state", WaitsFilter, FromFilter, BatchFilter]
    list_select_related = ["author", "decided_by"]
    list_per_page = LIMIT
    search_fields = ["code", "entry_name", "comment", "decision", "reader", "author__username"]
    ordering = [Case(When(state=Proposal.State.OPEN, then=0), default=1), "-created_at", "-pk"]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """For those who decide; proposals are never deleted."""
        is_decider = answer(Operation.DECIDE, actor_of(request.user)) != "no"
        offered = ACTIONS if is_decider and self.has_view_permission(request) else {}
        return {name: (partial(triage_page, name), name, one.label) for name, one in offered.items()}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Proposal]:
        return with_entry_name(super().get_queryset(request)).annotate(is_sent_back=waits_for_author())

    @admin.display(description="state", ordering="state")
    def stands(self, proposal: Any) -> str:
        return "waits for its author" if proposal.is_sent_back and proposal.state == "open" else str(proposal.state)

    @admin.display(ordering="code")
    def entry(self, proposal: Any) -> str:
        return entry_in_words(proposal.code, proposal.entry_name)

    @admin.display(description="fields")
    def fields_named(self, proposal: Proposal) -> str:
        return ", ".join(label(key) for key in proposal.keys) or ("Whole entry" if proposal.document is None else "")

    @admin.display
    def excerpt(self, proposal: Proposal) -> str:
        """What the first field would say, or the reader's words."""
        if proposal.erased_at:
            return "(erased)"
        if proposal.document is None:
            return in_one_line(proposal.comment)
        return in_one_line(plain_text(proposal.document.get(proposal.keys[0]))) if proposal.keys else ""

    @admin.display(description="comment")
    def why(self, proposal: Proposal) -> str:
        return in_one_line(proposal.comment) if proposal.document is not None else ""

    @admin.display(ordering="created_at")
    def age(self, proposal: Proposal) -> str:
        return timesince(proposal.created_at, depth=1)

    @admin.display
    def rivals(self, proposal: Any) -> str:
        return str(proposal.rival_count or "")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return Queue

    @admin.display(description="from")
    def sent_by(self, proposal: Proposal) -> str:
        return sender_in_words(proposal)

    # pages

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        with consistent_read():  # the fingerprint must be of exactly what the page shows
            proposal = self.found(request, object_id)
            if proposal is None:
                return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
            review = Review(proposal, present(proposal.code), actor_of(request.user))
            decision = review.decision(is_edited="edit" in request.GET) if review.is_open else None
            return self.page(request, review, decision=decision).render()

    def page(self, request: HttpRequest, review: Review, **shown: Any) -> TemplateResponse:
        proposal = review.proposal
        context = {
            "title": f"{'Suggestion' if proposal.document is None else 'Proposal'} about {self.entry(proposal)}",
            "subtitle": None,
            "proposal": proposal,
            "review": review,
            "pattern": Pattern.objects.only("pk", "slug", "name", "status").filter(code=proposal.code).first(),
            "sent_by": self.sent_by(proposal),
            "accept_form": accept_form(),
            "decline_form": decline_form(is_own=review.is_own),
            "ask_form": AskForm(auto_id="ask-%s"),
            **shown,
        }
        if review.is_open and "decision" not in shown:
            context["decision"] = review.decision()
        if proposal.document is None and "done_form" not in shown:
            context["done_form"] = DoneForm(proposal)
        return admin_page(request, self, "admin/patterns/proposal/change_form.html", **context)

    def found(self, request: HttpRequest, object_id: str) -> Any:
        proposal = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, proposal):
            raise PermissionDenied
        return proposal

    @method_decorator(csp_replace({"frame-ancestors": [SELF]}))  # the page below shows it beside another
    @method_decorator(xframe_options_sameorigin)
    def preview_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The entry as readers would see it once the proposal is accepted; or as it is now, for ``side=now``."""
        with consistent_read():
            review = self.review_of_result(request, object_id)
            is_now = request.GET.get("side") == "now"
            shown = review.now if is_now else review.result
            assert shown is not None
            context = {**public_context(shown), "is_proposed": not is_now, "is_now": is_now, "changed": review.places}
            response = render(request, "admin/patterns/pattern/preview.html", context)
        # It looks like a public page, which it is not.
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    @method_decorator(csp_update({"frame-src": [SELF]}))
    def compare_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Both previews on one page: side by side where there is room."""
        with consistent_read():
            review = self.review_of_result(request, object_id)
            title = f"Before and after: {self.entry(review.proposal)}"
            template = "admin/patterns/proposal/compare.html"
            return admin_page(request, self, template, title=title, here="Before and after", row=review.proposal)

    def review_of_result(self, request: HttpRequest, object_id: str) -> Review:
        """Of a proposal that could be accepted, so that there is something to see."""
        proposal = self.found(request, object_id)
        review = Review(proposal, present(proposal.code), actor_of(request.user)) if proposal else None
        if review is None or review.result is None:
            raise Http404("there is nothing that could be accepted")
        return review

    # decisions

    def accept_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Accept an editor's document, edited or as it is; or show the page once more with what was typed."""
        review = self.review(request, object_id, may_accept, is_words=False)
        decision, form = review.decision(request.POST), accept_form(request.POST)
        if request.POST.get("seen") != review.proposal.seen:  # with none of the choices, which were about another text
            return self.page(request, review, said=[REWRITTEN], accept_form=form, texts=written_texts(request.POST))
        said = STALE
        problems: Iterable[Problem] = ()
        if decision is not None and request.POST.get("opened") == review.opened:
            said = UNFINISHED
            # Not "and": both are asked, so that each says what is wrong with it.
            if form.is_valid() & decision.is_valid():
                said_of_it = form.cleaned_data
                by = authorship(request, comment=said_of_it["reason"], public_reason=said_of_it["public_reason"])
                try:
                    accept(review.proposal, decision.decided(), opened=review.opened, by=by)
                    return self.done(request, review, "accepted")
                except StaleEdit:  # in the moment between the look above and the lock
                    said, review = STALE, replace(review, now=present(review.proposal.code))
                except NotAllowed:
                    raise
                except InvalidCatalog as refusal:
                    said, problems = NOT_ACCEPTED, refusal.problems
        decision = review.decision(request.POST, problems=problems)
        if decision is None:
            return self.leave(request, review.proposal, messages.ERROR, DELETED)
        return self.page(request, review, said=[said, *decision.elsewhere], decision=decision, accept_form=form)

    def settle_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Mark a reader's words as done."""
        review = self.review(request, object_id, may_accept, is_words=True)
        form = DoneForm(review.proposal, request.POST)
        if not form.is_valid():
            return self.page(request, review, said=[NOT_DONE], done_form=form)
        by = authorship(request, comment=form.cleaned_data["reason"])
        settle(review.proposal, change=form.chosen, by=by)
        return self.done(request, review, "marked as done")

    def decline_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Decline it, or take back one's own."""
        review = self.review(request, object_id, may_decline)
        form = decline_form(request.POST, is_own=review.is_own)
        if not form.is_valid():
            return self.page(request, review, said=[NOT_DONE], decline_form=form)
        decline(review.proposal, by=authorship(request, comment=form.cleaned_data["reason"]))
        return self.done(request, review, "taken back" if review.is_own else "declined")

    def review(
        self, request: HttpRequest, object_id: str, rule: Callable[..., bool], *, is_words: bool | None = None
    ) -> Review:
        """What is to be decided: a reader's words or a document, open, and the rule lets the user decide it."""
        proposal, actor = self.found(request, object_id), actor_of(request.user)
        if proposal is None or is_words not in (None, proposal.document is None):
            raise Http404
        if not rule(proposal.author_id, actor):
            raise PermissionDenied
        if proposal.state != Proposal.State.OPEN:
            raise Closed
        return Review(proposal, present(proposal.code), actor)

    def done(self, request: HttpRequest, review: Review, what: str) -> HttpResponse:
        self.log_change(request, review.proposal, what.capitalize())
        return self.leave(request, review.proposal, messages.SUCCESS, f"{review.proposal} was {what}.")

    def leave(self, request: HttpRequest, proposal: Any, level: int, message: str) -> HttpResponse:
        messages.add_message(request, level, message)
        return HttpResponseRedirect(reverse("admin:patterns_proposal_change", args=[proposal.pk]))

    pages = [
        ModelPage("<path:object_id>/preview/", "preview", preview_view, READING),
        ModelPage("<path:object_id>/compare/", "compare", compare_view, READING),
        ModelPage("<path:object_id>/requests/", "requests", proposal_requests_page),
        ModelPage("<path:object_id>/accept/", "accept", deciding(accept_view, Proposal.State.ACCEPTED), ("POST",)),
        ModelPage("<path:object_id>/settle/", "settle", deciding(settle_view, Proposal.State.ACCEPTED), ("POST",)),
        ModelPage("<path:object_id>/decline/", "decline", deciding(decline_view, Proposal.State.DECLINED), ("POST",)),
    ]
