"""A decision written down: a page to read, change and print, and the same record as Markdown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict

from patterns.document.debts import debts
from patterns.document.finder import Mark, Question, objections
from patterns.document.prose import links as prose_links
from patterns.document.prose import paragraphs
from patterns.document.text import CODE
from patterns.files.decision import Argument, Backing, DecisionRecord, RecordDebt, RecordOption, write_decision
from patterns.models import Catalog, Pattern, Symptom
from patterns.models.statement import statement
from patterns.search.query import reader_text
from patterns.store.requirements import requirements_from
from patterns.views.evidence import BackedConsequence, source_anchor
from patterns.views.find import address_of
from patterns.views.freshness import public, versioned
from patterns.views.options import Option, links_to, options_of
from patterns.views.relations import OwedPattern
from patterns.views.rendering import render_page, whole_address

STATES: Final = ("proposed", "accepted", "rejected", "deprecated")
MOST_CONSIDERED = 3
CHOICE_COUNT = 200  # offered to be chosen; of a longer catalogue the finder and the list lead here
TITLE_LENGTH = 120


@dataclass(frozen=True)
class DecisionRequest:
    """What an address asks to be written down: the choice, those considered, and the question that led to it."""

    choose: str
    considered: tuple[str, ...]
    title: str
    date: date | None
    status: str
    question: Question

    @classmethod
    def parse(cls, parameters: QueryDict) -> "DecisionRequest":
        """What cannot be meant is left out."""
        choose = parameters.get("choose") or ""
        considered = dict.fromkeys(one for one in parameters.getlist("considered") if CODE.fullmatch(one))
        status = parameters.get("status") or ""
        return cls(
            choose=choose if CODE.fullmatch(choose) else "",
            considered=tuple(one for one in considered if one != choose)[:MOST_CONSIDERED],
            title=reader_text(parameters.get("title") or "")[:TITLE_LENGTH],
            date=day(parameters.get("date") or ""),
            status=status if status in STATES else STATES[0],
            question=Question.parse(parameters.getlist),
        )

    def pairs(self) -> list[tuple[str, str]]:
        """The one way to ask for it; what goes without saying is left out."""
        return [
            *([("choose", self.choose)] if self.choose else []),
            *(("considered", code) for code in self.considered),
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


@statement
def all_names() -> QuerySet[Pattern, tuple[str, str]]:
    return Pattern.objects.published().in_code_order().values_list("code", "name")[: CHOICE_COUNT + 1]


def record_of(asked: DecisionRequest) -> DecisionRecord | None:
    """In at most seven queries; None if the chosen entry is not public."""
    options = options_of([asked.choose, *asked.considered])
    chosen = options.get(asked.choose)
    if chosen is None:
        return None
    (catalog,) = catalog_states()
    question, document = asked.question, chosen.document
    owed = debts(chosen.code, requirements_from([chosen.code]), have=question.have)
    named = {link.code for link in prose_links(document.problem)}
    links = links_to({*(one.code for one in owed), *question.have, *named})
    problem = paragraphs(document.problem, {code: one.name for code, one in links.items()})
    symptoms = ticked_sentences(question.symptoms)
    return DecisionRecord(
        title=asked.title or f"Use {chosen.name}",
        status=asked.status,
        date=asked.date,
        chosen=record_option(chosen, question),
        considered=tuple(record_option(options[code], question) for code in asked.considered if code in options),
        problem=problem[0] if problem else "",
        symptoms=tuple(symptoms.values()),
        answered=tuple(text for mark, text in symptoms.items() if mark.code == chosen.code),
        limits=question.limits,
        in_place=tuple(links[code].name for code in question.have if code in links),
        debts=tuple(
            RecordDebt(
                one.pattern.name,
                whole_address("pattern", one.pattern.slug),
                one.why,
                through=", ".join(other.name for other in one.through),
            )
            for one in (OwedPattern.of(debt, links) for debt in owed if debt.code in links)
        ),
        conditions=document.avoid_when,
        checks=document.checks,
        signals=document.signals,
        catalog=catalog.name,
        version=catalog.version,
        address=f"{settings.SITE_URL}{address_of('decide', asked.pairs())}",
    )


@statement
def catalog_states() -> QuerySet[Catalog]:
    return Catalog.objects.only("title", "version")


def ticked_sentences(marks: Sequence[Mark]) -> dict[Mark, str]:
    """Those that published entries still say, in the order in which they were ticked."""
    if not marks:
        return {}
    public = Pattern.objects.published().filter(code__in={mark.code for mark in marks})
    rows = Symptom.objects.filter(pattern__in=public.values("pk")).values_list("pattern__code", "position", "text")
    said = {Mark(code, position + 1): text for code, position, text in rows.order_by()}
    return {mark: said[mark] for mark in marks if mark in said}


def record_option(option: Option, question: Question) -> RecordOption:
    document, address = option.document, whole_address("pattern", option.document.slug)
    against = objections(document, question)
    lab = None
    if option.trial:
        told = option.trial.told
        verdict = f"{told.opening}: {told.finding}. {told.price}".strip()
        lab = Backing(verdict, f"{settings.SITE_URL}{option.trial.address}")
    return RecordOption(
        document.name,
        address,
        document.description,
        gains=arguments(option.gains, option),
        costs=arguments(option.costs, option),
        lab=lab,
        objections=(
            *(f"it costs {one.quality}, which we cannot pay with" for one in against.costs),
            *against.conditions,
            *(["it is in place already"] if against.is_in_place else []),
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
                f"lab: {each.text}, {each.about}" if each.kind == "lab" else each.text,
                sources.get(each.address) or (f"{settings.SITE_URL}{each.address}" if each.address else ""),
            )
            for each in one.backings
        ]
        shown = tuple(backings) or (Backing("editor's judgement"),)
        found.append(Argument(one.consequence.quality, one.consequence.text, shown))
    return tuple(found)


@dataclass(frozen=True)
class Choice:
    """An entry that can be chosen or considered."""

    code: str
    name: str
    is_chosen: bool
    is_considered: bool


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
        choices=[
            Choice(code, name, code == asked.choose, code in asked.considered) for code, name in names[:CHOICE_COUNT]
        ],
        has_more=len(names) > CHOICE_COUNT,
        states=STATES,
        marks=[*asked.question.pairs()],
        find=address_of("find", [*asked.question.pairs()]),
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
