"""FTS5. The tables are made by migration 0002: ``patterns_searchindex`` and its vocabulary ``patterns_searchword``."""

from collections.abc import Sequence

from patterns.search.edit_distance import reach
from patterns.search.terms import PLACES, TIER_COUNT, TIERS, Term, best_tiers, rows, with_codes

INDEX = "patterns_searchindex"
TIER = f"""
    SELECT * FROM (
        SELECT rowid AS id, {{tier}} AS tier, bm25({INDEX}, 10.0, 6.0, 3.0, 1.0) AS score
        FROM {INDEX} WHERE {INDEX} MATCH %s LIMIT %s
    )
"""
# SQLite takes a column that is not aggregated, as the score is here, from the row that has the minimum.
RANKED = f"""
    SELECT entry.id, entry.code
    FROM (
        SELECT id, MIN(tier) AS tier, score
        FROM ({" UNION ALL ".join(TIER.format(tier=tier) for tier in range(TIER_COUNT))})
        GROUP BY id ORDER BY 2, id LIMIT %s
    ) AS hit
    JOIN patterns_pattern AS entry ON entry.id = hit.id AND entry.status = 'published'
    ORDER BY hit.tier, hit.score, length(entry.code), entry.code
"""
HAVING = f"""
    SELECT * FROM (SELECT %s AS term, %s AS tier, rowid AS id FROM {INDEX} WHERE {INDEX} MATCH %s LIMIT %s)
"""
KNOWN = """
    SELECT * FROM (SELECT %s, %s WHERE EXISTS (SELECT 1 FROM patterns_searchword WHERE term >= %s AND term < %s))
"""
NEAR = """
    SELECT * FROM (
        SELECT %s, term FROM patterns_searchword
        WHERE length(term) BETWEEN %s AND %s AND (substr(term, 1, 1) = %s OR substr(term, -2) = %s)
    )
"""
FOUND = f"(SELECT 1 FROM {INDEX} WHERE {INDEX} MATCH %s LIMIT 1)"
LAST = "\U0010ffff"


def ranked(terms: Sequence[Term], limit: int) -> list[tuple[int, str]]:
    parameters = [value for tier in range(TIER_COUNT) for value in (match(terms, tier), limit)]
    return [(pk, code) for pk, code in rows(RANKED, [*parameters, limit])]


def having(terms: Sequence[Term], limit: int) -> list[tuple[int, int, int, str]]:
    asked = [(number, tier, match([term], tier), limit) for number, term in enumerate(terms) for tier in PLACES]
    return [*rows(with_codes(HAVING, len(asked)), [value for one in asked for value in one])]


def similar(terms: Sequence[Term]) -> list[tuple[str, str]]:
    parts = [part for term in terms for part in (*known(term), near(term.word))]
    statement = " UNION ALL ".join(sql for sql, _ in parts)
    return [(word, other) for word, other in rows(statement, [value for _, values in parts for value in values])]


def known(term: Term) -> list[tuple[str, list[str | int]]]:
    return [(KNOWN, [term.word, prefix, prefix, prefix + LAST]) for prefix in term.prefixes]


def near(word: str) -> tuple[str, list[str | int]]:
    return NEAR, [word, len(word) - reach(word), len(word) + reach(word), word[0], word[-2:]]


def places(choices: Sequence[Sequence[Term]]) -> list[int]:
    questions = [match(terms, tier) for terms in choices for tier in range(TIER_COUNT)]
    return best_tiers(rows(f"SELECT {', '.join([FOUND] * len(questions))}", questions)[0])


def match(terms: Sequence[Term], tier: int) -> str:
    """A question to FTS5. Words hold letters and digits only, so quotes around them are all the care they need."""
    words = (" OR ".join(f'"{prefix}"*' for prefix in term.prefixes) for term in terms)
    return f"{{{' '.join(TIERS[tier])}}} : ({' AND '.join(f'({word})' for word in words)})"
