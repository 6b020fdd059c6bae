"""``drill backup``: what it compares, and that it would tell."""

from pathlib import Path

import pytest

from patterns.bench.backups import digests_at, restored_digests, without_base
from patterns.operations.backup import manifest_of
from patterns.tests.commands.terminal import said
from patterns.tests.commands.test_backup import backed_up, change, folder

__all__ = ["folder"]


@pytest.mark.database
def test_a_backup_is_what_history_says_of_its_change(folder: Path):
    change("Second.")
    path = backed_up(folder)
    change("Third.")

    manifest = manifest_of(path)
    assert manifest is not None
    assert digests_at([1, 2, 3])[2] == manifest.contents.digest
    assert len({*digests_at([1, 2, 3]).values()}) == 3
    assert restored_digests([str(path)]) == [manifest.contents.digest]


@pytest.mark.database
def test_a_backup_of_another_moment_than_it_says_is_found(folder: Path):
    path = backed_up(folder)
    change("Second.")
    path.with_suffix(".json").unlink()

    [restored] = restored_digests([str(path)])

    assert restored == digests_at([1, 2])[1] != digests_at([1, 2])[2]


def test_exports_are_compared_but_for_their_base():
    one, other = b'[catalog]\nbase = "a:1"\ntitle = "T"\n', b'[catalog]\nbase = "b:2"\ntitle = "T"\n'

    assert without_base(one) == without_base(other) == b'[catalog]\ntitle = "T"\n'
    assert without_base(one) != without_base(other.replace(b"T", b"U"))


@pytest.mark.database
def test_an_export_names_its_base_in_a_line_of_its_own(folder: Path):
    text = said("export_toml").encode()

    assert len(without_base(text).splitlines()) == len(text.splitlines()) - 1
