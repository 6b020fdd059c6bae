"""Orders of lists, and what follows an entry in each: by keyset, so that every page costs the same."""

from collections.abc import Sequence
from datetime import UTC, datetime

from django.db.models import Q, Subquery, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat, Length, StrIndex

from patterns.models import Pattern
from patterns.models.constraints import ByteOrder
from patterns.models.pattern import PatternQuerySet

LAST = datetime(9999, 12, 31, tzinfo=UTC)

# Code order as ranges of the index: codes of the same length by their bytes, then codes of other lengths.


def behind(patterns: PatternQuerySet, code: str) -> tuple[PatternQuerySet, PatternQuerySet]:
    """Those that follow a code, nearest first: of its length, then longer ones."""
    alike = of_length(patterns, Q(code_length=len(code), code_bytes__gt=code))
    return alike.order_by(ByteOrder("code").asc()), of_length(patterns, Q(code_length__gt=len(code))).in_code_order()


def before(patterns: PatternQuerySet, code: str) -> tuple[PatternQuerySet, PatternQuerySet]:
    """Those that a code follows, nearest first: of its length, then shorter ones."""
    alike = of_length(patterns, Q(code_length=len(code), code_bytes__lt=code))
    shorter = of_length(patterns, Q(code_length__lt=len(code))).in_code_order()
    return alike.order_by(ByteOrder("code").desc()), shorter.reverse()


def of_length(patterns: PatternQuerySet, wanted: Q) -> PatternQuerySet:
    return patterns.alias(code_length=Length("code"), code_bytes=ByteOrder("code")).filter(wanted)


# Other orders


def by_code(patterns: PatternQuerySet, after: str) -> Sequence[PatternQuerySet]:
    return behind(patterns, after) if after else (patterns.in_code_order(),)


def by_name(patterns: PatternQuerySet, after: str) -> Sequence[PatternQuerySet]:
    names = patterns.alias(name_bytes=ByteOrder("name_key"))
    rest = names.filter(name_bytes__gt=Coalesce(of_entry(after, "name_key"), Value(""))) if after else names
    return (rest.order_by(ByteOrder("name_key").asc()),)


def by_change(patterns: PatternQuerySet, after: str) -> Sequence[PatternQuerySet]:
    """Last changed first; those that were changed together by their primary key."""
    at = of_entry(after, "updated_at")
    later = Q(updated_at__lt=Coalesce(at, Value(LAST))) | Q(updated_at=at, pk__gt=of_entry(after, "pk"))
    return ((patterns.filter(later) if after else patterns).order_by("-updated_at", "pk"),)


def in_given_order(patterns: PatternQuerySet, pks: Sequence[int]) -> Sequence[PatternQuerySet]:
    """Those with the primary keys, in their order."""
    comma = Value(",", output_field=TextField())
    place = StrIndex(Value(f",{','.join(map(str, pks))},"), Concat(comma, Cast("pk", TextField()), comma))
    return (patterns.filter(pk__in=pks).order_by(place),)


def of_entry(code: str, field: str) -> Subquery:
    """A value of the published entry with a code.

    Everything follows one that is not there: who reads page by page while it leaves the public then begins again,
    instead of taking the list for ended.
    """
    return Subquery(Pattern.objects.published().filter(code=code).values(field))
