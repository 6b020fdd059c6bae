"""What templates of the pages need beyond the framework: filters for texts and drawings, and what machines are told."""

import json
import re
from collections.abc import Iterable
from typing import Any

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from patterns import markup
from patterns.drawing.svg import Svg
from patterns.models import Catalog, Pattern
from patterns.models.pattern import hue
from patterns.views import linked_data
from patterns.views.pages import PAGES
from patterns.views.pattern import Presented
from patterns.views.relations import Prose

NEXT_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&"}

register = template.Library()
register.filter(hue)


@register.filter
def opening(text: str) -> list[str]:
    """The first sentence, and behind it the rest if there is any."""
    return NEXT_SENTENCE.split(text.strip(), maxsplit=1)


@register.filter
def markdown(prose: Prose) -> SafeString:
    return mark_safe(markup.html_of(prose.text, targets=prose.targets))  # the markup module sanitises


@register.filter
def drawn(drawing: Svg) -> SafeString:
    """The one way of a drawing into a page: nothing but an ``Svg``, which the drawing package escaped, is trusted."""
    if not isinstance(drawing, Svg):
        raise TypeError(f"{type(drawing).__name__} is no drawing")
    return mark_safe(drawing)


@register.inclusion_tag("_masthead.html")
def masthead(here: str) -> dict[str, Any]:
    """The top of every page; ``here`` is the path that was asked for."""
    home = reverse("patterns:home")
    links = [
        {"label": page.menu, "address": f"{home}{page.anchor}" if page.anchor else page.address()}
        for page in PAGES
        if page.menu
    ]
    return {"here": here, "home": home, "index": reverse("patterns:index"), "links": links}


@register.simple_tag
def term_set(catalog: Catalog, patterns: Iterable[Pattern]) -> SafeString:
    return script_text(linked_data.term_set(catalog, patterns))


@register.simple_tag
def article(catalog: Catalog, entry: Presented) -> SafeString:
    return script_text(linked_data.article(catalog, entry))


def script_text(data: dict[str, Any]) -> SafeString:
    """JSON that cannot end its script element: ASCII only, and no character with which markup begins."""
    return mark_safe(json.dumps(data).translate(ESCAPES))
