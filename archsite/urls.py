from django.contrib import admin
from django.urls import include, path

from patterns.admin import passwords
from patterns.views import health
from patterns.views.errors import no_static_file
from patterns.views.site import icon, security_file

handler400 = "patterns.views.errors.bad_request"
handler404 = "patterns.views.errors.not_found"
handler500 = "patterns.views.errors.failed"

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("favicon.ico", icon, name="favicon"),
    path(".well-known/security.txt", security_file, name="security_txt"),
    path("static/<path:path>", no_static_file, name="static"),
    # Under the names by which Django asks for them.
    path("admin/password_reset/", passwords.ask, name="admin_password_reset"),
    path("admin/password_reset/done/", passwords.asked, name="password_reset_done"),
    path("admin/reset/<uidb64>/<token>/", passwords.choose, name="password_reset_confirm"),
    path("admin/reset/done/", passwords.chosen, name="password_reset_complete"),
    path("admin/", admin.site.urls),
    path("", include("patterns.urls")),
]
