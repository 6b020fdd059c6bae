"""A run for programs: byte for byte what the command ``run_experiment --json`` prints."""

from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from patterns.api.problems import ParameterError, gone, problem
from patterns.api.problems import not_found as no_such_run
from patterns.document.text import shortened
from patterns.lab.parameters import BadParameters
from patterns.lab.simulation import TooManyEvents
from patterns.views.conditional import public, versioned
from patterns.views.errors import permanent_redirect, present_slug, retired_at
from patterns.views.lab.index import examined_entry
from patterns.views.lab.page import RETRY_AFTER_S, pairs_of, with_query, without_copy
from patterns.views.lab.request import MESSAGE_LIMIT, RunRequest, run_request
from patterns.views.lab.runs import Busy, computed_run


@public
def data(request: HttpRequest, slug: str) -> HttpResponse:
    try:
        found = examined_entry(slug)
        return answer(request, run_request(found.experiment, pairs_of(request))) if found else elsewhere(request, slug)
    except BadParameters as refusal:
        return refused(refusal)
    except SuspiciousOperation:
        return problem(400, "The address has too many parameters, or one that cannot be read.")
    except TooManyEvents as refusal:
        return problem(400, str(refusal))
    except Busy:
        return without_copy(problem(503, f"Others are waiting already. Ask again in {RETRY_AFTER_S} seconds."))
    except Http404:
        return no_such_run(request)


def refused(refusal: BadParameters) -> HttpResponse:
    told = refusal.problems[:MESSAGE_LIMIT]
    errors = tuple(ParameterError(parameter=shortened(one.key), detail=one.message) for one in told)
    more = f" The first {len(told)} of {len(refusal.problems)} problems are named." if told != refusal.problems else ""
    return problem(400, f"Nothing was computed: the address asks for what cannot be.{more}", errors=errors)


def answer(request: HttpRequest, asked: RunRequest) -> HttpResponse:
    """Raises:
    Busy, TooManyEvents: as the run itself does; a reader who has the answer already is not told.
    """
    return versioned(document)(request, asked=asked)


def document(request: HttpRequest, *, asked: RunRequest) -> HttpResponse:
    return HttpResponse(computed_run(asked).document, content_type="application/json")


def elsewhere(request: HttpRequest, slug: str) -> HttpResponse:
    """The answer for a slug that no published entry has; raises Http404 unless one had it."""
    retired = retired_at(slug)
    if retired:
        return gone(retired)
    return with_query(request, permanent_redirect(reverse("patterns:pattern_lab_json", args=[present_slug(slug)])))
