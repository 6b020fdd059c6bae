from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from patterns.api.problems import READING, not_allowed


def reading(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Only read, as public pages are, with a problem as the refusal."""

    @wraps(view)
    def answer(request: HttpRequest, **given: Any) -> HttpResponse:
        return view(request, **given) if request.method in READING else not_allowed(request.method)

    return csrf_exempt(answer)
