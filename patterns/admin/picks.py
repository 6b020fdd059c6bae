"""Other entries are picked by name: which are offered as one types, and which one is meant by what was typed."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django import forms
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import HttpRequest, JsonResponse

from patterns.admin.base import labelled
from patterns.document.text import CODE, name_key
from patterns.models import Pattern
from patterns.search.query import reader_text
from patterns.search.ranking import find

OFFERED = 20  # entries, to whoever types the code or the name of one
LOOKED_AT = 100  # of those that have it somewhere in their name
NAMED_AGAIN = 5  # of them in a refusal
TYPED_LENGTH = 300
LABEL: Final = re.compile(rf"\[({CODE.pattern})\]")


def codes_page(model_admin: ModelAdmin, request: HttpRequest) -> JsonResponse:
    """Code and name of the entries that a relation may name; with ``published=1`` those that may be a successor."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    offered = offered_entries(request.GET.get("q", ""), is_for_readers=request.GET.get("published") == "1")
    return JsonResponse({"entries": [labelled(*one) for one in offered.items()]})


def offered_entries(text: str, *, is_for_readers: bool = False) -> dict[str, str]:
    """Code → name: what begins as was typed, then what readers would find, then what has it anywhere in its name."""
    text = reader_text(text)
    key = name_key(text)
    if not key:
        return {}
    entries = Pattern.objects.in_code_order()
    entries = entries.published() if is_for_readers else entries.exclude(status=Pattern.Status.RETIRED)
    beginning = entries.filter(Q(code__startswith=text) | Q(name_key__startswith=key))
    offered = dict(beginning.values_list("code", "name")[:OFFERED])
    if len(offered) < OFFERED:
        found = [one.code for one in find(text, OFFERED).found]
        names = dict(entries.filter(code__in=found).values_list("code", "name"))
        offered |= {code: names[code] for code in found if code in names}
    if len(offered) < OFFERED:
        # Every name has to be looked at, which the index of names can answer alone: so no more is asked of it.
        having = Pattern.objects.filter(name_key__contains=key).order_by().values_list("pk", flat=True)[:LOOKED_AT]
        offered |= dict(entries.filter(pk__in=[*having]).values_list("code", "name"))
    return dict([*offered.items()][:OFFERED])


def code_meant(text: str) -> str:
    """The code of the entry whose code, name or other name was typed, or the text itself if nothing is like it.

    Raises ValidationError with those that may be meant.
    """
    rows = dict(Pattern.objects.filter(Q(code=text) | Q(name_key=name_key(text))).values_list("code", "name"))
    if text in rows or len(rows) == 1:  # a code is a code, though it were the name of another
        return text if text in rows else next(iter(rows))
    offered = offered_entries(text)
    aliases = dict(Pattern.objects.filter(code__in=offered).values_list("code", "aliases"))
    called = [code for code in offered if name_key(text) in map(name_key, aliases[code])]
    if len(called) == 1:
        return called[0]
    named = "; ".join(labelled(code, offered[code]) for code in (called or [*offered])[:NAMED_AGAIN])
    if called:
        raise ValidationError(f"several entries are called {text!r}; type the code of one: {named}")
    if offered:
        raise ValidationError(f"there is no entry {text!r}; did you mean {named}?")
    return text  # the document says what is wrong with a code that leads nowhere


def names_of(codes: Iterable[str]) -> Mapping[str, str]:
    """Code → name of those that there are."""
    wanted = {code for code in codes if code}
    return dict(Pattern.objects.filter(code__in=wanted).order_by().values_list("code", "name")) if wanted else {}


class EntryField(forms.CharField):
    """The code of another entry, shown and taken with its name behind it; a name alone is as good as the code.

    ``names`` of what it shows are given by whoever has all the codes of a form. ``offers`` is the id of the page's list
    of entries that are offered as one types (picks.js).
    """

    names: Mapping[str, str] = {}

    def __init__(self, *, offers: str = "codes", **kwargs: Any) -> None:
        attributes = {"list": offers, "class": "vTextField entry", "autocomplete": "off"}
        super().__init__(max_length=TYPED_LENGTH, widget=forms.TextInput(attrs=attributes), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return labelled(value, self.names[value]) if value in self.names else value

    def to_python(self, value: Any) -> str:
        text = str(super().to_python(value))
        label = LABEL.match(text)
        return label[1] if label else text

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return code_meant(text) if text else text
