"""What stands around every request: what is refused at once, what only the admin needs, and where uploads go."""

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseNotAllowed
from django.middleware.common import CommonMiddleware
from django.urls import reverse
from django.utils.deprecation import MiddlewareMixin

from archsite.admission import HEALTH, READY
from archsite.headers import guards

Handler = Callable[[HttpRequest], HttpResponse]

ALLOWED_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

ADMIN = "/admin/"


def outermost(get_response: Handler) -> Handler:
    """Refuse what no view should see, and set the headers that no other middleware has set.

    405 for TRACE and unknown methods; 400 for NUL in an address of the admin, which asks the database with it.
    """

    def handle(request: HttpRequest) -> HttpResponse:
        response: HttpResponse
        asked = unquote(request.META.get("QUERY_STRING", "")) + request.path_info
        if request.method not in ALLOWED_METHODS:  # TRACE and whatever nobody knows
            response = HttpResponseNotAllowed(ALLOWED_METHODS)
        elif request.path_info.startswith(ADMIN) and "\0" in asked:  # the admin asks the database with it
            response = HttpResponseBadRequest("The address holds a NUL character.", content_type="text/plain")
        else:
            response = get_response(request)
        # What says nothing of its freshness, as refusals and redirects, may be kept by nobody unasked.
        for name, value in ({"Cache-Control": "no-cache"} | guards(is_secure=request.is_secure())).items():
            response.headers.setdefault(name, value)
        return response

    return handle


def token_on_demand(get_response: Handler) -> Handler:
    """Set the form token's cookie where a form needs it, and nowhere else; stands behind Django's own middleware."""

    def handle(request: HttpRequest) -> HttpResponse:
        # Django answers a malformed cookie with a good one at once: on any page, for every cache on the way to keep.
        request.META.pop("CSRF_COOKIE_NEEDS_UPDATE", None)
        return get_response(request)

    return handle


class KnownHost(CommonMiddleware):
    """Refuses hosts that are not ours, but to probes: a balancer asks each process by the address of its machine."""

    def process_request(self, request: HttpRequest) -> Any:
        return None if request.path_info in (HEALTH, READY) else super().process_request(request)


class AdminOnly(MiddlewareMixin):
    """A middleware that only the admin needs: public pages read no session and set none of its cookies."""

    def __call__(self, request: HttpRequest) -> Any:
        is_admin = request.path_info.startswith(ADMIN)
        return super().__call__(request) if is_admin else self.get_response(request)


class AdminSession(AdminOnly, SessionMiddleware):
    pass


class AdminAuthentication(AdminOnly, AuthenticationMiddleware):
    pass


class AdminMessages(AdminOnly, MessageMiddleware):
    pass


# Uploads stay in memory: nothing lies in a folder that others can read. Only the import of the admin takes files.


class ImportUploadHandler(MemoryFileUploadHandler):
    """Takes what is sent to the import, up to its limit. Elsewhere files are passed over: nobody fills memory."""

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *args: Any, **kwargs: Any) -> None:
        super().handle_raw_input(input_data, META, content_length, *args, **kwargs)
        is_import = self.request is not None and self.request.path == reverse("admin:patterns_pattern_import")
        self.activated = self.activated and is_import
