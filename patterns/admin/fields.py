"""Form fields of the editors' desk."""

from typing import Any

from django import forms


class LinesField(forms.CharField):
    """A list of texts, one on each line."""

    widget = forms.Textarea(attrs={"rows": 3, "cols": 60})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        lines = (line.strip() for line in (value or "").splitlines())
        return [line for line in lines if line]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.to_python(data) != list(initial or [])


class CodeInput(forms.TextInput):
    """The code of another entry; browsers offer those of the page's list, by code and by name."""

    def __init__(self) -> None:
        super().__init__(attrs={"list": "codes", "class": "vTextField code", "autocomplete": "off"})


class LongTextField(forms.CharField):
    """Text in which a line end counts as one character, as in the document; browsers send two."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace("\r\n", "\n") if isinstance(value, str) else value)
