"""What was asked about an entry: its author answers, publishers ask and resolve, and all at the desk read it."""

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
from patterns.admin.rights import EntryRights, rights_to
from patterns.document.entry import ENTRY_KEYS
from patterns.document.problems import InvalidCatalog
from patterns.models import Request
from patterns.workflow.reviews import ask_about, give_answer, mark_resolved, may_answer, may_ask, requests_about

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
    part: str
    answer: AnswerForm | None
    may_resolve: bool


def requests_page(model_admin: BaseAdmin, request: HttpRequest, object_id: str) -> HttpResponse:
    row = model_admin.get_object(request, unquote(object_id))
    if not model_admin.has_view_or_change_permission(request, row):
        raise PermissionDenied
    rights = rights_to(row, request) if row else None
    if row is None or rights is None:
        raise Http404("there is no such entry")
    found = requests_about(row)
    act, number = request.POST.get("act", ""), request.POST.get("number", "")
    forms_of: dict[str, Any] = {"ask": AskForm(auto_id="ask-%s")}
    refusal = ""
    if request.method == "POST":
        asked = next((one for one in found if str(one.pk) == number), None)
        form = {"ask": AskForm, "answer": AnswerForm, "resolve": forms.Form}.get(act, forms.Form)(
            request.POST, auto_id=f"{act}{number if asked else ''}-%s"
        )
        forms_of[act if act == "ask" else number] = form
        refusal = refusal_of(request, act, form, asked, rights)
        if not refusal:
            model_admin.log_change(request, row, DONE[act])
            messages.success(request, DONE[act])
            return HttpResponseRedirect(page_url(row.pk))
    is_reviewer, is_owner = may_ask(rights.actor), may_answer(rights.actor, rights.standing)
    return admin_page(
        request,
        model_admin,
        "admin/patterns/pattern/requests.html",
        title=f"Requests about {row}",
        here="Requests",
        row=row,
        refusal=refusal,
        ask=forms_of["ask"] if is_reviewer else None,
        rows=[
            RequestRow(
                one,
                label(one.field) if one.field else "",
                answer=answer_form(one, forms_of) if is_owner and one.is_open and not one.answer else None,
                may_resolve=is_reviewer and one.is_open,
            )
            for one in found
        ],
    )


def answer_form(request: Request, sent: dict[str, Any]) -> AnswerForm:
    form = sent.get(str(request.pk))
    return form if isinstance(form, AnswerForm) else AnswerForm(auto_id=f"answer{request.pk}-%s")


def refusal_of(request: HttpRequest, act: str, form: Any, asked: Request | None, rights: EntryRights) -> str:
    """Do what was sent; why it was not done, or nothing."""
    if act not in DONE or (act != "ask" and asked is None):
        return "Nothing was done: there is no such request any more."
    if not form.is_valid():
        return "Nothing was done: look at what you typed."
    by = authorship(request)
    try:
        if act == "ask":
            ask_about(rights.entry, form.cleaned_data["text"], field=form.cleaned_data["field"], by=by)
        elif act == "answer" and asked:
            give_answer(asked, form.cleaned_data["text"], by=by)
        elif asked:
            mark_resolved(asked, by=by)
    except InvalidCatalog as refused:
        return f"Nothing was done: {refused.sentence}."
    return ""
