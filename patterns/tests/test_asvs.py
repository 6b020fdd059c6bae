"""docs/security.md goes through all of OWASP's ASVS 5.0, levels 1 and 2, and names what there is."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
DOCS = TESTS.parent.parent / "docs"
# Section → the level of each of its requirements, in their order. The third one is not claimed.
LEVELS = {
    **{"1.1": "22", "1.2": "1111122223", "1.3": "112222222223", "1.4": "222", "1.5": "123"},
    **{"2.1": "122", "2.2": "112", "2.3": "12223", "2.4": "23"},
    **{"3.1": "3", "3.2": "113", "3.3": "12223", "3.4": "11222233", "3.5": "11122333", "3.6": "3", "3.7": "22333"},
    **{"4.1": "12233", "4.2": "23333", "4.3": "22", "4.4": "1222"},
    **{"5.1": "2", "5.2": "112333", "5.3": "113", "5.4": "222"},
    **{"6.1": "122", "6.2": "111111112222", "6.3": "11223333", "6.4": "112233", "6.5": "22222333", "6.6": "2223"},
    **{"6.7": "33", "6.8": "2222"},
    **{"7.1": "222", "7.2": "1111", "7.3": "22", "7.4": "11222", "7.5": "223", "7.6": "22"},
    **{"8.1": "1233", "8.2": "1123", "8.3": "133", "8.4": "23"},
    **{"9.1": "111", "9.2": "1222"},
    **{"10.1": "22", "10.2": "223", "10.3": "22223", "10.4": "1111122222233333", "10.5": "22222", "10.6": "22"},
    **{"10.7": "222"},
    **{"11.1": "2233", "11.2": "22233", "11.3": "11233", "11.4": "1222", "11.5": "23", "11.6": "23", "11.7": "33"},
    **{"12.1": "12233", "12.2": "11", "12.3": "22223"},
    **{"13.1": "2333", "13.2": "222223", "13.3": "2233", "13.4": "1222233"},
    **{"14.1": "22", "14.2": "12223333", "14.3": "122"},
    **{"15.1": "12233", "15.2": "12233", "15.3": "1222222", "15.4": "3333"},
    **{"16.1": "2", "16.2": "22222", "16.3": "2222", "16.4": "222", "16.5": "2223"},
    **{"17.1": "23", "17.2": "22223333", "17.3": "22"},
}
# Self-contained tokens, OAuth and WebRTC: the site has none of them.
ELSEWHERE = ("V9.", "V10.", "V17.")
ROW = re.compile(r"^\| (V[\d.]+) \| (\d) \| (.+?) \| (.+) \|$", re.MULTILINE)
TEST = re.compile(r"`([\w/]+\.py)::(\w+)`")
LINK = re.compile(r"\]\(([\w./-]*)#([\w-]+)\)")
REQUIREMENTS = {
    f"V{section}.{number}": level
    for section, levels in LEVELS.items()
    for number, level in enumerate(levels, start=1)
    if level in "12"
}


def rows() -> list[tuple[str, str, str, str]]:
    """Requirement, level, what it asks for, and what holds it."""
    return ROW.findall((DOCS / "security.md").read_text(encoding="utf-8"))


HELD = {requirement: held for requirement, _, _, held in rows()}


@cache
def functions(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def test_every_requirement_stands_there_once_with_its_level():
    assert len(REQUIREMENTS) == 70 + 183
    assert sorted((one, level) for one, level, _, _ in rows()) == sorted(REQUIREMENTS.items())


@pytest.mark.parametrize("requirement", REQUIREMENTS)
def test_what_holds_it_is_there(requirement: str):
    held = HELD[requirement]
    named, linked = TEST.findall(held), LINK.findall(held)

    assert [f"{file}::{name}" for file, name in named if name not in functions(TESTS / file)] == []
    assert held.count("::") == len(named)
    assert [f"{file}#{part}" for file, part in linked if part not in parts(file)] == []
    if not named:
        kind, _, reason = held.partition(": ")
        assert kind in ("n/a", "open", "doc")
        assert len(reason.split()) >= 3 or linked
        assert kind != "doc" or linked


@cache
def parts(file: str) -> set[str]:
    """The headings of a page, as links name them."""
    text = (DOCS / (file or "security.md")).read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_what_is_open_is_no_more_than_the_page_says():
    open_ones = [one for one, held in HELD.items() if "open: " in held and not one.startswith(ELSEWHERE)]
    second = [one for one, level in REQUIREMENTS.items() if level == "2" and not one.startswith(ELSEWHERE)]

    assert {REQUIREMENTS[one] for one in open_ones} == {"2"}
    assert len(second) == 149
    assert len(second) - len(open_ones) >= 135
    said = " ".join((DOCS / "security.md").read_text(encoding="utf-8").split())
    assert f"of level 2, {len(second) - len(open_ones)} of 149, and the other {len(open_ones)} are open" in said
