"""The program of an experiment, to be read: its own module and those of its system, with their words marked."""

import inspect
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from pygments import highlight
from pygments.filter import Filter
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from pygments.token import Comment, Keyword, Name, Number, Operator, String, Text

from patterns.lab.experiment import Experiment

SHOWN = ("patterns.lab.experiments.", "patterns.lab.systems.")
# What is marked; everything else is plain text, which keeps the page small. The words are those of the style sheet.
MARKED = (Comment, String, Keyword, Operator.Word, Number, Name.Function, Name.Class, Name.Decorator)


@dataclass(frozen=True)
class Module:
    """``path`` is below the project, ``text`` its source in marked words."""

    path: str
    text: SafeString


class Plainer(Filter):
    """Leaves of each token's kind what the style sheet knows."""

    def filter(self, lexer: Any, stream: Any) -> Iterator[Any]:
        for kind, text in stream:
            yield next((one for one in MARKED if kind in one), Text), text


@cache
def modules_of(experiment: Experiment) -> list[Module]:
    """The experiment's own, then those that it uses."""
    return [Module(path_of(one), marked(inspect.getsource(one))) for one in found_from(experiment)]


def found_from(experiment: Experiment) -> list[ModuleType]:
    found = [sys.modules[type(experiment).__module__]]
    for module in found:  # grows while it is walked
        found += [one for one in used_by(module) if one not in found]
    return found


def used_by(module: ModuleType) -> list[ModuleType]:
    """Modules of experiments and systems whose classes and functions it has, in the order in which it names them."""
    names = (getattr(value, "__module__", None) or "" for value in vars(module).values())
    return [sys.modules[name] for name in dict.fromkeys(names) if name.startswith(SHOWN)]


def path_of(module: ModuleType) -> str:
    return f"{module.__name__.replace('.', '/')}.py"


def marked(source: str) -> SafeString:
    lexer = PythonLexer(stripnl=False)
    lexer.add_filter(Plainer())
    return mark_safe(highlight(source, lexer, HtmlFormatter(nowrap=True, classprefix="code-")))  # the library escapes
