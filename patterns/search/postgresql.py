"""``tsvector``. Migration 0002 made the column ``vector``, and ``patterns_searchword`` with trigrams if it could."""

from collections.abc import Sequence

from patterns.search.edit_distance import reach
from patterns.search.terms import PLACES, TIER_COUNT, Term, best_tiers, rows, with_codes

WEIGHTS = ("A", "AB", "ABC", "")  # of the texts of each tier; none means all
NEAR_COUNT = 60
TIER = """
    (SELECT pattern_id AS id, {tier} AS tier FROM patterns_searchtext WHERE vector @@ to_tsquery('simple', %s) LIMIT %s)
"""
RANKED = f"""
    SELECT entry.id, entry.code
    FROM (
        SELECT id, MIN(tier) AS tier
        FROM ({" UNION ALL ".join(TIER.format(tier=tier) for tier in range(TIER_COUNT))}) AS every
        GROUP BY id ORDER BY 2, id LIMIT %s
    ) AS hit
    JOIN patterns_searchtext AS texts ON texts.pattern_id = hit.id
    JOIN patterns_pattern AS entry ON entry.id = hit.id AND entry.status = 'published'
    ORDER BY
        hit.tier, ts_rank(texts.vector, to_tsquery('simple', %s), 1) DESC, length(entry.code), entry.code COLLATE "C"
"""
HAVING = """
    (
        SELECT %s::int AS term, %s::int AS tier, pattern_id AS id
        FROM patterns_searchtext WHERE vector @@ to_tsquery('simple', %s) LIMIT %s
    )
"""
KNOWN = "(SELECT %s, %s WHERE EXISTS (SELECT 1 FROM patterns_searchword WHERE word >= %s AND word < %s))"
HAS_TRIGRAMS = "SELECT 1 FROM pg_class WHERE relname = 'patterns_searchword_trigrams'"
BY_TRIGRAMS = f"(SELECT %s, word FROM patterns_searchword ORDER BY word <-> %s LIMIT {NEAR_COUNT})"
BY_LETTERS = """
    (
        SELECT %s, word FROM patterns_searchword
        WHERE length(word) BETWEEN %s AND %s AND (left(word, 1) = %s OR right(word, 2) = %s)
    )
"""
FOUND = "(SELECT 1 FROM patterns_searchtext WHERE vector @@ to_tsquery('simple', %s) LIMIT 1)"
LAST = "\U0010ffff"


def ranked(terms: Sequence[Term], limit: int) -> list[tuple[int, str]]:
    parameters = [value for tier in range(TIER_COUNT) for value in (match(terms, tier), limit)]
    return [(pk, code) for pk, code in rows(RANKED, [*parameters, limit, match(terms, TIER_COUNT - 1)])]


def having(terms: Sequence[Term], limit: int) -> list[tuple[int, int, int, str]]:
    asked = [(number, tier, match([term], tier), limit) for number, term in enumerate(terms) for tier in PLACES]
    return [*rows(with_codes(HAVING, len(asked)), [value for one in asked for value in one])]


def similar(terms: Sequence[Term]) -> list[tuple[str, str]]:
    near = near_by_trigrams if rows(HAS_TRIGRAMS, []) else near_by_letters
    parts = [part for term in terms for part in (*known(term), near(term.word))]
    statement = " UNION ALL ".join(sql for sql, _ in parts)
    return [(word, other) for word, other in rows(statement, [value for _, values in parts for value in values])]


def known(term: Term) -> list[tuple[str, list[str | int]]]:
    return [(KNOWN, [term.word, prefix, prefix, prefix + LAST]) for prefix in term.prefixes]


def near_by_trigrams(word: str) -> tuple[str, list[str | int]]:
    return BY_TRIGRAMS, [word, word]


def near_by_letters(word: str) -> tuple[str, list[str | int]]:
    return BY_LETTERS, [word, len(word) - reach(word), len(word) + reach(word), word[0], word[-2:]]


def places(choices: Sequence[Sequence[Term]]) -> list[int]:
    questions = [match(terms, tier) for terms in choices for tier in range(TIER_COUNT)]
    return best_tiers(rows(f"SELECT {', '.join([FOUND] * len(questions))}", questions)[0])


def match(terms: Sequence[Term], tier: int) -> str:
    """A question to ``to_tsquery``. Words hold letters and digits only, so quotes are all the care they need."""
    mark = f":*{WEIGHTS[tier]}"
    words = (" | ".join(f"'{prefix}'{mark}" for prefix in term.prefixes) for term in terms)
    return " & ".join(f"({word})" for word in words)
