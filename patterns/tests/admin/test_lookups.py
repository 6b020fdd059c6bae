"""What an address may ask of a list: what its filters offer, and nothing that is secret or endless."""

import pytest

from patterns.tests.admin.forms import address, client_of
from patterns.tests.factories import make_rich_pattern
from patterns.tests.workflow.staff import person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("model", "query"),
    [
        ("pattern", "slug__regex=(a%2B)%2B$"),
        ("pattern", "status__regex=("),
        ("pattern", "created_at__year=99999"),
        ("pattern", "revisions__change__author__password__startswith=p"),
        ("change", "author__password__startswith=p"),
        ("change", "author__password__exact=p"),
        ("revision", "change__author__password__gte=p"),
        ("proposal", "decided_by__password__startswith=p"),
        ("proposal", "sender__startswith=a"),
    ],
)
def test_a_list_answers_no_question_that_its_filters_do_not_ask(model: str, query: str):
    make_rich_pattern()

    response = client_of(person("viewer")).get(f"{address('changelist', model=model)}?{query}")

    assert response.status_code == 302
    assert response["Location"] == f"{address('changelist', model=model)}?e=1"


@pytest.mark.parametrize("query", ["nonsense=1", "category__id__exact=x", "slug__regex=("])
def test_an_export_of_a_list_that_cannot_be_meant_never_breaks(query: str):
    make_rich_pattern()

    response = client_of(person("viewer")).get(f"{address('export')}?{query}", follow=True)

    assert response.status_code == 200
