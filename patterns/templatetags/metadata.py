"""What pages say to machines."""

import json
from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from patterns.models import Catalog, Pattern
from patterns.views import linked_data
from patterns.views.pattern import Presented

ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&"}

register = template.Library()


@register.simple_tag
def term_set(catalog: Catalog, patterns: Iterable[Pattern]) -> SafeString:
    return script_text(linked_data.term_set(catalog, patterns))


@register.simple_tag
def article(catalog: Catalog, entry: Presented) -> SafeString:
    return script_text(linked_data.article(catalog, entry))


def script_text(data: dict[str, Any]) -> SafeString:
    """JSON that cannot end its script element: ASCII only, and no character with which markup begins."""
    return mark_safe(json.dumps(data).translate(ESCAPES))
