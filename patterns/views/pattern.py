from django.http import HttpRequest, HttpResponse

from patterns.models import Pattern
from patterns.views.elsewhere import elsewhere
from patterns.views.page import render_page
from patterns.views.presented import presented
from patterns.views.public import public

SHELF_COUNT = 3


@public
def show(request: HttpRequest, slug: str) -> HttpResponse:
    entry = presented(slug)
    if entry is None:
        return elsewhere(request, slug, view="patterns:pattern")
    pattern = entry.pattern
    shelf = Pattern.objects.published().in_category(pattern.category).exclude(pk=pattern.pk).in_code_order()
    context = {"pattern": pattern, "entry": entry, "shelf": shelf.for_cards()[:SHELF_COUNT]}
    return render_page(request, "patterns/pattern.html", path=pattern.get_absolute_url(), **context)
