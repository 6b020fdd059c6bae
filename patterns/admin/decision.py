"""Three versions of a document on a page: what fits together is shown, and what does not is asked, key by key.

The page includes ``admin/patterns/_three_way.html`` inside a form, with a ``Decision`` as ``decision``. A valid
decision has the ``document`` that was decided.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.forms.boundfield import BoundField, BoundWidget

from patterns.admin.base import LongTextField
from patterns.admin.findings import label
from patterns.document.diff import Piece, key_diff, value_of, value_text
from patterns.document.register import Table
from patterns.document.three_way import ThreeWay

TEXT_KEYS: Final = ("title", "name", "description", "problem", "solution")  # texts that can be written on the page
MINE, NOW, EDITED = "mine", "now", "edited"


@dataclass(frozen=True)
class Voices:
    """What a page calls the sides: as a choice, and of a key that only one of them changed."""

    mine: str = "Take yours"
    now: str = "Take what is there now"
    only_mine: str = "only you changed it"
    only_now: str = "changed by others only"
    alike: str = "changed alike by you and by others"


YOURS: Final = Voices()


@dataclass(frozen=True)
class Option:
    radio: BoundWidget
    pieces: list[Piece]


@dataclass(frozen=True)
class Choice:
    """An open key with its options; ``text`` is the field in which it can be written anew."""

    label: str
    errors: list[str]
    options: list[Option]
    text: BoundField | None


@dataclass(frozen=True)
class Settled:
    label: str
    why: str
    pieces: list[Piece]


class Decision(forms.Form):
    """One choice for each open key; ``problems`` says, by key, why what was chosen cannot be saved."""

    def __init__(
        self,
        three: ThreeWay[Any],
        data: Mapping[str, Any] | None = None,
        *,
        voices: Voices = YOURS,
        problems: Mapping[str, list[str]] | None = None,
    ) -> None:
        super().__init__(None if data is None else {**written(three), **flat(data)}, use_required_attribute=True)
        self.three, self.voices, self.problems = three, voices, problems or {}
        for key in three.open_keys:
            self.add_choice(key)

    def add_choice(self, key: str) -> None:
        options = [(MINE, self.voices.mine), (NOW, self.voices.now)]
        if key in TEXT_KEYS:
            options.append((EDITED, "Take the text below"))
            widget = forms.Textarea(attrs={"rows": 6 if key in ("problem", "solution") else 2, "cols": 80})
            text = LongTextField(required=False, label=f"{label(key)}, as it should be", widget=widget)
            self.fields[text_name(key)] = text
            self.initial[text_name(key)] = value_text(getattr(self.three.mine, key))
        messages = {"required": "Choose one.", "invalid_choice": "Choose one of these."}
        choice = forms.ChoiceField(choices=options, widget=forms.RadioSelect, error_messages=messages)
        self.fields[choice_name(key)] = choice

    def clean(self) -> dict[str, Any] | None:
        for key in self.three.open_keys:
            if self.is_forgotten(key):
                message = "You wrote something else below: choose that text, or empty the field."
                self.add_error(choice_name(key), message)
        return super().clean()

    def is_forgotten(self, key: str) -> bool:
        """Whether a text was written that would be thrown away, as another option is chosen."""
        typed = str(self.cleaned_data.get(text_name(key), "")).strip()
        is_new = typed not in ("", value_text(getattr(self.three.mine, key)))
        return is_new and self.cleaned_data.get(choice_name(key)) in (MINE, NOW)

    @property
    def document(self) -> Table:
        """What was decided; edited texts are as they were typed, and to be validated."""
        return self.three.decided({key: self.value(key) for key in self.three.open_keys})

    def value(self, key: str) -> Any:
        chosen = self.cleaned_data[choice_name(key)]
        if chosen == EDITED:
            return self.cleaned_data[text_name(key)]
        return getattr(self.three.mine if chosen == MINE else self.three.now, key)

    # what the page shows

    @property
    def choices(self) -> list[Choice]:
        return [self.choice(key) for key in self.three.open_keys]

    def choice(self, key: str) -> Choice:
        field, before = self[choice_name(key)], self.three.base or self.three.now
        shown = [key_diff(before, side, key) for side in (self.three.mine, self.three.now)]
        options = [Option(radio, pieces) for radio, pieces in zip(field, [*shown, []], strict=False)]
        text = self[text_name(key)] if key in TEXT_KEYS else None
        return Choice(label(key), [*field.errors, *self.problems.get(key, [])], options, text)

    @property
    def settled(self) -> list[Settled]:
        """The keys that changed and that nobody has to decide."""
        three = self.three
        if three.base is None:
            return []
        sides = {key: self.side(key) for key in type(three.now).model_fields if key not in three.open_keys}
        return [Settled(label(key), why, key_diff(three.base, side, key)) for key, (why, side) in sides.items() if why]

    def side(self, key: str) -> tuple[str, Table]:
        """Who changed the key, in words, and the document that says what it will be."""
        three = self.three
        if key in three.merged.taken:
            return self.voices.only_mine, three.mine
        if value_of(three.base, key) == value_of(three.now, key):
            return "", three.now
        is_alike = key in three.keys and not three.differs(key)
        return self.voices.alike if is_alike else self.voices.only_now, three.now


def choice_name(key: str) -> str:
    return f"choice-{key}"


def text_name(key: str) -> str:
    return f"text-{key}"


def asked_in(data: Mapping[str, Any], keys: tuple[str, ...]) -> frozenset[str]:
    """The keys about which a page that was sent back had asked."""
    return frozenset(key for key in keys if choice_name(key) in data)


def written(three: ThreeWay[Any]) -> dict[str, str]:
    """The texts with which the fields begin, for a page that was sent before it asked for them."""
    return {text_name(key): value_text(getattr(three.mine, key)) for key in three.open_keys if key in TEXT_KEYS}


def flat(data: Mapping[str, Any]) -> dict[str, Any]:
    """A value for each name, of a request's data as well."""
    return dict(data.items())


def texts_of(document: Table) -> Iterator[tuple[str, str]]:
    """Everything that a document says, with its label."""
    for key in type(document).model_fields:
        if text := value_text(getattr(document, key)):
            yield label(key), text
