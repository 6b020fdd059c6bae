"""Forms without the token that their browser has now: it signed in again in another tab, or its cookies were cleared.

Django refuses them, and with a bare refusal what was typed would be gone. It comes back in a page of its own, to be
sent by whoever has looked at it. Only what a page of ours has sent comes back: else one careless click on a forged form
would do what the token is there to prevent.
"""

import re
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import REASON_BAD_ORIGIN
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from patterns.admin.site import TYPED, archsite_admin
from patterns.views.form_text import typed_in

FROM_ELSEWHERE: Final = (
    "A page of another site sent this form, or your browser does not say which page did. "
    "If it is what you want, open our page and fill in its form."
)
OPENED_BEFORE: Final = (
    "After you opened the page, you signed in again in another tab, or the cookies of your browser were cleared. "
    "Open the page once more, then send its form."
)
ORIGIN: Final = re.compile(r"https?://[0-9A-Za-z.:\[\]-]{1,260}")
LOST: Final = "Nothing was saved yet: after you opened the form, you signed in again, or cookies were cleared."


def refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The answer to a form whose token is missing or wrong, 403; ``reason`` is Django's."""
    start, login = reverse("admin:index"), reverse("admin:login")
    site, is_admin = archsite_admin(), request.path.startswith(start)
    is_staff = is_admin and site.has_permission(request)  # asked of every form: the log names whose browser sent it
    if not (is_admin and is_from_here(request, reason)):
        address = start if is_admin else reverse("patterns:home")
        return nothing_done(request, FROM_ELSEWHERE, address, origin=refused_origin(request, reason))
    typed, address = typed_in(request.POST), request.get_full_path()
    if request.path == login:  # its page carries what was typed into another
        typed, address = request.POST.get(TYPED, ""), request.POST.get("next", "")
        address = address if address.startswith(start) else start
    if not is_staff:
        note = {"is_signed_out": bool(typed), "is_opened_before": not typed}
        return site.login_page(request, status=403, typed=typed, next=address, **note)
    if typed:
        title = "Look at it, then send it again"
        return site.send_again(request, typed, address, status=403, title=title, why=LOST)
    return nothing_done(request, OPENED_BEFORE, address)


def is_from_here(request: HttpRequest, reason: str) -> bool:
    """Whether the browser says that a page of ours sent the form."""
    if request.headers.get("Origin") is not None:  # Django has compared it with ours already
        return not has_wrong_origin(request, reason)
    return request.headers.get("Referer", "").startswith(f"{request.scheme}://{request.get_host()}/")


def has_wrong_origin(request: HttpRequest, reason: str) -> bool:
    return reason == REASON_BAD_ORIGIN % request.headers.get("Origin")


def refused_origin(request: HttpRequest, reason: str) -> str:
    """The origin of a form that may have been ours, if we do not know our own address; empty if it names none."""
    origin = request.headers.get("Origin", "") if has_wrong_origin(request, reason) else ""
    return origin if ORIGIN.fullmatch(origin) else ""


def nothing_done(request: HttpRequest, why: str, address: str, *, origin: str = "") -> HttpResponse:
    # Who runs the site reads what it takes itself for: behind a proxy it may not know better.
    own = f"{request.scheme}://{request.get_host()}"
    context = {
        "why": why,
        "address": address,
        "origin": origin,
        "own": own,
        "site": settings.SITE_URL,
        "path": settings.SITE_PATH,
    }
    page = render(request, "403_form.html", context, status=403)
    add_never_cache_headers(page)
    return page
