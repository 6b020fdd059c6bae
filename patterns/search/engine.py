"""The index, asked in one way on two databases: FTS5 on SQLite, ``tsvector`` on PostgreSQL. Migration 0013 makes both.

Both only say which entries have the words, and where; who comes first is decided in ``ranking``, alike for both.
Statements are put together of parts that stand here (nosec): whatever a reader typed is a parameter.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Final, NamedTuple

from django.db import connection
from django.db.models.expressions import RawSQL

from patterns.document.stems import token
from patterns.models.search import EVERY, OFTEN, PLACES, REST, SPELT, WHOLE_ALIAS, WHOLE_NAME
from patterns.search.terms import Choice, Question, Term

WHOLE: Final = (WHOLE_NAME, WHOLE_ALIAS)
# The letters of the places, the weightiest first.
LETTERS: Final = (*PLACES.values(), OFTEN, REST)
# Who has all the words in better places stands before the others. A tier's places include those of the tiers before:
# words may be spread over them. In the last one they may be words that mean about the same.
TIERS: Final = (*WHOLE, *("".join(LETTERS[:count]) for count in (1, 2, 3, 4, 6, 7, 7)))
TIER_COUNT: Final = len(TIERS)
WITH_OTHERS: Final = TIER_COUNT - 1
# Where words that mean about the same are looked for: what names an entry and what it hurts, and all the rest.
OTHER_PLACES: Final = ("".join(LETTERS[:3]), "".join(LETTERS[3:]))
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


class Candidate(NamedTuple):
    """An entry that has every word, the best tier that has them, and the tokens that decide its rank."""

    found: Found
    tier: int
    words: str


class Place(NamedTuple):
    """That an entry has a term of a question somewhere; ``is_other`` if it only has what means about the same."""

    term: int
    letter: str
    is_other: bool
    found: Found


class Engine(ABC):
    """Each answer is one query, or two."""

    tier_part: ClassVar[str]
    place_part: ClassVar[str]
    found_part: ClassVar[str]
    among_part: ClassVar[str]
    both: ClassVar[str]
    but_not: ClassVar[str]
    either: ClassVar[str]

    # What the index is asked for. Tokens hold letters and digits of ASCII only, so quotes are all they need.

    @abstractmethod
    def quoted(self, text: str, *, is_beginning: bool = False) -> str: ...

    def any_of(self, parts: Iterable[str]) -> str:
        return f"({self.either.join(parts)})"

    def having_choices(self, choices: Iterable[Choice], letters: str) -> list[str]:
        """For each choice, that all its stems are in some of the places."""
        return [
            f"({self.both.join(self.any_of(self.quoted(at + token(one)) for at in letters) for one in choice)})"
            for choice in choices
        ]

    def having(self, term: Term, letters: str, *, with_others: bool = False) -> str:
        parts = self.having_choices((*term.choices, *(term.others if with_others else ())), letters)
        # Words as they are spelt are those of every better place. PostgreSQL expects so much of each beginning that it
        # reads its table to the end where there are many.
        if term.beginning and REST in letters:
            parts += [self.quoted(at + token(term.beginning), is_beginning=True) for at in (REST, SPELT)]
        return self.any_of(parts)

    def without(self, asked: str, question: Question) -> str:
        every = "".join(LETTERS)
        excluded = [f"({self.both.join(self.having(term, every) for term in terms)})" for terms in question.excluded]
        return f"({asked}){self.but_not}{self.any_of(excluded)}" if excluded else asked

    def in_tier(self, question: Question, tier: int) -> str:
        """All the terms in the places of a tier, or the whole question as a name."""
        if TIERS[tier] in WHOLE:
            return self.without(self.quoted(TIERS[tier] + question.whole), question)
        terms = [self.having(term, TIERS[tier], with_others=tier == WITH_OTHERS) for term in question.terms]
        if not terms:
            # Only words to be left out are asked for; or nothing that could be found.
            terms = [self.quoted(EVERY if question.excluded and not question.whole else EVERY * 2)]
        return self.without(self.both.join(terms), question)

    # What it answers.

    def answers(self, question: Question, limit: int, *, places: int = 0) -> tuple[list[Candidate], list[Place]]:
        """The entries that have every term: no more than ``limit``, those that have them in the best places.

        And where entries have any of the terms: at most ``places`` entries for each term in each place.
        """
        asked, parts = [], []
        for number, term in enumerate(question.terms if places else ()):
            own = [(letter, False, self.having(term, letter)) for letter in LETTERS]
            other = [(group[-1], True, self.any_of(self.having_choices(term.others, group))) for group in OTHER_PLACES]
            for letter, is_other, one in (*own, *(other if term.others else ())):
                asked += [self.without(one, question), places]
                parts.append(self.place_part.format(term=number, letter=letter, is_other=int(is_other)))
        # For a moment the index may know an entry that has just left the public.
        statement = f"""
            {self.tiers_until(limit)}
            SELECT entry.id, entry.code, entry.category_id, entry.kind, hit.tier, text.words, '', 0
            FROM (SELECT id, MIN(tier) AS tier FROM every GROUP BY id ORDER BY 2, id LIMIT %s) AS hit
            JOIN patterns_pattern AS entry ON entry.id = hit.id AND entry.status = 'published'
            JOIN patterns_searchtext AS text ON text.pattern_id = hit.id
        """  # nosec B608
        if parts:
            statement += f"""
                UNION ALL
                SELECT entry.id, entry.code, entry.category_id, entry.kind, place.term, '', place.letter, place.is_other
                FROM ({" UNION ALL ".join(parts)}) AS place
                JOIN patterns_pattern AS entry ON entry.id = place.id AND entry.status = 'published'
            """  # nosec B608
        tiers = [self.in_tier(question, tier) for tier in range(TIER_COUNT)]
        rows = fetch_rows(statement, [*tiers, limit, *asked])
        candidates = [Candidate(Found(*row[:4]), row[4], row[5]) for row in rows if not row[6]]
        return candidates, [Place(row[4], row[6], bool(row[7]), Found(*row[:4])) for row in rows if row[6]]

    def lines(self, keys: Sequence[int]) -> dict[int, list[str]]:
        """By primary key, the stems of what an entry says in one line each."""
        statement = f"SELECT pattern_id, lines FROM patterns_searchtext WHERE pattern_id IN ({self.among_part})"  # nosec B608
        return {key: lines.split("\n") for key, lines in fetch_rows(statement, [json.dumps(keys)])}

    def tiers_until(self, limit: int) -> str:
        """A WITH clause: ``every`` holds what each tier has, until one has as many as are wanted.

        What has the words in the places of a tier has them in those of the next one as well, and stands before what
        is found only there. Words that mean about the same are looked for where nobody has the reader's own. With a
        limit of 0 neither database begins to look.
        """
        # All tiers before: the one just before may be empty because it was not wanted either.
        counts = [f"(SELECT count(*) FROM tier_{tier})" for tier in range(WITH_OTHERS)]  # nosec B608
        wanted = [
            *(" AND ".join(f"{count} < {limit}" for count in counts[:tier]) for tier in range(1, WITH_OTHERS)),
            " AND ".join(f"{count} = 0" for count in counts),
        ]
        rest = (f"(SELECT CASE WHEN {one} THEN {limit} ELSE 0 END)" for one in wanted)
        tiers = (
            f"tier_{tier} AS MATERIALIZED ({self.tier_part.format(tier=tier, most=most)})"
            for tier, most in enumerate((str(limit), *rest))
        )
        every = " UNION ALL ".join(f"SELECT * FROM tier_{tier}" for tier in range(TIER_COUNT))  # nosec B608
        return f"WITH {', '.join(tiers)}, every AS ({every})"

    def among(self, keys: str) -> RawSQL:
        """Keys, as JSON, as a subquery: one parameter, where Django and the database would read a thousand."""
        return RawSQL(self.among_part, [keys])  # nosec B611

    def similar(self, words: Sequence[str], reach: Sequence[int]) -> list[tuple[str, str]]:
        """Pairs of a word with what it may be a slip of; with itself if it is one, or begins one."""
        parts: list[str] = []
        values: list[str | int] = []
        for word, slips in zip(words, reach, strict=True):
            parts.append(KNOWN)
            values += (word, word, word, word + LAST)
            if slips:
                parts += (BEGINNING, ENDING)
                for letters in (word[0], word[-2:]):
                    values += (word, letters, len(word) - slips, len(word) + slips)
        return [(word, other) for word, other in fetch_rows(" UNION ALL ".join(parts), values)]

    def best_tiers(self, questions: Sequence[Question]) -> list[int]:
        """For each question, the best tier in which some entry has all of its terms; TIER_COUNT if none has."""
        # The last tier is asked first: what is not even there is nowhere.
        cases = " ".join(f"WHEN {self.found_part} IS NOT NULL THEN {tier}" for tier in range(WITH_OTHERS))
        best = f"CASE WHEN {self.found_part} IS NULL THEN {TIER_COUNT} {cases} ELSE {WITH_OTHERS} END"
        tiers = (WITH_OTHERS, *range(WITH_OTHERS))
        asked = [self.in_tier(question, tier) for question in questions for tier in tiers]
        (found,) = fetch_rows(f"SELECT {', '.join([best] * len(questions))}", asked)
        return [*found]


class SQLite(Engine):
    both, either, but_not = " AND ", " OR ", " NOT "
    tier_part = """
        SELECT rowid AS id, {tier} AS tier FROM patterns_searchindex WHERE patterns_searchindex MATCH %s LIMIT {most}
    """
    # In SQLite a part of a UNION may have a LIMIT only as a subquery.
    place_part = """
        SELECT * FROM (
            SELECT {term} AS term, '{letter}' AS letter, {is_other} AS is_other, rowid AS id FROM patterns_searchindex
            WHERE patterns_searchindex MATCH %s LIMIT %s
        )
    """
    found_part = "(SELECT 1 FROM patterns_searchindex WHERE patterns_searchindex MATCH %s LIMIT 1)"
    among_part = "SELECT value FROM json_each(%s)"

    def quoted(self, text: str, *, is_beginning: bool = False) -> str:
        return f'"{text}"*' if is_beginning else f'"{text}"'


class PostgreSQL(Engine):
    both, either, but_not = " & ", " | ", " & !"
    # The first ones are taken by their keys, as SQLite takes them: where rows lie on the disk must not decide what a
    # reader finds. The OFFSET keeps PostgreSQL from walking along the keys until it has met so many, which rare words
    # never are.
    tier_part = """
        SELECT pattern_id AS id, {tier} AS tier FROM (
            SELECT pattern_id FROM patterns_searchtext WHERE vector @@ %s::tsquery OFFSET 0
        ) AS every_one ORDER BY pattern_id LIMIT {most}
    """
    place_part = """
        (
            SELECT {term} AS term, '{letter}' AS letter, {is_other} AS is_other, pattern_id AS id FROM (
                SELECT pattern_id FROM patterns_searchtext WHERE vector @@ %s::tsquery OFFSET 0
            ) AS every_one ORDER BY pattern_id LIMIT %s
        )
    """
    # Asked for one row, PostgreSQL expects to meet it soon, and reads a table without any to its end.
    found_part = """
        (SELECT max(one) FROM (
            SELECT 1 AS one FROM patterns_searchtext WHERE vector @@ %s::tsquery LIMIT 500
        ) AS found)
    """
    among_part = "SELECT value::bigint FROM json_array_elements_text(%s) AS value"

    def quoted(self, text: str, *, is_beginning: bool = False) -> str:
        return f"'{text}':*" if is_beginning else f"'{text}'"


def engine() -> Engine:
    return SQLite() if connection.vendor == "sqlite" else PostgreSQL()
