"""Filters of the public pages."""

import re

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from patterns import markup
from patterns.models.pattern import hue
from patterns.views.pages import NAVIGATION
from patterns.views.prose import Prose

NEXT_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")

register = template.Library()
register.filter(hue)


@register.simple_tag
def navigation() -> list[tuple[str, str, str]]:
    """Label, address and fragment of each link of the masthead."""
    return [(link.label, reverse(f"patterns:{link.name}"), link.fragment) for link in NAVIGATION]


@register.filter
def opening(text: str) -> list[str]:
    """The first sentence, and behind it the rest if there is any."""
    return NEXT_SENTENCE.split(text.strip(), maxsplit=1)


@register.filter
def markdown(prose: Prose) -> SafeString:
    return mark_safe(markup.html_of(prose.text, targets=prose.targets))  # the markup module sanitises
