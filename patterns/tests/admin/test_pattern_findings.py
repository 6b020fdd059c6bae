"""What the editorial checks say, beside the entry that they say it of."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from patterns.models import Pattern
from patterns.store import findings as stored_findings
from patterns.tests.admin.forms import address, client_of, make_staff, opened
from patterns.tests.factories import authorship, make_pattern, make_patterns
from patterns.tests.pages.trees import parsed, texts

pytestmark = pytest.mark.django_db
GOOD = "A pattern that says what it is in one sentence."


def page_of(client: Client, pattern: Pattern) -> str:
    response = client.get(address("change", pattern.pk))
    assert response.status_code == 200
    return response.content.decode()


def findings(client: Client, pattern: Pattern) -> list[str]:
    page = parsed(client.get(address("change", pattern.pk)))
    [section] = [one for one in page.iter("section") if one.get("class") == "findings"]
    return texts(section, "li")


def fresh(code: str = "01", **values: Any) -> Pattern:
    """An entry that was saved just now."""
    return make_pattern(code, by=authorship(at=timezone.now()), **values)


def test_findings_are_listed_with_all_there_is_to_say(desk: Client):
    pattern = fresh(status="draft", description="TODO it.")

    assert findings(desk, pattern) == [
        "error says 'TODO'; finish it, or leave it out unfinished",
        "warning has 2 words; say it in 4 to 40 words description-length",
    ]


def test_they_stand_below_their_fields_and_name_the_row(desk: Client):
    rows = [{"title": "A", "url": "https://a.example.net/"}, {"title": "B", "url": "https://intranet/"}]
    pattern = fresh(description="Short.", references=rows)

    page = parsed(desk.get(address("change", pattern.pk)))

    shown = texts(page, "h3")
    assert [one for one in shown if one in ("Description", "Problem", "Use when", "References")] == [
        *("Description", "Problem", "Use when", "References"),
    ]
    assert any(item.startswith("error 2 url: 'https://intranet/' names no public host") for item in texts(page, "li"))


def test_an_entry_that_nobody_saved_for_long_says_so_first(desk: Client):
    pattern = make_pattern(status="draft", description=GOOD)

    assert findings(desk, pattern)[0].startswith("warning was last saved on 2025-03-14;")


def test_a_good_entry_has_none(desk: Client):
    pattern = fresh(status="draft", description=GOOD)

    assert findings(desk, pattern) == []
    assert "<p>Nothing.</p>" in page_of(desk, pattern)


def test_a_name_in_other_letters_is_shown_with_the_entry_that_it_looks_like(desk: Client):
    make_pattern("06", name="Saga Pattern")
    pattern = fresh(status="draft", description=GOOD, name="S\u0430ga Pattern", slug="another")

    [finding] = findings(desk, pattern)

    assert finding.startswith("warning looks like the name of [06] Saga Pattern, in other letters;")


def test_markdown_that_readers_would_see_is_told_with_its_line(desk: Client):
    pattern = fresh(status="draft", description=GOOD, problem="It waits.\n\n# Why")

    assert "warning has a heading on line 3, which readers see as it is typed: '# Why'; write a paragraph" in " ".join(
        findings(desk, pattern)
    )


def test_other_entries_are_compared_with_and_not_told_of(desk: Client):
    make_pattern("02", name="Outbox")
    pattern = fresh(status="draft", description=GOOD, aliases=["Outbox"])

    [finding] = findings(desk, pattern)

    assert "alias-of-another" in finding


def test_who_may_only_look_sees_them_too():
    pattern = make_pattern(description="Short.")

    assert any("description-length" in one for one in findings(client_of(make_staff("view_pattern")), pattern))


def test_the_form_for_a_new_entry_has_no_such_list(desk: Client):
    assert 'class="findings"' not in desk.get(address("add")).content.decode()


def test_what_an_editor_typed_is_escaped(desk: Client):
    pattern = make_pattern(aliases=["<script>alert(1)</script> TODO"])

    assert "<script>alert" not in page_of(desk, pattern)


def test_a_refused_save_still_shows_those_of_the_saved_entry(desk: Client):
    pattern = make_pattern(status="draft", description="Short.")
    path = address("change", pattern.pk)

    response = desk.post(path, {**opened(desk, path), "slug": "no slug", "description": "TODO"})

    page = response.content.decode()
    assert response.status_code == 200
    assert "has 1 word" in page
    assert "says &#x27;TODO&#x27;" not in page


def test_of_a_large_catalogue_only_what_is_near_is_read(desk: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(stored_findings, "BESIDE", 5)
    make_patterns(20, first=10, problem="A problem that all of them share, word by word, in one sentence.")
    relations = [{"type": "uses", "target": "10", "why": "It does."}]
    pattern = make_pattern("01", aliases=["Pattern 11"], relations=relations, problem="See [[12]] or [[77]].")
    make_pattern("50", relations=[{"type": "leads to", "target": "01"}])
    make_pattern("51", name="P\u0430ttern 01", slug="imitated")

    page = page_of(desk, pattern)

    assert "Compared with related entries only" in page
    assert "is the name of [11]" in page
    assert "looks like the name of [51]" in page
    assert "has 2 items, those stated by others included" in page
    assert "links to &#x27;77&#x27;, which is no entry" in page
    assert "there is no entry" not in page


def test_a_large_catalogue_costs_no_more_queries(desk: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(stored_findings, "BESIDE", 5)
    relations = [{"type": "uses", "target": "10", "why": "It does."}]
    make_patterns(10, first=10)
    pattern = make_pattern("01", relations=relations)
    page_of(desk, pattern)
    with CaptureQueriesContext(connection) as few:
        page_of(desk, pattern)
    make_patterns(30, first=20, relations=[{"type": "uses", "target": "01"}])

    with CaptureQueriesContext(connection) as many:
        page_of(desk, pattern)

    assert len(few) == len(many) <= 60
