from django.contrib import admin
from django.urls import include, path

from patterns.views import health
from patterns.views.errors import no_static_file
from patterns.views.site import icon

handler404 = "patterns.views.errors.not_found"
handler500 = "patterns.views.errors.failed"

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("favicon.ico", icon, name="favicon"),
    path("static/<path:path>", no_static_file, name="static"),
    path("admin/", admin.site.urls),
    path("", include("patterns.urls")),
]
