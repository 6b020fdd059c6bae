import re
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.core.management import CommandError, call_command

from patterns.bench.browser import Unexpected
from patterns.bench.costs import Subject, ask, request
from patterns.bench.growth import SIZES, GrowthFigures, Sized
from patterns.bench.scratch import CATEGORIES, generated
from patterns.bench.site import Server
from patterns.document.entry import GIVEN_KEYS
from patterns.files.reader import read_one
from patterns.files.toml import write_toml
from patterns.lab.experiments import EXPERIMENTS
from patterns.management.commands.bench import Command, page_of


@pytest.fixture
def scratch(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return tmp_path


def measured(capsys, scratch, what: str) -> list[list[str]]:
    """The cells of the table; no test here may open a database, so the command does not either, and it cleans up."""
    call_command("bench", what, "--entries", "50", "--runs", "1")
    assert list(scratch.iterdir()) == []
    lines = capsys.readouterr().out.splitlines()
    return [line.split() for line in lines if line.strip() and line.strip()[-1].isalnum()]


def test_import_is_measured_beside_the_floor_and_the_plain_resource(capsys, scratch):
    title, headings, floor, *rows = measured(capsys, scratch, "import")

    assert " ".join(title) == "Import of 50 entries"
    assert " ".join(headings) == "seconds to floor peak MiB against plain"
    assert (floor[0], floor[-2]) == ("floor:", "1.00")
    assert [row[0] for row in rows] == ["create", "unchanged", "every", "plain", "plain"]


def test_export_is_measured_beside_the_floor_and_the_plain_resource(capsys, scratch):
    title, _, *rows = measured(capsys, scratch, "export")

    assert " ".join(title) == "Export of 50 entries"
    assert [row[0] for row in rows] == ["floor:", "TOML", "plain"]


@pytest.mark.parametrize("arguments", [["export", "--entries", "0"], ["import", "--runs", "many"], ["everything"], []])
def test_wrong_arguments_are_refused(arguments):
    with pytest.raises(CommandError):
        call_command(Command(), *arguments)


def test_generated_entries_are_valid_and_hold_the_given_keys_only():
    document = generated(200)

    file = read_one(write_toml(document).encode())

    assert file.document.entries == document.entries
    assert all(entry.model_fields_set == set(GIVEN_KEYS) for entry in file.document.entries.values())
    assert {entry.category for entry in document.entries.values()} == set(CATEGORIES)


def test_generated_texts_are_about_300_characters_long():
    lengths = [len(entry.description) for entry in generated(200).entries.values()]

    assert 270 < sum(lengths) / len(lengths) < 330


def test_generated_entries_are_the_same_every_time():
    assert generated(50) == generated(50)


def test_another_salt_changes_every_description_and_nothing_else():
    before, after = generated(50).entries, generated(50, salt="changed").entries

    assert all(before[code].description != after[code].description for code in before)
    assert before == {
        code: entry.model_copy(update={"description": before[code].description}) for code, entry in after.items()
    }


def test_the_lab_is_measured_beside_the_page_of_an_entry(capsys, scratch):
    call_command("bench", "lab", "--runs", "2")

    out = capsys.readouterr().out
    assert "its visitors were answered" in out.splitlines()[0]
    assert all(f"one pair: {experiment.slug}" in out for experiment in EXPERIMENTS)
    assert "entry page beside 20 visitors of the lab" in out
    assert list(scratch.iterdir()) == []


def ratios(text: str) -> dict[str, float]:
    """Label → what it costs as a multiple of a static file."""
    rows = re.findall(r"^ *(\S.*?) +[\d,]+ +[\d,]+ +([\d.]+) +[\d.]+ *$", text, re.MULTILINE)
    return {label: float(ratio) for label, ratio in rows}


def test_pages_are_measured_beside_their_peers_on_the_same_server(capsys, scratch):
    call_command("bench", "pages", "--runs", "1")

    found = ratios(capsys.readouterr().out)
    assert found["WhiteNoise, as our site serves it"] == 1
    assert found["bare WSGI constant"] < found["cache_page"] < found["plain Django view"]
    assert found["ours, warm"] < found["ours, cold"]
    assert {"ours, 304", "ours, HEAD", "WhiteNoise alone"} < found.keys()
    assert list(scratch.iterdir()) == []


def test_an_answer_with_another_status_is_not_measured():
    server = Server(1, None, Path("log"))

    with pytest.raises(Unexpected, match="answered with 404 instead of 200"):
        ask(Mute(404), Subject("a page", server, request("/")))


class Mute:
    """A connection that answers with a status and nothing else."""

    def __init__(self, status: int) -> None:
        self.status = status

    def ask(self, request: bytes) -> tuple[int, bytes]:
        return self.status, b""


def test_growth_is_drawn_as_multiples_of_a_thousand_entries():
    sizes = [Sized(n, {"entry": 5, "list": n / 100, "search": 7, "import": n / 1_000, "export": 3}) for n in SIZES]

    figures = GrowthFigures(sizes)

    lines = {line.name: [point.y for point in line.points] for line in figures.lines()}
    assert lines["entry, per request"] == [1, 1, 1, 1]
    assert lines["list, per request"] == [0.012, 1, 10, 100]
    assert lines["import, per entry"] == [1, 1, 1]
    assert lines["export, per entry"] == pytest.approx([1, 0.1, 0.01])
    assert ElementTree.fromstring(figures.drawing()).tag == "{http://www.w3.org/2000/svg}svg"


def test_a_page_of_tables_says_when_and_on_what():
    figures = GrowthFigures([Sized(12, dict.fromkeys(("entry", "list", "search", "import", "export"), 2.5))])

    page = page_of([figures.table()], asked="growth", at=datetime(2026, 3, 1, tzinfo=UTC))

    assert "`manage.py bench growth --write` on 2026-03-01: " in page
    assert re.search(r"12 +2\.50 +2\.50", page)
