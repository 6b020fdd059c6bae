"""What the site is made of: locked with hashes, listed with its licences, and asked about honestly."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
LOCKS = ("requirements.txt", "requirements-dev.txt", ".ci/requirements.txt")
ROW = re.compile(r"^\| ([a-z0-9._-]+) \| (\d\S*) \| (.+) \|$", re.MULTILINE)


def pinned(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", (ROOT / lock).read_text(), re.MULTILINE))


def listed() -> list[list[tuple[str, str, str]]]:
    """Package, version and licence: of the site, and of its tests."""
    _, site, tests = (ROOT / "docs" / "licences.md").read_text().split("\n## ")
    return [ROW.findall(site), ROW.findall(tests)]


def test_every_package_is_listed_with_its_licence():
    site, tests = listed()

    assert {name: version for name, version, _ in site} == pinned("requirements.txt")
    assert {name: version for name, version, _ in [*site, *tests]} == pinned("requirements-dev.txt")


def test_the_site_takes_in_nothing_that_binds_it_to_another_licence():
    # The LGPL of psycopg is that of a library: it binds whoever changes psycopg, and not the site.
    bound = {name for name, _, licence in listed()[0] if "GPL" in licence}

    assert bound == {"psycopg", "psycopg-binary"}


def test_the_site_installs_no_tool_of_its_developers():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]["dev"]
    tools = {re.split(r"[^a-z0-9-]", one.lower())[0] for one in extras}

    assert tools & pinned("requirements.txt").keys() == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_of_a_lock_has_its_hashes_and_no_place_to_come_from(lock: str):
    text = (ROOT / lock).read_text()
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]

    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert "://" not in text


def test_who_looks_at_packages_looks_at_the_ones_of_the_locks():
    ours, theirs = pinned("requirements-dev.txt"), pinned(".ci/requirements.txt")

    assert {"pip-audit", "cyclonedx-bom"} <= theirs.keys()
    assert {name: theirs[name] for name in theirs if name in ours} == {
        name: ours[name] for name in ours if name in theirs
    }


HOLE = {"id": "PYSEC-2026-1", "fix_versions": ["1.1"], "aliases": [], "description": ""}
GOOD = {"name": "good", "version": "1.0", "vulns": []}
BAD = {"name": "bad", "version": "1.0", "vulns": [HOLE]}
UNKNOWN = {"name": "unknown", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("report", "code", "words"),
    [
        ([GOOD, GOOD], 0, "CLEAN: no known hole in 2 packages."),
        ([GOOD, BAD], 1, "bad 1.0: PYSEC-2026-1, mended in 1.1"),
        ([UNKNOWN, BAD], 1, "VULNERABLE: 1 known holes."),
        ([UNKNOWN, UNKNOWN], 2, "NOT CHECKED: 2 of 2 packages are unknown"),
        ([GOOD, UNKNOWN], 2, "NOT CHECKED: 1 of 2 packages are unknown"),
        ([], 2, "NOT CHECKED"),
        (None, 2, "NOT CHECKED: no advisories could be asked for"),
    ],
)
def test_what_was_not_checked_is_not_clean(report: list | None, code: int, words: str):
    text = "" if report is None else json.dumps({"dependencies": report, "fixes": []})

    done = subprocess.run(
        [sys.executable, ROOT / ".ci" / "audit.py"], input=text, capture_output=True, text=True, check=False
    )

    assert done.returncode == code
    assert words in done.stdout
    assert ("CLEAN" in done.stdout) == (code == 0)
