"""Pairs of editors who save the same entry at the same moment: nothing that anybody typed is silently lost.

``PAIRS=200`` in the environment makes it the long run.
"""

import os
import random
import re
from dataclasses import dataclass, field
from threading import Barrier

import pytest
from django.http import HttpResponse
from django.test import Client

from patterns.models import Change, Pattern, Revision, WorkingCopy
from patterns.store.reading import load_entries
from patterns.tests.admin.clashes import editors_of
from patterns.tests.admin.forms import Form, address, form_in, opened
from patterns.tests.factories import make_pattern
from patterns.tests.store.scratch import Scratch

pytestmark = pytest.mark.database

PAIRS = int(os.environ.get("PAIRS", "6"))
KEYS = ("description", "problem", "solution")
TRIES = 20


@dataclass
class Edit:
    """What one of a pair typed, what became of it, and the keys about which a page asked them, with their choice."""

    client: Client
    key: str
    text: str
    choice: str
    form: Form
    is_saved: bool = False
    page_count: int = 0
    chosen: dict[str, str] = field(default_factory=dict)

    def send(self, path: str, start: Barrier) -> None:
        start.wait()
        self.follow(self.client.post(path, {**self.form, self.key: self.text}))

    def follow(self, response: HttpResponse) -> None:
        """Answer the page of a conflict until the edit is saved."""
        page = ""
        for _ in range(TRIES):
            if response.status_code == 302:
                is_asked = response["Location"].startswith("/admin/working-copy/")
                page = response["Location"] if is_asked else ""
                response = self.client.get(page) if is_asked else response
            if response.status_code == 302:
                self.is_saved = True
                return
            content = response.content.decode()
            assert "Nothing is saved yet" in content, content
            self.page_count += 1
            asked = dict.fromkeys(re.findall(r'name="choice-(\w+)"', content), self.choice)
            self.chosen |= asked
            choices = {f"choice-{key}": value for key, value in asked.items()}
            response = self.client.post(page, {**form_in(response), **choices})


def pair(scratch: Scratch, path: str, clients: tuple[Client, Client], number: int) -> tuple[Edit, Edit]:
    rng, start = random.Random(number), Barrier(2)
    edits = tuple(
        Edit(client, rng.choice(KEYS), f"{name} {number}.", rng.choice(["mine", "now"]), opened(client, path))
        for client, name in zip(clients, "AB", strict=True)
    )
    results = scratch.at_once(*(lambda edit=edit: edit.send(path, start) for edit in edits))
    assert results == [None, None], results
    return edits


def is_lost(edit: Edit, other: Edit) -> bool:
    """Whether a text is gone although nobody saw it and chose against it."""
    if getattr(load_entries()["01"], edit.key) == edit.text:
        return False
    gave_way = edit.chosen.get(edit.key) == "now"
    was_replaced = other.chosen.get(edit.key) == "mine"
    return not (gave_way or was_replaced)


def test_of_pairs_that_save_at_once_no_edit_is_silently_lost(scratch: Scratch):
    path = address("change", make_pattern().pk)
    editors = editors_of()

    pairs = [pair_and_loss(scratch, path, (editors.first, editors.second), number) for number in range(PAIRS)]

    assert [loss for _, loss in pairs if loss] == []
    assert all(edit.is_saved for edits, _ in pairs for edit in edits)
    assert all(sum(edit.page_count for edit in edits) == 1 for edits, _ in pairs)
    assert {len(edit.chosen) for edits, _ in pairs for edit in edits} == {0, 1}
    assert Revision.objects.filter(what="entry").count() == Change.objects.filter(revisions__what="entry").count()
    assert Pattern.objects.count() == 1
    assert not WorkingCopy.objects.exists()


def pair_and_loss(
    scratch: Scratch, path: str, clients: tuple[Client, Client], number: int
) -> tuple[tuple[Edit, Edit], list[str]]:
    """A pair that was sent, and the texts of it that were lost."""
    first, second = pair(scratch, path, clients, number)
    lost = [one.text for one, other in ((first, second), (second, first)) if is_lost(one, other)]
    return (first, second), lost


def test_a_save_that_meets_several_others_comes_through(scratch: Scratch):
    path = address("change", make_pattern().pk)
    editors = editors_of()
    start = Barrier(6)
    edits = [
        Edit(client, key, f"{key} {index}", "mine", opened(client, path))
        for index, client in enumerate((editors.first, editors.second))
        for key in KEYS
    ]

    results = scratch.at_once(*(lambda edit=edit: edit.send(path, start) for edit in edits))

    assert results == [None] * 6
    assert all(edit.is_saved for edit in edits)
    assert not WorkingCopy.objects.exists()
    entry = load_entries()["01"]
    assert {getattr(entry, key)[:-2] for key in KEYS} == {*KEYS}
