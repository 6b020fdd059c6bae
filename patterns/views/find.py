"""The finder: what hurts and what cannot be paid, all in the address → who may help, with reasons, and who not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from patterns.document import tables
from patterns.document.entry import code_order
from patterns.document.finder import RIVALRIES, Answer, Candidate, Excluded, Mark, Objections, Question, find
from patterns.document.vocabulary import QUALITIES
from patterns.drawing.graph import Node
from patterns.models import Consequence, Pattern, Relation, Symptom
from patterns.search import ListQuery
from patterns.search.listing import matches_of
from patterns.search.query import reader_text
from patterns.store.requirements import requirements_from
from patterns.views.debts import DebtList, debt_list
from patterns.views.evidence import BackedConsequence
from patterns.views.freshness import public
from patterns.views.options import Option, links_to, options_of
from patterns.views.relations import OwedPattern, PatternLink
from patterns.views.rendering import render_page
from patterns.views.symptoms import MEANINGS, OTHER

TICKED_ENTRIES = 60  # whose symptoms can be ticked; of a longer catalogue words choose them
WORD_ENTRIES = 8  # the best for these words
MOST_OPTIONS = 24  # looked at
CONSIDERED = 3  # that the way to a decision names beside the chosen one


def address_of(page: str, pairs: Sequence[tuple[str, str]]) -> str:
    """Of a page that is asked for with these names and values."""
    return reverse(f"patterns:{page}") + (f"?{urlencode(pairs)}" if pairs else "")


# What can be ticked.


@dataclass(frozen=True)
class Tick:
    mark: Mark
    text: str
    is_ticked: bool


@dataclass(frozen=True)
class TickGroup:
    """The symptoms of one concern."""

    concern: str
    ticks: list[Tick]

    @property
    def title(self) -> str:
        return self.concern.capitalize()

    @property
    def meaning(self) -> str:
        return MEANINGS[self.concern]

    @property
    def is_open(self) -> bool:
        return any(one.is_ticked for one in self.ticks)


def ticks_for(question: Question, words: str) -> list[TickGroup]:
    """Of the first entries, or of the best for some words, and of those that have a ticked one; in code order."""
    listed = Pattern.objects.published()
    if words:
        ranked = matches_of(ListQuery(q=words)).ranked[:WORD_ENTRIES]
        wanted = Q(pattern__in=[one.pk for one in ranked])
    else:
        wanted = Q(pattern__in=listed.in_code_order().values("pk")[:TICKED_ENTRIES])
    wanted |= Q(pattern__code__in={mark.code for mark in question.symptoms})
    rows = Symptom.objects.filter(wanted, pattern__in=listed.values("pk")).order_by()
    found = sorted(
        rows.values_list("pattern__code", "position", "text", "pattern__concern"),
        key=lambda row: (code_order(row[0]), row[1]),
    )
    ticked, groups = {*question.symptoms}, {concern: TickGroup(concern, []) for concern in MEANINGS}
    for code, position, text, concern in found:
        mark = Mark(code, position + 1)
        groups[concern or OTHER].ticks.append(Tick(mark, text, mark in ticked))
    return [group for group in groups.values() if group.ticks]


# What the ticks lead to.


RIVALRY_PHRASES = {
    "alternative to": "an alternative to",
    "variant of": "a variant of",
    "has variant": "the general form of",
}


@dataclass(frozen=True)
class ShownRivalry:
    """``phrase`` completes "It is"."""

    phrase: str
    pattern: PatternLink
    why: str


@dataclass(frozen=True)
class Condition:
    """A sentence of ``avoid_when``, with the address of the same question if it holds."""

    text: str
    address: str


@dataclass(frozen=True)
class ShownOwedCost:
    """What something that is owed costs in a quality that cannot be paid."""

    pattern: PatternLink
    cost: tables.Consequence


@dataclass(frozen=True)
class ShownCandidate:
    option: Option
    met: tuple[str, ...]
    rivalries: list[ShownRivalry]
    conditions: list[Condition]
    debts: DebtList
    owed_costs: list[ShownOwedCost]
    decide: str
    compare: str


@dataclass(frozen=True)
class ShownExclusion:
    """``costs`` are those of the objections with what backs them."""

    option: Option
    costs: list[BackedConsequence]
    objections: Objections
    decide: str


@dataclass(frozen=True)
class ShownAnswer:
    """``links`` are those to the entries that the question names as built, and others, by code."""

    candidates: list[ShownCandidate]
    excluded: list[ShownExclusion]
    links: dict[str, PatternLink]


def answer_to(question: Question) -> ShownAnswer:
    """In at most seven queries."""
    direct = {mark.code for mark in question.symptoms}
    options = options_of([*direct, *rivals_of(direct)][:MOST_OPTIONS])
    requirements = requirements_from([*options]) if options else []
    links = links_to({*options, *question.have, *(one.target for one in requirements)})
    costs: dict[str, list[tables.Consequence]] = {}
    if question.limits and links:
        rows = Consequence.objects.filter(pattern__code__in=links, sign="cost", quality__in=question.limits)
        for code, *said in rows.order_by("position").values_list("pattern__code", "quality", "sign", "text"):
            cost = tables.Consequence.model_validate(dict(zip(("quality", "sign", "text"), said, strict=True)))
            costs.setdefault(code, []).append(cost)
    answer = find(question, [one.document for one in options.values()], requirements, costs)
    return ShownAnswer(
        [shown_candidate(one, answer, question, options, links) for one in answer.candidates],
        [shown_exclusion(one, answer, question, options) for one in answer.excluded],
        links,
    )


def rivals_of(codes: set[str]) -> list[str]:
    """Codes of what answers the same need as one of these, whoever of the two says so."""
    stated = Relation.objects.public().filter(type__in=RIVALRIES)
    pairs = stated.filter(Q(source__in=codes) | Q(target__in=codes)).order_by("source", "position", "pk")
    ends = (str(end) for pair in pairs.values_list("source_id", "target")[: 4 * MOST_OPTIONS] for end in pair)
    return [code for code in dict.fromkeys(ends) if code not in codes]


def shown_candidate(
    one: Candidate, answer: Answer, question: Question, options: dict[str, Option], links: dict[str, PatternLink]
) -> ShownCandidate:
    option = options[one.entry.code]
    marks = [Mark(option.code, number) for number in range(1, len(one.entry.avoid_when) + 1)]
    conditions = [
        Condition(text, address_of("find", [*replace(question, holds=(*question.holds, mark)).pairs()]))
        for mark, text in zip(marks, one.entry.avoid_when, strict=True)
    ]
    owed = debt_list(
        Node(option.code, option.name),
        [OwedPattern.of(debt, links) for debt in one.debts if {step.target for step in debt.way} <= links.keys()],
        address=lambda codes: address_of("find", [*replace(question, have=(*question.have, *codes)).pairs()]),
        name=f"debts-{option.code}",
    )
    others = [other.code for other in options.values() if other.code != option.code][:CONSIDERED]
    slugs = [option.document.slug, *(options[code].document.slug for code in others)]
    return ShownCandidate(
        option,
        one.met,
        [
            ShownRivalry(RIVALRY_PHRASES[each.label], links[each.code], each.why)
            for each in one.rivalries
            if each.code in links
        ],
        conditions,
        owed,
        [ShownOwedCost(links[each.code], each.cost) for each in one.owed_costs if each.code in links],
        decide=decision_address(option.code, answer, question),
        compare=address_of("compare", [("pattern", slug) for slug in slugs]) if others else "",
    )


def shown_exclusion(one: Excluded, answer: Answer, question: Question, options: dict[str, Option]) -> ShownExclusion:
    option = options[one.entry.code]
    costs = [each for each in option.costs if each.consequence in one.objections.costs]
    return ShownExclusion(option, costs, one.objections, decide=decision_address(option.code, answer, question))


def decision_address(code: str, answer: Answer, question: Question) -> str:
    """Where the choice of an entry is written down, beside the best of the others."""
    every = [*(one.entry.code for one in answer.candidates), *(one.entry.code for one in answer.excluded)]
    considered = [other for other in every if other != code][:CONSIDERED]
    pairs = [("choose", code), *(("considered", other) for other in considered), *question.pairs()]
    return address_of("decide", pairs)


# The page.


@dataclass(frozen=True)
class Quality:
    word: str
    is_ticked: bool


@dataclass(frozen=True)
class Taken:
    """One of the marks in the address, in words, and the address without it."""

    text: str
    without: str


def taken(question: Question, ticks: list[TickGroup], answer: ShownAnswer | None) -> list[Taken]:
    """What was ticked, in the words of the ticks; marks that mark nothing any more say so."""
    sentences = {str(tick.mark): tick.text for group in ticks for tick in group.ticks}
    options = [one.option for one in answer.candidates] + [one.option for one in answer.excluded] if answer else []
    conditions = {one.code: one.document.avoid_when for one in options}
    names = {code: one.name for code, one in answer.links.items()} if answer else {}
    pairs, found = [*question.pairs()], []
    for number, (name, value) in enumerate(pairs):
        if name == "symptom":
            text = sentences.get(value) or f"Symptom {value}, which is not there any more"
        elif name == "limit":
            text = f"Cannot pay with {value}"
        elif name == "have":
            text = f"We have {names.get(value, value)}"
        else:
            mark = Mark.parse(value)
            sentence = mark.sentence(conditions.get(mark.code, ())) if mark else ""
            text = f"Holds for us: {sentence or value}"
        found.append(Taken(text, address_of("find", [*pairs[:number], *pairs[number + 1 :]])))
    return found


@public
def find_page(request: HttpRequest) -> HttpResponse:
    question, words = Question.parse(request.GET.getlist), reader_text(request.GET.get("q") or "")
    ticks = ticks_for(question, words)
    answer = answer_to(question) if question.symptoms else None
    pairs = [*question.pairs()]
    return render_page(
        request,
        "patterns/find.html",
        path=address_of("find", [*([("q", words)] if words else []), *pairs]),
        words=words,
        ticks=ticks,
        has_more=not words and len({tick.mark.code for group in ticks for tick in group.ticks}) >= TICKED_ENTRIES,
        qualities=[Quality(word, word in question.limits) for word in QUALITIES],
        kept=[pair for pair in pairs if pair[0] in ("holds", "have")],
        taken=taken(question, ticks, answer),
        answer=answer,
    )
