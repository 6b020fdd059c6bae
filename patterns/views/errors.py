from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from patterns.models import Catalog
from patterns.views.near import asked_slug, near_patterns


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A page that leads on: to entries whose addresses are like the one that was asked for."""
    context = {"catalog": Catalog.objects.get(), "near": near_patterns(asked_slug(request.path))}
    return render(request, "404.html", context, status=404)
