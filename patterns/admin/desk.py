import re
from typing import Any, Final

from django.contrib import admin
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from patterns.search.query import reader_text

# What the links beside our lists ask for. Django would let everybody ask for all that a database can compare.
LOOKUPS: Final = ("exact", "gte", "lt", "isnull")
MOMENT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}( [0-9:]{8}[+]00:00)?")  # PostgreSQL fails at odd time zones
# A number that no column holds, a column that there is not, a question that nobody may ask.
UNANSWERABLE: Final = (OverflowError, IncorrectLookupParameters, DisallowedModelAdminLookup)


class Desk(admin.ModelAdmin):
    """What all our lists share."""

    show_full_result_count = False  # a list of any length costs one page

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        try:
            return super().changelist_view(request, extra_context)
        except UNANSWERABLE:
            return without_question(request)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        column, _, comparison = lookup.rpartition("__")
        is_ours = not column or comparison in LOOKUPS
        is_sane = comparison not in ("gte", "lt") or MOMENT.fullmatch(value) is not None
        return is_ours and is_sane and super().lookup_allowed(lookup, value, request)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """As many words as readers may ask for: a database refuses thousands."""
        return super().get_search_results(request, queryset, reader_text(search_term))


def without_question(request: HttpRequest) -> HttpResponseRedirect:
    """The list without what its address asked for, as Django answers what it cannot read."""
    return HttpResponseRedirect(f"{request.path}?e=1")
