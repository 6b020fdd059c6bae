import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command

from patterns.tests.workflow.staff import person
from patterns.workflow.roles import GROUPS
from patterns.workflow.rules import ROLES
from patterns.workflow.standing import actor_of, role_of

pytestmark = pytest.mark.django_db


def test_the_groups_are_there_after_migrating():
    found = {group.name: {*group.permissions.values_list("codename", flat=True)} for group in Group.objects.all()}

    assert found == {name: {*codenames} for name, codenames in GROUPS.items()}


def test_migrating_again_adds_what_is_missing_and_removes_nothing():
    viewer = Group.objects.get(name="viewer")
    viewer.permissions.set(Permission.objects.filter(codename="delete_category"))

    call_command("migrate", verbosity=0)

    codenames = {*viewer.permissions.values_list("codename", flat=True)}
    assert codenames == {*GROUPS["viewer"], "delete_category"}


@pytest.mark.parametrize("role", ROLES)
def test_a_users_role_follows_from_permissions(role: str):
    assert role_of(person(role)) == role


def test_who_may_no_longer_sign_in_has_no_role():
    user = person("publisher")
    User.objects.filter(pk=user.pk).update(is_active=False)

    assert role_of(User.objects.get(pk=user.pk)) == "anonymous"


def test_a_command_acts_with_every_right():
    assert actor_of(None).role == "superuser"
