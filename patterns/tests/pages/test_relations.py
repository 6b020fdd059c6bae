"""Relations as pages show them: from both ends, and between published entries only."""

import pytest
from django.test import Client

from patterns.document.vocabulary import INVERSE
from patterns.tests.factories import change_pattern, make_pattern
from patterns.tests.pages.trees import links, parsed, text

pytestmark = pytest.mark.django_db


def shown(client: Client, code: str) -> str:
    return text(parsed(client.get(f"/patterns/pattern-{code}/")))


@pytest.mark.parametrize(("forward", "inverse"), INVERSE.items())
def test_a_relation_is_shown_at_both_ends_with_its_reason(client: Client, forward: str, inverse: str):
    make_pattern("02")
    make_pattern("01", relations=[{"type": forward, "target": "02", "why": "Because it must."}])

    assert f"Related entries {forward} Pattern 02 Because it must." in shown(client, "01")
    assert f"Related entries {inverse} Pattern 01 Because it must." in shown(client, "02")


def test_relations_of_one_kind_stand_together(client: Client):
    for code in ("02", "03", "04"):
        make_pattern(code)
    stated = [("uses", "04"), ("requires", "03"), ("uses", "02")]
    make_pattern("01", relations=[{"type": type, "target": target} for type, target in stated])

    assert "Related entries requires Pattern 03 uses Pattern 02 Pattern 04" in shown(client, "01")


def test_two_entries_may_be_related_in_two_ways(client: Client):
    make_pattern("02")
    make_pattern("01", relations=[{"type": "uses", "target": "02"}, {"type": "leads to", "target": "02"}])

    assert "Related entries used by Pattern 01 follows from Pattern 01" in shown(client, "02")


@pytest.mark.parametrize("status", ["draft", "review", "retired"])
def test_a_relation_with_an_entry_that_is_not_public_is_not_shown(client: Client, status: str):
    hidden = make_pattern("02")
    make_pattern("01", relations=[{"type": "uses", "target": "02", "why": "To send."}])
    change_pattern(hidden, status=status)

    assert "Related entries" not in shown(client, "01")


@pytest.mark.parametrize("status", ["draft", "review", "retired"])
def test_what_an_entry_that_is_not_public_states_is_not_shown(client: Client, status: str):
    make_pattern("02")
    make_pattern("01", status=status, relations=[{"type": "uses", "target": "02", "why": "To send."}])

    assert "Related entries" not in shown(client, "02")


def test_the_other_entry_is_linked(client: Client):
    make_pattern("09", name="Far away", slug="far")
    for code in ("01", "02", "03"):
        make_pattern(code, relations=[{"type": "uses", "target": "09"}] if code == "01" else [])

    assert links(parsed(client.get("/patterns/pattern-01/")))["/patterns/far/"] == "Far away"
