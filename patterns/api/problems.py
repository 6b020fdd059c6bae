"""What went wrong, as RFC 9457 says it: a type with an address, a title, and what to do."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import ValidationError
from pydantic import BaseModel, ConfigDict, Field

from patterns.api.answers import PatternName, address, named
from patterns.document.text import shortened
from patterns.models import Pattern
from patterns.views.errors import successor_of

CONTENT_TYPE = "application/problem+json"
READING = ("GET", "HEAD")
ERROR_COUNT = 20  # told at once; an address has room for a thousand
WHAT = {
    400: "A parameter is unknown here, or has a value that it cannot have; errors names each of them.",
    404: "There is nothing at this address, or nothing that was ever public.",
    405: "The catalogue is only read here: GET and HEAD.",
    410: "The entry was retired; successor, if there is one, is the entry to read in its place.",
    503: "The lab is computing for others; Retry-After says in how many seconds to ask again.",
}


class ParameterError(BaseModel):
    model_config = ConfigDict(frozen=True)

    parameter: str = Field(description="Name of the parameter.")
    detail: str = Field(description="What is wrong with it.")


class Problem(BaseModel):
    """Why there is no answer (RFC 9457)."""

    model_config = ConfigDict(frozen=True)

    type: str = Field(description="Address of the paragraph that explains this kind of problem.")
    title: str = Field(description="The kind of problem in two words.")
    status: int = Field(description="The status of the response.")
    detail: str = Field(description="What happened.")
    errors: tuple[ParameterError, ...] | None = Field(default=None, description="Status 400: the parameters.")
    successor: PatternName | None = Field(default=None, description="Status 410: the entry that took its place.")


class UnknownParameters(Exception):
    def __init__(self, names: Iterable[str], known: Iterable[str]) -> None:
        self.names, self.known = tuple(names), tuple(known)
        super().__init__(", ".join(self.names))


def problem_of(status: int, detail: str, **more: Any) -> Problem:
    kind = address("api_docs", suffix=f"#problem-{status}")
    return Problem(type=kind, title=HTTPStatus(status).phrase, status=status, detail=detail, **more)


def problem(status: int, detail: str, **more: Any) -> HttpResponse:
    text = problem_of(status, detail, **more).model_dump_json(exclude_none=True)
    return HttpResponse(text, status=status, content_type=CONTENT_TYPE, headers={"Cache-Control": "no-cache"})


def not_allowed(method: str | None) -> HttpResponse:
    response = problem(405, f"{method} is not answered here.")
    response.headers["Allow"] = ", ".join(READING)
    return response


def not_found(request: HttpRequest, *_: Any) -> HttpResponse:
    return problem(404, WHAT[404])


def gone(retired: Pattern) -> HttpResponse:
    successor = successor_of(retired)
    return problem(410, "This entry was retired.", successor=PatternName(**named(successor)) if successor else None)


def unknown_parameters(request: HttpRequest, error: Any) -> HttpResponse:
    """The answer to UnknownParameters."""
    known = f"known ones are {', '.join(error.known)}" if error.known else "none is known here"
    names = error.names[:ERROR_COUNT]
    errors = tuple(ParameterError(parameter=shortened(name), detail=f"is unknown; {known}") for name in names)
    return problem(400, "The address has parameters that mean nothing here.", errors=errors)


def wrong_values(request: HttpRequest, error: Any) -> HttpResponse:
    """The answer to the library's ValidationError."""
    told = error.errors[:ERROR_COUNT]
    errors = tuple(ParameterError(parameter=parameter_of(one["loc"]), detail=one["msg"]) for one in told)
    return problem(400, "The address has parameters with values that they cannot have.", errors=errors)


def suspicious(request: HttpRequest, error: Any) -> HttpResponse:
    """The answer to what Django itself refuses to read, such as thousands of parameters."""
    return problem(400, "The address has too many parameters, or one that cannot be read.")


def parameter_of(location: tuple[str | int, ...]) -> str:
    """``("query", "parameters", "kind", 0)`` is about ``kind``."""
    return str([part for part in location if isinstance(part, str)][-1])


def handle_problems(api: NinjaAPI) -> None:
    api.add_exception_handler(Http404, not_found)
    api.add_exception_handler(SuspiciousOperation, suspicious)
    api.add_exception_handler(UnknownParameters, unknown_parameters)
    api.add_exception_handler(ValidationError, wrong_values)
