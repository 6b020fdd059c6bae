"""What published entries require of each other, as far as it concerns one of them."""

from collections.abc import Sequence

from django.db import connection

from patterns.document.debts import Requirement

REACHED_COUNT = 61  # entries, the nearest first: more than anybody could act on
# One query for the whole closure: Django's own would need one for each step.
REACHED = """
    WITH RECURSIVE reached(code) AS (
        SELECT code FROM patterns_pattern WHERE status = 'published' AND code IN ({places})
        UNION
        SELECT stated.target
        FROM reached
        JOIN patterns_relation AS stated ON stated.source_id = reached.code AND stated.type = 'requires'
        JOIN patterns_pattern AS entry ON entry.code = stated.target AND entry.status = 'published'
    )
    SELECT stated.source_id, stated.target, stated.why
    FROM patterns_relation AS stated
    JOIN patterns_pattern AS entry ON entry.code = stated.target AND entry.status = 'published'
    WHERE stated.type = 'requires' AND stated.source_id IN (SELECT code FROM reached LIMIT %s)
"""


def requirements_from(codes: Sequence[str]) -> list[Requirement]:
    """The requirements that lead on from some entries, over published entries only, in no order, each once.

    Those of the nearest REACHED_COUNT entries: both databases reach them level by level, and stop there.
    """
    statement = REACHED.format(places=", ".join(["%s"] * len(codes)))
    with connection.cursor() as cursor:
        cursor.execute(statement, [*codes, REACHED_COUNT])
        return [Requirement(*row) for row in cursor.fetchall()]
