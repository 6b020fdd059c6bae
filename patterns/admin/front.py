"""The first page: what waits for you, and how the catalogue is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery

from patterns.admin.lists import not_reviewed
from patterns.admin.panels import SHOWN, Item, Panel, labelled, list_url, page_url
from patterns.admin.waiting import waiting_for
from patterns.admin.worst import CHECKED, worst
from patterns.document.text import shortened
from patterns.models import Change, Pattern, Revision


@dataclass(frozen=True)
class Front:
    waiting: list[Panel]
    catalogue: list[Panel]
    changes: list[Panel]


def front_of(user: Any, *, now: datetime) -> Front | None:
    """For whoever may read the desk; Django's own list is enough for all others."""
    if not (user.has_perm("patterns.view_pattern") and user.has_perm("patterns.view_change")):
        return None
    catalogue = [states(), faults(now), forgotten(now)]
    return Front(waiting_for(user), catalogue, [last_changes(), last_import()])


def states() -> Panel:
    counted = Pattern.objects.order_by().values_list("status").annotate(count=Count("pk"))
    counts: dict[str, int] = dict(counted)
    items = [
        Item(str(status.label), list_url(status__exact=status.value), str(counts.get(status.value, 0)))
        for status in Pattern.Status
    ]
    return Panel("states", "Entries by state", "", items, sum(counts.values()), list_url())


def faults(now: datetime) -> Panel:
    found = worst(today=now.date())
    ids = dict(Pattern.objects.filter(code__in=[one.code for one in found[:SHOWN]]).values_list("code", "pk"))
    items = [Item(labelled(one.code, one.name), page_url(ids[one.code]), one.summary) for one in found[:SHOWN]]
    title, nothing = "Checks, worst first", f"Nothing in the {CHECKED} entries that changed last."
    return Panel("checks", title, nothing, items, len(found), "")


def forgotten(now: datetime) -> Panel:
    rows = Pattern.objects.filter(not_reviewed(now))
    items = [
        Item(labelled(row.code, row.name), page_url(row.pk), f"since {row.updated_at:%Y-%m-%d}")
        for row in rows.order_by("updated_at", "pk").only("code", "name", "updated_at")[:SHOWN]
    ]
    title, nothing = "Not reviewed for a year", "Every published entry was saved within a year."
    return Panel("forgotten", title, nothing, items, rows.count(), list_url(reviewed="over-a-year"))


def last_changes() -> Panel:
    rows = counted(Change.objects.all())[:SHOWN]
    items, nothing = [*map(change_item, rows)], "Nothing was changed yet."
    return Panel("changes", "Last changes", nothing, items, more=list_url("change"))


def last_import() -> Panel:
    rows = counted(Change.objects.filter(origin=Change.Origin.IMPORT))[:1]
    items, nothing = [*map(change_item, rows)], "Nothing was imported yet."
    return Panel("import", "Last import", nothing, items, more=list_url("change", origin__exact="import"))


def counted(changes: QuerySet[Change]) -> QuerySet[Any]:
    """Each with the number of its documents: counted for the few that are shown, not for all that ever were."""
    documents = Revision.objects.filter(change=OuterRef("pk")).order_by().values("change").annotate(count=Count("pk"))
    return changes.select_related("author").annotate(documents=Subquery(documents.values("count")))


def change_item(change: Any) -> Item:
    who = change.author or "a command"
    plural = "" if change.documents == 1 else "s"
    said = f"{change.created_at:%Y-%m-%d %H:%M}, {change.origin}, {who}, {change.documents} document{plural}"
    why = shortened(" ".join(change.comment.split()), 80)
    return Item(str(change), page_url(change.pk, "change"), f"{said}: {why}".rstrip(": "))
