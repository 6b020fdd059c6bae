"""Who may sign in: users and groups, which superusers manage, and what happens after too many wrong passwords."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest, HttpResponse

from patterns.admin.base import Desk
from patterns.admin.site import TYPED, desk_site
from patterns.client import client_address, home_of
from patterns.workflow.roles import actor_of
from patterns.workflow.rules import Operation, answer


class ForSuperusers(Desk):
    """Permissions do not open it: who could grant permissions could take every role."""

    def may_manage(self, request: HttpRequest) -> bool:
        return answer(Operation.ACCOUNTS, actor_of(request.user)) == "yes"

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.may_manage(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_manage(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may_manage(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_manage(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_manage(request)


class DeskUserAdmin(ForSuperusers, UserAdmin):
    list_display = ["username", "email", "is_active", "is_staff", "is_superuser", "last_login"]


class DeskGroupAdmin(ForSuperusers, GroupAdmin):
    pass


def register_accounts(site: admin.AdminSite) -> None:
    """In place of Django's own, which are registered as soon as they are imported."""
    site.unregister([User, Group])
    site.register(User, DeskUserAdmin)
    site.register(Group, DeskGroupAdmin)


def login_address(request: HttpRequest) -> str | None:
    """What wrong passwords are counted by: an IPv4 address, or the first address of an IPv6 sender's network."""
    return home_of(client_address(request)).partition("/")[0] or None


def locked_out(request: HttpRequest, response: HttpResponse | None, credentials: Any) -> HttpResponse:
    """In place of the login page: how long to wait, in words, for people, and in seconds, for programs."""
    pause: timedelta = settings.AXES_COOLOFF_TIME
    context = {"wait_minutes": pause // timedelta(minutes=1), "next": request.POST.get("next", "")}
    page = desk_site().login_page(request, status=429, typed=request.POST.get(TYPED, ""), **context)
    page["Retry-After"] = str(int(pause.total_seconds()))
    return page
