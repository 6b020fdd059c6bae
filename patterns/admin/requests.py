"""What was asked about an entry or a proposal: its author answers, publishers ask and resolve, all at the desk read."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from patterns.admin.base import BaseAdmin, admin_page, page_url
from patterns.admin.findings import label
from patterns.admin.reasons import CommentField, authorship
from patterns.admin.rights import rights_to
from patterns.document.entry import ENTRY_KEYS
from patterns.document.problems import InvalidCatalog, Problem
from patterns.models import Proposal, Request
from patterns.workflow.proposals import Closed, send_back
from patterns.workflow.reviews import (
    ask_about,
    give_answer,
    mark_resolved,
    may_answer,
    may_ask,
    requests_about,
    requests_of,
)
from patterns.workflow.rules import is_own, may_send_back
from patterns.workflow.standing import actor_of

PARTS: Final = [("", "the whole entry"), *((key, label(key)) for key in ENTRY_KEYS if key not in ("code", "status"))]
DONE: Final = {"ask": "You asked about it.", "answer": "Your answer is kept.", "resolve": "It is resolved."}


class AskForm(forms.Form):
    field = forms.ChoiceField(label="About", choices=PARTS, required=False)
    text = CommentField(label="What do you ask for?", help_text="Never public.")


class AnswerForm(forms.Form):
    text = CommentField(label="Your answer", help_text="The only one; never public.")


@dataclass(frozen=True)
class RequestRow:
    """``answer`` is the form of its answer, if the reader may give one."""

    request: Request
    answer: AnswerForm | None
    may_resolve: bool


@dataclass(frozen=True)
class Subject:
    """An entry or a proposal with what was asked about it; ``ask`` stores one more, and ``back`` leads on then."""

    row: Any
    found: list[Request]
    ask: Callable[..., Request]
    may_ask: bool
    may_resolve: bool
    is_author: bool
    back: str
    seen: str = ""


def requests_page(model_admin: BaseAdmin, request: HttpRequest, object_id: str) -> HttpResponse:
    row = model_admin.get_object(request, unquote(object_id))
    if not model_admin.has_view_or_change_permission(request, row):
        raise PermissionDenied
    rights = rights_to(row, request) if row else None
    if row is None or rights is None:
        raise Http404("there is no such entry")

    def ask(text: str, **about: Any) -> Request:
        return ask_about(rights.entry, text, **about)

    is_reviewer, is_author = may_ask(rights.actor), may_answer(rights.actor, rights.standing)
    back = page_url(row.pk)
    return page_about(
        model_admin, request, Subject(row, requests_about(row), ask, is_reviewer, is_reviewer, is_author, back)
    )


def proposal_requests_page(model_admin: BaseAdmin, request: HttpRequest, object_id: str) -> HttpResponse:
    proposal: Proposal | None = model_admin.get_object(request, unquote(object_id))
    if not model_admin.has_view_permission(request, proposal):
        raise PermissionDenied
    if proposal is None:
        raise Http404("there is no such proposal")
    actor, author = actor_of(request.user), proposal.author_id

    def ask(text: str, **about: Any) -> Request:
        if request.POST.get("seen") != proposal.seen:
            hint = "look at it again, then ask"
            raise InvalidCatalog([Problem(message="its author changed it since you opened the page", hint=hint)])
        return send_back(proposal, text, **about)

    is_open = proposal.state == Proposal.State.OPEN
    can_ask = is_open and author is not None and may_send_back(author, actor)
    subject = Subject(
        *(proposal, requests_of(proposal), ask, can_ask, may_ask(actor), is_own(author, actor)),
        back=page_url(proposal.pk, "proposal"),
        seen=proposal.seen,
    )
    return page_about(model_admin, request, subject)


def page_about(model_admin: BaseAdmin, request: HttpRequest, subject: Subject) -> HttpResponse:
    act, number = request.POST.get("act", ""), request.POST.get("number", "")
    forms_of: dict[str, Any] = {"ask": AskForm(auto_id="ask-%s")}
    refusal = ""
    if request.method == "POST":
        asked = next((one for one in subject.found if str(one.pk) == number), None)
        form = {"ask": AskForm, "answer": AnswerForm, "resolve": forms.Form}.get(act, forms.Form)(
            request.POST, auto_id=f"{act}{number if asked else ''}-%s"
        )
        forms_of[act if act == "ask" else number] = form
        refusal = refusal_of(request, act, form, asked, subject)
        if not refusal:
            model_admin.log_change(request, subject.row, DONE[act])
            messages.success(request, DONE[act])
            return HttpResponseRedirect(subject.back)
    return admin_page(
        request,
        model_admin,
        "admin/patterns/pattern/requests.html",
        title=f"Requests about {subject.row}",
        here="Requests",
        row=subject.row,
        seen=subject.seen,
        refusal=refusal,
        ask=forms_of["ask"] if subject.may_ask else None,
        rows=[
            RequestRow(
                one,
                answer=answer_form(one, forms_of) if subject.is_author and one.is_open and not one.answer else None,
                may_resolve=subject.may_resolve and one.is_open,
            )
            for one in subject.found
        ],
    )


def answer_form(request: Request, sent: dict[str, Any]) -> AnswerForm:
    form = sent.get(str(request.pk))
    return form if isinstance(form, AnswerForm) else AnswerForm(auto_id=f"answer{request.pk}-%s")


def refusal_of(request: HttpRequest, act: str, form: Any, asked: Request | None, subject: Subject) -> str:
    """Do what was sent; why it was not done, or nothing."""
    if act not in DONE or (act != "ask" and asked is None):
        return "Nothing was done: there is no such request any more."
    if not form.is_valid():
        return "Nothing was done: look at what you typed."
    by = authorship(request)
    try:
        if act == "ask":
            subject.ask(form.cleaned_data["text"], field=form.cleaned_data["field"], by=by)
        elif act == "answer" and asked:
            give_answer(asked, form.cleaned_data["text"], by=by)
        elif asked:
            mark_resolved(asked, by=by)
    except InvalidCatalog as refused:
        return f"Nothing was done: {refused.sentence}."
    except Closed:
        return "Nothing was done: somebody has decided about it already."
    return ""
