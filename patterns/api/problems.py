"""What went wrong, as RFC 9457 says it: a type with an address, a title, and what to do."""

import logging
from collections.abc import Callable, Iterable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from pydantic import BaseModel, ConfigDict, Field

from patterns.api.answers import PatternName, name_values
from patterns.models import Pattern
from patterns.store.trouble import Trouble, trouble_of
from patterns.views.errors import successor_of, wait_in_words
from patterns.views.rendering import whole_address

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
READING = ("GET", "HEAD")
TOO_MANY = "The address has too many parameters, or one that cannot be read."
MEANINGS = {
    400: "A parameter is unknown here, or has a value that it cannot have; errors names each of them.",
    404: "There is nothing at this address, or nothing that was ever public.",
    405: "The catalogue is only read here: GET and HEAD.",
    410: "The entry was retired; successor, if there is one, is the entry to read in its place.",
    429: "Your address asked too often; Retry-After says in how many seconds to ask again.",
    503: "Others are being answered, by the lab or the database; Retry-After says in how many seconds to ask again.",
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


def problem_document(status: int, detail: str, **more: Any) -> Problem:
    kind = whole_address("api_docs", suffix=f"#problem-{status}")
    return Problem(type=kind, title=HTTPStatus(status).phrase, status=status, detail=detail, **more)


def problem_response(status: int, detail: str, **more: Any) -> HttpResponse:
    text = problem_document(status, detail, **more).model_dump_json(exclude_none=True)
    return HttpResponse(text, status=status, content_type=CONTENT_TYPE, headers={"Cache-Control": "no-cache"})


def only_read(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """As public pages are, with a problem as the refusal."""

    @wraps(view)
    def answer(request: HttpRequest, **given: Any) -> HttpResponse:
        if request.method in READING:
            try:
                return view(request, **given)
            except Error as error:
                if (trouble := trouble_of(error)) is None:
                    raise
                return unanswered_problem(request, trouble)
        response = problem_response(405, f"{request.method} is not answered here.")
        response.headers["Allow"] = ", ".join(READING)
        return response

    return csrf_exempt(answer)


def not_found_problem(request: HttpRequest) -> HttpResponse:
    return problem_response(404, MEANINGS[404])


def gone_problem(retired: Pattern) -> HttpResponse:
    successor = successor_of(retired)
    name = PatternName(**name_values(successor)) if successor else None
    return problem_response(410, "This entry was retired.", successor=name)


def unanswered_problem(request: HttpRequest, trouble: Trouble) -> HttpResponse:
    logger.error(trouble.words, extra={"request": request})
    response = problem_response(503, f"{trouble.sentence} Ask again in {trouble.retry_s} seconds.")
    response.headers["Retry-After"] = str(trouble.retry_s)
    return response


def too_often_problem(wait_s: int) -> HttpResponse:
    detail = f"Your address asked for more within a minute than it gets. Ask again {wait_in_words(wait_s)}."
    response = problem_response(429, detail)
    response.headers["Retry-After"] = str(wait_s)
    response.headers["Cache-Control"] = "no-store"
    return response


def parameter_problems(detail: str, errors: Iterable[tuple[str, str]]) -> HttpResponse:
    """``errors`` holds the name of each parameter that is meant, and what is wrong with it."""
    return problem_response(
        400, detail, errors=tuple(ParameterError(parameter=name, detail=text) for name, text in errors)
    )
