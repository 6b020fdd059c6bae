"""Whole addresses, as programs need them: they begin with SITE_URL, whatever host was asked."""

from typing import Any

from django.conf import settings
from django.urls import reverse


def address(name: str, *args: Any, suffix: str = "") -> str:
    """The address of a view of the app, by its name; ``suffix`` begins with a question mark or a number sign."""
    return f"{settings.SITE_URL}{reverse(f'patterns:{name}', args=args)}{suffix}"
