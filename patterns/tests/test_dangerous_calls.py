"""What no file of the site may call or import, wherever it stands: read from the sources."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCES = [
    *sorted((ROOT / "archsite").rglob("*.py")),
    *(path for path in sorted((ROOT / "patterns").rglob("*.py")) if "tests" not in path.parts),
]
# Measurements and drills ask servers of their own on loopback.
MEASURES = "patterns/bench/"


def nodes(*kinds: type[ast.AST]) -> Iterator[tuple[str, ast.AST]]:
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, kinds):
                yield path.relative_to(ROOT).as_posix(), node


def imported() -> set[tuple[str, str]]:
    """File and module, of every import."""
    found = set()
    for place, node in nodes(ast.Import, ast.ImportFrom):
        if isinstance(node, ast.Import):
            found |= {(place, alias.name) for alias in node.names}
        else:
            found |= {(place, node.module or "")} | {(place, f"{node.module}.{alias.name}") for alias in node.names}
    return found


def called() -> Iterator[tuple[str, str, ast.Call]]:
    for place, node in nodes(ast.Call):
        assert isinstance(node, ast.Call)
        yield place, ast.unparse(node.func), node


def importers(*modules: str) -> set[str]:
    return {place for place, module in imported() if any(f"{module}.".startswith(f"{one}.") for one in modules)}


def test_no_text_becomes_program():
    bare = {"eval", "exec", "compile", "__import__"}

    assert [(place, name) for place, name, _ in called() if name in bare] == []


def test_templates_are_files():
    made = {place for place, name, _ in called() if name == "Template" or name.endswith(".from_string")}

    assert [place for place in made if not place.startswith(MEASURES)] == []


def test_no_command_goes_through_a_shell():
    shells = [place for place, _, node in called() for word in node.keywords if word.arg == "shell"]

    assert shells == []
    assert [place for place, name, _ in called() if name in ("os.system", "os.popen", "subprocess.getoutput")] == []


def test_nothing_is_read_that_could_make_objects():
    assert importers("pickle", "marshal", "shelve", "dill", "jsonpickle", "yaml") == set()


def test_xml_is_read_in_the_child_that_looks_through_it_first():
    assert importers("xml", "lxml", "html5lib") <= {"patterns/files/xlsx_child.py"}


@pytest.mark.parametrize("name", ["md5", "sha1", "new"])
def test_no_weak_hash_is_used(name: str):
    assert [place for place, call, _ in called() if call in (name, f"hashlib.{name}")] == []


def test_chance_that_can_be_guessed_stays_in_simulations_and_measurements():
    # The command of drills names the seed that repeats a run; the number of a request is no secret.
    places = {place for place in importers("random") if not place.startswith((MEASURES, "patterns/lab/"))}

    assert places <= {"patterns/management/commands/drill.py", "archsite/entrance.py"}


def test_the_site_asks_nobody_else():
    """But for its database and its mail server, which its settings name.

    The worker's sockets are its clients', the start tries its own port, and a restart asks its own server.
    """
    clients = importers("urllib.request", "http.client", "requests", "httpx", "ftplib", "socket", "socketserver")

    ours = {"archsite/worker.py", "archsite/start.py", "patterns/operations/releases.py"}
    assert {place for place in clients if not place.startswith(MEASURES)} <= ours
