"""Who may sign in: users and groups, which superusers manage, and what happens after too many wrong passwords."""

import logging
from datetime import timedelta
from typing import Any, Final

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessFailureLog
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import Subquery
from django.http import HttpRequest, HttpResponse

from patterns.admin.base import BaseAdmin
from patterns.admin.site import TYPED, archsite_admin
from patterns.client import client_address, home_of

logger = logging.getLogger(__name__)


class ArchsiteUserAdmin(BaseAdmin, UserAdmin):
    is_for_superusers = True
    list_display = ["username", "email", "is_active", "is_staff", "is_superuser", "last_login"]


class ArchsiteGroupAdmin(BaseAdmin, GroupAdmin):
    is_for_superusers = True


def register_accounts(site: admin.AdminSite) -> None:
    """In place of Django's own, which are registered as soon as they are imported."""
    site.unregister([User, Group])
    site.register(User, ArchsiteUserAdmin)
    site.register(Group, ArchsiteGroupAdmin)


MOST_FAILURES: Final = 50_000


class LoginCounter(AxesDatabaseHandler):
    """Counts wrong passwords as axes does, and keeps the last so many of them all, however many names are made up.

    The counters themselves are few: each process hashes one password at a time (``archsite.admission``), and they go
    when their pause is over.
    """

    def user_login_failed(
        self, sender: str, credentials: dict[str, Any], request: HttpRequest | None = None, **rest: Any
    ) -> None:
        was_locked = getattr(request, "axes_locked_out", False)
        super().user_login_failed(sender, credentials, request, **rest)
        why = "too many wrong passwords" if was_locked else "wrong name or password"
        about = {"request": request, "user": credentials.get("username"), "why": why}
        logger.warning("A sign-in was refused: %s", why, extra=about)

    def remove_out_of_limit_failure_logs(self, **_: object) -> int:
        newest = AccessFailureLog.objects.order_by("-pk").values_list("pk", flat=True)[:1]
        count, _ = AccessFailureLog.objects.filter(pk__lte=Subquery(newest) - MOST_FAILURES).delete()
        return int(count)


def login_address(request: HttpRequest) -> str | None:
    """What wrong passwords are counted by: an IPv4 address, or the first address of an IPv6 sender's network."""
    return home_of(client_address(request)).partition("/")[0] or None


def locked_out(request: HttpRequest, response: HttpResponse | None, credentials: Any) -> HttpResponse:
    """In place of the login page: how long to wait, in words, for people, and in seconds, for programs."""
    # 429 says to programs what the page says to people; what was typed goes along, so that nothing is lost by waiting.
    pause: timedelta = settings.AXES_COOLOFF_TIME
    context = {"wait_minutes": pause // timedelta(minutes=1), "next": request.POST.get("next", "")}
    page = archsite_admin().login_page(request, status=429, typed=request.POST.get(TYPED, ""), **context)
    page["Retry-After"] = str(int(pause.total_seconds()))
    return page
