"""What stands in front of the pages stands there in the site that gunicorn serves, too."""

from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from archsite.admission import BUSY, MAKERS
from archsite.limits import SUGGESTIONS
from patterns.tests.factories import make_pattern
from patterns.tests.serving import serving
from patterns.tests.store.scratch import Scratch, scratch

__all__ = ["scratch"]
pytestmark = pytest.mark.database


def test_who_asks_too_often_is_told_to_wait(program: Path, scratch: Scratch):
    make_pattern(slug="saga")
    path, enough = "/patterns/saga/suggest/", 4 * SUGGESTIONS.a_minute  # on a slow machine some have rested meanwhile
    with serving(program, DATABASE_URL=scratch.url) as served:
        answers = (served.post(path, {"words": ""}) for _ in range(enough))
        refused = next((answer for answer in answers if answer.status == 429), None)

        assert refused is not None
        assert int(refused.headers["Retry-After"]) >= 1
        assert "Nothing was sent" in refused.text
        assert served.get(path).status == 200


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="nobody can hold readers of SQLite up")
def test_who_comes_when_pages_stand_still_is_not_kept_waiting(program: Path, scratch: Scratch):
    make_pattern(slug="saga")
    paths = [f"/patterns/?q=saga{number}" for number in range(MAKERS + 1)]
    with serving(program, DATABASE_URL=scratch.url) as served, ThreadPoolExecutor(len(paths)) as pool:
        assert served.get("/patterns/").status == 200
        with psycopg.connect(scratch.url) as holder:
            holder.execute("LOCK TABLE patterns_pattern IN ACCESS EXCLUSIVE MODE")
            asked = [pool.submit(served.get, path) for path in paths]
            first = next(as_completed(asked)).result()
            in_memory = served.get("/patterns/")
        rest = sorted(one.result().status for one in asked)

    assert (first.status, first.text, first.headers["Retry-After"]) == (503, BUSY.decode(), "5")
    assert in_memory.status == 200
    assert rest == [*[200] * MAKERS, 503]
