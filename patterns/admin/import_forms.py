"""The forms of an import: the upload, and what is sent back with a page of its plan."""

import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any, get_args

from django import forms

from patterns.admin.fields import LongTextField
from patterns.admin.pending import Sent
from patterns.document.plan import OnConflict, Resolution
from patterns.document.text import CODE
from patterns.document.vocabulary import FORMAT_OF_SUFFIX, FORMATS
from patterns.files.parsers import ADMIN_LIMITS
from patterns.files.reader import Upload

MEBIBYTES = ADMIN_LIMITS.size // 1024**2
COMMENT_LENGTH = 1_000
TYPED_LENGTH = 10_000  # of a comment that is kept, so that a longer one than allowed can be shortened
CHOICE = re.compile("choice-([0-9a-f]{32})")
RESTORED = re.compile(f"restore-({CODE.pattern})")


class UploadForm(forms.Form):
    import_file = forms.FileField(
        label="File",
        help_text=f"A catalogue as TOML, JSON, CSV or XLSX, at most {MEBIBYTES} MiB. "
        "Nothing is written before you confirm.",
        error_messages={"required": f"Choose a file of at most {MEBIBYTES} MiB."},
    )
    format = forms.ChoiceField(choices=[("", "as its name says"), *((word, word) for word in FORMATS)], required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        suffix = PurePath(getattr(cleaned.get("import_file"), "name", "")).suffix.lower()
        cleaned["format"] = cleaned.get("format") or FORMAT_OF_SUFFIX.get(suffix)
        if "import_file" in cleaned and not cleaned["format"]:
            self.add_error("format", "The file's name does not say what it is: choose its format.")
        return cleaned

    def upload(self) -> Upload:
        file = self.cleaned_data["import_file"]
        return Upload(PurePath(file.name).name[:200], self.cleaned_data["format"], file.read())


class ConfirmForm(forms.Form):
    """``edition`` says which of its plans the page showed."""

    pending = forms.UUIDField(widget=forms.HiddenInput)
    edition = forms.IntegerField(required=False, widget=forms.HiddenInput)
    comment = LongTextField(
        label="What and why",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 60, "maxlength": COMMENT_LENGTH}),
        help_text="Kept with the change, for other editors; never public.",
    )


def sent_in(data: Mapping[str, Any], comment: str) -> Sent:
    """What was chosen on the page; anything that is no choice is left out."""
    for_all, restore_all = data.get("on_conflict"), data.get("restore")
    return Sent(
        for_all=for_all if for_all in get_args(OnConflict) else None,
        each=chosen_in(data, CHOICE),
        restore_all=restore_all == "all" if restore_all in ("all", "none") else None,
        restored={code: one == "take" for code, one in chosen_in(data, RESTORED).items()},
        retire=data.get("retire") == "yes" if "retire-shown" in data else None,
        comment=comment[:TYPED_LENGTH],
    )


def chosen_in(data: Mapping[str, Any], name: re.Pattern[str]) -> dict[str, Resolution]:
    known: Mapping[str, Resolution] = {one: one for one in get_args(Resolution)}
    return {match[1]: known[value] for key, value in data.items() if (match := name.fullmatch(key)) and value in known}
