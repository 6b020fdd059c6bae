"""The finder: what hurts and what cannot be paid, all in the address → who may help, with reasons, and who not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from patterns.document import tables
from patterns.document.entry import code_order
from patterns.document.finder import RIVALRIES, Candidate, Excluded, Mark, Objections, Question, find
from patterns.document.stems import stems
from patterns.document.vocabulary import QUALITIES
from patterns.drawing.graph import Node
from patterns.models import Consequence, Pattern, Relation, Symptom
from patterns.search import ListQuery
from patterns.search.engine import Found
from patterns.search.fitting import best_fitting
from patterns.search.listing import matches_of
from patterns.search.query import reader_text
from patterns.search.spelling import suggestions
from patterns.store.requirements import REACHED_COUNT, requirements_from
from patterns.views.debts import DebtList, debt_list
from patterns.views.evidence import BackedConsequence
from patterns.views.freshness import public
from patterns.views.kinship import StatedRelation, relations_among
from patterns.views.options import Option, links_to, options_of
from patterns.views.relations import OwedPattern, PatternLink
from patterns.views.rendering import render_page
from patterns.views.symptoms import MEANINGS, OTHER

TICKED_ENTRIES = 60  # whose symptoms can be ticked; of a longer catalogue words choose them
WORD_ENTRIES = 24  # the best for these words, of whose symptoms the best are shown first
BEST_COUNT = 10
MOST_OPTIONS = 24  # looked at
CONSIDERED = 3  # that the way to a decision names beside the chosen one


Pairs = Sequence[tuple[str, str]]


def address_of(page: str, pairs: Pairs) -> str:
    """Of a page that is asked for with these names and values."""
    return reverse(f"patterns:{page}") + (f"?{urlencode(pairs)}" if pairs else "")


def finder_address(question: Question, words: str) -> str:
    return address_of("find", [*([("q", words)] if words else []), *question.pairs()])


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


@dataclass(frozen=True)
class Offer:
    """What can be ticked: ``best`` fit the words, best first, and ``groups`` hold the others.

    ``corrected`` is what the words must have meant, where the catalogue has none of them.
    """

    best: list[Tick]
    groups: list[TickGroup]
    corrected: str
    has_more: bool

    @property
    def sentences(self) -> dict[Mark, str]:
        return {tick.mark: tick.text for tick in (*self.best, *(one for group in self.groups for one in group.ticks))}


def offer_for(question: Question, words: str) -> Offer:
    """Symptoms of the first entries, or of the best for some words, and of those that have a ticked one."""
    listed, corrected = Pattern.objects.published(), ""
    ranked: tuple[Found, ...] = ()
    if words:
        ranked = matches_of(ListQuery(q=words)).ranked
        # Only the first question is corrected: with something ticked there are answers to be computed, too.
        if not ranked and not question.symptoms and (meant := suggestions(ListQuery(q=words)).meant):
            corrected = meant.q
            ranked = matches_of(meant).ranked
        wanted = Q(pattern__in=[one.pk for one in ranked[:WORD_ENTRIES]])
    else:
        wanted = Q(pattern__in=listed.in_code_order().values("pk")[:TICKED_ENTRIES])
    wanted |= Q(pattern__code__in={mark.code for mark in question.symptoms})
    rows = Symptom.objects.filter(wanted, pattern__in=listed.values("pk")).order_by()
    found = sorted(
        rows.values_list("pattern__code", "position", "text", "pattern__concern"),
        key=lambda row: (code_order(row[0]), row[1]),
    )
    places = {one.code: place for place, one in enumerate(ranked)}
    best = best_fitting(corrected or words, [(code, text) for code, _, text, _ in found], places, BEST_COUNT)
    if not best and ranked:  # the words are the name of an entry, or stand elsewhere in it
        best = [number for number, row in enumerate(found) if row[0] == ranked[0].code][:BEST_COUNT]
    ticks = [Tick(mark := Mark(code, place + 1), text, mark in question.symptoms) for code, place, text, _ in found]
    groups = {concern: TickGroup(concern, []) for concern in MEANINGS}
    for number, (*_, concern) in enumerate(found):
        if number not in best:
            groups[concern or OTHER].ticks.append(ticks[number])
    return Offer(
        [ticks[number] for number in best],
        [group for group in groups.values() if group.ticks],
        corrected,
        has_more=not words and len({tick.mark.code for tick in ticks}) >= TICKED_ENTRIES,
    )


# What the ticks lead to.


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
    """``kin`` are its relations with the other candidates and the excluded."""

    option: Option
    met: tuple[str, ...]
    kin: list[StatedRelation]
    conditions: list[Condition]
    debts: DebtList
    owed_costs: list[ShownOwedCost]
    decide: str
    compare: str


@dataclass(frozen=True)
class RefusedCost:
    """A cost that excludes, with what backs it, and the address of the same question if it can be borne."""

    backed: BackedConsequence
    address: str


@dataclass(frozen=True)
class ShownExclusion:
    """``owed`` has the names of what it obliges to build and is excluded."""

    option: Option
    costs: list[RefusedCost]
    objections: Objections
    owed: list[str]
    decide: str


@dataclass(frozen=True)
class ShownAnswer:
    """``links`` are those to the entries that the question names as built, and others, by code."""

    candidates: list[ShownCandidate]
    excluded: list[ShownExclusion]
    links: dict[str, PatternLink]

    @property
    def answers(self) -> bool:
        """Whether a candidate answers a symptom; if not, each only stands in for one that is excluded."""
        return any(one.met for one in self.candidates)


def answer_to(question: Question, words: str) -> ShownAnswer:
    """In at most seven queries."""
    direct = {mark.code for mark in question.symptoms}
    options = options_of([*direct, *rivals_of(direct)][:MOST_OPTIONS])
    requirements = requirements_from([*options]) if options else []
    links = links_to({*options, *question.have, *(one.target for one in requirements)})
    is_cut = len({one.source for one in requirements}) >= REACHED_COUNT
    costs: dict[str, list[tables.Consequence]] = {}
    if question.limits and links:
        rows = Consequence.objects.filter(pattern__code__in=links, sign="cost", quality__in=question.limits)
        for code, *said in rows.order_by("position").values_list("pattern__code", "quality", "sign", "text"):
            cost = tables.Consequence.model_validate(dict(zip(("quality", "sign", "text"), said, strict=True)))
            costs.setdefault(code, []).append(cost)
    answer = find(question, [one.document for one in options.values()], requirements, costs)
    order = [one.entry.code for one in answer.candidates] + [one.entry.code for one in answer.excluded]
    kin = relations_among(options.values())
    decide = {code: decision_address(code, kin, question, words) for code in options}
    found = Findings({code: options[code] for code in order}, links, kin, decide, owes_more=is_cut)
    return ShownAnswer(
        [shown_candidate(one, question, words, found) for one in answer.candidates],
        [shown_exclusion(one, question, words, found) for one in answer.excluded],
        links,
    )


def rivals_of(codes: set[str]) -> list[str]:
    """Codes of what answers the same need as one of these, whoever of the two says so."""
    stated = Relation.objects.public().filter(type__in=RIVALRIES)
    pairs = stated.filter(Q(source__in=codes) | Q(target__in=codes)).order_by("source", "position", "pk")
    ends = (str(end) for pair in pairs.values_list("source_id", "target")[: 4 * MOST_OPTIONS] for end in pair)
    return [code for code in dict.fromkeys(ends) if code not in codes]


@dataclass(frozen=True)
class Findings:
    """What is known of an answer's entries, which ``options`` has in its order.

    ``decide`` holds, by code, where a choice is written down. ``owes_more`` says that not all debts were looked at.
    """

    options: Mapping[str, Option]
    links: Mapping[str, PatternLink]
    kin: Sequence[StatedRelation]
    decide: Mapping[str, str]
    owes_more: bool


def shown_candidate(one: Candidate, question: Question, words: str, found: Findings) -> ShownCandidate:
    option, links = found.options[one.entry.code], found.links
    marks = [Mark(option.code, number) for number in range(1, len(one.entry.avoid_when) + 1)]
    conditions = [
        Condition(text, finder_address(replace(question, holds=(*question.holds, mark)), words))
        for mark, text in zip(marks, one.entry.avoid_when, strict=True)
    ]
    owed = debt_list(
        Node(option.code, option.name),
        [OwedPattern.of(debt, links) for debt in one.debts if {step.target for step in debt.way} <= links.keys()],
        address=lambda codes: finder_address(replace(question, have=(*question.have, *codes)), words),
        name=f"debts-{option.code}",
        has_more=found.owes_more,
    )
    others = [other.document.slug for other in found.options.values() if other.code != option.code][:CONSIDERED]
    compared = [("pattern", slug) for slug in (option.document.slug, *others)]
    return ShownCandidate(
        option,
        one.met,
        [each for each in found.kin if option.code in (each.source.code, each.target.code)],
        conditions,
        owed,
        [ShownOwedCost(links[each.code], each.cost) for each in one.owed_costs if each.code in links],
        decide=found.decide[option.code],
        compare=address_of("compare", compared) if others else "",
    )


def shown_exclusion(one: Excluded, question: Question, words: str, found: Findings) -> ShownExclusion:
    option = found.options[one.entry.code]
    costs = []
    for backed in option.costs:
        if backed.consequence in one.objections.costs:
            mark = Mark(option.code, one.entry.consequences.index(backed.consequence) + 1)
            borne = replace(question, bearable=(*question.bearable, mark))
            costs.append(RefusedCost(backed, finder_address(borne, words)))
    owed = [found.links[code].name for code in one.objections.owed if code in found.links]
    return ShownExclusion(option, costs, one.objections, owed, decide=found.decide[option.code])


def decision_address(code: str, kin: Sequence[StatedRelation], question: Question, words: str) -> str:
    """Where the choice of an entry is written down, beside its rivals; what else goes with it, the record offers."""
    ties = (tie for tie in kin if tie.type in RIVALRIES and code in (tie.source.code, tie.target.code))
    rivals = dict.fromkeys(end.code for tie in ties for end in (tie.source, tie.target) if end.code != code)
    considered = [("considered", other) for other in [*rivals][:CONSIDERED]]
    said = [("q", words)] if words else []
    return address_of("decide", [("choose", code), *considered, *said, *question.pairs()])


# The page.


@dataclass(frozen=True)
class Quality:
    """``is_said`` tells that the reader's words name it."""

    word: str
    is_ticked: bool
    is_said: bool


@dataclass(frozen=True)
class Taken:
    """One of the marks in the address, in words, and the address without it."""

    text: str
    without: str


def taken(question: Question, words: str, offer: Offer, answer: ShownAnswer | None) -> list[Taken]:
    """What was ticked, in the words of the ticks; marks that mark nothing any more say so."""
    sentences = {str(mark): text for mark, text in offer.sentences.items()}
    options = [one.option for one in answer.candidates] + [one.option for one in answer.excluded] if answer else []
    conditions = {one.code: one.document.avoid_when for one in options}
    costs = {one.code: tuple(each.text for each in one.document.consequences) for one in options}
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
            said_of = conditions if name == "holds" else costs
            sentence = mark.sentence(said_of.get(mark.code, ())) if mark else ""
            text = f"{'Holds for us' if name == 'holds' else 'We can bear'}: {sentence or value}"
        said = [("q", words)] if words else []
        found.append(Taken(text, address_of("find", [*said, *pairs[:number], *pairs[number + 1 :]])))
    return found


def qualities_for(question: Question, words: str) -> list[Quality]:
    """Those first that the words name: somebody may have said already what they cannot pay with."""
    said = {*stems(words)}
    found = [Quality(word, word in question.limits, said.issuperset(stems(word))) for word in QUALITIES]
    return sorted(found, key=lambda one: not one.is_said)


@public
def find_page(request: HttpRequest) -> HttpResponse:
    question, words = Question.parse(request.GET.getlist), reader_text(request.GET.get("q") or "")
    offer = offer_for(question, words)
    answer = answer_to(question, words) if question.symptoms else None
    pairs = [*question.pairs()]
    return render_page(
        request,
        "patterns/find.html",
        path=finder_address(question, words),
        everything=finder_address(question, ""),
        anew=finder_address(Question(), words),
        words=words,
        offer=offer,
        qualities=qualities_for(question, words),
        kept=[pair for pair in pairs if pair[0] in ("holds", "have", "bears")],
        taken=taken(question, words, offer, answer),
        answer=answer,
    )
