"""Filters of the public pages."""

import re

from django import template
from django.utils.safestring import SafeString, mark_safe

from patterns import markup
from patterns.models.category import hue
from patterns.views.prose import Prose

NEXT_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")

register = template.Library()
register.filter(hue)


@register.filter
def opening(text: str) -> list[str]:
    """The first sentence, and behind it the rest if there is any."""
    return NEXT_SENTENCE.split(text.strip(), maxsplit=1)


@register.filter
def markdown(prose: Prose) -> SafeString:
    return mark_safe(markup.html_of(prose.text, targets=prose.targets))  # the markup module sanitises
