"""The admin as a site: its first page, its login, and what becomes of a form whose session had ended."""

from collections.abc import Callable
from contextlib import nullcontext
from functools import cache, partial, update_wrapper
from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.admin.forms import AdminAuthenticationForm
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from patterns.views.form_text import by_hand, typed_in, typed_pairs
from patterns.views.rendering import headers

TYPED = "typed"


class ArchsiteAdmin(AdminSite):
    index_title = "The editors' desk"

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.pages: list[URLPattern] = []

    def register_page(self, view: Callable[..., HttpResponse], name: str, route: str = "") -> None:
        """A page of the site itself, at its name or a route of its own; the view is given the site."""
        self.pages.append(path(route or f"{name}/", self.admin_view(partial(view, site=self)), name=name))

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        (catalog,) = headers()
        ours = {"site_title": catalog.name, "site_header": catalog.name, "sends_mail": settings.SENDS_MAIL}
        return {**super().each_context(request), **ours}

    def get_urls(self) -> list[Any]:
        return [*self.pages, *super().get_urls()]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        from patterns.admin.dashboard import front_of  # models are not loaded yet when the site is made

        return super().index(request, {"front": front_of(request.user, now=timezone.now()), **(extra_context or {})})

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        # Django lets browsers keep the pages of the password, which name who is signed in.
        inner = super().admin_view(view, cacheable and view == self.i18n_javascript)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            # Django would lead to the login page, and what was typed for an hour would be gone.
            if request.method == "POST" and request.user.is_anonymous and (typed := typed_in(request.POST)):
                return self.signed_out(request, typed)
            return inner(request, *args, **kwargs)

        return update_wrapper(guarded, view)

    def password_change(  # type: ignore[override]  # Django's own redirects, too
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        from patterns.admin.audit import remember_password

        # To look at the form takes nobody's lock.
        with transaction.atomic() if request.method == "POST" else nullcontext():
            response = super().password_change(request, extra_context)
            if response.status_code == 302:
                remember_password(request, request.user, "Changed their own password")
        return response

    def signed_out(self, request: HttpRequest, typed: str) -> HttpResponse:
        """A login page that carries what was typed along."""
        return self.login_page(request, status=403, typed=typed, next=request.get_full_path(), is_signed_out=True)

    def login_page(self, request: HttpRequest, *, status: int, typed: str, **context: Any) -> HttpResponse:
        shared = {**self.each_context(request), "title": "Log in", "form": AdminAuthenticationForm(request)}
        path = reverse("admin:login", current_app=self.name)
        page = render(request, "admin/login.html", shared | {"app_path": path, TYPED: typed} | context, status=status)
        # The page holds what somebody typed, which is nobody else's.
        add_never_cache_headers(page)
        return page

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        typed = request.POST.get(TYPED, "")
        response = super().login(request, {TYPED: typed, **(extra_context or {})})
        # Only into the admin: whoever made the address must not have a form sent somewhere else.
        goes_on = response.status_code == 302 and response["Location"].startswith(reverse("admin:index"))
        return self.send_again(request, typed, response["Location"]) if typed and goes_on else response

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        response = super().logout(request, extra_context)
        response["Clear-Site-Data"] = '"cache"'  # pages that "back" would show to whoever sits there next
        return response

    def send_again(
        self,
        request: HttpRequest,
        typed: str,
        address: str,
        *,
        title: str = "You are signed in again",
        why: str = "Nothing was saved yet: you were signed out.",
        status: int = 200,
    ) -> HttpResponse:
        """Nothing is sent without a look: somebody else may have signed in."""
        pairs = typed_pairs(QueryDict(typed))
        context = {"title": title, "why": why, "address": address, "pairs": pairs, "shown": by_hand(pairs)}
        page = render(request, "admin/send_again.html", {**self.each_context(request), **context}, status=status)
        add_never_cache_headers(page)
        return page


@cache
def archsite_admin() -> ArchsiteAdmin:
    """Always the same: Django asks for it, which imports this package, which registers and so asks again."""
    return ArchsiteAdmin()
