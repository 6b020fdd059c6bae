"""A run for programs: byte for byte what the command ``run_experiment --json`` prints."""

from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from patterns.api.problems import TOO_MANY, gone_problem, not_found_problem, parameter_problems, problem_response
from patterns.document.text import shortened
from patterns.lab.parameters import BadParameters
from patterns.lab.simulation import TooManyEvents
from patterns.views.errors import permanent_redirect, present_slug, retired_at
from patterns.views.freshness import public, versioned
from patterns.views.lab.index import examined_entry
from patterns.views.lab.page import RETRY_AFTER_S, pairs_of, without_copy
from patterns.views.lab.request import MESSAGE_LIMIT, RunRequest, run_request
from patterns.views.lab.runs import Busy, computed_run


@public
def run_data(request: HttpRequest, slug: str) -> HttpResponse:
    """A reader who has the answer already is told so without computing it once more, however busy the lab is."""
    try:
        found = examined_entry(slug)
        if found is None:
            return moved_run(request, slug)
        run = run_request(found.experiment, pairs_of(request))
        return versioned(run_response)(request, run=run)
    except BadParameters as refusal:
        named = refusal.problems[:MESSAGE_LIMIT]
        more = f" The first {len(named)} of {len(refusal.problems)} problems are named."
        detail = (
            f"Nothing was computed: the address asks for what cannot be.{more if named != refusal.problems else ''}"
        )
        return parameter_problems(detail, [(shortened(one.key), one.message) for one in named])
    except SuspiciousOperation:
        return problem_response(400, TOO_MANY)
    except TooManyEvents as refusal:
        return problem_response(400, str(refusal))
    except Busy:
        return without_copy(problem_response(503, f"Others are waiting already. Ask again in {RETRY_AFTER_S} seconds."))
    except Http404:
        return not_found_problem(request)


def run_response(request: HttpRequest, *, run: RunRequest) -> HttpResponse:
    return HttpResponse(computed_run(run).document, content_type="application/json")


def moved_run(request: HttpRequest, slug: str) -> HttpResponse:
    """The answer for a slug that no published entry has; raises Http404 unless one had it."""
    retired = retired_at(slug)
    if retired:
        return gone_problem(retired)
    address = reverse("patterns:pattern_lab_json", args=[present_slug(slug)])
    return permanent_redirect(request, address)
