"""The sections of an entry's form: links with counts, and what stands open."""

from xml.etree.ElementTree import Element

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from patterns.models import Pattern
from patterns.tests.admin.forms import address, client_of, opened, refused
from patterns.tests.factories import authorship, make_pattern
from patterns.tests.pages.trees import parsed
from patterns.tests.workflow.staff import person

pytestmark = pytest.mark.django_db
STEPS = [{"sender": "A", "receiver": "B", "message": letter} for letter in "abcdefg"]
RELATIONS = [{"type": "uses", "target": code, "why": "It does."} for code in ("02", "03", "04")]


@pytest.fixture
def pattern(db) -> Pattern:
    """Steps and relations of it are as they should be, references lack."""
    for code in ("02", "03", "04"):
        make_pattern(code)
    return make_pattern(steps=STEPS, relations=RELATIONS, by=authorship(at=timezone.now()))


@pytest.fixture
def page(pattern: Pattern) -> str:
    return address("change", pattern.pk)


def links(tree: Element) -> dict[str, str]:
    """Anchor → what the link and its counts say."""
    [nav] = [one for one in tree.iter("nav") if one.get("class") == "sections"]
    return {str(one.find("a").get("href")): " ".join("".join(one.itertext()).split()) for one in nav.iter("li")}


def open_sections(tree: Element) -> list[str]:
    """Titles of those that are open."""
    folds = [one for fieldset in tree.iter("fieldset") for one in fieldset.findall("details")]
    return ["".join(one.find(".//h2").itertext()) for one in folds if one.get("open") is not None]


def test_every_section_has_a_link_in_the_order_of_the_page(desk: Client, page: str):
    tree = parsed(desk.get(page))

    anchors = [anchor.removeprefix("#") for anchor in links(tree)]
    ids = [one.get("id") for one in tree.iter() if one.get("id") in anchors]
    assert (anchors, len(anchors)) == (ids, 17)
    assert [*links(tree).values()][:2] == ["Basics", "Text 2 findings"]
    assert [*links(tree).values()][-1] == "This change"


def test_a_link_counts_rows_and_findings(desk: Client, page: str):
    found = links(parsed(desk.get(page)))

    assert found["#steps-rows"] == "Steps 7 rows"
    assert found["#relations-rows"] == "Relations 3 rows"
    assert found["#references-rows"] == "References 1 finding"
    assert found["#applicability-rows"] == "When to use, when to avoid 2 findings"


def test_what_has_something_to_mend_stands_open_and_says_what(desk: Client, page: str):
    tree = parsed(desk.get(page))

    titles = open_sections(tree)
    assert {"Basics", "Text", "References", "This change"} <= {*titles}
    assert not {"Steps", "Relations", "Origin", "State", "Examples"} & {*titles}
    [references] = [one for one in tree.iter("div") if one.get("id") == "references-rows"]
    assert "name who says so" in "".join(references.find("ul").itertext())


def test_of_a_new_entry_all_stands_open(desk: Client):
    tree = parsed(desk.get(address("add")))

    assert len(open_sections(tree)) == len(links(tree)) == 16


def test_for_whoever_may_only_look_all_stands_open(page: str):
    tree = parsed(client_of(person("viewer")).get(page))

    assert {"Steps", "Relations", "Origin"} <= {*open_sections(tree)}


@pytest.mark.parametrize(
    ("values", "section", "said"),
    [
        ({"steps-0-message": "", "steps-1-sender": "a\tb"}, "#steps-rows", "Steps 7 rows 2 errors"),
        ({"relations-2-target": "77"}, "#relations-rows", "Relations 3 rows 1 error"),
        ({"origin_year": "1899"}, "#section-2", "Origin 2 errors"),
        ({"slug": "", "description": ""}, "#section-0", "Basics 2 errors"),
    ],
)
def test_a_link_counts_errors_and_their_section_is_open(
    desk: Client, pattern: Pattern, values: dict[str, str], section: str, said: str
):
    draft = make_pattern("05", status="draft", steps=STEPS, relations=RELATIONS, by=authorship(at=timezone.now()))
    page = address("change", draft.pk)

    tree = parsed(refused(desk, page, {**opened(desk, page), **values}))

    assert links(tree)[section] == said
    assert said.split(" ")[0] in open_sections(tree)


def test_what_was_typed_into_a_section_is_open_when_the_form_comes_back(desk: Client, page: str):
    typed = {"name": "", "steps-0-message": "another", "origin_who": "Somebody"}

    tree = parsed(refused(desk, page, {**opened(desk, page), **typed}))

    assert {"Steps", "Origin"} <= {*open_sections(tree)}
    assert "Relations" not in open_sections(tree)


def test_what_was_typed_and_not_saved_is_open_when_it_is_resumed(pattern: Pattern, page: str):
    author: User = person("publisher")
    client = client_of(author)
    client.post(address("keep", pattern.pk), {**opened(client, page), "steps-0-message": "another"})

    tree = parsed(client.get(page))

    assert "Steps" in open_sections(tree)
    assert not {"Relations", "Origin"} & {*open_sections(tree)}
