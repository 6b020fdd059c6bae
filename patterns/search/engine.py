"""The one interface over two databases. Each answer is one query, or two."""

from collections.abc import Sequence
from typing import Protocol

from django.db import connection

from patterns.search import postgresql, sqlite
from patterns.search.terms import Term


class Engine(Protocol):
    def ranked(self, terms: Sequence[Term], limit: int) -> list[tuple[int, str]]:
        """Primary key and code of the entries that have every term, best first.

        No more than ``limit`` are compared with each other: those that have the terms in the best places.
        """

    def having(self, terms: Sequence[Term], limit: int) -> list[tuple[int, int, int, str]]:
        """Number of the term, tier, primary key and code: at most ``limit`` entries for each term in each tier."""

    def similar(self, terms: Sequence[Term]) -> list[tuple[str, str]]:
        """Pairs of a term's word with what it may be a slip of; with a prefix of the term if the index has that."""

    def places(self, choices: Sequence[Sequence[Term]]) -> list[int]:
        """For each choice of terms, the best tier that has all of them in some entry; TIER_COUNT if none has."""


def engine() -> Engine:
    return sqlite if connection.vendor == "sqlite" else postgresql
