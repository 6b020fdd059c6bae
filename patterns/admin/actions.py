"""Actions of the list of entries: first a page that says what will happen and asks why, then one change for each."""

import re
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.template.response import TemplateResponse

from patterns.admin.base import Desk, authorship
from patterns.admin.moves import BULKS, Bulk, Report, carry_out, preview
from patterns.models import Category
from patterns.store.reading import consistent_read
from patterns.workflow.roles import actor_of
from patterns.workflow.rules import answer

LIMIT = 200  # entries at once: each is a transaction
NUMBER = re.compile(r"[0-9]{1,18}")
OPENED = re.compile(r"([0-9A-Za-z.-]{1,16}) ([0-9a-f]{64})")


class ReasonForm(forms.Form):
    comment = forms.CharField(
        label="What and why",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 60}),
        help_text="Kept with each change, for other editors; never public.",
    )


class CategoryForm(ReasonForm):
    category = forms.ModelChoiceField(Category.objects.in_order(), empty_label=None)
    field_order = ["category", "comment"]


class EntryActions(Desk):
    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Those that the user's role can ever use; entries are deleted one at a time, and not from the list."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        actor = actor_of(request.user)
        mine = {name: bulk for name, bulk in BULKS.items() if answer(bulk.operation, actor) != "no"}
        return {name: (partial(act, name), name, bulk.label) for name, bulk in mine.items()} | actions

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if not all(NUMBER.fullmatch(one) for one in chosen):
            return HttpResponseBadRequest("No list of ours has such a row.", content_type="text/plain")
        return super().changelist_view(request, extra_context)


def act(name: str, desk: EntryActions, request: HttpRequest, chosen: QuerySet[Any]) -> HttpResponse | None:
    """The action's page, or what the page sent back."""
    is_sent = "opened" in request.POST
    opened = opened_in(request) if is_sent else dict.fromkeys(chosen.values_list("code", flat=True)[: LIMIT + 1], "")
    if len(opened) > LIMIT:
        messages.error(request, f"Nothing was done: choose at most {LIMIT} entries at once.")
        return None
    form_class = ReasonForm if BULKS[name].becomes else CategoryForm
    form = form_class(request.POST) if is_sent else form_class()
    if not (is_sent and form.is_valid()):
        return ask(name, desk, request, [*opened], form)
    category = form.cleaned_data["category"].name if "category" in form.cleaned_data else ""
    by = authorship(request, comment=form.cleaned_data["comment"])
    tell(request, BULKS[name], carry_out(BULKS[name], opened, category=category, by=by))
    return HttpResponseRedirect(request.get_full_path())


def opened_in(request: HttpRequest) -> dict[str, str]:
    """Code → fingerprint of what the page showed of the entry."""
    matches = [match for one in request.POST.getlist("opened") if (match := OPENED.fullmatch(one))]
    return {match[1]: match[2] for match in matches}


def ask(name: str, desk: EntryActions, request: HttpRequest, codes: list[str], form: ReasonForm) -> HttpResponse:
    """The page with what would become of each entry."""
    bulk = BULKS[name]
    with consistent_read():
        rows = preview(bulk, codes, actor_of(request.user))
    context = {
        **desk.admin_site.each_context(request),
        "opts": desk.opts,
        "title": bulk.label,
        "action": name,
        "chosen": request.POST.getlist(ACTION_CHECKBOX_NAME)[:1],
        "rows": rows,
        "possible_count": sum(not row.refusal for row in rows),
        "form": form,
        "back": request.get_full_path(),
    }
    return TemplateResponse(request, "admin/patterns/pattern/bulk.html", context)


def tell(request: HttpRequest, bulk: Bulk, report: Report) -> None:
    if report.done:
        messages.success(request, f"{counted(report.done)} {bulk.done}.")
    if report.proposed:
        messages.success(request, f"{counted(report.proposed)} kept as proposals, for a publisher to decide.")
    if report.unchanged:
        messages.info(request, f"{counted(report.unchanged)} already so.")
    for name, why in report.refused:
        messages.error(request, f"Not {bulk.done}: {name}: {why}.")


def counted(names: list[str]) -> str:
    return "1 entry" if len(names) == 1 else f"{len(names)} entries"
