"""Imports point down only: the layers of the design, read from the source of every module."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

APP = Path(__file__).parent.parent
LAYERS = {
    1: {"urls", "admin", "management", "apps", "bench"},
    2: {"views", "api", "feeds", "sitemaps", "templatetags"},
    3: {"sync", "resources", "search", "history", "workflow"},
    4: {"models", "migrations"},
    5: {"catalog", "lab", "drawing", "markup"},
}
LAYER_OF = {part: layer for layer, parts in LAYERS.items() for part in parts}
PLAIN = 5
NOT_PLAIN = {"django", "archsite", "import_export", "ninja", "csp", "environ", "axes", "whitenoise", "psycopg"}


def modules() -> dict[str, str]:
    """Dotted name → source of every module of the app, tests excluded."""
    found = {}
    for path in sorted(APP.rglob("*.py")):
        names = path.relative_to(APP.parent).with_suffix("").parts
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
    """``patterns.store.writing`` is of the part ``sync``; the package itself is of none."""
    return (*name.split("."), "")[1]


def violations(module: str, source: str) -> list[str]:
    """The imports of a module that do not point down."""
    return [name for name in imports(source) if not is_allowed(part_of(module), name)]


def is_allowed(part: str, name: str) -> bool:
    root, layer = name.partition(".")[0], LAYER_OF.get(part, PLAIN)
    if root != "patterns":
        return root != "" and (layer < PLAIN or root not in NOT_PLAIN)
    other = part_of(name)
    if other not in LAYER_OF:
        return False
    return other == part if layer == PLAIN else LAYER_OF[other] >= layer


MODULES = modules()


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_down(module: str):
    assert violations(module, MODULES[module]) == []


def test_every_module_has_its_layer():
    assert {part_of(name) for name in MODULES} - {""} <= LAYER_OF.keys()


def test_the_catalogue_is_among_the_modules():
    assert {"patterns", "patterns.catalog", "patterns.document.merge", "patterns.urls"} <= MODULES.keys()


@pytest.mark.parametrize(
    ("module", "source", "found"),
    [
        ("patterns.models.pattern", "from patterns.store.writing import apply", "patterns.store.writing.apply"),
        ("patterns.models", "from patterns import history", "patterns.history"),
        ("patterns.store.writing", "import patterns.views.site as home", "patterns.views.site"),
        ("patterns.history", "from patterns.admin import PatternAdmin", "patterns.admin.PatternAdmin"),
        ("patterns.views.site", "def f():\n    from patterns.urls import urlpatterns", "patterns.urls.urlpatterns"),
        ("patterns.document.merge", "from patterns.models import Pattern", "patterns.models.Pattern"),
        ("patterns.document.merge", "from patterns.lab import run", "patterns.lab.run"),
        ("patterns.markup", "from patterns.document.text import Line", "patterns.document.text.Line"),
        ("patterns.document.merge", "from django.db import models", "django.db.models"),
        ("patterns.drawing.chart", "if TYPE_CHECKING:\n    import django", "django"),
        ("patterns.lab", "from archsite import settings", "archsite.settings"),
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
        ("patterns.urls", "from patterns.views import home"),
        ("patterns.admin.pattern", "from patterns.document.entry import Entry"),
        ("patterns.views.site", "from patterns.models import Pattern\nfrom django.http import HttpRequest"),
        ("patterns.store.writing", "from patterns.store.writing import record"),
        ("patterns.workflow.restoring", "from patterns.store.writing import apply"),
        ("patterns.models.pattern", "from patterns.document.text import name_key\nfrom django.db import models"),
        ("patterns.document.merge", "from patterns.document.three_way import Sides\nimport pydantic"),
    ],
)
def test_an_import_that_points_down_or_stays_is_fine(module: str, source: str):
    assert violations(module, source) == []
