"""Three versions of a document on a page: what fits together is shown, and what does not is asked, key by key.

Of a list, each row that was changed can be taken by itself.

The page includes ``admin/patterns/_three_way.html`` inside a form, with a ``Decision`` as ``decision``. Of a valid
decision, ``decided()`` is the document.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import chain
from typing import Any, Final

from django import forms
from django.forms.boundfield import BoundField, BoundWidget

from patterns.admin.base import LongTextField, validated_document
from patterns.admin.findings import label
from patterns.document.diff import Piece, key_diff, value_of, value_text
from patterns.document.problems import Problem
from patterns.document.register import Table, keys_of
from patterns.document.rows import RowChange, RowMerge
from patterns.document.three_way import ThreeWay

WRITABLE_KEYS: Final = ("title", "name", "description", "problem", "solution")  # texts that can be written on the page
MINE, NOW, EDITED, ROWS = "mine", "now", "edited", "rows"


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
class KeyOption:
    radio: BoundWidget
    pieces: list[Piece]


@dataclass(frozen=True)
class RowOption:
    """A row that was changed; ``shown`` tells a box that was left empty from one that was not on the page."""

    kind: str
    pieces: list[Piece]
    box: BoundField
    shown: BoundField


@dataclass(frozen=True)
class OpenKey:
    """A key that somebody has to decide.

    ``text`` is the field in which it can be written anew; ``rows`` are those that can be taken by themselves.
    """

    label: str
    errors: list[str]
    options: list[KeyOption]
    text: BoundField | None
    rows: list[RowOption]


@dataclass(frozen=True)
class SettledKey:
    """A key that changed and that nobody has to decide; ``why`` says who changed it."""

    label: str
    why: str
    pieces: list[Piece]


class DecisionForm(forms.Form):
    """One choice for each open key.

    A key is open if both sides changed it, if the page that was sent back had asked about it, or if one of the
    ``problems`` is about it, so that there is a way out; problems that no choice could solve are ``elsewhere``.
    """

    def __init__(
        self,
        three: ThreeWay[Any],
        data: Mapping[str, Any] | None = None,
        *,
        voices: Voices = YOURS,
        problems: Iterable[Problem] = (),
    ) -> None:
        about = [(one.key.partition("[")[0].partition(".")[0], one) for one in problems]
        asked = {key for key in three.keys if data is not None and choice_name(key) in data} | {key for key, _ in about}
        self.three, self.voices = replace(three, asked=three.asked | asked), voices
        self.problems = [(key, one.sentence) for key, one in about if key in self.three.open_keys]
        self.elsewhere = [one.sentence_with_key for key, one in about if key not in self.three.open_keys]
        texts = {key: value_text(getattr(three.mine, key)) for key in self.three.open_keys if key in WRITABLE_KEYS}
        self.merges = {key: merge for key in self.three.open_keys if (merge := self.rows_of(key)) is not None}
        self.rows = {key: named_rows(key, merge) for key, merge in self.merges.items()}
        # A page that was sent before it asked for a text begins with the one that was typed, and with each row taken.
        before = {text_name(key): text for key, text in texts.items()}
        for name in chain.from_iterable(self.rows.values()):
            if data is None or shown_name(name) not in data:
                before |= {name: "on", shown_name(name): "1"}
        super().__init__(None if data is None else {**before, **dict(data.items())}, use_required_attribute=True)
        for key in self.three.open_keys:
            options = [(MINE, voices.mine), (NOW, voices.now)]
            if key in texts:
                options.append((EDITED, "Take the text below"))
                widget = forms.Textarea(attrs={"rows": 6 if key in ("problem", "solution") else 2, "cols": 80})
                name = f"{label(key)}, as it should be"
                text = LongTextField(required=False, label=name, widget=widget, initial=texts[key])
                self.fields[text_name(key)] = text
            if key in self.rows:
                options.append((ROWS, "Take the rows that are ticked below"))
                for name in self.rows[key]:
                    self.fields[name] = forms.BooleanField(required=False, initial=True)
                    self.fields[shown_name(name)] = forms.CharField(initial="1", widget=forms.HiddenInput)
            messages = {"required": "Choose one.", "invalid_choice": "Choose one of these."}
            choice = forms.ChoiceField(choices=options, widget=forms.RadioSelect, error_messages=messages)
            if key in three.asked:  # not because it must be, so it may well stay as it is
                choice.initial = EDITED if key in texts else ROWS if key in self.rows else MINE
            self.fields[choice_name(key)] = choice

    def rows_of(self, key: str) -> RowMerge | None:
        """None if its rows need no choice of their own: of no list, or of one in which a single row differs."""
        before = self.three.now if self.three.base is None else self.three.base
        base, now, mine = (getattr(side, key) for side in (before, self.three.now, self.three.mine))
        if not all(isinstance(side, tuple) for side in (base, now, mine)):
            return None
        model: type[Table] = type(self.three.now)
        about = keys_of(model).get(key)
        merge = RowMerge(base, now, mine, about.identity if about else None)
        is_more = len(merge.changes) > 1 or merge.with_changes(merge.changes) != mine
        return merge if merge.changes and is_more else None

    def clean(self) -> dict[str, Any] | None:
        """What was written or left out must not be undone because another option was left chosen."""
        for key, names in self.rows.items():
            is_whole = all(self.cleaned_data.get(name) for name in names)
            if self.cleaned_data.get(choice_name(key)) == MINE and not is_whole:
                message = "You left out rows below: choose the rows that are ticked, or tick all of them."
                self.add_error(choice_name(key), message)
        for key in self.three.open_keys:
            typed = str(self.cleaned_data.get(text_name(key), "")).strip()
            is_new = typed not in ("", value_text(getattr(self.three.mine, key)))
            if is_new and self.cleaned_data.get(choice_name(key)) in (MINE, NOW):
                message = "You wrote something else below: choose that text, or empty the field."
                self.add_error(choice_name(key), message)
        return super().clean()

    def decided(self) -> Any:
        """What is there now with what was chosen, checked anew; raises InvalidCatalog."""
        values = {}
        for key in self.three.open_keys:
            chosen = self.cleaned_data[choice_name(key)]
            side = self.three.mine if chosen == MINE else self.three.now
            if chosen == EDITED:
                values[key] = self.cleaned_data[text_name(key)]
            elif chosen == ROWS:
                taken = [one for name, one in self.rows[key].items() if self.cleaned_data[name]]
                values[key] = self.merges[key].with_changes(taken)
            else:
                values[key] = getattr(side, key)
        document = self.three.decided(values)
        return validated_document(type(document), document.model_dump(), code=getattr(document, "code", ""))

    # what the page shows

    @property
    def choices(self) -> list[OpenKey]:
        found, before = [], self.three.base or self.three.now
        for key in self.three.open_keys:
            field = self[choice_name(key)]
            shown = [key_diff(before, side, key) for side in (self.three.mine, self.three.now)]
            options = [KeyOption(radio, pieces) for radio, pieces in zip(field, [*shown, []], strict=False)]
            text = self[text_name(key)] if key in WRITABLE_KEYS else None
            errors = [*field.errors, *(sentence for about, sentence in self.problems if about == key)]
            found.append(OpenKey(label(key), errors, options, text, self.row_options(key)))
        return found

    def row_options(self, key: str) -> list[RowOption]:
        return [
            RowOption(one.kind, self.merges[key].pieces(one), self[name], self[shown_name(name)])
            for name, one in self.rows.get(key, {}).items()
        ]

    @property
    def settled(self) -> list[SettledKey]:
        found, three, voices = [], self.three, self.voices
        for key in type(three.now).model_fields if three.base is not None else ():
            if key in three.open_keys:
                continue
            if key in three.merged.taken:
                found.append(SettledKey(label(key), voices.only_mine, key_diff(three.base, three.mine, key)))
            elif value_of(three.base, key) != value_of(three.now, key):
                is_alike = key in three.keys and not three.differs(key)
                why = voices.alike if is_alike else voices.only_now
                found.append(SettledKey(label(key), why, key_diff(three.base, three.now, key)))
        return found


def choice_name(key: str) -> str:
    return f"choice-{key}"


def written_texts(data: Mapping[str, str]) -> list[tuple[str, str]]:
    """Label and text of what was written on a page and chosen there."""
    chosen = [key for key in WRITABLE_KEYS if data.get(choice_name(key)) == EDITED]
    return [(label(key), text) for key in chosen if (text := data.get(text_name(key), "").strip())]


def text_name(key: str) -> str:
    return f"text-{key}"


def named_rows(key: str, merge: RowMerge) -> dict[str, RowChange]:
    """Each change under a name that means the same on a page that was opened over another list."""
    found: dict[str, RowChange] = {}
    for one in merge.changes:
        sides = (
            merge.now[one.now] if one.now is not None else "",
            merge.mine[one.mine] if one.mine is not None else "",
        )
        said = "\0".join((one.kind, *map(value_text, sides)))
        mark = sha256(said.encode()).hexdigest()[:16]
        same = sum(name.startswith(f"row-{key}-{mark}") for name in found)
        found[f"row-{key}-{mark}-{same}"] = one
    return found


def shown_name(name: str) -> str:
    return f"shown-{name}"


def document_texts(document: Table) -> list[tuple[str, str]]:
    """Everything that a document says, with its label."""
    said = ((key, value_text(getattr(document, key))) for key in type(document).model_fields)
    return [(label(key), text) for key, text in said if text]
