"""The queue of proposals: editors' documents and readers' words, decided by publishers, read by all at the desk."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Case, OuterRef, QuerySet, Subquery, When
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from patterns.admin.changes import ReadOnly
from patterns.admin.documents import authorship, signed_in
from patterns.admin.review import (
    DoneForm,
    Review,
    accept_form,
    by_key,
    decided,
    decision_of,
    decline_form,
    pattern_of,
    review_of,
)
from patterns.document.problems import InvalidCatalog
from patterns.models import Pattern, Proposal
from patterns.store.edits import StaleEdit
from patterns.store.reading import consistent_read
from patterns.workflow.proposals import Closed, accept, decline, sender_of, settle
from patterns.workflow.roles import actor_of
from patterns.workflow.rules import NotAllowed, may_accept, may_decline
from patterns.workflow.saving import present

NOT_ACCEPTED, NOT_DONE = "Nothing was accepted.", "Nothing was done."
STALE = f"{NOT_ACCEPTED} The entry changed since you opened this page; below you see what is there now."
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


class ProposalAdmin(ReadOnly):
    list_display = ["entry", "sent_by", "created_at", "state", "decided_by", "decided_at"]
    list_filter = ["state", FromFilter]
    list_select_related = ["author", "decided_by"]
    search_fields = ["code", "entry_name", "comment", "decision", "reader", "author__username"]
    ordering = [Case(When(state=Proposal.State.OPEN, then=0), default=1), "-created_at", "-pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Proposal]:
        named = Pattern.objects.filter(code=OuterRef("code")).order_by().values("name")
        return super().get_queryset(request).annotate(entry_name=Subquery(named[:1]))

    @admin.display(ordering="code")
    def entry(self, proposal: Any) -> str:
        return f"{proposal.code} {proposal.entry_name or '(deleted)'}"

    @admin.display(description="from")
    def sent_by(self, proposal: Proposal) -> str:
        return sender_of(proposal)

    # pages

    def get_urls(self) -> list[Any]:
        views = {"accept": self.accept_view, "settle": self.settle_view, "decline": self.decline_view}
        own = [
            path(f"<path:object_id>/{name}/", self.deciding(view), name=f"patterns_proposal_{name}")
            for name, view in views.items()
        ]
        return [*own, *super().get_urls()]

    def deciding(self, view: Callable[[HttpRequest, str], HttpResponse]) -> Any:
        """A view that decides: by a form that was posted, once, and only by those who may."""

        def decide(request: HttpRequest, object_id: str) -> HttpResponse:
            try:
                return view(request, object_id)
            except Closed:
                return self.leave(request, self.found(request, object_id), messages.ERROR, CLOSED)
            except NotAllowed as refusal:
                raise PermissionDenied(str(refusal)) from refusal

        return self.admin_site.admin_view(require_POST(decide))

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        with consistent_read():  # the fingerprint must be of exactly what the page shows
            proposal = self.found(request, object_id)
            if proposal is None:
                return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
            review = review_of(proposal, actor=actor_of(request.user), is_edited="edit" in request.GET)
            return self.page(request, review).render()

    def page(self, request: HttpRequest, review: Review, **shown: Any) -> TemplateResponse:
        proposal = review.proposal
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"{'Suggestion' if proposal.document is None else 'Proposal'} about {self.entry(proposal)}",
            "subtitle": None,
            "proposal": proposal,
            "review": review,
            "pattern": pattern_of(proposal),
            "sent_by": self.sent_by(proposal),
            "accept_form": accept_form(),
            "decline_form": decline_form(is_own=review.is_own),
            **shown,
        }
        if review.is_open and "decision" not in shown:
            context["decision"] = decision_of(review)
        if proposal.document is None and "done_form" not in shown:
            context["done_form"] = DoneForm(proposal)
        return TemplateResponse(request, "admin/patterns/proposal/change_form.html", context)

    def found(self, request: HttpRequest, object_id: str) -> Any:
        proposal = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, proposal):
            raise PermissionDenied
        return proposal

    # decisions

    def accept_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Accept an editor's document, edited or as it is."""
        review = self.review(request, object_id, may_accept, is_words=False)
        decision, form = decision_of(review, request.POST), accept_form(request.POST)
        if decision is None or request.POST.get("opened") != review.opened:
            return self.accept_again(request, review, STALE)
        if not (form.is_valid() & decision.is_valid()):
            return self.accept_again(request, review, UNFINISHED)
        by = authorship(request, comment=form.cleaned_data["reason"])
        try:
            accept(review.proposal, decided(decision), opened=review.opened, by=by)
        except StaleEdit:  # in the moment between the look above and the lock
            return self.accept_again(request, replace(review, now=present(review.proposal.code)), STALE)
        except InvalidCatalog as refusal:
            return self.accept_again(request, review, NOT_ACCEPTED, refusal=refusal)
        return self.done(request, review, "accepted")

    def accept_again(
        self, request: HttpRequest, review: Review, *said: str, refusal: InvalidCatalog | None = None
    ) -> HttpResponse:
        """The page once more with what was typed, over the entry as it is by now."""
        if isinstance(refusal, NotAllowed):
            raise refusal
        decision = decision_of(review, request.POST)
        if decision is None:
            return self.leave(request, review.proposal, messages.ERROR, DELETED)
        if refusal is not None:
            decision.problems, elsewhere = by_key(refusal, decision.three.open_keys)
            said = (*said, *elsewhere)
        return self.page(request, review, said=said, decision=decision, accept_form=accept_form(request.POST))

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
        return review_of(proposal, actor=actor)

    def done(self, request: HttpRequest, review: Review, what: str) -> HttpResponse:
        self.log_change(request, review.proposal, what.capitalize())
        return self.leave(request, review.proposal, messages.SUCCESS, f"{review.proposal} was {what}.")

    def leave(self, request: HttpRequest, proposal: Any, level: int, message: str) -> HttpResponse:
        messages.add_message(request, level, message)
        return HttpResponseRedirect(reverse("admin:patterns_proposal_change", args=[proposal.pk]))
