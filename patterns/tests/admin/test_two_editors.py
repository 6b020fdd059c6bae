"""Two editors open the same form. The second to save never silently undoes the first, and loses nothing."""

import pytest
from django.test import Client

from patterns.models import Catalog, Category, Change
from patterns.store.reading import load_document, load_entries
from patterns.tests.admin.clashes import Editors, editors_of, merge, open_keys, overtaken, settled, text_of, too_late
from patterns.tests.admin.forms import Form, address, errors_of, form_in, opened, refused, save, with_row
from patterns.tests.admin.proposals import decide, propose
from patterns.tests.factories import (
    change_pattern,
    entry,
    import_entries,
    make_category,
    make_pattern,
    make_rich_pattern,
)
from patterns.tests.workflow.staff import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def editors(db) -> Editors:
    return editors_of()


@pytest.fixture
def page(db) -> str:
    make_pattern("02")
    return address("change", make_rich_pattern(relations=[{"type": "uses", "target": "02"}]).pk)


def test_the_second_save_is_refused_and_the_first_stays(editors: Editors, page: str):
    form = overtaken(editors, page, description="Ada's.")

    too_late(editors.second, page, {**form, "description": "Barbara's."})

    assert load_entries()["01"].description == "Ada's."


def test_what_both_changed_is_asked_and_nothing_is_chosen_beforehand(editors: Editors, page: str):
    form = overtaken(editors, page, description="Ada's.")

    response = too_late(editors.second, page, {**form, "description": "Barbara's."})

    assert open_keys(response) == ["description"]
    assert "choice-description" not in form_in(response)
    assert form_in(response)["text-description"] == "Barbara's."


def test_the_page_says_who_was_faster_and_why(editors: Editors, page: str):
    form = overtaken(editors, page, description="Ada's.", comment="It was wrong.")

    said = text_of(too_late(editors.second, page, {**form, "description": "Barbara's."}))

    assert f"Changed at {Change.objects.first().created_at:%Y-%m-%d %H:%M} UTC by Ada" in said
    assert "It was wrong." in said


def test_a_proposal_that_was_faster_is_signed_by_both(editors: Editors, page: str):
    form, there = opened(editors.second, page), load_entries()["01"].model_dump(mode="json")
    proposal = propose(author=person("editor", "Eve"), **{**there, "description": "Eve's."})
    decide(editors.first, proposal, "accept")

    said = text_of(too_late(editors.second, page, {**form, "description": "Barbara's."}))

    assert "UTC by Eve, accepted by Ada (change" in said


def test_what_only_one_changed_fits_together(editors: Editors, page: str):
    form = overtaken(editors, page, description="Ada's.", kind="pattern")
    mine = {"kind": "pattern", "problem": "Barbara's."}

    response = too_late(editors.second, page, {**form, **mine})

    assert open_keys(response) == []
    assert settled(response) == {
        "Description": "changed by others only",
        "Kind": "changed alike by you and by others",
        "Problem": "only you changed it",
    }
    assert "one button saves both" in text_of(response)


def test_the_words_of_each_side_are_marked(editors: Editors, page: str):
    form = overtaken(editors, page, description="What Pattern 01 was.")

    response = too_late(editors.second, page, {**form, "description": "What Pattern 01 is not."})

    content = response.content.decode()
    assert "What Pattern 01 <del>is</del><ins>was</ins>." in content
    assert "What Pattern 01 is<ins> not</ins>." in content


def test_both_changes_are_saved_by_one_button(editors: Editors, page: str):
    form = overtaken(editors, page, description="Ada's.")
    answer = form_in(too_late(editors.second, page, {**form, "problem": "Barbara's.", "comment": "Why I did it."}))

    response = merge(editors.second, answer)

    assert (response.status_code, response.url) == (302, page)
    assert (load_entries()["01"].description, load_entries()["01"].problem) == ("Ada's.", "Barbara's.")
    change = Change.objects.first()
    assert (change.author.username, change.comment, change.origin) == ("Barbara", "Why I did it.", "admin")


def test_the_page_keeps_all_that_the_second_editor_typed(editors: Editors, page: str):
    form = overtaken(editors, page, name="Ada's")
    mine = {"description": "Barbara's.", "comment": "Why I did it.", "aliases": "One\r\nTwo", "steps-0-note": "mine"}
    typed = with_row({**form, **mine}, "references", title="My book")

    merge(editors.second, form_in(too_late(editors.second, page, typed)))

    after = load_entries()["01"]
    assert (after.name, after.description, after.aliases) == ("Ada's", "Barbara's.", ("One", "Two"))
    assert after.steps[0].note == "mine"
    assert after.references[-1].title == "My book"
    assert Change.objects.first().comment == "Why I did it."


def test_the_entry_is_linked_from_the_page(editors: Editors, page: str):
    form = overtaken(editors, page, description="Ada's.")

    response = too_late(editors.second, page, {**form, "description": "Barbara's."})

    assert f'href="{page}"' in response.content.decode()


@pytest.fixture
def rewritten(editors: Editors, page: str) -> Form:
    """The second editor's form, opened before the first one's save wrote every part row anew."""
    texts = {"applicability-0-text": "a", "applicability-1-text": "b", "relations-0-why": "c", "known_as-0-name": "d"}
    more = {"consequences-0-text": "e", "steps-0-note": "f", "references-0-title": "g"}
    return overtaken(editors, page, **texts, **more)


def test_a_form_whose_rows_are_gone_is_refused_with_its_text(editors: Editors, page: str, rewritten: Form):
    response = too_late(editors.second, page, {**rewritten, "steps-1-note": "mine"})

    assert open_keys(response) == ["steps"]
    assert "note: mine" in text_of(response)


def test_taking_ones_own_list_replaces_only_that_list(editors: Editors, page: str, rewritten: Form):
    answer = form_in(too_late(editors.second, page, {**rewritten, "steps-1-note": "mine"}))

    merge(editors.second, answer, steps="mine")

    after = load_entries()["01"]
    assert [step.note for step in after.steps] == ["once only", "mine"]
    assert [one.why for one in after.relations] == ["c"]
    assert after.references[0].title == "g"


def test_a_row_that_is_gone_can_still_be_ticked_for_deletion(editors: Editors, page: str, rewritten: Form):
    answer = form_in(too_late(editors.second, page, {**rewritten, "steps-0-DELETE": "on"}))

    merge(editors.second, answer, steps="mine")

    assert [step.message for step in load_entries()["01"].steps] == ["declined"]


def test_a_form_that_an_import_overtook_is_refused(editors: Editors, page: str):
    import_entries([entry()])
    form = opened(editors.second, page)
    import_entries([entry(description="From a file.")])

    response = too_late(editors.second, page, {**form, "description": "Barbara's."})

    number = Change.objects.first().number
    assert f"Changed at 2025-03-14 09:26 UTC by somebody (change {number}, import)." in text_of(response)


def test_a_form_without_its_fingerprint_asks_about_every_difference(editors: Editors, page: str):
    form = opened(editors.second, page)

    response = too_late(editors.second, page, {**form, "opened": "", "description": "Barbara's.", "kind": "pattern"})

    assert open_keys(response) == ["description", "kind"]


@pytest.mark.parametrize("opened_as", ["x", "0" * 64, "\u2028", "9" * 10_000])
def test_a_made_up_fingerprint_is_refused(editors: Editors, page: str, opened_as: str):
    too_late(editors.second, page, {**opened(editors.second, page), "opened": opened_as, "description": "Barbara's."})

    assert load_entries()["01"].description == "What Pattern 01 is."


def test_both_editors_who_meant_the_same_are_told_nothing_was_lost(editors: Editors, page: str):
    form = overtaken(editors, page, description="The same.")
    response = too_late(editors.second, page, {**form, "description": "The same."})

    said = merge(editors.second, form_in(response)).wsgi_request._messages

    assert settled(response) == {"Description": "changed alike by you and by others"}
    assert [str(one) for one in said] == ["Nothing differed, so nothing was saved."]


def test_two_new_entries_with_one_code_are_not_one(editors: Editors):
    given = {"code": "01", "slug": "a", "name": "A", "description": "A.", "category": str(make_category().pk)}
    forms = [opened(client, address("add")) for client in (editors.first, editors.second)]
    save(editors.first, address("add"), {**forms[0], **given})

    response = refused(editors.second, address("add"), {**forms[1], **given, "slug": "b", "name": "B"})

    assert [*errors_of(response)] == ["code"]


def test_editors_of_different_entries_do_not_meet(editors: Editors, page: str):
    form = opened(editors.second, page)
    change_pattern(make_pattern("03"), description="Other.")

    save(editors.second, page, {**form, "description": "Barbara's."})

    assert load_entries()["01"].description == "Barbara's."


# Categories and the header


def category_page() -> str:
    return address("change", make_category().pk, model="category")


def header_page() -> str:
    return address("change", Catalog.objects.get().pk, model="catalog")


def descriptions() -> list[str]:
    document = load_document()
    return [document.header.description, *(one.description for one in document.categories.values())]


@pytest.mark.parametrize("make_page", [category_page, header_page])
def test_a_category_and_the_header_are_not_silently_undone(editors: Editors, make_page):
    path = make_page()
    form = overtaken(editors, path, description="Ada's.")

    response = too_late(editors.second, path, {**form, "description": "Barbara's."})
    merge(editors.second, form_in(response), description="mine")

    assert open_keys(response) == ["description"]
    assert "Ada's." in text_of(response)
    assert "Barbara's." in descriptions()


@pytest.mark.parametrize(("make_page", "key"), [(category_page, "name"), (header_page, "title")])
def test_two_changes_of_a_category_or_the_header_fit_together(editors: Editors, make_page, key: str):
    path = make_page()
    form = overtaken(editors, path, description="Ada's.")

    merge(editors.second, form_in(too_late(editors.second, path, {**form, key: "Barbara's"})))

    assert "Ada's." in descriptions()
    assert Client().get("/").status_code == 200
    assert "Barbara's" in [load_document().header.title, *(one.name for one in load_document().categories.values())]


def test_the_order_of_the_categories_stays_when_the_header_is_merged(editors: Editors):
    for name in "AB":
        make_category(name)
    path, shelf = header_page(), address("change", Category.objects.get(slug="b").pk, model="category")
    form = opened(editors.second, path)
    save(editors.first, shelf, {**opened(editors.first, shelf), "position": "1"})

    merge(editors.second, form_in(too_late(editors.second, path, {**form, "title": "New"})))

    assert load_document().header.title == "New"
    assert [*load_document().categories] == ["b", "a"]


@pytest.fixture
def shelf(db) -> str:
    """The form of the second of three categories."""
    for name in "ABC":
        make_category(name)
    return address("change", Category.objects.get(slug="b").pk, model="category")


def order() -> str:
    return "".join(load_document().categories)


def test_who_leaves_the_place_of_a_category_alone_does_not_move_it_back(editors: Editors, shelf: str):
    form = overtaken(editors, shelf, position="1")

    save(editors.second, shelf, {**form, "description": "Barbara's."})

    assert order() == "bac"


def test_of_two_who_move_a_category_the_second_is_told_and_may_insist(editors: Editors, shelf: str):
    form = overtaken(editors, shelf, position="1")

    response = refused(editors.second, shelf, {**form, "position": "3"})
    save(editors.second, shelf, form_in(response))

    assert "somebody moved it to place 1 since you opened this" in errors_of(response)["position"][0]
    assert order() == "acb"


def test_a_place_can_be_given_up_on_the_page_of_the_conflict(editors: Editors, shelf: str):
    form = overtaken(editors, shelf, position="1", description="Ada's.")

    response = too_late(editors.second, shelf, {**form, "position": "3", "name": "Barbara's"})
    merge(editors.second, {**form_in(response), "place": ""})

    assert "Where you put it. It is at 1 now" in text_of(response)
    assert order() == "bac"


def test_a_category_goes_where_it_was_put_when_its_text_is_merged(editors: Editors):
    for name in "AB":
        make_category(name)
    shelf = address("change", Category.objects.get(slug="b").pk, model="category")
    form = overtaken(editors, shelf, description="Ada's.")

    merge(editors.second, form_in(too_late(editors.second, shelf, {**form, "position": "1"})))

    assert [*load_document().categories] == ["b", "a"]


def test_a_category_renamed_meanwhile_does_not_bring_its_old_name_back(editors: Editors):
    pattern = make_pattern()
    path = address("change", pattern.pk)
    shelf = address("change", Category.objects.get().pk, model="category")
    form = opened(editors.second, path)
    save(editors.first, shelf, {**opened(editors.first, shelf), "name": "Renamed"})

    merge(editors.second, form_in(too_late(editors.second, path, {**form, "description": "Barbara's."})))

    assert load_entries()["01"].category == "Renamed"
    assert load_entries()["01"].description == "Barbara's."
