"""Actions of the list of entries: first a page that says what will happen and asks why, then one change of them all.

What moves entries to another state stands in the table of transitions; only the move to another category is added.
"""

import re
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from patterns.admin.base import admin_page
from patterns.admin.reasons import CommentForm, authorship, offer_reason
from patterns.document.entry import Entry
from patterns.document.problems import InvalidCatalog
from patterns.document.register import with_values
from patterns.models import Category, Pattern
from patterns.store.edits import StaleEdit
from patterns.store.reading import consistent_read, load_entries
from patterns.store.writing import fingerprint_of
from patterns.workflow.batches import Batch, save_batch
from patterns.workflow.rules import Actor, NotAllowed, Operation
from patterns.workflow.standing import actor_of, foresee
from patterns.workflow.transitions import TRANSITIONS, Transition

LIMIT = 200  # entries at once: as many as somebody can look at on one page
SEEN = re.compile(r"([0-9A-Za-z.-]{1,16}) ([0-9a-f]{64})")
GONE = "it is not there any more"
CHANGED = "somebody changed it after you saw this list; look at it again"


@dataclass(frozen=True)
class CategoryMove:
    """The one action that leaves the state alone; without a category as long as none is chosen."""

    name: ClassVar = "move"
    label: ClassVar = "Move to another category"
    done: ClassVar = "moved"
    operation: ClassVar = Operation.EDIT
    category: str = "another category"

    def after(self, entry: Entry) -> Entry:
        return with_values(entry, {"category": self.category})


Action = Transition | CategoryMove
ACTIONS: Final[dict[str, Action]] = {
    **{transition.name: transition for transition in TRANSITIONS if transition.for_many},
    CategoryMove.name: CategoryMove(),
}


class CategoryMoveForm(CommentForm):
    category = forms.ModelChoiceField(Category.objects.in_order(), empty_label=None)
    field_order = ["category", "comment", "public_reason"]


def action_page(
    name: str, model_admin: admin.ModelAdmin, request: HttpRequest, chosen: QuerySet[Any]
) -> HttpResponse | None:
    """What would become of the chosen entries; once that page is sent back, do it. None leads back to the list."""
    # Django calls an action whenever rows of the list are sent; ``opened`` is sent by our own page only.
    is_sent = "opened" in request.POST
    if is_sent:
        seen = (match for one in request.POST.getlist("opened") if (match := SEEN.fullmatch(one)))
        opened = {match[1]: match[2] for match in seen}
    else:
        opened = dict.fromkeys(chosen.values_list("code", flat=True)[: LIMIT + 1], "")
    if len(opened) > LIMIT:
        messages.error(request, f"Nothing was done: choose at most {LIMIT} entries at once.")
        return None
    action = ACTIONS[name]
    form_class = CategoryMoveForm if isinstance(action, CategoryMove) else CommentForm
    form = form_class(request.POST) if is_sent else form_class()
    offer_reason(form, request)
    if is_sent and form.is_valid():
        if isinstance(action, CategoryMove):
            action = CategoryMove(form.cleaned_data["category"].name)
        batch = save_batch(action.after, opened, by=authorship(request, **form.why()))
        report_of(action, batch).add_messages(request)
        return HttpResponseRedirect(request.get_full_path())  # back to the list as it was filtered
    with consistent_read():
        rows = foreseen_rows(action, [*opened], actor_of(request.user))
    return admin_page(
        request,
        model_admin,
        "admin/patterns/bulk.html",
        title=action.label,
        action=name,
        chosen=request.POST.getlist(ACTION_CHECKBOX_NAME)[:1],
        sent="opened",
        headings=["Entry", "State now"],
        rows=rows,
        possible_count=sum(not row.refusal for row in rows),
        form=form,
        back=request.get_full_path(),
    )


@dataclass(frozen=True)
class ActionRow:
    """An entry before it is done: ``opened`` is the fingerprint of what is shown, ``refusal`` is empty if it can be."""

    code: str
    name: str
    status: str
    opened: str
    outcome: str = ""
    refusal: str = ""

    @property
    def title(self) -> str:
        return f"[{self.code}] {self.name}"

    @property
    def seen(self) -> str:
        return f"{self.code} {self.opened}"

    @property
    def cells(self) -> list[str]:
        return [self.status]


def foreseen_rows(action: Action, codes: list[str], actor: Actor) -> list[ActionRow]:
    """The entries with what the rules answer to the action, asked in one query for all of them."""
    entries = load_entries(Pattern.objects.filter(code__in=codes))
    fitting, refusals = [], {}
    for entry in entries.values():
        try:
            fitting.append((entry, action.after(entry)))
        except InvalidCatalog as refusal:
            refusals[entry.code] = refusal.sentence
    outcomes = {}
    for code, decision in foresee(fitting, actor).items():
        if isinstance(decision, NotAllowed):
            refusals[code] = decision.sentence
        elif decision.is_proposal:
            outcomes[code] = "a proposal, for a publisher to decide"
        else:
            outcomes[code] = (
                f"{action.done}, as an override: you wrote it last" if decision.is_override else action.done
            )
    return [
        ActionRow(
            *(one.code, one.name, one.status, fingerprint_of(one)),
            outcome=outcomes.get(one.code, ""),
            refusal=refusals.get(one.code, ""),
        )
        for one in entries.values()
    ]


@dataclass
class ActionReport:
    """What became of each entry, by name."""

    action: Action
    done: list[str] = field(default_factory=list)
    proposed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)

    def add_messages(self, request: HttpRequest) -> None:
        proposed, unchanged = "kept as proposals, for a publisher to decide", "already so"
        for say, names, words in (
            (messages.success, self.done, self.action.done),
            (messages.success, self.proposed, proposed),
            (messages.info, self.unchanged, unchanged),
        ):
            if names:
                say(request, f"{'1 entry' if len(names) == 1 else f'{len(names)} entries'} {words}.")
        for name, why in self.refused:
            messages.error(request, f"Not {self.action.done}: {name}: {why}.")


def report_of(action: Action, batch: Batch) -> ActionReport:
    report = ActionReport(action)
    for code, outcome in batch.outcomes.items():
        name = f"[{code}] {batch.entries[code].name}" if code in batch.entries else f"[{code}]"
        if isinstance(outcome, InvalidCatalog):
            report.refused.append((name, outcome.sentence))
        elif isinstance(outcome, StaleEdit) or outcome == "gone":
            report.refused.append((name, CHANGED if isinstance(outcome, StaleEdit) else GONE))
        else:
            {"done": report.done, "proposed": report.proposed, "unchanged": report.unchanged}[outcome].append(name)
    return report
