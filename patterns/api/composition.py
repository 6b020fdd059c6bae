"""The stored runs of the order system for programs: every combination of its switches under every fault."""

from functools import cache
from json import dumps
from typing import Any

from django.http import HttpRequest, HttpResponse

from patterns.lab.composition import COMBINATIONS, PATTERNS, PRICES, SCENARIOS, SEEDS
from patterns.lab.interplay import both, needs
from patterns.lab.survival import MOST_REFUSED, RULE, Result, on_in, result
from patterns.views.freshness import public, released


@public
@released
def composition_data(request: HttpRequest) -> HttpResponse:
    """The same figures as the page has."""
    return HttpResponse(composition_text(), content_type="application/json")


@cache
def composition_text() -> str:
    return dumps(composition_document(), ensure_ascii=False, allow_nan=False) + "\n"


def composition_document() -> dict[str, Any]:
    """``figures`` holds means of all runs, ``runs`` one value for each seed; shares are between 0 and 1."""
    return {
        "experiment": "order-system",
        "seeds": [SEEDS[0], SEEDS[-1]],
        "rule": {"text": RULE, "wrong": 0, "most_refused": MOST_REFUSED},
        "switches": [{"key": one.key, "entry": one.slug, "name": one.name, "adds": one.adds} for one in PATTERNS],
        "scenarios": [{"key": one.key, "name": one.name, "about": one.about} for one in SCENARIOS],
        "units": {one.key: one.unit.value for one in PRICES},
        "combinations": [
            {
                "with": [*on_in(one)],
                "scenarios": {scenario.key: result_document(result(one, scenario)) for scenario in SCENARIOS},
            }
            for one in COMBINATIONS
        ],
        "needs": [
            {"switch": one.key, "needs": one.other, "scenario": one.scenario.key, "text": one.sentence}
            for one in needs()
        ],
        "only_together": [
            {"switches": [one.first, one.second], "scenario": one.scenario.key, "text": one.sentence} for one in both()
        ],
    }


def result_document(told: Result) -> dict[str, Any]:
    return {
        "survives": told.is_survived,
        "figures": {"wrong": told.wrong, **{one.key: told.runs.price(one) for one in PRICES}},
        "runs": {key: [*values] for key, values in told.runs.figures.items()},
    }
