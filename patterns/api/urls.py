"""The addresses below /api/v1/. Operations and our own pages are only read, and refuse alike."""

from collections.abc import Callable

from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, re_path

from patterns.api.docs import docs_page, openapi
from patterns.api.operations import OPERATIONS, ApiOperation
from patterns.api.parameters import RefusedParameters, read_parameters
from patterns.api.problems import TOO_MANY, not_found_problem, only_read, parameter_problems, problem_response


def view_of(operation: ApiOperation) -> Callable[..., HttpResponse]:
    """The operation behind its checks, with a problem as the answer to whatever they refuse."""

    def view(request: HttpRequest, **given: str) -> HttpResponse:
        try:
            return operation.view(request, parameters=read_parameters(operation.parameters, request.GET), **given)
        except RefusedParameters as refusal:
            return parameter_problems(refusal.detail, refusal.errors)
        except SuspiciousOperation:  # what the framework itself refuses to read, such as thousands of parameters
            return problem_response(400, TOO_MANY)
        except Http404:
            return not_found_problem(request)

    return only_read(view)


urlpatterns = [
    *(
        path(one.path.removeprefix("/").replace("{slug}", "<slug:slug>"), view_of(one), name=f"api_{one.view.__name__}")
        for one in OPERATIONS
    ),
    path("openapi.json", only_read(openapi), name="api_openapi"),
    path("docs", only_read(docs_page), name="api_docs"),
    re_path("", only_read(not_found_problem)),  # whatever else is below /api/v1/ is refused in the same words
]
