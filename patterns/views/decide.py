"""The page of a decision, to read, change and print, and the same record as Markdown."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse

from patterns.document.finder import RIVALRIES
from patterns.files.decision import DecisionRecord, write_decision
from patterns.models import Pattern, Relation
from patterns.models.statement import statement
from patterns.views.find import address_of
from patterns.views.freshness import public, versioned
from patterns.views.record import MOST_COMPANIONS, MOST_CONSIDERED, STATES, DecisionRequest, no_entry, record_of
from patterns.views.rendering import render_page

CHOICE_COUNT = 200  # offered to be chosen; of a longer catalogue the finder and the list lead here


@statement
def all_names() -> QuerySet[Pattern, tuple[str, str]]:
    return Pattern.objects.published().in_code_order().values_list("code", "name")[: CHOICE_COUNT + 1]


@statement
def kin_of(code: str) -> QuerySet[Pattern, tuple[str, str, bool, bool]]:
    """Code and name of those to which the entry is related, whoever states it: as a rival, in another way, or both."""
    stated, told = Relation.objects.filter(source__code=code), Relation.objects.filter(target=code)
    between = stated.filter(target=OuterRef("code")) | told.filter(source__code=OuterRef("code"))
    related = Q(code__in=stated.values("target")) | Q(code__in=told.values("source"))
    marked = (
        Pattern.objects.published()
        .filter(related)
        .annotate(
            is_rival=Exists(between.filter(type__in=RIVALRIES)), is_other=Exists(between.exclude(type__in=RIVALRIES))
        )
    )
    return marked.in_code_order().values_list("code", "name", "is_rival", "is_other")[:CHOICE_COUNT]


@dataclass(frozen=True)
class Choice:
    """An entry that can be chosen, considered, or taken together with the chosen one."""

    code: str
    name: str
    is_chosen: bool
    is_considered: bool
    is_companion: bool


@dataclass(frozen=True)
class Choices:
    """What the form offers: ``rivals`` of the chosen one before ``others``, and what may go together with it."""

    every: list[Choice]
    rivals: list[Choice]
    others: list[Choice]
    companions: list[Choice]
    has_more: bool


def choices(asked: DecisionRequest, record: DecisionRecord | None) -> Choices:
    """The first entries, and those that the record is about wherever they stand; in two queries."""
    names, kin = all_names(), kin_of(record.chosen.code) if record else []
    stated = [*record.considered, *record.companions, record.chosen] if record else []
    offered = {**dict(names[:CHOICE_COUNT]), **{one.code: one.name for one in stated}}
    beside = {code: name for code, name, is_rival, _ in kin if is_rival} | {
        code: offered[code] for code in asked.considered if code in offered
    }
    together = {code: name for code, name, _, is_other in kin if is_other} | {
        code: offered[code] for code in asked.companions if code in offered
    }

    def shown(some: Mapping[str, str]) -> list[Choice]:
        return [
            Choice(code, name, code == asked.choose, code in asked.considered, code in asked.companions)
            for code, name in some.items()
        ]

    others = {code: name for code, name in offered.items() if code not in beside and code != asked.choose}
    return Choices(shown(offered), shown(beside), shown(others), shown(together), len(names) > CHOICE_COUNT)


def unknown(asked: DecisionRequest, record: DecisionRecord | None) -> list[str]:
    """Codes that were to be considered, or taken, and that no published entry has."""
    if record is None:
        return []
    known = {one.code for one in (*record.considered, *record.companions)}
    return [code for code in (*asked.considered, *asked.companions) if code not in known]


@public
def decide_page(request: HttpRequest) -> HttpResponse:
    asked = DecisionRequest.parse(request.GET)
    record = record_of(asked) if asked.choose else None
    return render_page(
        request,
        "patterns/decide.html",
        path=address_of("decide", asked.pairs()),
        asked=asked,
        record=record,
        text=write_decision(record) if record else "",
        choices=choices(asked, record),
        states=STATES,
        marks=[*asked.question.pairs()],
        find=address_of("find", [*([("q", asked.words)] if asked.words else []), *asked.question.pairs()]),
        markdown=address_of("decide_md", asked.pairs()),
        remarks=[*asked.remarks, *(no_entry(code) for code in unknown(asked, record))],
        most=MOST_CONSIDERED,
        most_companions=MOST_COMPANIONS,
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
