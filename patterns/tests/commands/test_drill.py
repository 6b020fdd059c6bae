"""``drill cut``: no cut of an export is taken for a smaller catalogue, and the drill would tell."""

import re
from pathlib import Path
from random import Random

import pytest

from patterns.bench import scratch
from patterns.bench.cuts import BASE, WRITERS, UncutFile, cut_outcome, cuts_of, uncut_file
from patterns.document.catalog import Document
from patterns.document.problems import InvalidCatalog
from patterns.files.toml import write_toml
from patterns.tests.commands.terminal import refused_by, said
from patterns.tests.document.documents import document, entry
from patterns.tests.factories import RICH

WHOLE = document(entry("01", **RICH), entry("02", problem="It hurts."), entry("03", aliases=["Third"]))


def without_end(document: Document, *, base: str = "") -> str:
    """As exports were written before they had an end, but without a base, so that the reader takes it."""
    return write_toml(document)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The drill cuts three entries instead of those of the site, which takes a moment."""
    path = tmp_path / "small.toml"
    path.write_text(write_toml(WHOLE))
    monkeypatch.setattr(scratch, "GIVEN", str(path))


def outcomes(file: UncutFile) -> set[str]:
    return {cut_outcome(length, file=file) for length in range(len(file.data))}


@pytest.mark.parametrize("format", WRITERS)
def test_no_cut_of_an_export_loses_anything(format: str):
    assert outcomes(uncut_file("three", WHOLE, format=format, writer=WRITERS[format])) == {"refused", "read"}


def test_the_whole_file_changes_nothing():
    file = uncut_file("three", WHOLE, format="toml", writer=write_toml)

    assert cut_outcome(len(file.data), file=file) == "read"


def test_cuts_are_at_every_line_end_and_at_random_bytes():
    data = b"one\ntwo\n" + b"three" * 200

    assert cuts_of(data, byte_count=0, rng=Random(1)) == [0, 4, 8, len(data) - 1]
    assert len(cuts_of(data, byte_count=100, rng=Random(1))) > 95
    assert cuts_of(data, byte_count=9, rng=Random(1)) == cuts_of(data, byte_count=9, rng=Random(1))
    assert cuts_of(data, byte_count=10**6, rng=Random(1)) == [*range(len(data))]


def test_a_file_without_an_end_is_found_to_lose_something():
    assert "lost" in outcomes(uncut_file("three", WHOLE, format="toml", writer=without_end))


def test_a_writer_whose_files_are_refused_uncut_proves_nothing():
    with pytest.raises(InvalidCatalog, match="three as toml: end: is missing"):
        uncut_file("three", WHOLE, format="toml", writer=lambda document, base: f'[catalog]\nbase = "{BASE}"\n')


def test_the_drill_counts_what_became_of_the_cuts(small: None):
    text = said("drill", "cut", entries=3, bytes=20, seed=1)

    assert text.startswith("Seed 1\n")
    for name in ("toml, the given ones", "toml, 3 generated", "json, the given ones", "json, 3 generated"):
        [(cuts, refused, read, lost)] = re.findall(rf"{name} +(\d+) +(\d+) +(\d+) +(\d+)", text)
        assert int(cuts) == int(refused) + int(read) > 20
        assert lost == "0"


def test_a_loss_ends_with_1_and_names_the_first_cuts(small: None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(WRITERS, "toml", without_end)

    message = refused_by("drill", "cut", entries=1, bytes=400, formats=["toml"])

    assert "A cut was accepted, and something was lost:\n  toml, the given ones: cut after " in message
    assert re.search(r"cut after \d+ bytes, in line \d+\n", message)
    assert " more" in message
