"""When somebody last looked at each entry closely enough to save it."""

from collections.abc import Collection
from datetime import date

from django.db.models import Max

from patterns.models import Revision


def reviewed(codes: Collection[str] | None = None) -> dict[str, date]:
    """The day (UTC) of the newest revision of every entry, or of a few, by code."""
    rows = Revision.objects.filter(what=Revision.What.ENTRY).order_by()
    if codes is not None:
        rows = rows.filter(identity__in=codes)
    newest = rows.values("identity").annotate(at=Max("change__created_at"))
    return {code: at.date() for code, at in newest.values_list("identity", "at")}
