"""The list of entries: its columns, its filters, and what its words find."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from patterns.admin.base import LongListPaginator
from patterns.admin.pattern import PatternAdmin
from patterns.store.writing import fingerprint_of
from patterns.tests.admin.forms import address, client_of, make_staff
from patterns.tests.admin.test_query_counts import grown
from patterns.tests.factories import (
    RICH,
    authorship,
    change_pattern,
    entry,
    import_entries,
    make_pattern,
    make_rich_pattern,
)
from patterns.tests.workflow.staff import by, person
from patterns.workflow.proposals import decline, keep_proposal
from patterns.workflow.saves import delete, present

pytestmark = pytest.mark.django_db

LIST = address("changelist")


@pytest.fixture
def viewer(db) -> User:
    return person("viewer")


def codes(user: User, query: str = "") -> list[str]:
    response = client_of(user).get(LIST + query)
    assert response.status_code == 200, response
    return [row.code for row in response.context["cl"].result_list]


def propose(code: str, **values: Any) -> Any:
    author, _ = User.objects.get_or_create(username="proposer")
    return keep_proposal(entry(code, **values), base=present(code), by=by(author))


@pytest.mark.parametrize("permissions", [(), ("add_pattern",), ("view_category", "view_change")])
def test_who_may_not_look_sees_no_list(permissions: tuple[str, ...]):
    make_pattern()

    assert client_of(make_staff(*permissions)).get(LIST).status_code == 403


def test_each_row_says_who_changed_the_entry_last_and_when(viewer: User):
    row = make_pattern(by=by(person("editor")))
    change_pattern(row, description="Other.", by=by(person("publisher", "Frida")))

    page = client_of(viewer).get(LIST).content.decode()

    assert '<td class="field-last_change">2025-03-14 09:26 by Frida</td>' in page


def test_an_import_by_a_command_has_nobody(viewer: User):
    make_pattern()

    assert '<td class="field-last_change">2025-03-14 09:26</td>' in client_of(viewer).get(LIST).content.decode()


def test_entries_are_in_the_order_of_their_codes(viewer: User):
    for code in ("10", "9", "02", "01"):
        make_pattern(code)

    assert codes(viewer) == ["9", "01", "02", "10"]


def test_the_plain_filters_narrow(viewer: User):
    make_pattern("01", status="draft", kind="style", category="One")
    make_pattern("02", category="Two")
    other = client_of(viewer).get(LIST).context["cl"].result_list[1].category_id

    assert codes(viewer, "?status__exact=draft") == codes(viewer, "?kind__exact=style") == ["01"]
    assert codes(viewer, f"?category__id__exact={other}") == ["02"]


MISSING = {
    "problem": {"problem": ""},
    "solution": {"solution": ""},
    "use_when": {"use_when": []},
    "avoid_when": {"avoid_when": []},
    "consequences": {"consequences": []},
    "relations": {"relations": []},
    "steps": {"steps": []},
    "references": {"references": []},
    "origin": {"origin": {}},
}


@pytest.mark.parametrize("section", MISSING)
def test_entries_without_a_section_are_found_and_only_they(viewer: User, section: str):
    relations = {"relations": [{"type": "uses", "target": "01"}]}
    make_rich_pattern("01", relations=[])
    make_rich_pattern("02", **relations)
    make_rich_pattern("03", **(relations | MISSING[section]))

    assert [code for code in codes(viewer, f"?missing={section}") if code != "01"] == ["03"]


def test_open_proposals_are_found_until_they_are_decided(viewer: User):
    make_pattern("01")
    make_pattern("02")
    propose("01", description="Better.")
    decline(propose("02", description="Worse."), by=by(person("publisher"), "No."))

    assert codes(viewer, "?proposals=open") == ["01"]


def test_a_proposal_in_conflict_is_found(viewer: User):
    first, second = make_pattern("01"), make_pattern("02")
    propose("01", description="Mine.")
    propose("02", description="Mine.")
    change_pattern(first, description="Theirs.")
    change_pattern(second, problem="It hurts.")

    assert codes(viewer, "?proposals=conflicts") == ["01"]


def test_a_proposal_about_an_entry_that_is_gone_is_in_nobodys_way(viewer: User):
    editor = person("editor")
    make_pattern(status="draft", by=by(editor))
    propose("01", description="Mine.")
    delete("01", opened=fingerprint_of(present("01")), by=by(editor))

    assert codes(viewer, "?proposals=conflicts") == codes(viewer, "?proposals=open") == []


def test_mine_are_those_that_i_began_or_changed_last(viewer: User):
    editor, other = person("editor"), person("publisher")
    make_pattern("01", by=by(editor))
    change_pattern(make_pattern("02", by=by(editor)), description="Other.", by=by(other))
    change_pattern(make_pattern("03", by=by(other)), description="Other.", by=by(editor))

    assert codes(editor, "?mine=begun") == ["01", "02"]
    assert codes(editor, "?mine=changed") == ["01", "03"]
    assert codes(viewer, "?mine=begun") == []


def test_only_published_entries_are_overdue_for_review(viewer: User):
    long_ago = authorship(at=timezone.now() - timedelta(days=366))
    make_pattern("01", by=long_ago)
    make_pattern("02", by=long_ago, status="draft")
    make_pattern("03", by=authorship(at=timezone.now()))

    assert codes(viewer, "?reviewed=over-a-year") == ["01"]


@pytest.mark.parametrize("name", ["missing", "proposals", "mine", "reviewed"])
def test_a_value_that_no_filter_offers_narrows_nothing(viewer: User, name: str):
    make_pattern()

    for value in ("nonsense", "", "%27", "9" * 40):
        assert codes(viewer, f"?{name}={value}") == ["01"], value


def test_the_counts_beside_the_filters_can_be_shown(viewer: User):
    make_pattern("01")
    make_pattern("02", problem="It hurts.")

    page = client_of(viewer).get(LIST + "?_facets=True").content.decode()

    assert "problem (1)" in page


@pytest.mark.parametrize("status", ["draft", "review", "published", "retired"])
def test_words_are_found_in_every_state(viewer: User, status: str):
    make_rich_pattern("01", status=status)
    make_pattern("02", name="Something Else", status=status)

    for words in ("transfer", "Process+Manager", "PATTERN+01", "bank+books", "01", "pattern-01"):
        assert codes(viewer, f"?q={words}") == ["01"], words


def test_published_entries_are_found_as_readers_find_them(viewer: User):
    make_pattern("01", name="Café Relay", slug="relay")
    make_pattern("02")

    assert codes(viewer, "?q=cafe") == ["01"]


def test_a_draft_is_found_whatever_the_case_of_its_name(viewer: User):
    make_pattern("01", name="École", slug="ecole", status="draft")
    make_pattern("02", status="draft")

    assert codes(viewer, "?q=éCOLE") == ["01"]


def test_absurd_words_never_break(viewer: User):
    make_pattern()
    client = client_of(viewer)

    for words in ("%25", "_", "%27%22", "+", "a" * 3000, "(", "*", "%C3%9F" * 100, "NEAR", "AND+OR"):
        assert client.get(f"{LIST}?q={words}").status_code == 200, words


ABSURD = [
    *("status__regex=(", "status__iregex=%5B", "created_at__year=99999", "updated_at__day=1", "nonsense=1"),
    *("status__exact=" + "x" * 300, "id__in=1,x", "category__id__exact=" + "9" * 40, "category__id__exact=x"),
    *("from=1", "created_at__gte=0001-01-01+00:00:00-23:00", "status__isnull=x", "created_at__gte=2026-13-99"),
]
READ_ONLY = [("change", "origin"), ("revision", "what"), ("proposal", "state")]


@pytest.mark.parametrize("path", [LIST, address("export")])
def test_an_absurd_question_leads_back_to_the_list(path: str):
    make_pattern()
    client = client_of(person("superuser"))

    for query in ABSURD:
        assert client.get(f"{path}?{query}").status_code in (200, 302), query


@pytest.mark.parametrize(("model", "column"), READ_ONLY)
@pytest.mark.parametrize("lookup", ["regex", "iregex", "in", "startswith"])
def test_lists_compare_by_their_own_filters_only(viewer: User, model: str, column: str, lookup: str):
    response = client_of(viewer).get(f"{address('changelist', model=model)}?{column}__{lookup}=(")

    assert (response.status_code, response["Location"]) == (302, f"{address('changelist', model=model)}?e=1")


def test_the_changes_of_today_are_one_link_away(viewer: User):
    make_pattern(by=authorship(at=timezone.now()))
    make_pattern("02")
    path = address("changelist", model="change")
    links = re.findall(r'href="([?]created_at__gte=[^"]+)"', client_of(viewer).get(path).content.decode())

    response = client_of(viewer).get(path + unescape(links[0]))

    assert (response.status_code, response.context["cl"].result_count) == (200, 2)


@pytest.mark.parametrize("path", ["author__password", "revisions__change__author__password"])
def test_nobody_asks_a_list_for_passwords(viewer: User, path: str):
    for model in ("pattern", "change", "revision"):
        for lookup in ("", "__exact", "__startswith", "__gte"):
            response = client_of(viewer).get(f"{address('changelist', model=model)}?{path}{lookup}=p")

            assert response.status_code == 302


@pytest.mark.parametrize("model", ["pattern", "category", "change", "revision", "proposal"])
def test_thousands_of_words_are_too_many_for_no_list(viewer: User, model: str):
    make_pattern()

    assert client_of(viewer).get(f"{address('changelist', model=model)}?q={'a+' * 4000}").status_code == 200


def test_words_and_filters_narrow_together(viewer: User):
    make_pattern("01", status="draft", name="First Relay", slug="a")
    make_pattern("02", name="Second Relay", slug="b")
    make_pattern("03", status="draft")

    assert codes(viewer, "?q=relay&status__exact=draft") == ["01"]


@pytest.mark.parametrize(
    "query",
    [
        *("?missing=use_when", "?missing=consequences", "?proposals=open", "?proposals=conflicts", "?mine=begun"),
        *("?mine=changed", "?reviewed=over-a-year", "?q=bank+books", "?_facets=True"),
    ],
)
def test_the_list_costs_the_same_for_ten_entries_as_for_forty(query: str):
    make_pattern("P1")
    propose("P1", description="Better.")
    client = client_of(person("publisher"))

    few, many = grown(lambda: client.get(LIST + query), **RICH)

    assert few == many <= 36


def test_the_export_is_narrowed_as_the_list_is(client: Client, viewer: User):
    make_pattern("01", problem="It hurts.")
    make_pattern("02")

    response = client_of(viewer).post(address("export") + "?missing=problem", {"format": "0", "resource": "0"})

    assert 'code = "02"' in response.content.decode()
    assert 'code = "01"' not in response.content.decode()


def test_a_long_list_is_not_counted_to_its_end(viewer: User, monkeypatch):
    monkeypatch.setattr(LongListPaginator, "most", 3)
    import_entries([entry(f"{number}") for number in range(1, 6)])

    page = client_of(viewer).get(LIST).content.decode()
    drafts = client_of(viewer).get(f"{LIST}?status__exact=draft").content.decode()

    assert "3 or more" in page
    assert "Select all that the list holds" in page
    assert "Select all 3" not in page
    assert "or more" not in drafts


def test_who_turns_pages_comes_to_the_end_of_a_long_list(viewer: User, monkeypatch):
    monkeypatch.setattr(LongListPaginator, "most", 4)
    monkeypatch.setattr(LongListPaginator, "ahead", 1)
    monkeypatch.setattr(PatternAdmin, "list_per_page", 2)
    import_entries([entry(f"{number}") for number in range(1, 10)])
    client, seen, page = client_of(viewer), [], 1

    while page:
        listed = client.get(f"{LIST}?p={page}").context["cl"]
        seen += [row.code for row in listed.result_list]
        page = page + 1 if page < listed.paginator.num_pages else 0

    assert seen == [f"{number}" for number in range(1, 10)]


@pytest.mark.parametrize("page", ["99", "9999999", "-1", "x", "\u0663"])
def test_pages_that_are_not_there_lead_back(viewer: User, page: str):
    import_entries([entry("1")])

    assert client_of(viewer).get(f"{LIST}?p={page}").status_code in (200, 302)


@pytest.mark.parametrize("words", ["06", "Saga%20Pattern", "sAGA++PATTERN"])
def test_the_entry_whose_code_or_name_was_typed_comes_first(viewer: User, words: str):
    for code in ("01", "02", "106"):
        make_pattern(code, description="Like 06, the Saga Pattern.")
    make_pattern("06", name="Saga Pattern", slug="saga")

    assert codes(viewer, f"?q={words}") == ["06", "01", "02", "106"]
    assert codes(viewer, f"?q={words}&o=-1")[-1] == "01"
