"""The page of an experiment: one run of what the address asks for, beside what is known of its preset."""

from dataclasses import dataclass
from functools import cache, partial
from typing import Any
from urllib.parse import parse_qsl

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from patterns.lab.experiment import Experiment, Law, Statistic
from patterns.lab.golden import LAW_SEEDS, stored_file, stored_verdict
from patterns.lab.measure import Interval
from patterns.lab.parameters import BadParameters
from patterns.lab.simulation import TooManyEvents
from patterns.lab.sweep import SWEEP_SEEDS
from patterns.views.errors import moved_or_gone
from patterns.views.freshness import public
from patterns.views.lab.calculator import Calculation, calculation, parted
from patterns.views.lab.index import ExaminedEntry, examined_entry, preset_links
from patterns.views.lab.knob import knob_part
from patterns.views.lab.request import Pairs, RunRequest, SettingForm, form_of, refused_form, run_request
from patterns.views.lab.runs import Busy, computed_run, own_runs, stored_figures_part
from patterns.views.lab.source import modules_of
from patterns.views.lab.structures import structures_part
from patterns.views.rendering import render_page

RETRY_AFTER_S = 5


@dataclass(frozen=True)
class MetLaw:
    """Theory beside what the model did."""

    law: Law
    expected: str
    measured: str


@cache
def about_part(experiment: Experiment) -> SafeString:
    """What it takes for granted, the theory that it meets, and its program; the same object at every call."""
    laws = [met_law(law, stored_file(experiment.slug).laws[law.name]) for law in experiment.laws]
    context = {"experiment": experiment, "modules": modules_of(experiment), "laws": laws, "seed_count": len(LAW_SEEDS)}
    return render_to_string("patterns/lab/_about.html", context)


def met_law(law: Law, measured: Interval) -> MetLaw:
    expected = law_figure(law.expected)
    if law.statistic is Statistic.EXACT:
        return MetLaw(law, expected, f"{expected} in every run")
    of = "standard deviation " if law.statistic is Statistic.SPREAD else ""
    return MetLaw(law, expected, f"{of}{law_figure(measured.mean)} ± {law_figure(measured.half)}")


def law_figure(value: float) -> str:
    """Four telling digits, as theory is compared."""
    return f"{value:,.4g}" if abs(value) < 10_000 else f"{value:,.0f}"


@public
def experiment_page(request: HttpRequest, slug: str) -> HttpResponse:
    """The run that the address asks for, or why there is none."""
    found = examined_entry(slug)
    if found is None:
        return moved_or_gone(request, slug, view="patterns:pattern_lab")
    pairs, own = parted(pairs_of(request))
    calculated = calculation(found.experiment, own)
    answered = partial(lab_response, request, found, calculated)
    try:
        asked = run_request(found.experiment, pairs)
    except BadParameters as refusal:
        return answered(refused_form(found.experiment, pairs, refusal), status=400)
    form, query = form_of(asked), asked.query
    known = known_of(asked)
    try:
        run = computed_run(asked)
        if asked.is_preset:
            known["figures"] = run.figures
        else:
            several = own_runs(asked)
            known |= {"figures": several.figures, "told": several.told, "count": several.count}
    except TooManyEvents as refusal:
        return answered(form, query=query, status=400, refusal=str(refusal))
    except Busy:
        if asked.is_preset:
            known["figures"] = stored_figures_part(asked.experiment, asked.preset)
        return without_copy(answered(form, query=query, status=503, is_busy=True, **known))
    return answered(form, query=query, run=run, status=200 if calculated.answer else 400, **known)


def known_of(asked: RunRequest) -> dict[str, Any]:
    """What needs no run: the system, and the verdict if these are the settings of a preset."""
    known: dict[str, Any] = {"asked": asked, "structures": structures_part(asked.experiment, asked.parameters)}
    if asked.is_preset:
        known["told"] = stored_verdict(asked.experiment, asked.preset)
    return known


def lab_response(
    request: HttpRequest,
    found: ExaminedEntry,
    calculated: Calculation,
    form: SettingForm,
    *,
    query: str = "",
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    address = reverse("patterns:pattern_lab", args=[found.pattern.slug])
    shown = {
        "pattern": found.pattern,
        "experiment": found.experiment,
        "form": form,
        "calculated": calculated,
        "kept": parse_qsl(query.removeprefix("?")),
        "presets": preset_links(found.experiment),
        "knob": knob_part(found.experiment),
        "about": about_part(found.experiment),
        "address": address,
        "data": reverse("patterns:pattern_lab_json", args=[found.pattern.slug]) + query,
        "run_count": len(SWEEP_SEEDS),
    }
    response = render_page(request, "patterns/lab.html", path=f"{address}{query}", **shown, **context)
    response.status_code = status
    return response


def pairs_of(request: HttpRequest) -> Pairs:
    return [(key, value) for key, values in request.GET.lists() for value in values]


def without_copy(response: HttpResponse) -> HttpResponse:
    """An answer that holds for a moment only."""
    response.headers["Retry-After"] = str(RETRY_AFTER_S)
    response.headers["Cache-Control"] = "no-store"
    return response
