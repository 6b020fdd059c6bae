"""The roles as groups of Django's permissions; which role somebody's permissions amount to, ``standing`` says."""

from typing import Any, Final

from django.apps import AppConfig, apps
from django.contrib.auth.management import create_permissions

VIEWER: Final = (
    *("view_pattern", "view_category", "view_catalog", "view_change", "view_revision", "view_proposal"),
    "export_pattern",
)
EDITOR: Final = (*VIEWER, "add_pattern", "change_pattern", "delete_pattern", "import_pattern")
PUBLISHER: Final = (
    *(*VIEWER, "add_pattern", "change_pattern", "import_pattern", "publish_pattern", "change_proposal"),
    *("add_category", "change_category", "change_catalog"),
)
GROUPS: Final[dict[str, tuple[str, ...]]] = {"viewer": VIEWER, "editor": EDITOR, "publisher": PUBLISHER}


def make_groups(sender: AppConfig, **kwargs: Any) -> None:
    """Receiver of ``post_migrate``: makes the groups and adds what they lack; what somebody added stays."""
    known = kwargs.get("apps", apps)
    try:
        group, permission = (known.get_model("auth", name) for name in ("Group", "Permission"))
        known.get_model("patterns", "Proposal")
    except LookupError:  # migrated backwards, or not so far yet
        return
    using = kwargs["using"]
    # Django makes the permissions in a receiver of its own, which may run after this one.
    create_permissions(sender, verbosity=0, using=using, apps=known)
    mine = permission._default_manager.using(using).filter(content_type__app_label="patterns")
    for name, codenames in GROUPS.items():
        made, _ = group._default_manager.using(using).get_or_create(name=name)
        made.permissions.add(*mine.filter(codename__in=codenames))
