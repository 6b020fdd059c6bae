"""The list of all findings: what the checks say of every entry, in portions."""

import pytest
from django.test import Client

from patterns.admin import finding_list
from patterns.models import Pattern
from patterns.tests.admin.forms import address, client_of, make_staff
from patterns.tests.admin.test_query_counts import grown
from patterns.tests.factories import change_pattern, make_pattern, make_patterns

pytestmark = pytest.mark.django_db

FINDINGS = "/admin/findings/"


def rows(client: Client, query: str = "") -> list[tuple[str, str]]:
    response = client.get(FINDINGS + query)
    assert response.status_code == 200
    return [(one.finding.code, one.finding.rule) for one in response.context["page"].rows]


def codes(client: Client, query: str = "") -> list[str]:
    return [*dict.fromkeys(code for code, _ in rows(client, query))]


def test_every_finding_leads_to_its_field(desk: Client):
    pattern = make_pattern(description="TODO it.")

    page = desk.get(FINDINGS).content.decode()

    assert f'<a href="{address("change", pattern.pk)}#id_description">description</a>' in page
    assert "error: says &#x27;TODO&#x27;" in page


def test_the_first_page_leads_to_it(desk: Client):
    assert FINDINGS in desk.get("/admin/").content.decode()


def test_it_is_narrowed_by_severity_and_by_rule(desk: Client):
    make_pattern(description="TODO it.")

    assert rows(desk, "?severity=error") == [("01", "unfinished")]
    assert rows(desk, "?rule=description-length") == [("01", "description-length")]
    assert rows(desk, "?severity=hint&rule=unfinished") == []


def test_it_is_narrowed_by_state_and_by_words(desk: Client):
    make_pattern("01", status="draft")
    make_pattern("02", name="Saga")

    assert codes(desk, "?status=draft") == ["01"]
    assert codes(desk, "?words=sag") == ["02"]
    assert codes(desk, "?words=01") == ["01"]


def test_it_goes_on_where_the_page_ends_and_keeps_what_was_asked(desk: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(finding_list, "PORTION", 2)
    monkeypatch.setattr(finding_list, "ENOUGH", 1)
    make_patterns(3)

    response = desk.get(FINDINGS + "?status=published")

    assert response.context["next"] == "status=published&behind=02"
    assert codes(desk, "?status=published&behind=02") == ["03"]
    assert "next" not in desk.get(FINDINGS + "?behind=02").context


def test_a_page_goes_on_until_it_has_enough_of_what_is_rare(desk: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(finding_list, "PORTION", 2)
    monkeypatch.setattr(finding_list, "ENOUGH", 1)
    make_patterns(5)
    change_pattern(Pattern.objects.get(code="04"), problem="TODO it.")

    response = desk.get(FINDINGS + "?rule=unfinished")

    assert codes(desk, "?rule=unfinished") == ["04"]
    assert response.context["page"].entry_count == 4
    assert response.context["next"] == "rule=unfinished&behind=04"


def test_it_looks_no_further_than_anybody_waits(desk: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(finding_list, "PORTION", 2)
    monkeypatch.setattr(finding_list, "PORTIONS", 2)
    make_patterns(6)

    response = desk.get(FINDINGS + "?rule=unfinished")

    assert (response.context["page"].entry_count, response.context["next"]) == (4, "rule=unfinished&behind=04")
    assert "Nothing in these; what is asked for is rare." in response.content.decode()


@pytest.mark.parametrize("query", ["?severity=x", "?rule=x", "?status=x", "?status=retired", "?behind=" + "9" * 50])
def test_what_cannot_be_meant_is_left_out(desk: Client, query: str):
    make_pattern(status="draft")

    assert codes(desk, query) == ["01"]


def test_forty_entries_cost_as_many_queries_as_ten(desk: Client):
    few, many = grown(lambda: desk.get(FINDINGS))

    assert many == few


def test_who_may_not_see_entries_sees_no_findings(db):
    assert client_of(make_staff("view_change")).get(FINDINGS).status_code == 403
