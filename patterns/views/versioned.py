"""Answers that stay good until the catalogue or the program changes; the date is that of the last change to the data.

The ETag is made of the catalogue's version, the release, and the address that links begin with.
"""

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition

from patterns.models import Catalog, Change
from patterns.views.release import RELEASE

View = Callable[..., HttpResponse]


def etag(request: HttpRequest, **_: Any) -> str:
    state = f"{Catalog.objects.get().base} {RELEASE} {settings.SITE_URL}"
    return f'"{sha256(state.encode()).hexdigest()[:32]}"'


def changed_at(request: HttpRequest, **_: Any) -> datetime | None:
    return Change.objects.order_by("-number").values_list("created_at", flat=True).first()


def versioned(view: View) -> View:
    """Ask for nothing and write nothing if the copy that the reader has is still good.

    The version is read before the data: a change in between makes a copy that is asked for once more, never a stale
    one.
    """
    return rechecked(condition(etag_func=etag, last_modified_func=changed_at)(view))


# A copy may be kept, and is asked for again each time.
rechecked = cache_control(public=True, max_age=0, must_revalidate=True)
