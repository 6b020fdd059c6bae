"""A file in which Git left a conflict is refused with one problem, whatever its format."""

from time import process_time

import pytest

from patterns.document.problems import InvalidCatalog, Problem
from patterns.files.csv import write_csv
from patterns.files.json import write_json
from patterns.files.reader import Upload, read_files, read_one
from patterns.files.toml import write_toml
from patterns.tests.document.documents import document, entry

KEEP = "keep one side, or what is right of both, and remove Git's own lines"
WHOLE = document(entry("01"), entry("02"))
TEXTS = {"toml": write_toml(WHOLE, base="k3xq7w:42"), "json": write_json(WHOLE), "csv": write_csv(WHOLE)}
SPOKEN = "Git leaves this:\n<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> theirs\nDecide."


def conflicting(text: str, line: str, other: str, *, common: str = "") -> str:
    """The text as Git leaves it when two branches changed one line."""
    [whole] = [one for one in text.splitlines(keepends=True) if line in one]
    parents = f"||||||| 1a2b3c\n{common}\n" if common else ""
    return text.replace(whole, f"<<<<<<< HEAD\n{whole}{parents}=======\n{other}\n>>>>>>> branch\n")


def problem_of(text: str, format: str = "toml") -> Problem:
    """The one problem of a text."""
    with pytest.raises(InvalidCatalog) as refusal:
        read_files([Upload(f"catalog.{format}", format, text.encode())])
    [problem] = refusal.value.problems
    return problem


@pytest.mark.parametrize("format", TEXTS)
def test_a_conflict_is_the_one_problem_of_a_file(format: str):
    text = conflicting(TEXTS[format], "entry-02", '"another line"')
    line = text[: text.index("<<<<<<<")].count("\n") + 1

    problem = str(problem_of(text, format))

    assert problem == f"catalog.{format}, line {line}: holds a conflict that Git left; {KEEP}"


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_conflict_with_the_common_lines_between_is_one_too(ends: str):
    text = conflicting(TEXTS["toml"], 'name = "Entry 02"', 'name = "Second"', common='name = "Two"')

    assert problem_of(text.replace("\n", ends)).message == "holds a conflict that Git left"


def test_several_conflicts_are_counted_in_one_problem():
    text = conflicting(TEXTS["toml"], 'name = "Entry 02"', 'name = "Second"')
    text = conflicting(text, 'name = "Entry 01"', 'name = "First"')

    assert problem_of(text).message == "holds 2 conflicts that Git left"


def test_of_two_bases_it_says_which_to_keep():
    problem = problem_of(conflicting(TEXTS["toml"], "base =", 'base = "k3xq7w:43"'))

    assert problem.hint == (
        f"{KEEP}; of two bases keep that of the branch that the database follows: the import compares with that state"
    )


def test_a_line_of_git_that_was_forgotten_is_found():
    assert problem_of(f"{TEXTS['toml']}>>>>>>> branch\n").message == "holds a conflict that Git left"


def test_a_text_may_speak_of_conflicts():
    spoken = document(entry("01", solution=SPOKEN))

    for format, text in (("toml", write_toml(spoken)), ("json", write_json(spoken))):
        assert read_files([Upload("a", format, text.encode())]).document.entries == spoken.entries
    assert read_one(write_csv(spoken).encode(), format="csv").document.entries == spoken.entries


def test_a_line_of_signs_is_no_conflict():
    assert problem_of("<<<<<<<<\n").message.startswith("is not TOML")
    assert problem_of("=======\n").message.startswith("is not TOML")


@pytest.mark.parametrize("format", ["toml", "csv"])
@pytest.mark.parametrize("text", ["<<<<<<< \n" * 100_000, "x\n<<<<<<< a\n" + "\n" * 500_000 + ">>>>>>> b\n"])
def test_a_million_markers_and_lines_are_counted_at_once(format: str, text: str):
    start = process_time()

    problem_of(text, format)

    assert process_time() - start < 3


def test_a_text_that_speaks_of_markers_does_not_hide_what_is_wrong_elsewhere():
    text = write_toml(document(entry("01", problem=SPOKEN))) + "\n[[items]\n"

    assert "is not TOML" in str(problem_of(text))
