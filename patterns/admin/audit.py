"""The audit: one page with every write, and the lists behind it that Django and the login throttle keep."""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django import forms
from django.contrib.admin import AdminSite
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from patterns.admin.base import page_url
from patterns.admin.changes import ReadOnlyAdmin, documents_in_words, entry_in_words, with_documents, with_entry_name
from patterns.document.text import printable
from patterns.models import Change, Proposal, Transfer
from patterns.workflow.proposals import sender_in_words
from patterns.workflow.rules import Operation, answer
from patterns.workflow.standing import actor_of, role_of
from patterns.workflow.transfers import NUMBER_LENGTH, Handing

# Every write, newest first, whatever table remembers it: changes, proposals, accounts, and who came in and went.
# Where a write came from is its way (the admin, a file, a proposal, a restore): the network address of every edit
# would be a record of people's whereabouts that nobody needs. Logins keep it, so that a stolen account can be
# traced.


PAGE = 100
REQUEST_NUMBER = "archsite.request_id"  # in the environment of a request, from whoever gives it one


@dataclass(frozen=True)
class AuditEvent:
    who: str
    what: str
    where: str
    url: str = ""
    documents: str = ""  # what a change or a proposal is about


@dataclass(frozen=True)
class TrailPlace:
    """Where an event stands: by its time, then by its source, then by its number there; the newest come first."""

    at: datetime
    source: int
    pk: int

    @property
    def order(self) -> tuple[float, int, int]:
        return -self.at.timestamp(), self.source, -self.pk

    def older_in(self, source: int, column: str) -> Q:
        """The rows of a source that stand behind this place."""
        same_time = Q(**{column: self.at})
        if source == self.source:
            same_time &= Q(pk__lt=self.pk)
        earlier = Q(**{f"{column}__lt": self.at})
        return earlier | same_time if source >= self.source else earlier


@dataclass(frozen=True)
class AuditSource:
    """``at`` and ``who`` name the columns that say when and who; ``event`` says what a row means."""

    name: str
    rows: Callable[[], QuerySet[Any]]
    at: str
    who: str
    event: Callable[[Any], AuditEvent]
    is_private: bool = False  # about accounts: for superusers


@dataclass(frozen=True)
class AuditEntry:
    place: TrailPlace
    event: AuditEvent


def change_event(change: Any) -> AuditEvent:
    who = change.signed_by() or "a command"
    override = ", override of four eyes" if change.is_override else ""
    what = f"{change}: {change.comment}".rstrip(": ")
    return AuditEvent(who, what, f"{change.origin}{override}", page_url(change.pk, "change"), change.documents_said)


def sent_event(proposal: Any) -> AuditEvent:
    where = "a reader's suggestion" if proposal.document is None else "admin"
    address, entry = page_url(proposal.pk, "proposal"), entry_in_words(proposal.code, proposal.entry_name)
    return AuditEvent(sender_in_words(proposal), f"{proposal}: sent", where, address, entry)


def decided_event(proposal: Any) -> AuditEvent:
    what = f"{proposal}: {proposal.state}: {proposal.decision}".rstrip(": ")
    address, entry = page_url(proposal.pk, "proposal"), entry_in_words(proposal.code, proposal.entry_name)
    return AuditEvent(str(proposal.decided_by or "a command"), what, "admin", address, entry)


def logged_event(entry: Any) -> AuditEvent:
    verb = {1: "added", 2: "changed", 3: "deleted"}.get(entry.action_flag, "did")
    kind = entry.content_type.name if entry.content_type else "something"
    detail = entry.get_change_message()
    what = f"{verb} {kind} {entry.object_repr}: {detail}".rstrip(": ")
    return AuditEvent(str(entry.user), what, "admin", reverse("admin:admin_logentry_change", args=[entry.pk]))


def transfer_event(row: Any) -> AuditEvent:
    did = {"upload": "uploaded", "refusal": "uploaded, and was refused,", "import": "imported", "export": "exported"}
    what = f"{did[row.kind]} {row.file_name}: {row.size:,} bytes, sha256 {row.sha256}"
    number = f", request {row.request}" if row.request else ""
    return AuditEvent(row.username, what, f"admin, as {row.role}{number}")


def came_event(row: Any) -> AuditEvent:
    return AuditEvent(row.username or "", "signed in", network_address(row))


def went_event(row: Any) -> AuditEvent:
    return AuditEvent(row.username or "", "signed out", network_address(row))


def failed_event(row: Any) -> AuditEvent:
    what = "wrong password; has to wait" if row.locked_out else "wrong password"
    return AuditEvent(row.username or "", what, network_address(row))


def network_address(row: Any) -> str:
    return str(row.ip_address or "no address")


def proposals() -> QuerySet[Any]:
    return with_entry_name(Proposal.objects.select_related("author", "decided_by"))


SOURCES = (
    AuditSource(
        "changes",
        lambda: with_documents(Change.objects.select_related("author", "accepted_by")),
        "created_at",
        "author__username",
        change_event,
    ),
    AuditSource("proposals", proposals, "created_at", "author__username", sent_event),
    AuditSource("proposals", proposals, "decided_at", "decided_by__username", decided_event),
    # What is said of the catalogue there, a change says better.
    AuditSource(
        "accounts",
        lambda: LogEntry.objects.exclude(content_type__app_label="patterns").select_related("user", "content_type"),
        "action_time",
        "user__username",
        logged_event,
        is_private=True,
    ),
    AuditSource("logins", AccessLog.objects.all, "attempt_time", "username", came_event, is_private=True),
    AuditSource("logins", AccessLog.objects.all, "logout_time", "username", went_event, is_private=True),
    AuditSource("logins", AccessFailureLog.objects.all, "attempt_time", "username", failed_event, is_private=True),
    AuditSource("files", Transfer.objects.all, "at", "username", transfer_event),
)


def audit_trail(*, is_whole: bool, name: str = "", who: str = "", behind: TrailPlace | None = None) -> list[AuditEntry]:
    """At most PAGE entries and one more, in a query for each source; the whole one has what is about accounts too."""
    parts = []
    for index, source in enumerate(SOURCES):
        if (source.is_private and not is_whole) or name not in ("", source.name):
            continue
        rows = source.rows().filter(**{f"{source.at}__isnull": False}).order_by(f"-{source.at}", "-pk")
        if who:
            rows = rows.filter(**{source.who: who})
        if behind is not None:
            rows = rows.filter(behind.older_in(index, source.at))
        page = [*rows[: PAGE + 1]]
        if source.event is change_event:
            said = documents_in_words(page)
            for row in page:
                row.documents_said = said[row.pk]
        found = ((TrailPlace(getattr(row, source.at), index, row.pk), row) for row in page)
        parts.append([AuditEntry(place, source.event(row)) for place, row in found])
    return [*islice(merge(*parts, key=lambda one: one.place.order), PAGE + 1)]


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

    def answers(self) -> dict[str, str]:
        self.is_valid()
        return {key: value for key, value in self.cleaned_data.items() if value}


# What leaves a row here that no table of its own has.


def handing_of(request: HttpRequest) -> Handing:
    """Whoever brings or takes a file by this request."""
    return Handing(request.user, timezone.now(), request_number(request))


def request_number(request: HttpRequest) -> str:
    """The one that stands in the log; not what a client says of itself."""
    return printable(str(request.META.get(REQUEST_NUMBER, "")))[:NUMBER_LENGTH]


def remember_password(request: HttpRequest, user: Any, what: str) -> None:
    """That somebody gave themselves a password; what superusers do to others' accounts Django remembers."""
    number = f", request {request_number(request)}" if request_number(request) else ""
    message = f"{what} (as {role_of(user)}{number})."
    LogEntry.objects.log_actions(user.pk, [user], CHANGE, message, single_object=True)


@require_safe
def audit_page(request: HttpRequest, *, site: AdminSite) -> HttpResponse:
    if not request.user.has_perm("patterns.view_change"):
        raise PermissionDenied
    is_whole = answer(Operation.ACCOUNTS, actor_of(request.user)) == "yes"
    form = AuditForm(request.GET, is_whole=is_whole)
    narrowed, behind = form.answers(), None
    if match := PLACE.fullmatch(request.GET.get("behind", "")):
        with suppress(ValueError):  # no such day: from the beginning, as for whatever else is no place
            behind = TrailPlace(datetime.fromisoformat(match[1]), int(match[2]), int(match[3]))
    entries, older = audit_trail(is_whole=is_whole, **narrowed, behind=behind), ""
    if len(entries) > PAGE:
        last = entries[PAGE - 1].place
        older = urlencode({**narrowed, "behind": f"{last.at.isoformat()}~{last.source}~{last.pk}"})
    context = {"title": "Audit", "form": form, "entries": entries[:PAGE], "older": older}
    return TemplateResponse(request, "admin/audit.html", {**site.each_context(request), **context})


class AuditAdmin(ReadOnlyAdmin):
    """Looked at, never changed: also not by those who may change all else."""

    is_for_superusers = True


class LogAdmin(AuditAdmin):
    list_display = ["action_time", "user", "content_type", "object_repr", "action_flag", "change_message"]
    list_filter = ["action_flag", "action_time"]
    list_select_related = ["user", "content_type"]
    search_fields = ["object_repr", "user__username"]


class LoginAdmin(AuditAdmin):
    list_display = ["attempt_time", "username", "ip_address", "logout_time", "user_agent"]
    list_filter = ["attempt_time"]
    search_fields = ["username", "ip_address"]
    exclude = ["session_hash"]


class FailureAdmin(AuditAdmin):
    list_display = ["attempt_time", "username", "ip_address", "locked_out", "user_agent"]
    list_filter = ["locked_out", "attempt_time"]
    search_fields = ["username", "ip_address"]


class AttemptAdmin(AuditAdmin):
    """Names that are counted; to delete one is to let it try again at once."""

    verbs = ("view", "delete")
    list_display = ["attempt_time", "username", "ip_address", "failures_since_start"]
    search_fields = ["username", "ip_address"]
    fields = ["username", "ip_address", "failures_since_start", "attempt_time", "user_agent"]


def register_audit(site: AdminSite) -> None:
    site.register(LogEntry, LogAdmin)
    site.register(AccessLog, LoginAdmin)
    site.register(AccessFailureLog, FailureAdmin)
    site.register(AccessAttempt, AttemptAdmin)
