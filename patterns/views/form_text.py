"""What somebody typed into a form, carried from page to page until it can be sent again."""

from urllib.parse import urlencode

from django.http import QueryDict

TOKEN = "csrfmiddlewaretoken"


def typed_pairs(form: QueryDict) -> list[tuple[str, str]]:
    """Name and value of each field, as a page shows and sends them. Passwords are never carried along."""
    if any("password" in name for name in form):
        return []
    return [(name, value) for name, values in form.lists() for value in values if name != TOKEN]


def typed_in(form: QueryDict) -> str:
    """The fields of a form of ours, which has a token, encoded; empty if there are none."""
    return urlencode(typed_pairs(form)) if TOKEN in form else ""
