"""``export_toml``: the canonical file, whole or not at all."""

import os
import stat
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest

from patterns.files.reader import read_one
from patterns.files.toml import write_toml
from patterns.models import Catalog, Pattern
from patterns.store.reading import load_document
from patterns.tests.commands.terminal import GIVEN, edited, refused, said
from patterns.tests.document.documents import category, document
from patterns.tests.factories import RICH, change_header, change_pattern, entry, make_pattern, make_patterns
from patterns.tests.store.scratch import rows_of_all_tables

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file of a small catalogue, exported."""
    make_pattern("01", **RICH)
    make_pattern("02", status="draft")
    said("export_toml", tmp_path / "catalog.toml")
    return tmp_path / "catalog.toml"


def items(text: str) -> list[str]:
    written, _, _ = text.partition("\n[end]\n")
    return [f"[[items]]{block}".rstrip("\n") for block in written.split("[[items]]")[1:]]


def test_the_given_entries_come_back_byte_for_byte(tmp_path: Path):
    said("import_toml", GIVEN)
    said("export_toml", tmp_path / "catalog.toml")

    given, exported = (path.read_bytes().decode() for path in (GIVEN, tmp_path / "catalog.toml"))

    assert len(items(given)) == 12
    assert items(exported) == items(given)


def test_it_writes_to_standard_output_without_a_path(path: Path):
    assert said("export_toml") == path.read_text()


def test_a_dash_is_standard_output_and_names_no_file(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)

    assert said("export_toml", "-") == path.read_text()
    assert [*tmp_path.iterdir()] == [path]


def test_a_dash_is_checked_against_standard_input(path: Path, monkeypatch: pytest.MonkeyPatch):
    def given(data: bytes) -> None:
        monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(data)))

    given(path.read_bytes())
    assert said("export_toml", "-", check=True) == ""

    given(path.read_bytes().replace(b"Pattern 02", b"Other 02"))
    assert "standard input differs from the catalogue:\n--- standard input" in refused("export_toml", "-", check=True)


def test_it_writes_nothing_into_the_database(path: Path):
    before = rows_of_all_tables()

    said("export_toml")

    assert rows_of_all_tables() == before


def test_a_whole_export_names_its_base_and_has_every_status(path: Path):
    file = read_one(path.read_bytes())

    assert (file.base, file.partial) == (Catalog.objects.get().base, False)
    assert {code: entry.status for code, entry in file.document.entries.items()} == {"01": "published", "02": "draft"}


def test_an_export_of_what_readers_see_is_partial(path: Path):
    file = read_one(said("export_toml", published=True).encode())

    assert (file.base, file.partial, [*file.document.entries]) == ("", True, ["01"])


def test_an_export_of_some_entries_is_partial_and_in_code_order(path: Path):
    make_patterns(2, first=10)

    file = read_one(said("export_toml", code=["10", "02"]).encode())

    assert (file.base, file.partial, [*file.document.entries]) == ("", True, ["02", "10"])


def test_a_code_that_no_entry_has_is_refused(path: Path):
    assert refused("export_toml", code=["01", "98", "99"]) == "There is no such entry to export: 98, 99"


def test_a_draft_is_not_among_the_published_entries(path: Path):
    assert refused("export_toml", code=["02"], published=True) == "There is no such entry to export: 02"


def test_an_export_of_what_readers_see_names_nothing_else(tmp_path: Path):
    make_pattern("01", status="draft")
    make_pattern("02", replaced_by="01", relations=[{"type": "uses", "target": "01", "why": "Secretly."}])

    said("export_toml", tmp_path / "public.toml", published=True)

    assert read_one((tmp_path / "public.toml").read_bytes()).document.entries == {"02": entry("02")}


# --check


def test_check_accepts_the_export_and_writes_nothing(path: Path):
    before = path.stat()

    assert said("export_toml", path, check=True) == ""
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_check_ignores_the_base(path: Path):
    change_pattern(Pattern(code="01"), description="New.")
    change_pattern(Pattern(code="01"), description="What Pattern 01 is.")

    assert said("export_toml", path, check=True) == ""
    assert f'base = "{Catalog.objects.get().base}"' not in path.read_text()


@pytest.mark.parametrize("header", [{}, {"title": "All"}])
def test_check_accepts_a_file_that_names_no_base(tmp_path: Path, header: dict[str, Any]):
    make_pattern("01", problem='base = "x:1"\nis what a file may say.')
    change_header(**header)
    path = tmp_path / "catalog.toml"
    path.write_text(write_toml(load_document()))

    assert said("export_toml", path, check=True) == ""


def test_check_shows_what_differs_as_a_unified_diff(path: Path):
    message = refused("export_toml", edited(path, "What Pattern 02 is.", "What it was."), check=True)

    assert message.splitlines()[:3] == [f"{path} differs from the catalogue:", f"--- {path}", "+++ catalogue"]
    assert '-description = "What it was."\n+description = "What Pattern 02 is."' in message


def test_check_looks_past_line_ends_and_says_so(path: Path):
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    assert said("export_toml", path, check=True) == f"{path} says the same; its layout differs (CRLF line ends)\n"


def test_check_looks_past_the_layout_of_another_tool_and_says_so(path: Path):
    text = edited(path, "entries = 2", "# all of them\nentries=2 ").read_text()
    path.write_bytes(f"\ufeff{text}".encode())

    message = f"{path} says the same; its layout differs (a byte order mark, order, spaces or comments)\n"
    assert said("export_toml", path, check=True) == message


def test_check_of_another_layout_shows_only_what_differs(path: Path):
    edited(path, "What Pattern 02 is.", "What it was.")
    path.write_bytes(path.read_bytes().replace(b" = ", b"   =   ").replace(b"\n", b"\r\n"))

    lines = refused("export_toml", path, check=True).splitlines()[3:]

    changed = [line for line in lines if line[0] in "+-"]
    assert changed == ['-description = "What it was."', '+description = "What Pattern 02 is."']


def test_check_sees_no_difference_in_keys_that_state_a_default_or_nothing(path: Path):
    edited(path, "\n\n[end]", '\nkind = "pattern"\nsolution = ""\naliases = []\n\n[end]')

    assert said("export_toml", path, check=True).endswith("(order, spaces or comments)\n")


def test_check_sees_no_difference_in_categories_that_the_file_leaves_to_its_entries(tmp_path: Path):
    said("import_toml", GIVEN)

    assert "says the same" in said("export_toml", GIVEN, check=True)


def test_check_sees_another_order_of_the_categories(tmp_path: Path):
    path = tmp_path / "catalog.toml"
    path.write_text(write_toml(document(categories=[category("Z"), category("A")])))
    said("import_toml", path)

    path.write_text(write_toml(document(categories=[category("A"), category("Z")])))

    assert '-name = "Z"' in refused("export_toml", path, check=True)


def test_check_takes_no_part_for_the_whole(path: Path):
    change_pattern(Pattern(code="02"), status="published")
    said("export_toml", path, published=True)

    assert "\n-partial = true" in refused("export_toml", path, check=True)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"\xff", "catalog.toml, line 1: is not UTF-8 (byte 0xFF); save the file as UTF-8"),
        (b"Catalogue\n", "catalog.toml, line 1, column 10: is not TOML"),
        (b'[catalog]\nbase = "k3xq7w:42"\n', "end: is missing, as if the file had been cut off"),
    ],
)
def test_check_of_what_cannot_be_read_says_why(tmp_path: Path, data: bytes, problem: str):
    make_pattern()
    path = tmp_path / "catalog.toml"
    path.write_bytes(data)

    assert problem in refused("export_toml", path, check=True)


def test_check_of_a_missing_file_is_refused(tmp_path: Path):
    assert "no such file or directory" in refused("export_toml", tmp_path / "catalog.toml", check=True)


def test_check_compares_the_same_part(path: Path):
    said("export_toml", path, published=True)

    assert said("export_toml", path, check=True, published=True) == ""
    assert "+partial = true" not in refused("export_toml", path, check=True)


# comments above the tables

SCHEMA = "#:schema https://catalog.example/catalog.schema.json\n# CC BY 4.0\n\n"


def test_comments_above_the_first_table_stay(path: Path):
    exported = path.read_text()
    path.write_text(f"{SCHEMA}{exported}")

    said("export_toml", path)

    assert path.read_text() == f"{SCHEMA}{exported}"
    assert said("export_toml", path, check=True) == ""
    assert said("export_toml") == exported


def test_comments_stay_without_the_line_ends_of_windows(path: Path):
    exported = path.read_text()
    path.write_bytes(f"\ufeff{SCHEMA}{exported}".replace("\n", "\r\n").encode())

    said("export_toml", path)

    assert path.read_bytes().decode() == f"{SCHEMA}{exported}"


@pytest.mark.parametrize(
    ("before", "kept"), [("# Mine", "# Mine\n"), ("# Mine\n", "# Mine\n"), ("\n# A\n\n", "\n# A\n\n")]
)
def test_a_file_of_comments_alone_keeps_them(path: Path, before: str, kept: str):
    exported = path.read_text()
    path.write_text(before)

    said("export_toml", path)

    assert path.read_text() == f"{kept}{exported}"


@pytest.mark.parametrize(
    "before",
    [b"", b"\n\n", b"Title\n# below\n", b"# \xff\n", b"# bell \x07\n", b"<<<<<<< HEAD\n# ours\n", b"a = 1 # why\n"],
)
def test_nothing_but_comments_is_kept(path: Path, before: bytes):
    exported = path.read_text()
    path.write_bytes(before)

    said("export_toml", path)

    assert path.read_text() == exported


# the file


def test_the_old_file_is_replaced_in_one_step_and_keeps_its_mode(path: Path):
    path.chmod(0o640)
    before = path.stat()

    said("export_toml", path)

    assert path.stat().st_ino != before.st_ino
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [one.name for one in path.parent.iterdir()] == ["catalog.toml"]


def test_a_new_file_has_the_usual_mode(tmp_path: Path):
    before = os.umask(0o027)
    try:
        said("export_toml", tmp_path / "catalog.toml")
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "catalog.toml").stat().st_mode) == 0o640


def test_a_link_stays_a_link(path: Path):
    link = path.with_name("link.toml")
    link.symlink_to(path.name)
    path.write_text("old")

    said("export_toml", link)

    assert link.is_symlink()
    assert path.read_text() == said("export_toml")


def test_a_pipe_is_written_and_not_replaced(path: Path):
    pipe = path.with_name("pipe")
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)

    said("export_toml", pipe)

    assert pipe.is_fifo()
    assert os.read(reader, 100_000).decode() == path.read_text()
    os.close(reader)


def test_the_bytes_are_utf_8_with_plain_line_ends(tmp_path: Path):
    make_pattern(name="Straße 日本", slug="street")
    said("export_toml", tmp_path / "catalog.toml")

    data = (tmp_path / "catalog.toml").read_bytes()

    assert 'name = "Straße 日本"\n'.encode() in data
    assert b"\r" not in data


def test_a_directory_is_refused(tmp_path: Path):
    assert refused("export_toml", tmp_path) == f"{tmp_path}: is a directory; the file is as it was"
    assert [*tmp_path.parent.glob(f".{tmp_path.name}*")] == []


def test_a_missing_folder_is_refused(tmp_path: Path):
    path = tmp_path / "missing" / "catalog.toml"

    assert refused("export_toml", path) == f"{path}: no such file or directory; the file is as it was"


def test_the_order_of_the_categories_is_that_of_the_file(tmp_path: Path):
    path = tmp_path / "catalog.toml"
    path.write_text(write_toml(document(categories=[category("Z"), category("A"), category("M")])))
    said("import_toml", path)

    assert said("export_toml", path, check=True) == ""
