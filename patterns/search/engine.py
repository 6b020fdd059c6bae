"""The index, asked in one way on two databases: FTS5 on SQLite, ``tsvector`` on PostgreSQL. Migration 0002 makes both.

Both rank by tiers first: how good the best place is that has every word. Within a tier each uses its own measure.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, Final

from django.db import connection

from patterns.document.register import Weight
from patterns.search.terms import Term, reach

# How much a word counts in each column, for SQLite's rank; which key of an entry stands in which is said where the key
# is. On PostgreSQL the weights are the letters A to D, which migration 0002 gives to the same columns in this order.
COLUMN_WEIGHTS: Final = {Weight.NAME: 10.0, Weight.ALIASES: 6.0, Weight.DESCRIPTION: 3.0, Weight.TEXT: 1.0}
COLUMNS: Final = tuple(weight.value for weight in COLUMN_WEIGHTS)
# A tier's columns include those of the tiers before: words may be spread over them.
TIERS: Final = tuple(COLUMNS[:count] for count in range(1, len(COLUMNS) + 1))
TIER_COUNT: Final = len(TIERS)
PLACES: Final = (1, 2, 3)  # the tiers that tell a word in a name from one in a text
LAST = "\U0010ffff"  # sorts behind whatever a word may go on with
Values = list[str | int]


def fetch_rows(statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()


def for_every_tier(part: str) -> str:
    return " UNION ALL ".join(part.format(tier=tier) for tier in range(TIER_COUNT))


class Engine(ABC):
    """Each answer is one query, or two."""

    having_part: ClassVar[str]
    known_part: ClassVar[str]
    found_part: ClassVar[str]

    @abstractmethod
    def question(self, terms: Sequence[Term], tier: int) -> str:
        """All the terms in the columns of a tier. Words hold letters and digits only, so quotes are all they need."""

    @abstractmethod
    def ranked(self, terms: Sequence[Term], limit: int) -> list[tuple[int, str]]:
        """Primary key and code of the entries that have every term, best first.

        No more than ``limit`` are compared with each other: those that have the terms in the best places.
        """

    @abstractmethod
    def near(self, word: str) -> tuple[str, Values]:
        """A statement for pairs of the word and what it may be a slip of, and its values."""

    def having(self, terms: Sequence[Term], limit: int) -> list[tuple[int, int, int, str]]:
        """Number of the term, tier, primary key and code: at most ``limit`` entries for each term in each tier."""
        values: list[Any] = []
        for number, term in enumerate(terms):
            for tier in PLACES:
                values += (number, tier, self.question([term], tier), limit)
        parts = " UNION ALL ".join([self.having_part] * (len(terms) * len(PLACES)))
        # The index knows no codes, and for a moment it may know an entry that has just left the public.
        statement = f"""
            SELECT found.term, found.tier, entry.id, entry.code FROM ({parts}) AS found
            JOIN patterns_pattern AS entry ON entry.id = found.id AND entry.status = 'published'
        """
        return [*fetch_rows(statement, values)]

    def similar(self, terms: Sequence[Term]) -> list[tuple[str, str]]:
        """Pairs of a term's word with what it may be a slip of; with a prefix of the term if the index has that."""
        parts: list[tuple[str, Values]] = []
        for term in terms:
            parts += [(self.known_part, [term.word, one, one, one + LAST]) for one in term.prefixes]
            parts.append(self.near(term.word))
        statement = " UNION ALL ".join(sql for sql, _ in parts)
        found = fetch_rows(statement, [value for _, values in parts for value in values])
        return [(word, other) for word, other in found]

    def best_tiers(self, choices: Sequence[Sequence[Term]]) -> list[int]:
        """For each choice of terms, the best tier that has all of them in some entry; TIER_COUNT if none has."""
        questions = [self.question(terms, tier) for terms in choices for tier in range(TIER_COUNT)]
        (found,) = fetch_rows(f"SELECT {', '.join([self.found_part] * len(questions))}", questions)
        parts = [found[start : start + TIER_COUNT] for start in range(0, len(found), TIER_COUNT)]
        return [next((tier for tier, one in enumerate(part) if one), TIER_COUNT) for part in parts]


class SQLite(Engine):
    # In SQLite a part of a UNION may have a LIMIT only as a subquery.
    tier_part = f"""
        SELECT * FROM (
            SELECT
                rowid AS id, {{tier}} AS tier,
                bm25(patterns_searchindex, {", ".join(map(str, COLUMN_WEIGHTS.values()))}) AS score
            FROM patterns_searchindex WHERE patterns_searchindex MATCH %s LIMIT %s
        )
    """
    # SQLite takes a column that is not aggregated, as the score is here, from the row that has the minimum.
    ranking = f"""
        SELECT entry.id, entry.code
        FROM (
            SELECT id, MIN(tier) AS tier, score
            FROM ({for_every_tier(tier_part)})
            GROUP BY id ORDER BY 2, id LIMIT %s
        ) AS hit
        JOIN patterns_pattern AS entry ON entry.id = hit.id AND entry.status = 'published'
        ORDER BY hit.tier, hit.score, length(entry.code), entry.code
    """
    having_part = """
        SELECT * FROM (
            SELECT %s AS term, %s AS tier, rowid AS id FROM patterns_searchindex
            WHERE patterns_searchindex MATCH %s LIMIT %s
        )
    """
    known_part = """
        SELECT * FROM (SELECT %s, %s WHERE EXISTS (SELECT 1 FROM patterns_searchword WHERE term >= %s AND term < %s))
    """
    near_part = """
        SELECT * FROM (
            SELECT %s, term FROM patterns_searchword
            WHERE length(term) BETWEEN %s AND %s AND (substr(term, 1, 1) = %s OR substr(term, -2) = %s)
        )
    """
    found_part = "(SELECT 1 FROM patterns_searchindex WHERE patterns_searchindex MATCH %s LIMIT 1)"

    def question(self, terms: Sequence[Term], tier: int) -> str:
        words = (" OR ".join(f'"{prefix}"*' for prefix in term.prefixes) for term in terms)
        return f"{{{' '.join(TIERS[tier])}}} : ({' AND '.join(f'({word})' for word in words)})"

    def ranked(self, terms: Sequence[Term], limit: int) -> list[tuple[int, str]]:
        parameters = [value for tier in range(TIER_COUNT) for value in (self.question(terms, tier), limit)]
        return [(pk, code) for pk, code in fetch_rows(self.ranking, [*parameters, limit])]

    def near(self, word: str) -> tuple[str, Values]:
        return self.near_part, [word, len(word) - reach(word), len(word) + reach(word), word[0], word[-2:]]


class PostgreSQL(Engine):
    labels = ("A", "AB", "ABC", "")  # of the columns of each tier; none means all
    near_count = 60
    tier_part = """
        (
            SELECT pattern_id AS id, {tier} AS tier
            FROM patterns_searchtext WHERE vector @@ to_tsquery('simple', %s) LIMIT %s
        )
    """
    # The 1 divides a rank by the logarithm of the length, so that long texts do not win by being long.
    ranking = f"""
        SELECT entry.id, entry.code
        FROM (
            SELECT id, MIN(tier) AS tier
            FROM ({for_every_tier(tier_part)}) AS every
            GROUP BY id ORDER BY 2, id LIMIT %s
        ) AS hit
        JOIN patterns_searchtext AS texts ON texts.pattern_id = hit.id
        JOIN patterns_pattern AS entry ON entry.id = hit.id AND entry.status = 'published'
        ORDER BY
            hit.tier, ts_rank(texts.vector, to_tsquery('simple', %s), 1) DESC,
            length(entry.code), entry.code COLLATE "C"
    """
    having_part = """
        (
            SELECT %s::int AS term, %s::int AS tier, pattern_id AS id
            FROM patterns_searchtext WHERE vector @@ to_tsquery('simple', %s) LIMIT %s
        )
    """
    known_part = "(SELECT %s, %s WHERE EXISTS (SELECT 1 FROM patterns_searchword WHERE word >= %s AND word < %s))"
    trigram_index = "SELECT 1 FROM pg_class WHERE relname = 'patterns_searchword_trigrams'"
    by_trigrams = f"(SELECT %s, word FROM patterns_searchword ORDER BY word <-> %s LIMIT {near_count})"
    by_letters = """
        (
            SELECT %s, word FROM patterns_searchword
            WHERE length(word) BETWEEN %s AND %s AND (left(word, 1) = %s OR right(word, 2) = %s)
        )
    """
    found_part = "(SELECT 1 FROM patterns_searchtext WHERE vector @@ to_tsquery('simple', %s) LIMIT 1)"

    def question(self, terms: Sequence[Term], tier: int) -> str:
        mark = f":*{self.labels[tier]}"
        words = (" | ".join(f"'{prefix}'{mark}" for prefix in term.prefixes) for term in terms)
        return " & ".join(f"({word})" for word in words)

    def ranked(self, terms: Sequence[Term], limit: int) -> list[tuple[int, str]]:
        parameters = [value for tier in range(TIER_COUNT) for value in (self.question(terms, tier), limit)]
        found = fetch_rows(self.ranking, [*parameters, limit, self.question(terms, TIER_COUNT - 1)])
        return [(pk, code) for pk, code in found]

    def near(self, word: str) -> tuple[str, Values]:
        """By trigrams, where the database has them: an extension that not every server lets its users make."""
        if fetch_rows(self.trigram_index, []):
            return self.by_trigrams, [word, word]
        return self.by_letters, [word, len(word) - reach(word), len(word) + reach(word), word[0], word[-2:]]


def engine() -> Engine:
    return SQLite() if connection.vendor == "sqlite" else PostgreSQL()
