"""The steps of ``docs/git.md``, carried out by the real Git: a catalogue on branches, and in clones with CRLF."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from patterns.document.catalog import Document
from patterns.document.register import with_values
from patterns.files.toml import entry_block
from patterns.models import Catalog, Pattern
from patterns.store.reading import load_document, load_entries
from patterns.tests.commands.terminal import refused, said
from patterns.tests.factories import change_pattern, entry
from patterns.tests.store.scratch import ROOT

GIT = shutil.which("git")
TAPLO = shutil.which("taplo", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
pytestmark = [pytest.mark.django_db, pytest.mark.skipif(GIT is None, reason="git is not installed")]

PERSON = {f"GIT_{role}_{what}": "a@b.example" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    **PERSON,
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "LC_ALL": "C",
}
CONFLICT = re.compile(r"<{7} .*\n(.*\n)={7}\n(.*\n)>{7} .*\n")  # about one line


@dataclass(frozen=True)
class Clone:
    folder: Path

    @property
    def file(self) -> Path:
        return self.folder / "catalog.toml"

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [str(GIT), *arguments]
        return subprocess.run(command, cwd=self.folder, env=ENVIRONMENT, capture_output=True, text=True)

    def git(self, *arguments: str) -> str:
        """Run Git, which must succeed; returns what it said."""
        done = self.run(*arguments)
        assert done.returncode == 0, (arguments, done.stdout, done.stderr)
        return done.stdout

    def commit(self, message: str) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)

    def edit(self, old: str, new: str) -> None:
        """Edit the file as an editor does that keeps the line ends of a file."""
        data = self.file.read_bytes()
        ends = "\r\n" if b"\r\n" in data else "\n"
        before, after = (text.replace("\n", ends).encode() for text in (old, new))
        assert data.count(before) == 1, old
        self.file.write_bytes(data.replace(before, after))


@dataclass(frozen=True)
class Repository:
    """A bare repository, and the clone in which ``main`` follows the database."""

    folder: Path
    settings: tuple[str, ...]
    main: Clone

    def clone(self, name: str) -> Clone:
        arguments = ["clone", "--quiet", *self.settings, "origin.git", name]
        subprocess.run([str(GIT), *arguments], cwd=self.folder, env=ENVIRONMENT, check=True, capture_output=True)
        return Clone(self.folder / name)

    def branch(self, name: str, *edits: tuple[str, str]) -> None:
        """What a person does on a branch in a clone of their own: edit, lint, commit, push."""
        clone = self.clone(name)
        clone.git("switch", "--quiet", "--create", name)
        for old, new in edits:
            clone.edit(old, new)
        said("lint_catalog", clone.file)
        clone.commit(f"Edits of {name}")
        clone.git("push", "--quiet", "origin", name)

    def merge(self, name: str) -> bool:
        """Merge a branch into main; whether Git did so by itself."""
        self.main.git("fetch", "--quiet")
        return self.main.run("merge", "--quiet", "--no-edit", f"origin/{name}").returncode == 0

    def bring_in(self) -> None:
        """What is done on main after a merge."""
        said("import_toml", self.main.file)
        self.export()

    def export(self) -> None:
        said("export_toml", self.main.file)
        self.main.commit("Export")
        self.main.git("push", "--quiet", "origin", "main")


def started(folder: Path, attributes: str, *settings: str) -> Repository:
    """A repository with the catalogue that comes with the site, exported."""
    bare = ["init", "--quiet", "--bare", "--initial-branch", "main", "origin.git"]
    subprocess.run([str(GIT), *bare], cwd=folder, env=ENVIRONMENT, check=True)
    repository = Repository(folder, settings, Clone(folder / "main"))
    repository.clone("main").run("switch", "--quiet", "--create", "main")
    (repository.main.folder / ".gitattributes").write_text(f"{attributes}\n")
    said("import_toml", ROOT / "fixtures" / "patterns.toml")
    repository.export()
    return repository


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return started(tmp_path, "catalog.toml text eol=lf")


@pytest.fixture
def with_crlf(tmp_path: Path) -> Repository:
    """All its clones are as on Windows."""
    return started(tmp_path, "* text=auto", "--config", "core.autocrlf=true")


def with_edits(document: Document, **edits: dict[str, object]) -> dict[str, object]:
    """The entries of a document with keys of some of them edited; ``_06`` edits the entry 06."""
    changed = {code[1:]: with_values(document.entries[code[1:]], values) for code, values in edits.items()}
    return {**document.entries, **changed}


def line_of(code: str, key: str) -> str:
    """The line that states a text of an entry."""
    value = getattr(load_entries()[code], key)
    return f'{key} = "{value}"'


def use_when(code: str) -> tuple[str, ...]:
    return load_entries()[code].use_when


def both_edit(repository: Repository) -> tuple[bool, dict[str, object]]:
    """Two branches edit neighbours, and an editor a third entry; returns whether Git merged both, and what is due."""
    before = load_document()
    last = use_when("06")[-1]
    repository.branch("ann", (f'    "{last}",\n]', f'    "{last}",\n    "a step may fail after hours",\n]'))
    repository.branch("ben", (line_of("07", "description"), 'description = "Keeps state and message in step."'))
    change_pattern(Pattern.objects.get(code="05"), description="An editor keeps both sides of the data apart.")
    is_merged = repository.merge("ann") and repository.merge("ben")
    return is_merged, with_edits(
        before,
        _05={"description": "An editor keeps both sides of the data apart."},
        _06={"use_when": (*before.entries["06"].use_when, "a step may fail after hours")},
        _07={"description": "Keeps state and message in step."},
    )


def test_two_branches_and_an_editor_all_get_their_edits_in(repository: Repository):
    is_merged, due = both_edit(repository)

    repository.bring_in()

    assert is_merged
    assert load_entries() == due
    assert said("export_toml", repository.main.file, check=True) == ""


def test_so_they_do_in_clones_with_crlf(with_crlf: Repository):
    is_merged, due = both_edit(with_crlf)
    assert b"\r\n" in with_crlf.main.file.read_bytes()

    with_crlf.bring_in()

    assert is_merged
    assert load_entries() == due
    assert b"\r\n" in with_crlf.clone("another").file.read_bytes()
    assert "(CRLF line ends)" in said("export_toml", with_crlf.folder / "another" / "catalog.toml", check=True)


def test_a_branch_that_began_before_the_last_export_merges_too(repository: Repository):
    repository.branch("ann", (line_of("06", "description"), 'description = "Undoes a long transaction in steps."'))
    change_pattern(Pattern.objects.get(code="07"), description="Keeps state and message in step.")
    repository.export()

    is_merged = repository.merge("ann")
    repository.bring_in()

    assert is_merged
    assert load_entries()["06"].description == "Undoes a long transaction in steps."
    assert load_entries()["07"].description == "Keeps state and message in step."


def test_an_import_after_nothing_but_an_export_changes_nothing(repository: Repository):
    version = Catalog.objects.get().version

    said("import_toml", repository.main.file)

    assert Catalog.objects.get().version == version


def both_export(repository: Repository) -> None:
    """A branch breaks the rule: it exports as well, and main does so once more, later."""
    clone = repository.clone("ann")
    clone.git("switch", "--quiet", "--create", "ann")
    change_pattern(Pattern.objects.get(code="09"), description="An editor was here before both exports.")
    said("export_toml", clone.file)
    clone.edit(line_of("06", "description"), 'description = "Undoes a long transaction in steps."')
    clone.commit("Edit, and export")
    clone.git("push", "--quiet", "origin", "ann")
    change_pattern(Pattern.objects.get(code="11"), description="An editor was here between the two exports.")
    repository.export()


def test_of_two_bases_that_of_main_is_right(repository: Repository):
    both_export(repository)
    assert not repository.merge("ann")
    assert "of two bases keep that of the branch that the database follows" in refused(
        "import_toml", repository.main.file
    )
    change_pattern(Pattern.objects.get(code="11"), description="An editor was here once more.")
    before = load_document()

    text, count = CONFLICT.subn(r"\1", repository.main.file.read_text())
    repository.main.file.write_text(text)
    repository.bring_in()

    assert count == 1
    assert load_entries() == with_edits(before, _06={"description": "Undoes a long transaction in steps."})


def test_the_older_of_two_bases_loses_nothing_and_asks_what_is_clear(repository: Repository):
    both_export(repository)
    repository.merge("ann")
    change_pattern(Pattern.objects.get(code="11"), description="An editor was here once more.")

    repository.main.file.write_text(CONFLICT.sub(r"\2", repository.main.file.read_text()))

    assert "1 conflict" in refused("import_toml", repository.main.file)


def test_two_branches_that_add_an_entry_are_told_to_count(repository: Repository):
    for name, before in (("ann", "02"), ("ben", "09")):
        new = entry_block(entry(f"{before}b", category="Data Pattern", description="An entry that came on a branch."))
        first = f'[[items]]\ncode = "{before}"'
        repository.branch(name, (first, f"{new}\n{first}"), ("entries = 24", "entries = 25"))

    assert repository.merge("ann")
    assert repository.merge("ben")
    assert "end.entries: says 25, and the file holds 26" in refused("import_toml", repository.main.file)
    repository.main.edit("entries = 25", "entries = 26")
    repository.bring_in()

    assert {"02b", "09b"} < load_entries().keys()
    assert "entries = 26" in repository.main.file.read_text()


@pytest.mark.skipif(TAPLO is None, reason="taplo is not installed")
@pytest.mark.parametrize("options", [[], ["reorder_keys=true", "align_entries=true", "column_width=60", "crlf=true"]])
def test_a_formatter_changes_nothing(repository: Repository, options: list[str]):
    exported, before = repository.main.file.read_bytes(), load_document()
    chosen = [argument for option in options for argument in ("--option", option)]
    subprocess.run([str(TAPLO), "format", *chosen, "catalog.toml"], cwd=repository.main.folder, check=True)

    assert repository.main.file.read_bytes() != exported
    assert "says the same; its layout differs" in said("export_toml", repository.main.file, check=True)
    said("import_toml", repository.main.file)
    assert load_document() == before
    said("export_toml", repository.main.file)
    assert repository.main.file.read_bytes() == exported
