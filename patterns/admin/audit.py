"""The audit: one page with every write, and the lists behind it that Django and the login throttle keep."""

import re
from contextlib import suppress
from datetime import datetime
from typing import Any

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django import forms
from django.contrib.admin import AdminSite
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from patterns.admin.accounts import ForSuperusers
from patterns.admin.changes import ReadOnly
from patterns.admin.trail import PAGE, SOURCES, Entry, Place, trail
from patterns.workflow.roles import actor_of
from patterns.workflow.rules import Operation, answer

PLACE = re.compile(r"([0-9T:.-]{19,26}\+00:00)~([0-9])~([0-9]{1,15})")


class AuditForm(forms.Form):
    """What is asked for; whatever cannot be meant is left out."""

    name = forms.ChoiceField()
    who = forms.CharField(label="By", required=False, max_length=150)

    def __init__(self, data: Any, *, is_whole: bool) -> None:
        super().__init__(data)
        names = dict.fromkeys(one.name for one in SOURCES if is_whole or not one.is_private)
        choices = [("", "everything"), *((name, name) for name in names)]
        self.fields["name"] = forms.ChoiceField(label="About", required=False, choices=choices)

    def asked(self) -> dict[str, str]:
        self.is_valid()
        return {key: value for key, value in self.cleaned_data.items() if value}


@require_safe
def audit_page(request: HttpRequest, *, site: AdminSite) -> HttpResponse:
    if not request.user.has_perm("patterns.view_change"):
        raise PermissionDenied
    is_whole = answer(Operation.ACCOUNTS, actor_of(request.user)) == "yes"
    form = AuditForm(request.GET, is_whole=is_whole)
    asked = form.asked()
    entries = trail(is_whole=is_whole, **asked, behind=place_from(request.GET.get("behind", "")))
    context = {"title": "Audit", "form": form, "entries": entries[:PAGE], "older": older(entries, asked)}
    return TemplateResponse(request, "admin/audit.html", {**site.each_context(request), **context})


def older(entries: list[Entry], asked: dict[str, str]) -> str:
    """The query of the next page; empty on the last."""
    if len(entries) <= PAGE:
        return ""
    place = entries[PAGE - 1].place
    return urlencode({**asked, "behind": f"{place.at.isoformat()}~{place.source}~{place.pk}"})


def place_from(text: str) -> Place | None:
    """The place that an address names; None for the beginning, and for whatever is no place."""
    if match := PLACE.fullmatch(text):
        with suppress(ValueError):
            return Place(datetime.fromisoformat(match[1]), int(match[2]), int(match[3]))
    return None


class ReadBySuperusers(ForSuperusers, ReadOnly):
    """Looked at, never changed: also not by those who may change all else."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class LogAdmin(ReadBySuperusers):
    list_display = ["action_time", "user", "content_type", "object_repr", "action_flag", "change_message"]
    list_filter = ["action_flag", "action_time"]
    list_select_related = ["user", "content_type"]
    search_fields = ["object_repr", "user__username"]


class LoginAdmin(ReadBySuperusers):
    list_display = ["attempt_time", "username", "ip_address", "logout_time", "user_agent"]
    list_filter = ["attempt_time"]
    search_fields = ["username", "ip_address"]
    exclude = ["session_hash"]


class FailureAdmin(ReadBySuperusers):
    list_display = ["attempt_time", "username", "ip_address", "locked_out", "user_agent"]
    list_filter = ["locked_out", "attempt_time"]
    search_fields = ["username", "ip_address"]


class AttemptAdmin(ReadBySuperusers):
    """Names that are counted; to delete one is to let it try again at once."""

    list_display = ["attempt_time", "username", "ip_address", "failures_since_start"]
    search_fields = ["username", "ip_address"]
    fields = ["username", "ip_address", "failures_since_start", "attempt_time", "user_agent"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_manage(request)


def register_audit(site: AdminSite) -> None:
    site.register(LogEntry, LogAdmin)
    site.register(AccessLog, LoginAdmin)
    site.register(AccessFailureLog, FailureAdmin)
    site.register(AccessAttempt, AttemptAdmin)
