"""What a reader may set: whole numbers within bounds and choices between words, so that every run has an address."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar

NUMBER = re.compile(r"-?[0-9]{1,9}", re.ASCII)
SHOWN = 40  # characters of a refused value

Value = int | str


@dataclass(frozen=True)
class Whole:
    """A whole number from ``low`` to ``high``, both allowed, in steps of ``step`` from ``low``."""

    name: str
    low: int
    high: int
    unit: str = ""
    about: str = ""
    step: int = 1

    @property
    def expected(self) -> str:
        steps = f", in steps of {self.step}" if self.step > 1 else ""
        return f"a whole number from {self.low} to {self.high}{steps}"

    def allows(self, value: Value) -> bool:
        return type(value) is int and self.low <= value <= self.high and (value - self.low) % self.step == 0

    def parse(self, text: str) -> Value:
        """The number, or the text itself where it is none."""
        return int(text) if NUMBER.fullmatch(text) else text


@dataclass(frozen=True)
class WordChoice:
    """One of some words."""

    name: str
    labels: tuple[tuple[str, str], ...]  # the value, and what a form calls it
    about: str = ""

    @property
    def expected(self) -> str:
        return "one of: " + ", ".join(value for value, _ in self.labels)

    def allows(self, value: Value) -> bool:
        return any(value == one for one, _ in self.labels)

    def parse(self, text: str) -> Value:
        return text


Setting = Whole | WordChoice


def integer(default: int, low: int, high: int, *, name: str, unit: str = "", about: str = "", step: int = 1) -> Any:
    """A field of ``Parameters`` that is a whole number."""
    return field(default=default, metadata={"setting": Whole(name, low, high, unit, about, step)})


def choice(default: str, *, name: str, about: str = "", **labels: str) -> Any:
    """A field of ``Parameters`` that is one of some words; ``labels`` says what a form calls each."""
    return field(default=default, metadata={"setting": WordChoice(name, tuple(labels.items()), about)})


def law_only(default: Value) -> Any:
    """A field of ``Parameters`` that no reader sets, for what only the assumptions of a law ask for (a longer run)."""
    return field(default=default, metadata={"setting": None})


@dataclass(frozen=True)
class Parameters:
    """The settings of one experiment: a frozen dataclass below this one, its fields made by ``integer`` and ``choice``.

    What only a law asks for is made by ``law_only``.

    Raises:
        BadParameters: when one is made with a value that its field does not allow.
    """

    def __post_init__(self) -> None:
        settings = settings_of(self).items()
        BadParameters.raise_if_any(value_problem(key, setting, getattr(self, key)) for key, setting in settings)

    def changed(self) -> dict[str, Value]:
        """What differs from the defaults, by name."""
        values = {one.name: (getattr(self, one.name), one.default) for one in fields(self)}
        return {name: value for name, (value, default) in values.items() if value != default}


P = TypeVar("P", bound=Parameters)


@dataclass(frozen=True)
class SettingProblem:
    """A value that cannot be, or a name that nothing has."""

    key: str
    given: str
    message: str


class BadParameters(Exception):
    """At least one value or name was refused; nothing was computed."""

    def __init__(self, problems: Iterable[SettingProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(one.message for one in self.problems))

    @classmethod
    def raise_if_any(cls, problems: Iterable[SettingProblem | None]) -> None:
        """Raises:
        BadParameters: with all of them, so that a reader mends them at once; not for None.
        """
        if found := [one for one in problems if one]:
            raise cls(found)


def settings_of(parameters: Parameters | type[Parameters]) -> dict[str, Setting]:
    """What can be set, by name, in the order of the form.

    Raises:
        TypeError: for a field that a programmer made by other means than those of this module.
    """
    found: dict[str, Setting] = {}
    for one in fields(parameters):
        if "setting" not in one.metadata:
            raise TypeError(f"The parameter “{one.name}” has to be made by integer(), choice() or law_only().")
        if one.metadata["setting"]:
            found[one.name] = one.metadata["setting"]
    return found


def read_settings(base: P, pairs: Iterable[tuple[str, str]]) -> P:
    """``base`` with the values that were given as text, as a query string or a command line gives them.

    Raises:
        BadParameters: for unknown names, names given twice, and values that are not allowed; all of them at once.
    """
    settings, given = settings_of(base), [*pairs]
    texts = dict(given)
    problems: list[SettingProblem | None] = []
    values: dict[str, Value] = {}
    for key, times in Counter(key for key, _ in given).items():
        if key not in settings:
            message = f"Nothing here is called “{excerpt(key)}”; what can be set: {', '.join(settings)}."
            problems.append(SettingProblem(key, "", message))
        elif times > 1:
            message = f"{settings[key].name} ({key}) is given {times} times; give it once."
            problems.append(SettingProblem(key, "", message))
        else:
            values[key] = settings[key].parse(texts[key])
            problems.append(value_problem(key, settings[key], values[key]))
    BadParameters.raise_if_any(problems)
    return replace(base, **values)


def value_problem(key: str, setting: Setting, value: Value) -> SettingProblem | None:
    if setting.allows(value):
        return None
    given = excerpt(str(value))
    return SettingProblem(key, given, f"{setting.name} ({key}): “{given}” cannot be; give {setting.expected}.")


def excerpt(text: str) -> str:
    """As much of a stranger's text as a message repeats, in printable characters."""
    printable = "".join(character if character.isprintable() else "�" for character in text[: SHOWN + 1])
    return printable if len(printable) <= SHOWN else printable[:SHOWN] + "…"
