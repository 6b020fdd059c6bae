"""What somebody typed into a form, carried from page to page until it can be sent again."""

import re
from collections.abc import Iterable
from urllib.parse import urlencode

from django.http import QueryDict

TOKEN = "csrfmiddlewaretoken"
# What our forms send of themselves.
OF_THE_FORM = re.compile(
    r"opened|kept|seen|proposed|form_token|initial-.*|.*-__prefix__-.*|.*-(id|pattern|source|\w+_FORMS)"
)


def typed_pairs(form: QueryDict) -> list[tuple[str, str]]:
    """Name and value of each field, as a page shows and sends them. Passwords are never carried along."""
    if any("password" in name for name in form):
        return []
    return [(name, value) for name, values in form.lists() for value in values if name != TOKEN]


def typed_in(form: QueryDict) -> str:
    """The fields of a form of ours, which has a token, encoded; empty if there are none."""
    return urlencode(typed_pairs(form)) if TOKEN in form else ""


def by_hand(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those that somebody typed or chose, and the button, as far as they say anything."""
    return [(name, value) for name, value in pairs if value and not OF_THE_FORM.fullmatch(name)]
