"""The page of the order system: any of 32 combinations of five patterns, what it survives, and who needs whom."""

from dataclasses import dataclass
from functools import cache
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from patterns.lab import composition, interplay, survival
from patterns.lab.composition import (
    ALL_FAULTS,
    ASSUMPTIONS,
    COMBINATIONS,
    FAIRNESS,
    LIMITS,
    PATTERNS,
    PRICES,
    SCENARIOS,
    SEEDS,
    SINGLE_FAULTS,
    Scenario,
    Switch,
    stored_runs,
)
from patterns.lab.experiment import Metric
from patterns.lab.interplay import Toggle
from patterns.lab.parameters import excerpt
from patterns.lab.survival import Result
from patterns.lab.systems.order_parts import structure_of
from patterns.lab.systems.order_system import SWITCHES, side_of
from patterns.lab.verdict import worded_figure
from patterns.models import Pattern
from patterns.views.find import address_of
from patterns.views.freshness import public
from patterns.views.lab.index import published_at
from patterns.views.lab.page import pairs_of
from patterns.views.lab.request import MESSAGE_LIMIT, Pairs
from patterns.views.lab.source import modules_from
from patterns.views.lab.structures import drawn_structure
from patterns.views.record import MOST_COMPANIONS
from patterns.views.rendering import render_page

WITH = "with"  # the name under which an address gives each switch that is on
NAME = "lab_order_system"


@dataclass(frozen=True)
class CombinationRequest:
    """What an address asks for; ``problems`` says what in it cannot be, and then nothing else is shown."""

    combination: str
    problems: tuple[str, ...]

    @classmethod
    def of(cls, pairs: Pairs) -> "CombinationRequest":
        problems = []
        for name, value in dict.fromkeys(pairs):
            if name != WITH:
                problems.append(f"Nothing here is called “{excerpt(name)}”; what can be set: {WITH}.")
            elif value not in SWITCHES:
                problems.append(f"“{excerpt(value)}” is no switch; give one of: {', '.join(SWITCHES)}.")
        return cls(side_of([value for name, value in pairs if name == WITH]), tuple(problems))


def combination_address(combination: str) -> str:
    """The one address of a combination."""
    query = urlencode([(WITH, key) for key in survival.on_in(combination)])
    return reverse(f"patterns:{NAME}") + (f"?{query}" if query else "")


def published_entries() -> dict[str, Pattern]:
    """By key of a switch, its entry where that is public, whatever its slug is by now."""
    keys = {one.slug: one.key for one in PATTERNS}
    return {keys[slug]: entry for slug, entry in published_at(keys).items()}


@dataclass(frozen=True)
class ShownSwitch:
    """A switch in the form, with the entry that it leads to if that is public, and what it changes here."""

    switch: Switch
    entry: Pattern | None
    toggle: Toggle

    @property
    def address(self) -> str:
        return combination_address(self.toggle.combination)


@dataclass(frozen=True)
class PriceCell:
    """``of`` says of which scenario and which combination, for screens without room for a head."""

    of: str
    figure: str


@dataclass(frozen=True)
class PriceRow:
    metric: Metric
    cells: list[PriceCell]


def price_rows(combination: str) -> list[PriceRow]:
    """Where nothing fails and where everything does, each without any switch and with these."""
    sides = [
        (f"{scenario.short}, {name}", stored_runs(one, scenario.key))
        for scenario in (SCENARIOS[0], ALL_FAULTS)
        for name, one in (("all off", ""), ("this one", combination))
    ]
    return [
        PriceRow(metric, [PriceCell(of, worded_figure(runs.price(metric), metric)) for of, runs in sides])
        for metric in PRICES
    ]


@dataclass(frozen=True)
class Decision:
    """The way to write the combination down; ``left_out`` is what the record has no room for."""

    address: str
    taken: list[str]
    left_out: list[str]


def decision_on(combination: str, entries: dict[str, Pattern]) -> Decision:
    """Of the switches that are on and whose entries are public; without any, the empty record."""
    public_entries = [entries[key] for key in survival.on_in(combination) if key in entries]
    taken, rest = public_entries[: MOST_COMPANIONS + 1], public_entries[MOST_COMPANIONS + 1 :]
    pairs = [("choose" if one is taken[0] else "with", one.code) for one in taken]
    return Decision(address_of("decide", pairs), [one.name for one in taken], [one.name for one in rest])


@dataclass(frozen=True)
class TableRow:
    combination: str
    name: str
    address: str
    results: list[Result]


@cache
def table_rows() -> list[TableRow]:
    return [TableRow(one, survival.named(one), combination_address(one), survival.results(one)) for one in COMBINATIONS]


@dataclass(frozen=True)
class FaultFindings:
    """What the stored runs say of one fault, in sentences."""

    scenario: Scenario
    enough: str
    sentences: list[str]


def fault_findings() -> list[FaultFindings]:
    found = []
    for scenario in SINGLE_FAULTS:
        needs = [one.sentence for one in interplay.needs() if one.scenario is scenario]
        both = [one.sentence for one in interplay.both() if one.scenario is scenario]
        spoilt = [one.sentence for one in interplay.spoilers() if one.made.after.scenario is scenario]
        found.append(FaultFindings(scenario, interplay.enough_sentence(scenario), [*both, *needs, *spoilt]))
    return found


@cache
def pairs_part() -> SafeString:
    """Who needs whom; the same for all combinations."""
    context = {"faults": fault_findings(), "run_count": len(SEEDS)}
    return render_to_string("patterns/lab/_pairs.html", context)


@cache
def assumptions_part() -> SafeString:
    """What is taken for granted, and the program."""
    modules = modules_from(composition.__name__, survival.__name__, interplay.__name__)
    context = {"assumptions": ASSUMPTIONS, "limits": LIMITS, "fairness": FAIRNESS, "modules": modules}
    return render_to_string("patterns/lab/_composition_about.html", context)


@cache
def drawing_part(combination: str) -> SafeString:
    title = f"The order system: {survival.named(combination)}"
    drawing = drawn_structure(structure_of(combination), name="structure-order-system", title=title)
    return render_to_string("patterns/lab/_composition_drawing.html", {"drawing": drawing, "title": title})


@public
def order_system_page(request: HttpRequest) -> HttpResponse:
    """The combination that the address asks for, or what in the address cannot be."""
    asked = CombinationRequest.of(pairs_of(request))
    combination, entries = asked.combination, published_entries()
    names = {one.key: one for one in PATTERNS}
    switches = [ShownSwitch(names[one.key], entries.get(one.key), one) for one in interplay.toggles(combination)]
    response = render_page(
        request,
        "patterns/lab_order_system.html",
        path=combination_address(combination),
        asked=asked,
        problems=asked.problems[:MESSAGE_LIMIT],
        name=survival.named(combination),
        switches=switches,
        verdict=interplay.verdict_sentence(),
        finding=interplay.finding(combination),
        rule=survival.RULE,
        results=survival.results(combination),
        drawing=drawing_part(combination),
        prices=price_rows(combination),
        pairs=pairs_part(),
        scenarios=SCENARIOS,
        table=table_rows(),
        decision=decision_on(combination, entries),
        about=assumptions_part(),
        address=reverse(f"patterns:{NAME}"),
        run_count=len(SEEDS),
    )
    response.status_code = 400 if asked.problems else 200
    return response
