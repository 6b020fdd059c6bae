"""The page of an experiment: one run of what the address asks for, beside what is known of its preset."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.encoding import iri_to_uri

from patterns.lab.golden import stored_verdict
from patterns.lab.parameters import BadParameters
from patterns.lab.simulation import TooManyEvents
from patterns.lab.sweep import SEEDS
from patterns.views.elsewhere import elsewhere
from patterns.views.lab.about import about_part
from patterns.views.lab.asked import Asked, Pairs, asked_of
from patterns.views.lab.entries import Examined, examined_at
from patterns.views.lab.form import Form, form_of, refused_form
from patterns.views.lab.presets import preset_links
from patterns.views.lab.runs import ran
from patterns.views.lab.sweeps import sweep_part
from patterns.views.lab.turns import Busy
from patterns.views.page import render_page
from patterns.views.public import public

RETRY_AFTER_S = 5


@public
def show(request: HttpRequest, slug: str) -> HttpResponse:
    found = examined_at(slug)
    if found is None:
        return with_query(request, elsewhere(request, slug, view="patterns:pattern_lab"))
    pairs = pairs_of(request)
    try:
        asked = asked_of(found.experiment, pairs)
    except BadParameters as refusal:
        return page(request, found, refused_form(found.experiment, pairs, refusal), status=400)
    return page_of(request, found, asked)


def page_of(request: HttpRequest, found: Examined, asked: Asked) -> HttpResponse:
    """The run, or why there is none."""
    form, query = form_of(asked), asked.query
    try:
        return page(request, found, form, query=query, asked=asked, run=ran(asked), **known_of(asked))
    except TooManyEvents as refusal:
        return page(request, found, form, query=query, status=400, refusal=str(refusal))
    except Busy:
        response = page(request, found, form, query=query, status=503, is_busy=True, asked=asked, **known_of(asked))
        return without_copy(response)


def known_of(asked: Asked) -> dict[str, Any]:
    """What thirty runs showed, if these are the settings of a preset."""
    if not asked.is_preset:
        return {}
    experiment, preset = asked.experiment, asked.preset
    return {"told": stored_verdict(experiment, preset), "sweep": sweep_part(experiment, preset)}


def page(
    request: HttpRequest, found: Examined, form: Form, *, query: str = "", status: int = 200, **context: Any
) -> HttpResponse:
    address = reverse("patterns:pattern_lab", args=[found.pattern.slug])
    shown = {
        "pattern": found.pattern,
        "experiment": found.experiment,
        "form": form,
        "presets": preset_links(found.experiment),
        "about": about_part(found.experiment),
        "address": address,
        "data": reverse("patterns:pattern_lab_json", args=[found.pattern.slug]) + query,
        "run_count": len(SEEDS),
    }
    response = render_page(request, "patterns/lab.html", path=f"{address}{query}", **shown, **context)
    response.status_code = status
    return response


def pairs_of(request: HttpRequest) -> Pairs:
    return [(key, value) for key, values in request.GET.lists() for value in values]


def with_query(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A run that was asked for at a former address is the same at the present one."""
    asked = iri_to_uri(request.META.get("QUERY_STRING", ""))
    if response.status_code == 301 and asked:
        response["Location"] += f"?{asked}"
    return response


def without_copy(response: HttpResponse) -> HttpResponse:
    """An answer that holds for a moment only."""
    response.headers["Retry-After"] = str(RETRY_AFTER_S)
    response.headers["Cache-Control"] = "no-store"
    return response
