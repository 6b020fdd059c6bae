"""Reviewers at the same time, each with a real connection: a proposal is decided once."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from patterns.models import Change, Pattern, Proposal
from patterns.store.edits import StaleEdit
from patterns.store.writing import fingerprint_of
from patterns.tests.factories import change_pattern, entry, make_pattern
from patterns.tests.store.scratch import Scratch
from patterns.tests.workflow.staff import by, person
from patterns.workflow.proposals import Closed, accept, decline
from patterns.workflow.saves import present, save

pytestmark = pytest.mark.database


def proposed() -> Proposal:
    make_pattern()
    save(entry(description="Better."), opened=fingerprint_of(present("01")), by=by(person("editor"), "Clearer."))
    return Proposal.objects.get()


def accepting(proposal: Proposal, reviewer: User) -> Callable[[], Any]:
    opened = fingerprint_of(present("01"))
    return lambda: accept(proposal, entry(description="Better."), opened=opened, by=by(reviewer, "Good."))


def declining(proposal: Proposal, reviewer: User) -> Callable[[], Any]:
    return lambda: decline(proposal, by=by(reviewer, "Not good."))


def test_of_two_who_accept_at_once_one_does(scratch: Scratch):
    proposal = proposed()
    acts = [accepting(proposal, person("publisher", name)) for name in ("Ada", "Barbara")]

    results = scratch.at_once(*acts)

    assert sorted(type(one) for one in results if isinstance(one, Exception)) == [Closed]
    assert Change.objects.filter(origin="proposal").count() == 1


@pytest.mark.parametrize("_", range(5))
def test_of_one_who_accepts_and_one_who_declines_at_once_one_is_heard(scratch: Scratch, _: int):
    proposal = proposed()
    acts = [accepting(proposal, person("publisher", "Ada")), declining(proposal, person("publisher", "Barbara"))]

    results = scratch.at_once(*acts)

    assert [type(one) for one in results if isinstance(one, Exception)] == [Closed]
    proposal.refresh_from_db()
    is_accepted = proposal.state == "accepted"
    assert Change.objects.filter(origin="proposal").exists() == is_accepted
    assert present("01").description == ("Better." if is_accepted else "What Pattern 01 is.")


def test_an_edit_and_an_acceptance_at_once_lose_nothing(scratch: Scratch):
    proposal = proposed()
    accepts = accepting(proposal, person("publisher"))

    accepted, _ = scratch.at_once(accepts, lambda: change_pattern(Pattern(code="01"), problem="Meanwhile."))

    now = present("01")
    if isinstance(accepted, StaleEdit):
        assert (now.description, now.problem) == ("What Pattern 01 is.", "Meanwhile.")
        assert Proposal.objects.get().state == "open"
    else:
        assert (now.description, Proposal.objects.get().state) == ("Better.", "accepted")
