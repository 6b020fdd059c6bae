"""Drawings in pages."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from patterns.drawing.svg import Svg

register = template.Library()


@register.filter
def drawn(drawing: Svg) -> SafeString:
    """The one way of a drawing into a page: nothing but an ``Svg``, which the drawing package escaped, is trusted."""
    if not isinstance(drawing, Svg):
        raise TypeError(f"{type(drawing).__name__} is no drawing")
    return mark_safe(drawing)
