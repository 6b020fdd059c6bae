"""The program of an experiment, to be read: its own module and those of its system, with their words marked."""

import inspect
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from pygments import highlight
from pygments.filter import Filter
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from pygments.token import Comment, Keyword, Name, Number, Operator, String, Text

from patterns.lab.experiment import Experiment

PACKAGES = ("patterns.lab.experiments.", "patterns.lab.systems.")
# What is marked; everything else is plain text, which keeps the page small. The words are those of the style sheet.
MARKED = (Comment, String, Keyword, Operator.Word, Number, Name.Function, Name.Class, Name.Decorator)


@dataclass(frozen=True)
class SourceModule:
    """``path`` is below the project, ``text`` its source in marked words."""

    path: str
    text: SafeString


class KnownTokens(Filter):
    """Leaves of each token's kind what the style sheet knows."""

    def filter(self, lexer: Any, stream: Any) -> Iterator[Any]:
        for kind, text in stream:
            yield next((one for one in MARKED if kind in one), Text), text


@cache
def modules_of(experiment: Experiment) -> list[SourceModule]:
    """The experiment's own, then those that it uses: experiments and systems whose classes and functions it names."""
    modules = [sys.modules[type(experiment).__module__]]
    for module in modules:  # grows while it is walked
        names = dict.fromkeys(getattr(value, "__module__", None) or "" for value in vars(module).values())
        used = [sys.modules[name] for name in names if name.startswith(PACKAGES)]
        modules += [one for one in used if one not in modules]
    found = []
    for module in modules:
        lexer = PythonLexer(stripnl=False)
        lexer.add_filter(KnownTokens())
        text = highlight(inspect.getsource(module), lexer, HtmlFormatter(nowrap=True, classprefix="code-"))
        found.append(SourceModule(f"{module.__name__.replace('.', '/')}.py", mark_safe(text)))  # the library escapes
    return found
