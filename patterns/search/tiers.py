"""Tiers: how good the best place is that has every word. Both engines rank by them first."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

# A tier's texts include those of the tiers before: words may be spread over them.
TIERS = (("name",), ("name", "aliases"), ("name", "aliases", "description"), ("name", "aliases", "description", "text"))
TIER_COUNT = len(TIERS)
PLACES = (1, 2, 3)  # that tell a word in a name from one in a text


def rows(statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()


def with_codes(part: str, count: int) -> str:
    """A statement for so many parts, each with a term, a tier and an id, that adds the codes of published entries."""
    return f"""
        SELECT found.term, found.tier, entry.id, entry.code FROM ({" UNION ALL ".join([part] * count)}) AS found
        JOIN patterns_pattern AS entry ON entry.id = found.id AND entry.status = 'published'
    """


def best_tiers(found: Sequence[object]) -> list[int]:
    """For each choice, its first tier with something in it; ``found`` holds an answer for each choice and tier."""
    parts = [found[start : start + TIER_COUNT] for start in range(0, len(found), TIER_COUNT)]
    return [next((tier for tier, one in enumerate(part) if one), TIER_COUNT) for part in parts]
