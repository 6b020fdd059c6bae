"""The page of a decision, to read, change and print, and the same record as Markdown."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse

from patterns.files.decision import DecisionRecord, write_decision
from patterns.models import Pattern
from patterns.models.statement import statement
from patterns.views.find import address_of
from patterns.views.freshness import public, versioned
from patterns.views.record import MOST_CONSIDERED, STATES, DecisionRequest, record_of
from patterns.views.rendering import render_page

CHOICE_COUNT = 200  # offered to be chosen; of a longer catalogue the finder and the list lead here


@statement
def all_names() -> QuerySet[Pattern, tuple[str, str]]:
    return Pattern.objects.published().in_code_order().values_list("code", "name")[: CHOICE_COUNT + 1]


@dataclass(frozen=True)
class Choice:
    """An entry that can be chosen or considered."""

    code: str
    name: str
    is_chosen: bool
    is_considered: bool


def choices(names: Sequence[tuple[str, str]], asked: DecisionRequest, record: DecisionRecord | None) -> list[Choice]:
    """The first entries, and those that the record is about wherever they stand."""
    offered = dict(names)
    if record:
        offered |= {one.code: one.name for one in record.options}
    return [Choice(code, name, code == asked.choose, code in asked.considered) for code, name in offered.items()]


@public
def decide_page(request: HttpRequest) -> HttpResponse:
    asked = DecisionRequest.parse(request.GET)
    record = record_of(asked) if asked.choose else None
    names = all_names()
    return render_page(
        request,
        "patterns/decide.html",
        path=address_of("decide", asked.pairs()),
        asked=asked,
        record=record,
        text=write_decision(record) if record else "",
        choices=choices(names[:CHOICE_COUNT], asked, record),
        has_more=len(names) > CHOICE_COUNT,
        states=STATES,
        marks=[*asked.question.pairs()],
        find=address_of("find", [*([("q", asked.words)] if asked.words else []), *asked.question.pairs()]),
        markdown=address_of("decide_md", asked.pairs()),
        most=MOST_CONSIDERED,
    )


@public
@versioned
def decide_markdown(request: HttpRequest) -> HttpResponse:
    """The record alone; an address that chooses no public entry has none."""
    record = record_of(DecisionRequest.parse(request.GET))
    if record is None:
        raise Http404
    answer = HttpResponse(write_decision(record), content_type="text/markdown; charset=utf-8")
    answer.headers["Content-Disposition"] = 'inline; filename="decision.md"'
    return answer
