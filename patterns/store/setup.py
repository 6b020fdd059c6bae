"""Rows that every database has."""

import secrets
from typing import Any

from django.apps import apps

ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"


def make_catalog(**kwargs: Any) -> None:
    """Receiver of ``post_migrate``: makes the Catalog row unless it is there, or has no table any more."""
    try:
        catalog = kwargs.get("apps", apps).get_model("patterns", "Catalog")
    except LookupError:
        return
    rows = catalog._default_manager.using(kwargs["using"])
    if not rows.exists():
        rows.create(id="".join(secrets.choice(ALPHABET) for _ in range(8)))
