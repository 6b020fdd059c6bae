from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from patterns.models import Category, Pattern
from patterns.views.page import render_page
from patterns.views.public import public

CARD_COUNT = 60  # beyond that the home page names the list instead
CHANGED_COUNT = 6


@public
def home(request: HttpRequest) -> HttpResponse:
    public = Pattern.objects.published()
    found = [*public.in_code_order().for_cards()[: CARD_COUNT + 1]]
    return render_page(
        request,
        "patterns/home.html",
        path=reverse("patterns:home"),
        categories=Category.objects.shown(),
        patterns=found[:CARD_COUNT],
        has_more=len(found) > CARD_COUNT,
        changed=[*public.only("slug", "name", "updated_at").order_by("-updated_at", "pk")[:CHANGED_COUNT]],
    )
