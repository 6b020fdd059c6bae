"""Answers that stay good until the catalogue or the program changes; the date is that of the last change to the data.

The ETag is made of the catalogue's version, the release, and the address that links begin with.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache, wraps
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, TypeVar

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import http_date
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import condition, require_safe

from patterns.models import Catalog, Change
from patterns.models.statement import statement

# Which program answers: a new one may say the same data in other words, so that copies of the old one's are old.


RELEASE_SOURCES = ("requirements.txt", "archsite", "patterns", "templates")
SUFFIXES = (".py", ".html", ".xml", ".txt", ".css", ".js", ".svg")  # pages name styles by what these hold


def digest_of(sources: Iterable[Path]) -> str:
    """Of all that the files say, and those in the folders, by their paths below the project."""
    digest = sha256()
    for source in sources:
        for path in sorted([source, *source.rglob("*")]):
            if path.suffix in SUFFIXES and path.is_file():
                content = path.read_bytes()
                # With their lengths, so that text moved from one file to the next counts as a change.
                digest.update(f"{path.relative_to(source.parent)} {len(content)}\n".encode() + content)
    return digest.hexdigest()


# The same on all machines that run the same program. Read at the start: later the files may be those of the next one.
RELEASE = digest_of(settings.BASE_DIR / name for name in RELEASE_SOURCES)


Answer = TypeVar("Answer", bound=HttpResponseBase)


@statement
def versions() -> QuerySet[Catalog]:
    return Catalog.objects.only("version", "token")


@statement
def last_changes() -> QuerySet[Change, datetime]:
    return Change.objects.order_by("-number").values_list("created_at", flat=True)[:2]


def etag(request: HttpRequest, **_: Any) -> str:
    (catalog,) = versions()
    # Pages hold whole addresses, so a site that moved has other bytes although nothing changed in it.
    state = f"{catalog.base} {RELEASE} {settings.SITE_URL}{settings.SITE_PATH}"
    return f'"{sha256(state.encode()).hexdigest()[:32]}"'


def changed_at(request: HttpRequest, **_: Any) -> datetime | None:
    """When the catalogue last changed; None if the change before has that second too, or a later one.

    Dates of HTTP count seconds (RFC 9110, section 8.8.2.2): a copy from between two such changes would have the date of
    the second, and pass for good. So the first of them is dated, and after the second no date is said or compared.
    """
    seconds = [at.replace(microsecond=0) for at in last_changes()]
    return seconds[0] if seconds and seconds[0] not in seconds[1:] and seconds[0] == max(seconds) else None


def versioned(view: Callable[..., Answer]) -> Callable[..., Answer]:
    """Ask for nothing and write nothing if the copy that the reader has is still good.

    The version is read before the data: a change in between makes a copy that is asked for once more, never a stale
    one.
    """
    return rechecked(condition(etag_func=etag, last_modified_func=changed_at)(view))


# A copy may be kept, and is asked for again each time.
RECHECKED: Final[dict[str, Any]] = {"public": True, "max_age": 0, "must_revalidate": True}
rechecked = cache_control(**RECHECKED)


# Answers that follow from the program alone: good until the next release.


PROGRAM = Path(__file__).parent.parent


@cache
def released_at() -> int:
    """When the newest of the program's files was written, in seconds since 1970."""
    return int(max(path.stat().st_mtime for path in PROGRAM.rglob("*.py")))


def released(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let readers keep their copy of an answer for as long as its bytes are the same."""

    @wraps(view)
    def answer(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        response = view(request, **kwargs)
        # Made of the answer itself, which is cheap to make; the version of the catalogue says nothing about it.
        response.headers["ETag"] = etag = f'"{sha256(response.content).hexdigest()[:32]}"'
        response.headers["Last-Modified"] = http_date(released_at())
        return get_conditional_response(request, etag=etag, last_modified=released_at(), response=response) or response

    return rechecked(answer)


def public(view: Callable[..., Answer]) -> Callable[..., Answer]:
    """A page that is only read: anything but GET and HEAD is answered 405, without asking for a token first.

    What is there may be kept by everybody who asks again before using it; what is not says nothing of that.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> Answer:
        response = view(request, *args, **kwargs)
        if response.status_code == 200 and not response.has_header("Cache-Control"):
            patch_cache_control(response, **RECHECKED)
        return response

    # Without a session nothing can be forged, and a refusal for a missing token would hide what is wrong.
    return csrf_exempt(require_safe(answer))
