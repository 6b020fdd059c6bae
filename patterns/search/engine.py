"""The index, asked in one way on two databases: FTS5 on SQLite, ``tsvector`` on PostgreSQL. Migration 0002 makes both.

Both rank by tiers first: how good the best place is that has every word. Within a tier each uses its own measure.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, Final, NamedTuple

from django.db import connection
from django.db.models.expressions import RawSQL

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
# Slips are looked for among words of about the same length that begin with the same letter, or end in the same two.
KNOWN: Final = "SELECT %s, %s WHERE EXISTS (SELECT 1 FROM patterns_searchword WHERE word >= %s AND word < %s)"
NEAR: Final = "SELECT %s, word FROM patterns_searchword WHERE {letters} = %s AND length(word) BETWEEN %s AND %s"
BEGINNING: Final = NEAR.format(letters="substr(word, 1, 1)")
ENDING: Final = NEAR.format(letters="substr(word, length(word) - 1)")


def fetch_rows(statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()


class Found(NamedTuple):
    """An entry that has words, and what is counted of it."""

    pk: int
    code: str
    category: int
    kind: str


class Engine(ABC):
    """Each answer is one query, or two."""

    tier_part: ClassVar[str]
    ranking: ClassVar[str]
    having_part: ClassVar[str]
    found_part: ClassVar[str]
    among_part: ClassVar[str]
    vectors: ClassVar[tuple[str, ...]] = ("",) * TIER_COUNT  # what of a row is searched in each tier, if it is said so

    @abstractmethod
    def question(self, terms: Sequence[Term], tier: int) -> str:
        """All the terms in the columns of a tier. Words hold letters and digits only, so quotes are all they need."""

    def ranked(self, terms: Sequence[Term], limit: int) -> list[Found]:
        """The entries that have every term, best first.

        No more than ``limit`` are compared with each other: those that have the terms in the best places.
        """
        questions = [
            self.question(terms, tier) for tier in range(TIER_COUNT) for _ in range(self.tier_part.count("%s"))
        ]
        statement = f"{self.tiers_until(limit)} {self.ranking}"
        return [Found(*row) for row in fetch_rows(statement, [*questions, limit])]

    def among(self, keys: Sequence[int]) -> RawSQL:
        """The keys as a subquery: one parameter, where Django and the database would read a thousand."""
        return RawSQL(self.among_part, [json.dumps(keys)])

    def tiers_until(self, limit: int) -> str:
        """A WITH clause: ``every`` holds what each tier has, until one has as many as are wanted.

        What has the words in the columns of a tier has them in those of the next one as well, and stands before what
        is found only there. With a limit of 0 neither database begins to look.
        """
        # All tiers before: the one just before may be empty because it was not wanted either.
        is_short = [f"(SELECT count(*) FROM tier_{tier}) < {limit}" for tier in range(TIER_COUNT - 1)]
        rest = (
            f"(SELECT CASE WHEN {' AND '.join(is_short[:tier])} THEN {limit} ELSE 0 END)"
            for tier in range(1, TIER_COUNT)
        )
        tiers = (
            f"tier_{tier} AS MATERIALIZED ({self.of_tier(self.tier_part, tier, most)})"
            for tier, most in enumerate((str(limit), *rest))
        )
        every = " UNION ALL ".join(f"SELECT * FROM tier_{tier}" for tier in range(TIER_COUNT))
        return f"WITH {', '.join(tiers)}, every AS ({every})"

    def of_tier(self, part: str, tier: int, most: str = "") -> str:
        return part.format(tier=tier, vector=self.vectors[tier], most=most)

    def having(self, terms: Sequence[Term], limit: int) -> list[tuple[int, int, Found]]:
        """Number of the term, tier, and an entry: at most ``limit`` entries for each term in each tier."""
        values: list[Any] = []
        for number, term in enumerate(terms):
            for tier in PLACES:
                values += (number, tier, self.question([term], tier), limit)
        parts = " UNION ALL ".join([self.of_tier(self.having_part, tier) for tier in PLACES] * len(terms))
        # The index knows no codes, and for a moment it may know an entry that has just left the public.
        statement = f"""
            SELECT found.term, found.tier, entry.id, entry.code, entry.category_id, entry.kind FROM ({parts}) AS found
            JOIN patterns_pattern AS entry ON entry.id = found.id AND entry.status = 'published'
        """
        return [(term, tier, Found(*entry)) for term, tier, *entry in fetch_rows(statement, values)]

    def similar(self, terms: Sequence[Term]) -> list[tuple[str, str]]:
        """Pairs of a term's word with what it may be a slip of; with a prefix of the term if the index has that."""
        parts: list[str] = []
        values: list[str | int] = []
        for term in terms:
            word, slips = term.word, reach(term.word)
            for prefix in term.prefixes:
                parts.append(KNOWN)
                values += (word, prefix, prefix, prefix + LAST)
            parts += (BEGINNING, ENDING)
            for letters in (word[0], word[-2:]):
                values += (word, letters, len(word) - slips, len(word) + slips)
        return [(word, other) for word, other in fetch_rows(" UNION ALL ".join(parts), values)]

    def best_tiers(self, choices: Sequence[Sequence[Term]]) -> list[int]:
        """For each choice of terms, the best tier that has all of them in some entry; TIER_COUNT if none has."""
        questions = [self.question(terms, tier) for terms in choices for tier in range(TIER_COUNT)]
        looks = [self.of_tier(self.found_part, tier) for tier in range(TIER_COUNT)] * len(choices)
        (found,) = fetch_rows(f"SELECT {', '.join(looks)}", questions)
        parts = [found[start : start + TIER_COUNT] for start in range(0, len(found), TIER_COUNT)]
        return [next((tier for tier, one in enumerate(part) if one), TIER_COUNT) for part in parts]


class SQLite(Engine):
    tier_part = f"""
        SELECT
            rowid AS id, {{tier}} AS tier,
            bm25(patterns_searchindex, {", ".join(map(str, COLUMN_WEIGHTS.values()))}) AS score
        FROM patterns_searchindex WHERE patterns_searchindex MATCH %s LIMIT {{most}}
    """
    # SQLite takes a column that is not aggregated, as the score is here, from the row that has the minimum.
    ranking = """
        SELECT entry.id, entry.code, entry.category_id, entry.kind
        FROM (SELECT id, MIN(tier) AS tier, score FROM every GROUP BY id ORDER BY 2, id LIMIT %s) AS hit
        JOIN patterns_pattern AS entry ON entry.id = hit.id AND entry.status = 'published'
        ORDER BY hit.tier, hit.score, length(entry.code), entry.code
    """
    # In SQLite a part of a UNION may have a LIMIT only as a subquery.
    having_part = """
        SELECT * FROM (
            SELECT %s AS term, %s AS tier, rowid AS id FROM patterns_searchindex
            WHERE patterns_searchindex MATCH %s LIMIT %s
        )
    """
    found_part = "(SELECT 1 FROM patterns_searchindex WHERE patterns_searchindex MATCH %s LIMIT 1)"
    among_part = "SELECT value FROM json_each(%s)"

    def question(self, terms: Sequence[Term], tier: int) -> str:
        words = (" OR ".join(f'"{prefix}"*' for prefix in term.prefixes) for term in terms)
        return f"{{{' '.join(TIERS[tier])}}} : ({' AND '.join(f'({word})' for word in words)})"


class PostgreSQL(Engine):
    # Each tier has an index of its own (migration 0006): to look for a label, PostgreSQL would read every row that has
    # the word somewhere.
    vectors = (*(f"ts_filter(vector, '{labels}')" for labels in ("{a}", "{a,b}", "{a,b,c}")), "vector")
    # The 1 divides a rank by the logarithm of the length, so that long texts do not win by being long. The first ones
    # are taken by their keys, as SQLite takes them: where rows lie on the disk must not decide what a reader finds. The
    # OFFSET keeps PostgreSQL from walking along the keys until it has met so many, which rare words never are.
    tier_part = """
        SELECT pattern_id AS id, {tier} AS tier, ts_rank(vector, to_tsquery('simple', %s), 1) AS score
        FROM patterns_searchtext WHERE pattern_id IN (
            SELECT pattern_id FROM (
                SELECT pattern_id FROM patterns_searchtext WHERE {vector} @@ to_tsquery('simple', %s) OFFSET 0
            ) AS every_one ORDER BY pattern_id LIMIT {most}
        )
    """
    ranking = """
        SELECT entry.id, entry.code, entry.category_id, entry.kind
        FROM (SELECT id, MIN(tier) AS tier, MIN(score) AS score FROM every GROUP BY id ORDER BY 2, id LIMIT %s) AS hit
        JOIN patterns_pattern AS entry ON entry.id = hit.id AND entry.status = 'published'
        ORDER BY hit.tier, hit.score DESC, length(entry.code), entry.code COLLATE "C"
    """
    having_part = """
        (
            SELECT %s::int AS term, %s::int AS tier, pattern_id AS id
            FROM patterns_searchtext WHERE {vector} @@ to_tsquery('simple', %s) LIMIT %s
        )
    """
    # Asked for one row, PostgreSQL expects to meet it soon, and reads a table without any to its end.
    found_part = """
        (SELECT max(one) FROM (
            SELECT 1 AS one FROM patterns_searchtext WHERE {vector} @@ to_tsquery('simple', %s) LIMIT 500
        ) AS found)
    """
    among_part = "SELECT value::bigint FROM json_array_elements_text(%s) AS value"

    def question(self, terms: Sequence[Term], tier: int) -> str:
        words = (" | ".join(f"'{prefix}':*" for prefix in term.prefixes) for term in terms)
        return " & ".join(f"({word})" for word in words)


def engine() -> Engine:
    return SQLite() if connection.vendor == "sqlite" else PostgreSQL()
