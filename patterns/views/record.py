"""A decision written down: what an address asks for, and the record that the catalogue has for it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
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
    OpenSymptom,
    RecordDebt,
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
TITLE_LENGTH = 120


@dataclass(frozen=True)
class DecisionRequest:
    """What an address asks to be written down: the choice, those considered, and the question that led to it."""

    choose: str
    considered: tuple[str, ...]
    has_surplus: bool  # more were to be considered than are
    words: str
    title: str
    date: date | None
    status: str
    question: Question

    @classmethod
    def parse(cls, parameters: QueryDict) -> "DecisionRequest":
        """What cannot be meant is left out."""
        choose = parameters.get("choose") or ""
        considered = dict.fromkeys(one for one in parameters.getlist("considered") if CODE.fullmatch(one))
        others = [one for one in considered if one != choose]
        status = parameters.get("status") or ""
        return cls(
            choose=choose if CODE.fullmatch(choose) else "",
            considered=tuple(others[:MOST_CONSIDERED]),
            has_surplus=len(others) > MOST_CONSIDERED,
            words=reader_text(parameters.get("q") or ""),
            title=reader_text(parameters.get("title") or "")[:TITLE_LENGTH].strip(),
            date=day(parameters.get("date") or ""),
            status=status if status in STATES else STATES[0],
            question=Question.parse(parameters.getlist),
        )

    def pairs(self) -> list[tuple[str, str]]:
        """The one way to ask for it; what goes without saying is left out."""
        return [
            *([("choose", self.choose)] if self.choose else []),
            *(("considered", code) for code in self.considered),
            *([("q", self.words)] if self.words else []),
            *([("title", self.title)] if self.title else []),
            *([("date", self.date.isoformat())] if self.date else []),
            *([("status", self.status)] if self.status != STATES[0] else []),
            *self.question.pairs(),
        ]


def day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def record_of(asked: DecisionRequest) -> DecisionRecord | None:
    """In at most seven queries; None if the chosen entry is not public."""
    options = options_of([asked.choose, *asked.considered])
    chosen = options.get(asked.choose)
    if chosen is None:
        return None
    (catalog,) = headers()
    question, document = asked.question, chosen.document
    owed = debts(chosen.code, requirements_from([chosen.code]), have=question.have)
    named = {link.code for link in prose_links(document.problem)}
    links = links_to({*(one.code for one in owed), *question.have, *named, *(mark.code for mark in question.symptoms)})
    problem = paragraphs(document.problem, {code: one.name for code, one in links.items()})
    symptoms = ticked_sentences(question.symptoms)
    kin = relations_among(options.values())
    holds = [mark.sentence(options[mark.code].document.avoid_when) for mark in question.holds if mark.code in options]
    return DecisionRecord(
        title=asked.title or f"Use {chosen.name}",
        status=asked.status,
        date=asked.date,
        chosen=record_option(chosen, question),
        considered=tuple(
            record_option(
                options[code],
                question,
                relations=[one for one in kin if {one.source.code, one.target.code} == {code, chosen.code}],
            )
            for code in asked.considered
            if code in options
        ),
        words=asked.words,
        problem=problem[0] if problem else "",
        symptoms=tuple(symptoms.values()),
        answered=tuple(text for mark, text in symptoms.items() if mark.code == chosen.code),
        still_open=tuple(
            OpenSymptom(text, links[mark.code].name, whole_address("pattern", links[mark.code].slug))
            for mark, text in symptoms.items()
            if mark.code != chosen.code and mark.code in links
        ),
        limits=question.limits,
        holds=tuple(filter(None, holds)),
        in_place=tuple(links[code].name for code in question.have if code in links),
        debts=tuple(record_debts(owed, links)),
        conditions=tuple(text for text in document.avoid_when if text not in holds),
        checks=document.checks,
        signals=document.signals,
        catalog=catalog.name,
        version=catalog.version,
        address=f"{settings.SITE_URL}{address_of('decide', asked.pairs())}",
    )


def record_debts(owed: Iterable[Debt], links: Mapping[str, PatternLink]) -> Iterator[RecordDebt]:
    """Those whose whole way is public still: the two were read one after the other."""
    for debt in owed:
        if all(step.target in links for step in debt.way):
            one = OwedPattern.of(debt, links)
            through = ", ".join(other.name for other in one.through)
            yield RecordDebt(one.pattern.name, whole_address("pattern", one.pattern.slug), one.why, through)


def ticked_sentences(marks: Sequence[Mark]) -> dict[Mark, str]:
    """Those that published entries still say, in the order in which they were ticked."""
    if not marks:
        return {}
    public = Pattern.objects.published().filter(code__in={mark.code for mark in marks})
    rows = Symptom.objects.filter(pattern__in=public.values("pk")).values_list("pattern__code", "position", "text")
    said = {Mark(code, position + 1): text for code, position, text in rows.order_by()}
    return {mark: said[mark] for mark in marks if mark in said}


JUDGEMENTS = {Stance.HELPS: "Good", Stance.HURTS: "Bad", Stance.SAME: "Neutral"}


def record_option(option: Option, question: Question, *, relations: Sequence[StatedRelation] = ()) -> RecordOption:
    """``relations`` are those with the chosen one."""
    document, lab = option.document, None
    against = objections(document, question)
    if option.trial:
        told = option.trial.told
        address = f"{settings.SITE_URL}{option.trial.address}"
        lab = LabFinding(JUDGEMENTS[told.stance], f"{told.finding}.", told.price, address)
    return RecordOption(
        document.code,
        document.name,
        whole_address("pattern", document.slug),
        document.description,
        gains=arguments(option.gains, option),
        costs=arguments(option.costs, option),
        lab=lab,
        objections=(
            *(f"we cannot pay with {quality}" for quality in dict.fromkeys(one.quality for one in against.costs)),
            *(f"this holds for us, and is a reason to avoid it: {text}" for text in against.conditions),
        ),
        is_in_place=against.is_in_place,
        relations=tuple(
            f"{one.source.name} {one.phrase} {one.target.name}{f': {one.why}' if one.why else '.'} {one.advice}"
            for one in relations
        ),
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
