"""What the editorial checks find in all entries, some hundreds of them at a time, in code order."""

from dataclasses import dataclass
from itertools import chain
from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from patterns.admin.base import page_url
from patterns.admin.findings import ANCHORS, WHOLE
from patterns.lint.finding import SEVERITIES, Finding
from patterns.lint.rules import RULES
from patterns.models import Pattern
from patterns.store.findings import lint_codes
from patterns.store.reading import consistent_read

PORTION = 100  # entries; the checks take about a second for these
PORTIONS = 5  # as many as anybody waits for, if what is asked for is rare
ENOUGH = 20  # findings on a page
STATES = [state for state in Pattern.Status if state != Pattern.Status.RETIRED]  # of which the checks say nothing


class FindingsForm(forms.Form):
    """What is asked for; whatever cannot be meant is left out."""

    severity = forms.ChoiceField(required=False, choices=[("", "all"), *((one, one) for one in SEVERITIES)])
    rule = forms.ChoiceField(required=False, choices=[("", "all"), *((one.id, one.id) for one in RULES)])
    status = forms.ChoiceField(
        label="Entry is", required=False, choices=[("", "anything"), *((one.value, one.value) for one in STATES)]
    )
    words = forms.CharField(label="In code or name", required=False, max_length=100)
    behind = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)

    def answers(self) -> dict[str, str]:
        self.is_valid()
        return {key: value for key, value in self.cleaned_data.items() if value}


@dataclass(frozen=True)
class FindingRow:
    finding: Finding
    name: str
    url: str

    @property
    def place(self) -> str:
        return self.finding.key or WHOLE


@dataclass(frozen=True)
class FindingPage:
    """``next`` is the code behind which the following entries stand; empty if these are the last."""

    rows: list[FindingRow]
    entry_count: int
    next: str


def finding_page(asked: dict[str, str]) -> FindingPage:
    """What the checks find in the next entries that are meant: portion by portion, until there is enough to show."""
    rows: list[FindingRow] = []
    count, behind = 0, asked.get("behind", "")
    for _ in range(PORTIONS):
        portion = findings_behind(behind, asked)
        rows += portion.rows
        count, behind = count + portion.entry_count, portion.next
        if not behind or len(rows) >= ENOUGH:
            break
    return FindingPage(rows, count, behind)


def findings_behind(code: str, asked: dict[str, str]) -> FindingPage:
    """Of one portion; the severity and the rule leave some of what is found out."""
    living = Pattern.objects.exclude(status=Pattern.Status.RETIRED)
    if "status" in asked:
        living = living.filter(status=asked["status"])
    for word in asked.get("words", "").split():
        living = living.filter(Q(code__icontains=word) | Q(name__icontains=word))
    parts = (part.values_list("code", "pk")[: PORTION + 1] for part in living.behind(code))
    found = [*chain.from_iterable(parts)]
    keys = dict(found[:PORTION])
    report = lint_codes([*keys], today=timezone.now().date())
    rows = [
        FindingRow(one, report.entries[one.code].name, field_url(keys[one.code], one.key))
        for one in report.findings
        if asked.get("severity", one.severity) == one.severity and asked.get("rule", one.rule) == one.rule
    ]
    return FindingPage(rows, len(keys), found[PORTION - 1][0] if len(found) > PORTION else "")


def field_url(pk: int, key: str) -> str:
    """Where an entry's form has the field that a finding is about."""
    anchor = ANCHORS.get(key.partition("[")[0].partition(".")[0], "")
    return f"{page_url(pk)}#{anchor}" if anchor else page_url(pk)


@require_safe
def findings_page(request: HttpRequest, *, site: AdminSite) -> HttpResponse:
    if not request.user.has_perm("patterns.view_pattern"):
        raise PermissionDenied
    asked = FindingsForm(request.GET).answers()
    with consistent_read():
        page = finding_page(asked)
    # What is asked anew begins at the first entry.
    form = FindingsForm({key: value for key, value in asked.items() if key != "behind"})
    context: dict[str, Any] = {"title": "Findings", "form": form, "page": page}
    if page.next:
        context["next"] = urlencode({**asked, "behind": page.next})
    return TemplateResponse(request, "admin/findings.html", {**site.each_context(request), **context})
