"""What is wrong with a catalogue: said with its place, and with what to do about it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from patterns.document.text import printable, shortened

Path = tuple[str | int, ...]

PROBLEM_LIMIT = 200  # of one table: nobody reads more
EXPECTED = {
    "string_type": "a string",
    "string_unicode": "text without lone surrogates",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "model_type": "a table",
    "dict_type": "a table",
}


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is wrong. ``place`` is a line, a JSON pointer or a row, ``path`` leads to the value.

    All but the path is to be shown, in a terminal, on a page or in a log, and quotes what strangers wrote.
    """

    message: str
    hint: str = ""
    file: str = ""
    place: str = ""
    code: str = ""
    key: str = ""
    path: Path = ()

    def __post_init__(self) -> None:
        for name in ("message", "hint", "file", "place", "code", "key"):
            object.__setattr__(self, name, printable(getattr(self, name)))

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.file, self.place) if part)
        what = " ".join(part for part in (f"[{self.code}]" if self.code else "", self.key) if part)
        return ": ".join(part for part in (where, what, self.sentence) if part)

    @property
    def sentence(self) -> str:
        """What is wrong and what to do about it, for a page where it is plain to see of what it is said."""
        return f"{self.message}; {self.hint}" if self.hint else self.message

    @property
    def sentence_with_key(self) -> str:
        return f"{self.key}: {self.sentence}" if self.key else self.sentence


class InvalidCatalog(Exception):
    """A file, a form or a state that breaks the rules; carries every problem that was found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))

    @property
    def sentence(self) -> str:
        return "; ".join(problem.sentence for problem in self.problems)


class Unreadable(Exception):
    """What a parser could not read; the caller knows the file."""

    def __init__(self, message: str, hint: str, *, place: str = "") -> None:
        super().__init__(message)
        self.message, self.hint, self.place = message, hint, place


def problems_of(error: ValidationError, model: type[BaseModel], *, code: str = "", path: Path = ()) -> list[Problem]:
    """The problems behind a pydantic error about ``model``; ``path`` leads to the table that was refused."""
    errors = islice(error.errors(include_url=False), PROBLEM_LIMIT)
    return [problem_behind(dict(one), model, code=code, path=path) for one in errors]


def problem_behind(error: dict[str, Any], model: type[BaseModel], *, code: str, path: Path) -> Problem:
    message, hint = explain(error, error["loc"], model)
    location: Path = (*error["loc"], *error.get("ctx", {}).get("at", ()))
    return Problem(message=message, hint=hint, code=code, key=dotted(location), path=path + location)


def explain(error: dict[str, Any], location: Path, model: type[BaseModel]) -> tuple[str, str]:
    """What is wrong, and what to do about it."""
    context = error.get("ctx", {})
    kind = error["type"]
    if "hint" in context:
        return context["message"], context["hint"]
    if kind == "missing":
        return "is missing", "add it"
    if kind == "extra_forbidden":
        return unknown_key(str(location[-1]), table_at(model, location[:-1]).model_fields)
    if kind == "literal_error":
        return f"is {described(error['input'])}", f"use one of {context['expected']}"
    if kind == "too_long":
        return f"has {context['actual_length']} items", f"at most {context['max_length']} are allowed"
    expected = EXPECTED.get(kind) or error["msg"].replace("Input should be", "a number")
    return f"is {described(error['input'])}", f"write {expected}"


def table_at(model: type[BaseModel], location: Path) -> type[BaseModel]:
    """The model of the table at a location: ``("consequences", 2)`` of an entry is a consequence."""
    for part in location:
        if isinstance(part, str):
            model = next(found for found in models_in(model.model_fields[part].annotation))
    return model


def models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from models_in(argument)


def unknown_key(key: str, known: Iterable[str]) -> tuple[str, str]:
    # Cut, because a hostile key may be as long as the file.
    close = get_close_matches(key[:40], known, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"known keys are {', '.join(known)}"
    return f"unknown key {shortened(key)!r}", hint


def described(value: object) -> str:
    """A wrong value, short enough for a message."""
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list | tuple):
        return "a list"
    # Before the numbers, because Python counts True among them.
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and value.bit_length() > 64:  # too many digits may not even be printable
        return "a huge number"
    if isinstance(value, str | int | float):
        return shortened(repr(value))
    return "nothing" if value is None else f"a {type(value).__name__}"


def dotted(location: Path) -> str:
    """``consequences[2].text``: items are counted from 1, as people do."""
    text = ""
    for part in location:
        text += f"[{part + 1}]" if isinstance(part, int) else f"{'.' if text else ''}{shortened(part)}"
    return text
