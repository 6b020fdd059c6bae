"""Why something is done: what editors keep of it and what readers are told, and who signs for it."""

from collections.abc import Mapping
from typing import Any, Final, TypedDict

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone

from patterns.admin.base import LongTextField
from patterns.document.problems import InvalidCatalog
from patterns.document.reason import reason_for_readers
from patterns.document.text import REASON_LENGTH
from patterns.models import Change
from patterns.store.writing import Authorship
from patterns.workflow.rules import Operation, answer
from patterns.workflow.standing import actor_of

COMMENT_LENGTH: Final = 1000


class CommentField(LongTextField):
    """Why something is done. Where it is decided on a page of many, that page says how long it may be."""

    def __init__(self, *, label: str = "What and why", max_length: int | None = COMMENT_LENGTH, **options: Any) -> None:
        options.setdefault("help_text", "Kept with the change, for other editors; never public.")
        options.setdefault("widget", forms.Textarea(attrs={"rows": 2, "cols": 60, "maxlength": COMMENT_LENGTH}))
        super().__init__(label=label, max_length=max_length, **options)


class ReasonField(LongTextField):
    """What readers are told of a change. Unchecked, it takes anything: its page says what is wrong with it."""

    def __init__(self, *, is_checked: bool = True, **options: Any) -> None:
        self.is_checked = is_checked
        options.setdefault("label", "Reason for readers")
        options.setdefault("help_text", "Shown with the change to all who can see it, for ever. May be left out.")
        options.setdefault("widget", forms.Textarea(attrs={"rows": 2, "cols": 60, "maxlength": REASON_LENGTH}))
        super().__init__(required=False, **options)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return reason_for_readers(text) if self.is_checked else text
        except InvalidCatalog as refusal:
            raise ValidationError(f"{refusal.sentence[0].upper()}{refusal.sentence[1:]}.") from refusal


class Why(TypedDict):
    comment: str
    public_reason: str


def why_in(cleaned: Mapping[str, Any]) -> Why:
    return {"comment": cleaned.get("comment", ""), "public_reason": cleaned.get("public_reason", "")}


class CommentForm(forms.Form):
    """What every page asks that changes something; a form that needs no reason says so of its field."""

    comment = CommentField()
    public_reason = ReasonField()

    def why(self) -> Why:
        """What was typed, as ``authorship`` takes it."""
        return why_in(self.cleaned_data)


class DocumentCommentForm(CommentForm):
    """Why something is done to one document; ``opened`` is the fingerprint of what the page shows of it."""

    comment = CommentField(label="Why")
    opened = forms.CharField(required=False, widget=forms.HiddenInput)

    def open_again(self, opened: str) -> None:
        """From now on it is about what has this fingerprint, whatever was sent."""
        # A bound form shows what was sent, an unbound one its initial values.
        self.initial["opened"] = opened
        self.data = {**self.data.dict(), "opened": opened}  # type: ignore[attr-defined]


# Who may tell readers anything, and who signs a change.


def may_explain(request: HttpRequest) -> bool:
    """Whether the user may tell readers why: whoever may publish."""
    return answer(Operation.PUBLISH, actor_of(signed_in(request))) != "no"


def offer_reason(form: forms.BaseForm, request: HttpRequest, *, is_wanted: bool = True) -> None:
    """Take the reason for readers out of a form for those who may not give any."""
    if not (is_wanted and may_explain(request)):
        form.fields.pop("public_reason", None)


def authorship(
    request: HttpRequest,
    *,
    comment: str = "",
    public_reason: str = "",
    origin: Change.Origin = Change.Origin.ADMIN,
) -> Authorship:
    """Of a change that the user makes now; a reason for readers counts only from those who may give one."""
    return Authorship(
        origin=origin,
        at=timezone.now(),
        author=signed_in(request),
        comment=comment,
        public_reason=public_reason if public_reason and may_explain(request) else "",
    )


def signed_in(request: HttpRequest) -> User:
    """The user; the admin lets nobody else in."""
    assert isinstance(request.user, User)
    return request.user
