"""The order of the categories, on their list: rows are moved as often as one likes, and one submit saves them all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from patterns.admin.base import READING, BaseAdmin, list_url
from patterns.admin.reasons import CommentField, CommentForm, authorship
from patterns.admin.shelves import may_shelve
from patterns.document.catalog import Header
from patterns.document.problems import InvalidCatalog
from patterns.document.three_way import woven
from patterns.store.edits import StaleEdit
from patterns.workflow.shelves import order_categories


class OrderForm(CommentForm):
    comment = CommentField(required=False)
    public_reason = None  # type: ignore[assignment]  # readers see the order, and nothing of its change


@dataclass(frozen=True)
class ShelfOrder:
    """The rows as they were moved; ``seen`` are the slugs in the order that is saved, between spaces.

    ``moved`` is the slug of the last one that a button moved, and ``direction`` where to.
    """

    rows: list[Any]
    seen: str
    form: OrderForm
    moved: str = ""
    direction: str = ""

    @property
    def is_saved(self) -> bool:
        return self.seen.split() == [row.slug for row in self.rows]


def shelf_order(rows: Sequence[Any], request: HttpRequest) -> ShelfOrder:
    """Of all categories, in their order; as they were sent if a form was sent."""
    present, by_slug = [row.slug for row in rows], {row.slug: row for row in rows}
    form = OrderForm(request.POST) if request.method == "POST" else OrderForm()
    sent = dict.fromkeys(slug for slug in request.POST.getlist("slug") if slug in by_slug)
    order, moved, direction = [*woven([*sent], present, is_meant=True)], "", ""
    for name, step in (("up", -1), ("down", 1)):
        if (slug := request.POST.get(name, "")) in by_slug:
            place = order.index(slug)
            order.insert(max(place + step, 0), order.pop(place))
            moved, direction = slug, name
    return ShelfOrder([by_slug[slug] for slug in order], " ".join(present), form, moved, direction)


def order_page(model_admin: BaseAdmin, request: HttpRequest) -> HttpResponse:
    """Save the order that was sent, or show the list with a row moved up or down and nothing saved."""
    if not may_shelve(model_admin, request):
        raise PermissionDenied
    if request.method in READING:  # the links of the list that a moved row was shown in
        return HttpResponseRedirect(f"{list_url('category')}?{request.GET.urlencode()}".rstrip("?"))
    form = OrderForm(request.POST)
    if "_order" in request.POST and form.is_valid():
        order, seen = request.POST.getlist("slug"), request.POST.get("seen", "").split()
        try:
            change = order_categories(order, seen=seen, by=authorship(request, **form.why()))
        except StaleEdit as stale:
            now = ", ".join(stale.current.categories) if isinstance(stale.current, Header) else ""
            said = f"Not saved: the categories or their order changed since you looked. It is now: {now}."
            messages.error(request, f"{said} Below is what you made of it; save again if it is right.")
        except InvalidCatalog as refusal:
            messages.error(request, f"Not saved: {refusal.sentence}.")
        else:
            done = f"Change {change.number} put the categories into this order." if change else "Nothing differed."
            messages.success(request, done)
            return HttpResponseRedirect(list_url("category"))
    return model_admin.changelist_view(request)
