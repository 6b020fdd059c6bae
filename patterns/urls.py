from django.urls import include, path
from django.utils.module_loading import import_string

from patterns.views.pages import PAGES

app_name = "patterns"

urlpatterns = [
    *(path(page.path, import_string(f"patterns.{page.view}"), page.options, name=page.name) for page in PAGES),
    path("api/v1/", include("patterns.api.urls")),
]
