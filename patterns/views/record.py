"""A decision written down: what an address asks for, and the record that the catalogue has for it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from django.conf import settings
from django.http import QueryDict

from patterns.document.debts import Debt, debts
from patterns.document.finder import Mark, Question, objections
from patterns.document.prose import links as prose_links
from patterns.document.prose import paragraphs
from patterns.document.text import CODE
from patterns.files.decision import (
    Argument,
    Backing,
    DecisionRecord,
    LabFinding,
    RecordDebt,
    RecordLink,
    RecordOption,
)
from patterns.lab.verdict import Stance
from patterns.models import Pattern, Symptom
from patterns.search.query import reader_text
from patterns.store.requirements import requirements_from
from patterns.views.evidence import BackedConsequence, source_anchor
from patterns.views.find import address_of
from patterns.views.kinship import StatedRelation, relations_among
from patterns.views.options import Option, links_to, options_of
from patterns.views.relations import OwedPattern, PatternLink
from patterns.views.rendering import headers, whole_address

STATES: Final = ("proposed", "accepted", "rejected", "deprecated")
MOST_CONSIDERED = 3
MOST_COMPANIONS = 3
GOES_WITH: Final = ("complements", "leads to", "uses")
MOST_KINDRED = 5
TITLE_LENGTH = 120
REASON_LENGTH = 300
DECIDERS_LENGTH = 120
SHOWN_LENGTH = 40  # of what was given and cannot be meant


@dataclass(frozen=True)
class DecisionRequest:
    """What an address asks to be written down: the choice, those considered, and the question that led to it.

    ``companions`` are taken together with the choice; none of them is considered, and neither is the choice. What
    cannot be meant is left out, which ``remarks`` say in sentences.
    """

    choose: str
    considered: tuple[str, ...]
    companions: tuple[str, ...]
    words: str
    title: str
    reason: str
    deciders: str
    variant: str
    date: date | None
    status: str
    question: Question
    remarks: tuple[str, ...]

    @classmethod
    def parse(cls, parameters: QueryDict) -> "DecisionRequest":
        choose = parameters.get("choose") or ""
        companions = codes(parameters.getlist("with"), but=[choose])
        considered = codes(parameters.getlist("considered"), but=[choose, *companions])
        status = parameters.get("status") or ""
        return cls(
            choose=choose if CODE.fullmatch(choose) else "",
            considered=considered[:MOST_CONSIDERED],
            companions=companions[:MOST_COMPANIONS],
            words=reader_text(parameters.get("q") or ""),
            title=reader_text(parameters.get("title") or "", TITLE_LENGTH),
            reason=reader_text(parameters.get("reason") or "", REASON_LENGTH).removesuffix(".").rstrip(),
            deciders=reader_text(parameters.get("deciders") or "", DECIDERS_LENGTH),
            variant=reader_text(parameters.get("variant") or "", TITLE_LENGTH),
            date=day(reader_text(parameters.get("date") or "", SHOWN_LENGTH)),
            status=status if status in STATES else STATES[0],
            question=Question.parse(parameters.getlist),
            remarks=(*surplus(considered, companions), *misfits(parameters)),
        )

    def pairs(self) -> list[tuple[str, str]]:
        """The one way to ask for it; what goes without saying is left out."""
        return [
            *([("choose", self.choose)] if self.choose else []),
            *(("considered", code) for code in self.considered),
            *(("with", code) for code in self.companions),
            *([("q", self.words)] if self.words else []),
            *([("title", self.title)] if self.title else []),
            *([("reason", self.reason)] if self.reason else []),
            *([("deciders", self.deciders)] if self.deciders else []),
            *([("variant", self.variant)] if self.variant else []),
            *([("date", self.date.isoformat())] if self.date else []),
            *([("status", self.status)] if self.status != STATES[0] else []),
            *self.question.pairs(),
        ]


def codes(values: Iterable[str], *, but: Collection[str]) -> tuple[str, ...]:
    """Each once, in the order in which they were given."""
    return tuple(dict.fromkeys(one for one in values if CODE.fullmatch(one) and one not in but))


def surplus(considered: Sequence[str], companions: Sequence[str]) -> Iterator[str]:
    if len(considered) > MOST_CONSIDERED:
        yield f"More than {MOST_CONSIDERED} others were to be considered: the first {MOST_CONSIDERED} are."
    if len(companions) > MOST_COMPANIONS:
        yield f"More than {MOST_COMPANIONS} were to be taken together with it: the first {MOST_COMPANIONS} are."


def misfits(parameters: QueryDict) -> Iterator[str]:
    """What was given for something and cannot be it, and what would be right."""
    date, status = (reader_text(parameters.get(name) or "", SHOWN_LENGTH) for name in ("date", "status"))
    if date and not day(date):
        yield f"“{date}” is no date, so the record has none. Write it like 2026-11-29."
    if status and status not in STATES:
        yield f"“{status}” is no status, so the record is {STATES[0]}. It is one of {', '.join(STATES)}."
    others = [*parameters.getlist("considered"), *parameters.getlist("with")]
    for code in [one for one in others if one and not CODE.fullmatch(one)][:MOST_CONSIDERED]:
        yield no_entry(reader_text(code, SHOWN_LENGTH))


def no_entry(code: str) -> str:
    return f"No published entry has the code {code}."


def day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def record_of(asked: DecisionRequest) -> DecisionRecord | None:
    """In at most seven queries; None if the chosen entry is not public."""
    options = options_of([asked.choose, *asked.considered, *asked.companions])
    chosen = options.get(asked.choose)
    if chosen is None:
        return None
    (catalog,) = headers()
    question, document = asked.question, chosen.document
    taken = [chosen.code, *(code for code in asked.companions if code in options)]
    owed = debts_of(taken, have=question.have)
    kindred = [one for one in document.relations if one.type in GOES_WITH and one.why and one.target not in options]
    links = links_to(
        {
            *(debt.code for each in owed.values() for debt in each),
            *(link.code for text in (document.problem, document.solution) for link in prose_links(text)),
            *(one.target for one in kindred),
            *(mark.code for mark in question.symptoms),
            *question.have,
        }
    )
    names = {code: one.name for code, one in links.items()}
    symptoms = ticked_sentences(question.symptoms)
    others = [(mark.code, text) for mark, text in symptoms.items() if mark.code != chosen.code and mark.code in links]
    holds = marked(question.holds, {code: one.document.avoid_when for code, one in options.items()})
    costs = {code: [each.text for each in one.document.consequences] for code, one in options.items()}
    shown = record_options(options, chosen, asked, owed, links)
    return DecisionRecord(
        title=asked.title or f"Use {chosen.name}",
        status=asked.status,
        date=asked.date,
        deciders=asked.deciders,
        chosen=shown[chosen.code],
        considered=tuple(shown[code] for code in asked.considered if code in shown),
        companions=tuple(shown[code] for code in asked.companions if code in shown),
        words=asked.words,
        own_reason=asked.reason,
        # Beside one's own words it would read as if it were one's own, too.
        problem="" if asked.words else beginning(document.problem, names),
        symptoms=tuple(symptoms.values()),
        answered=tuple(text for mark, text in symptoms.items() if mark.code == chosen.code),
        answered_beside=tuple(record_link(text, links[code]) for code, text in others if code in taken),
        still_open=tuple(
            record_link(text, links[code], taking=address_with(code, asked))
            for code, text in others
            if code not in taken
        ),
        solution=beginning(document.solution, names),
        variants=tuple(one.name for one in document.variants),
        variant=next((one.name for one in document.variants if one.name == asked.variant), ""),
        limits=question.limits,
        holds=holds,
        bearable=marked(question.bearable, costs),
        kindred=tuple(record_link(one.why, links[one.target]) for one in kindred if one.target in links)[:MOST_KINDRED],
        in_place=tuple(names[code] for code in question.have if code in names),
        conditions=tuple(text for text in document.avoid_when if text not in holds),
        checks=document.checks,
        signals=document.signals,
        catalog=catalog.name,
        version=catalog.version,
        address=f"{settings.SITE_URL}{address_of('decide', asked.pairs())}",
    )


def marked(marks: Iterable[Mark], sentences: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """What the marks mark, of the sentences that each entry has by its code."""
    found = (mark.sentence(sentences.get(mark.code, ())) for mark in marks)
    return tuple(filter(None, found))


def record_link(text: str, link: PatternLink, *, taking: str = "") -> RecordLink:
    return RecordLink(text, link.name, whole_address("pattern", link.slug), taking)


def address_with(code: str, asked: DecisionRequest) -> str:
    """Of the record with that entry taken together with the choice; empty if there is no room for another."""
    if len(asked.companions) >= MOST_COMPANIONS:
        return ""
    considered = tuple(one for one in asked.considered if one != code)
    return address_of("decide", replace(asked, companions=(*asked.companions, code), considered=considered).pairs())


def beginning(text: str, names: Mapping[str, str]) -> str:
    """The first paragraph of a text in Markdown, plain."""
    first = next(iter(paragraphs(text, names)), "")
    return f"{first[:-1]}." if first.endswith(":") else first  # the list that it announces is left out


def debts_of(taken: Sequence[str], *, have: Collection[str]) -> dict[str, list[Debt]]:
    """By code, what each obliges one to build, each debt once: what the chosen one, the first, owes is told of it."""
    requirements = requirements_from(taken)
    chosen, *companions = taken
    owed = {chosen: debts(chosen, requirements, have=have)}
    for code in companions:
        told = {debt.code for each in owed.values() for debt in each}
        owed[code] = debts(code, requirements, have={*have, *taken, *told})
    return owed


def record_options(
    options: Mapping[str, Option],
    chosen: Option,
    asked: DecisionRequest,
    owed: Mapping[str, Iterable[Debt]],
    links: Mapping[str, PatternLink],
) -> dict[str, RecordOption]:
    """By code; all but the chosen one with how they stand to it."""
    kin = [one for one in relations_among(options.values()) if chosen.code in (one.source.code, one.target.code)]
    return {
        code: record_option(
            option,
            asked.question,
            relations=[one for one in kin if option is not chosen and code in (one.source.code, one.target.code)],
            owed=record_debts(owed.get(code, ()), links, taken=asked.companions),
        )
        for code, option in options.items()
    }


def record_debts(
    owed: Iterable[Debt], links: Mapping[str, PatternLink], *, taken: Collection[str] = ()
) -> Iterator[RecordDebt]:
    """Those whose whole way is public still: the two were read one after the other."""
    for debt in owed:
        if all(step.target in links for step in debt.way):
            one = OwedPattern.of(debt, links)
            through = ", ".join(other.name for other in one.through)
            address = whole_address("pattern", one.pattern.slug)
            yield RecordDebt(one.pattern.name, address, one.why, through, is_taken=debt.code in taken)


def ticked_sentences(marks: Sequence[Mark]) -> dict[Mark, str]:
    """Those that published entries still say, in the order in which they were ticked."""
    if not marks:
        return {}
    public = Pattern.objects.published().filter(code__in={mark.code for mark in marks})
    rows = Symptom.objects.filter(pattern__in=public.values("pk")).values_list("pattern__code", "position", "text")
    said = {Mark(code, position + 1): text for code, position, text in rows.order_by()}
    return {mark: said[mark] for mark in marks if mark in said}


JUDGEMENTS = {Stance.HELPS: "Good", Stance.HURTS: "Bad", Stance.SAME: "Neutral"}


def record_option(
    option: Option, question: Question, *, relations: Iterable[StatedRelation], owed: Iterable[RecordDebt]
) -> RecordOption:
    """``relations`` are those with the chosen one."""
    document, lab = option.document, None
    against = objections(document, question)
    paid = dict.fromkeys(one.quality for one in against.costs)
    if option.trial:
        told = option.trial.told
        address = f"{settings.SITE_URL}{option.trial.address}"
        lab = LabFinding(JUDGEMENTS[told.stance], f"{told.finding}.", told.besides, address)
    return RecordOption(
        document.code,
        document.name,
        whole_address("pattern", document.slug),
        document.description,
        gains=arguments(option.gains, option),
        costs=arguments(option.costs, option),
        lab=lab,
        objections=(
            *(f"it costs {quality}, which we cannot pay" for quality in paid),
            *(f"this holds for us, and is a reason to avoid it: {text}" for text in against.conditions),
        ),
        is_in_place=against.is_in_place,
        relations=tuple(
            f"{one.source.name} {one.phrase} {one.target.name}{f': {one.why}' if one.why else '.'} {one.advice}"
            for one in relations
        ),
        debts=tuple(owed),
    )


def arguments(consequences: Iterable[BackedConsequence], option: Option) -> tuple[Argument, ...]:
    page = option.get_absolute_url()
    # A source says itself where it is; if not, the entry's page does.
    sources = {f"{page}#{source_anchor(one.key)}": one.url for one in option.document.references if one.key and one.url}
    found = []
    for one in consequences:
        backings = [
            Backing(
                f"lab: {instead(each.text)}, {each.about}" if each.kind == "lab" else each.text,
                sources.get(each.address) or (f"{settings.SITE_URL}{each.address}" if each.address else ""),
            )
            for each in one.backings
        ]
        shown = tuple(backings) or (Backing("editor's judgement"),)
        found.append(Argument(one.consequence.quality, one.consequence.text, shown))
    return tuple(found)


def instead(figure: str) -> str:
    """ "3 → 135" in words."""
    before, _, after = figure.partition(" → ")
    return f"{after} instead of {before}"
