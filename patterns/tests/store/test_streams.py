"""A streamed file is the one that is written at once, and of one moment."""

from collections.abc import Callable
from contextlib import closing

import pytest
from django.db import connection

from patterns.models import Pattern
from patterns.models.pattern import PatternQuerySet
from patterns.store import reading
from patterns.store.exports import export, stream
from patterns.tests.factories import RICH, change_pattern, make_category, make_pattern, make_patterns

pytestmark = pytest.mark.django_db
SELECTIONS = [lambda: None, lambda: Pattern.objects.filter(code__in=["01", "9", "10"])]


@pytest.fixture(params=[2, 500])
def _at_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """How many entries are read at once makes no difference to the file."""
    monkeypatch.setattr(reading, "CHUNK", request.param)


@pytest.mark.usefixtures("_at_once")
@pytest.mark.parametrize("published", [False, True])
@pytest.mark.parametrize("selected", SELECTIONS, ids=["all", "some"])
def test_a_streamed_file_is_the_one_that_is_written_at_once(
    selected: Callable[[], PatternQuerySet | None], published: bool
):
    make_category("Empty Shelf")
    for code in ("9", "10", "01"):
        make_pattern(code, **RICH)
    make_pattern("02", status="draft", category="Drawer")
    make_pattern("3", relations=[{"type": "uses", "target": code} for code in ("02", "10", "01")])
    change_pattern(Pattern.objects.get(code="9"), status="retired", replaced_by="02")

    assert "".join(stream(selected(), published=published)) == export(selected(), published=published).toml


def test_nothing_is_left_open_by_a_stream_that_is_left():
    make_patterns(3)

    with closing(stream()) as pieces:
        next(pieces)

    make_pattern("99")
    assert connection.is_usable()
