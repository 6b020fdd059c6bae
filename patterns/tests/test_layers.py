"""Imports point down only, and never in a circle: the layers of the design, read from the source of every module."""

import ast
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
LAYERS = (
    {"urls", "admin", "management", "bench", "operations", "apps"},
    {"views", "api", "templatetags"},
    {"workflow"},
    {"search"},
    {"store"},
    {"models", "migrations", "client"},
    {"document", "files", "lint", "lab", "drawing", "markup"},
)
LAYER_OF = {part: layer for layer, parts in enumerate(LAYERS, start=1) for part in parts}
PLAIN = len(LAYERS)
# What the plain parts may know of each other; drawings and the lab know nobody.
SIBLINGS = {
    "files": ("patterns.document.",),
    "lint": ("patterns.document.",),
    "markup": ("patterns.document.text.", "patterns.document.prose."),
}
NOT_PLAIN = {"django", "archsite", "import_export", "csp", "environ", "axes", "whitenoise", "psycopg"}


def modules() -> dict[str, str]:
    """Dotted name → source of every module of the project, tests excluded."""
    found = {}
    for path in sorted([*ROOT.glob("patterns/**/*.py"), *ROOT.glob("archsite/**/*.py")]):
        names = path.relative_to(ROOT).with_suffix("").parts
        if "tests" not in names:
            found[".".join(names).removesuffix(".__init__")] = path.read_text(encoding="utf-8")
    return found


def imports(source: str) -> Iterator[str]:
    """Everything that a module imports, wherever in it: ``from a import b`` is ``a.b``."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names)


def part_of(name: str) -> str:
    """``patterns.store.writing`` is of the part ``store``; the package itself is of none."""
    return (*name.split("."), "")[1]


def violations(module: str, source: str) -> list[str]:
    """The imports of a module that do not point down."""
    return [name for name in imports(source) if not is_allowed(part_of(module), name)]


def is_allowed(part: str, name: str) -> bool:
    root, layer = name.partition(".")[0], LAYER_OF.get(part, PLAIN)
    if root != "patterns":
        return root not in ("", "archsite") and (layer < PLAIN or root not in NOT_PLAIN)
    other = part_of(name)
    if other not in LAYER_OF:
        return False
    if layer == PLAIN:
        return other == part or name.startswith(SIBLINGS.get(part, ()))
    return LAYER_OF[other] >= layer


def edges(sources: Mapping[str, str]) -> dict[str, set[str]]:
    """Module → the modules of ours that it imports."""
    found = {}
    for module, source in sources.items():
        named = {name if name in sources else name.rpartition(".")[0] for name in imports(source)}
        found[module] = {name for name in named if name in sources and name != module}
    return found


def between_packages(graph: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """The same between the parts of the app, the project itself being one more."""

    def part(module: str) -> str:
        return part_of(module) or "patterns" if module.startswith("patterns") else "archsite"

    found: dict[str, set[str]] = {}
    for module, others in graph.items():
        found.setdefault(part(module), set()).update(part(one) for one in others if part(one) != part(module))
    return found


def circle(graph: Mapping[str, set[str]]) -> list[str]:
    """A way that leads back to where it began; empty if there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


MODULES = modules()


def test_imports_point_down():
    app = {module: source for module, source in MODULES.items() if module.startswith("patterns")}

    found = {module: bad for module, source in app.items() if (bad := violations(module, source))}

    assert found == {}


def test_no_two_files_import_each_other_in_a_circle():
    assert circle(edges(MODULES)) == []


def test_no_two_packages_import_each_other_in_a_circle():
    assert circle(between_packages(edges(MODULES))) == []


def test_a_circle_is_found():
    sources = {"patterns.a": "import patterns.b", "patterns.b": "def f():\n    from patterns.a import g"}

    assert {*circle(edges(sources))} == {"patterns.a", "patterns.b"}


def test_a_circle_of_packages_without_one_of_files_is_found():
    sources = {
        "patterns.a.one": "from patterns.b.one import f",
        "patterns.b.one": "",
        "patterns.b.two": "from patterns.a.one import g",
    }

    assert circle(edges(sources)) == []
    assert {*circle(between_packages(edges(sources)))} == {"a", "b"}


def test_every_module_has_its_layer():
    assert {part_of(name) for name in MODULES if name.startswith("patterns")} - {""} <= LAYER_OF.keys()


def test_the_catalogue_is_among_the_modules():
    assert {
        "patterns",
        "patterns.document",
        "patterns.document.merge",
        "patterns.urls",
        "archsite.urls",
    } <= MODULES.keys()


@pytest.mark.parametrize(
    ("module", "source", "found"),
    [
        ("patterns.models.pattern", "from patterns.store.writing import apply", "patterns.store.writing.apply"),
        ("patterns.models", "from patterns import store", "patterns.store"),
        ("patterns.store.writing", "import patterns.views.site as home", "patterns.views.site"),
        ("patterns.store.writing", "from patterns.search.engine import engine", "patterns.search.engine.engine"),
        ("patterns.search.engine", "from patterns.workflow.rules import answer", "patterns.workflow.rules.answer"),
        ("patterns.workflow", "from patterns.admin import PatternAdmin", "patterns.admin.PatternAdmin"),
        ("patterns.views.site", "def f():\n    from patterns.urls import urlpatterns", "patterns.urls.urlpatterns"),
        ("patterns.document.merge", "from patterns.models import Pattern", "patterns.models.Pattern"),
        ("patterns.document.merge", "from patterns.files.reader import read", "patterns.files.reader.read"),
        ("patterns.document.merge", "from patterns.lab import run", "patterns.lab.run"),
        ("patterns.lab", "from patterns.document.text import Line", "patterns.document.text.Line"),
        ("patterns.markup", "from patterns.document.entry import Entry", "patterns.document.entry.Entry"),
        ("patterns.document.merge", "from django.db import models", "django.db.models"),
        ("patterns.drawing.chart", "if TYPE_CHECKING:\n    import django", "django"),
        ("patterns.lab", "from archsite import settings", "archsite.settings"),
        ("patterns.views.site", "from archsite import settings", "archsite.settings"),
        ("patterns.lab", "from import_export import fields", "import_export.fields"),
        (
            "patterns.views.site",
            "from patterns.tests.strategies import documents",
            "patterns.tests.strategies.documents",
        ),
        ("patterns.views.site", "from patterns.helpers import anything", "patterns.helpers.anything"),
        ("patterns.views.site", "from . import page", "..page"),
        ("patterns.views.site", "from .page import page", ".page.page"),
    ],
)
def test_an_import_that_does_not_point_down_is_found(module: str, source: str, found: str):
    assert violations(module, f"import re\n{source}\n") == [found]


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("patterns.urls", "from patterns.views import site"),
        ("patterns.admin.pattern", "from patterns.document.entry import Entry"),
        ("patterns.views.site", "from patterns.models import Pattern\nfrom django.http import HttpRequest"),
        ("patterns.store.writing", "from patterns.store.reading import load_document"),
        ("patterns.workflow.restores", "from patterns.store.writing import apply"),
        ("patterns.models.pattern", "from patterns.document.text import name_key\nfrom django.db import models"),
        ("patterns.files.reader", "from patterns.document.entry import Entry\nimport tomli"),
        ("patterns.markup", "from patterns.document.prose import Target"),
    ],
)
def test_an_import_that_points_down_or_stays_is_fine(module: str, source: str):
    assert violations(module, source) == []
