"""People with the roles of the desk."""

from typing import Any

from django.contrib.auth.models import Group, User

from patterns.document.register import with_values
from patterns.models import Change
from patterns.store.writing import Authorship, fingerprint_of
from patterns.tests.factories import AT
from patterns.workflow.roles import GROUPS
from patterns.workflow.saves import present, save


def person(role: str, name: str = "") -> User:
    """A user as the admin would make one: staff, in the group of the role; "superuser" and "anonymous" are none."""
    is_superuser = role == "superuser"
    user = User.objects.create_user(name or role, is_staff=role != "anonymous", is_superuser=is_superuser)
    if role in GROUPS:
        user.groups.add(Group.objects.get(name=role))
    return user


def by(author: User | None, comment: str = "", **about: Any) -> Authorship:
    return Authorship(**{"origin": Change.Origin.ADMIN, "at": AT, "author": author, "comment": comment, **about})


def move(code: str, status: str, *, by: Authorship) -> Change | None:
    """What the desk's buttons and actions do to an entry as it is now."""
    entry = present(code)
    assert entry is not None
    return save(with_values(entry, {"status": status}), opened=fingerprint_of(entry), by=by).change
