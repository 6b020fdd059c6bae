"""What changed in the catalogue: change by change, as far as readers could see it, with the reason that they are given.

A change may touch a hundred thousand entries or one. So a page is so many entries and not so many changes, a change
stands on one page, and of one that fills a page the first are shown.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from patterns.document.diff import changed_keys
from patterns.document.entry import code_order
from patterns.models import Pattern
from patterns.store.public_history import PublicRevision, latest_revisions
from patterns.views.freshness import public
from patterns.views.history import KEYS, change_number, successors_of
from patterns.views.history import PAGE_SIZE as HISTORY_SIZE
from patterns.views.rendering import render_page

PAGE_SIZE = 60  # entries that changed


@dataclass(frozen=True)
class EntryNews:
    """What a change did to an entry: ``labels`` name the parts that it changed.

    ``former_name`` is empty unless it has another name since. ``address`` is that of the change in the entry's history.
    """

    pattern: Pattern
    name: str
    address: str
    is_first: bool
    is_departure: bool
    former_name: str
    labels: str
    successor: Pattern | None


@dataclass(frozen=True)
class CatalogChange:
    """``is_whole`` is false if it did more than is listed."""

    number: int
    at: datetime
    reason: str
    entries: list[EntryNews]
    is_whole: bool = True


@public
def changes_page(request: HttpRequest) -> HttpResponse:
    before = change_number(request.GET.get("before", ""))
    # One more than is shown says whether there is more.
    found = latest_revisions(Pattern.objects.all(), limit=PAGE_SIZE + 1, before=before)
    shown, is_cut = found, False
    if len(found) > PAGE_SIZE:
        # The last change may go on behind this page, and so begins the next one, unless it is all that there is.
        shown = [one for one in found if one.number != found[-1].number]
        is_cut = not shown
        shown = shown or found[:PAGE_SIZE]
    address = reverse("patterns:changes")
    return render_page(
        request,
        "patterns/changes.html",
        path=f"{address}?before={before}" if before else address,
        changes=changes_in(shown, is_first_page=before is None, is_cut=is_cut),
        before=before,
        next=shown[-1].number if len(found) > PAGE_SIZE else None,
    )


def changes_in(revisions: Sequence[PublicRevision], *, is_first_page: bool, is_cut: bool) -> list[CatalogChange]:
    """Those in which readers could see a difference, each with its entries in code order."""
    visible = [one for one in revisions if one.is_visible]
    successors, newer = successors_of(visible), Counter[str]()
    changes = []
    for number, group in groupby(visible, key=lambda one: one.number):
        parts = sorted(group, key=lambda one: code_order(one.entry.code))
        news = []
        for one in parts:
            # Beyond its first page the history of an entry is asked for by the change.
            is_near = is_first_page and newer[one.entry.code] < HISTORY_SIZE
            newer[one.entry.code] += 1
            news.append(entry_news(one, successors.get(one.pattern.replaced_by), is_near=is_near))
        first = parts[0]
        changes.append(CatalogChange(number, first.at, first.reason, news, is_whole=not is_cut))
    return changes


def entry_news(revision: PublicRevision, successor: Pattern | None, *, is_near: bool) -> EntryNews:
    before, entry, slug = revision.before, revision.entry, revision.pattern.slug
    keys = () if before is None else changed_keys(before, entry)
    was_renamed = before is not None and before.name != entry.name
    query = "" if is_near else f"?before={revision.number + 1}"
    return EntryNews(
        pattern=revision.pattern,
        name=entry.name,
        address=f"{reverse('patterns:history', args=[slug])}{query}#change-{revision.number}",
        is_first=before is None,
        is_departure=revision.is_departure,
        former_name=before.name if before is not None and was_renamed else "",
        labels=", ".join(KEYS[key].label.lower() for key in keys if key in KEYS and key != "name"),
        successor=successor if revision.is_departure else None,
    )
