from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    default_site = "patterns.admin.site.desk_site"
