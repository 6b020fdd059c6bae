from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from patterns.models import Pattern
from patterns.views.page import render_page
from patterns.views.public import public


@public
def about(request: HttpRequest) -> HttpResponse:
    example = Pattern.objects.published().in_code_order().only("code", "slug", "name", "updated_at").first()
    return render_page(
        request, "patterns/about.html", path=reverse("patterns:about"), example=example, site=settings.SITE_URL
    )
