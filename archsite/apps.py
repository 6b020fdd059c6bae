from django.contrib.admin.apps import AdminConfig


class ArchsiteAdminConfig(AdminConfig):
    default_site = "patterns.admin.site.archsite_admin"
