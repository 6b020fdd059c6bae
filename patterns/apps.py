from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PatternsConfig(AppConfig):
    name = "patterns"
    verbose_name = "Catalogue"

    def ready(self) -> None:
        from patterns.store.search_index import make_index
        from patterns.store.setup import make_catalog
        from patterns.workflow.roles import make_groups

        post_migrate.connect(make_catalog, sender=self, dispatch_uid="make_catalog")
        post_migrate.connect(make_groups, sender=self, dispatch_uid="make_groups")
        post_migrate.connect(make_index, sender=self, dispatch_uid="make_index")
