"""Conflicts at the desk: a choice for each, kept over pages, shown before it is carried out."""

import re
from time import process_time

import pytest
from django.test import Client

from patterns.admin import plan_page as pages_of_plans
from patterns.admin.plan_page import ROWS
from patterns.models import Pattern, PendingImport
from patterns.tests.admin.forms import catalogue_rows, form_in, messages_of
from patterns.tests.admin.uploads import (
    CONFIRM,
    choose,
    confirm,
    confirmed,
    plan_page,
    present,
    token_of,
    toml,
    toml_of,
    upload,
)
from patterns.tests.factories import change_pattern, entry, import_entries, make_pattern

pytestmark = pytest.mark.django_db

CODES = ("01", "02")


def marks_on(page: str) -> list[str]:
    """The names of the choices on a page, in its order."""
    return [*dict.fromkeys(re.findall(r"choice-[0-9a-f]{32}", page))]


@pytest.fixture
def token(desk: Client) -> str:
    """An upload that is in conflict with two entries."""
    for code in CODES:
        make_pattern(code)
    return token_of(desk, toml(*(entry(code, description=f"Theirs {code}.") for code in CODES)))


def marks_of(desk: Client, token: str, page: int = 1) -> list[str]:
    return marks_on(desk.get(f"{plan_page(token)}?page={page}").content.decode())


def descriptions() -> list[str]:
    return [one.description for one in present().values()]


def test_each_conflict_is_decided_by_itself(token: str, desk: Client):
    first, second = marks_of(desk, token)

    choose(desk, token, **{first: "keep", second: "take"})
    confirm(desk, token)

    assert descriptions() == ["What Pattern 01 is.", "Theirs 02."]


def test_choices_are_shown_with_their_plan_before_anything_is_written(token: str, desk: Client):
    first, second = marks_of(desk, token)
    before = catalogue_rows()

    response = choose(desk, token, **{first: "keep", second: "take"})

    assert "the plan with your choices" in messages_of(response)[0]
    assert [edit.identity for edit in response.context["plan"].edits] == ["02"]
    assert {name: value for name, value in form_in(response).items() if name in (first, second)} == {
        first: "keep",
        second: "take",
    }
    assert catalogue_rows() == before


def test_a_conflict_that_is_left_open_refuses_all(token: str, desk: Client):
    first, _ = marks_of(desk, token)
    choose(desk, token, **{first: "take"})
    before = catalogue_rows()

    response = confirmed(desk, token)

    assert "there are conflicts" in messages_of(response)[0]
    assert "1 conflict still to be decided" in response.content.decode()
    assert catalogue_rows() == before


def test_only_a_plan_that_is_decided_offers_to_be_confirmed(token: str, desk: Client):
    open_page = desk.get(plan_page(token)).content.decode()
    decided_page = choose(desk, token, on_conflict="keep").content.decode()

    assert "Confirm this import" not in open_page
    assert "Confirm this import" in decided_page


def test_a_single_choice_after_one_for_all_overrides_it(token: str, desk: Client):
    choose(desk, token, on_conflict="take")

    choose(desk, token, **{marks_of(desk, token)[0]: "keep"})
    confirm(desk, token)

    assert descriptions() == ["What Pattern 01 is.", "Theirs 02."]


def test_a_choice_for_all_forgets_the_single_ones(token: str, desk: Client):
    choose(desk, token, **{marks_of(desk, token)[0]: "keep"})

    choose(desk, token, on_conflict="take")
    confirm(desk, token)

    assert descriptions() == ["Theirs 01.", "Theirs 02."]


def test_all_choices_can_be_forgotten(token: str, desk: Client):
    choose(desk, token, on_conflict="take")

    response = choose(desk, token, on_conflict="fail")

    assert len(response.context["plan"].undecided) == 2


def test_a_choice_for_all_that_holds_already_is_not_a_confirmation(token: str, desk: Client):
    choose(desk, token, on_conflict="take")

    choose(desk, token, on_conflict="take", edition="2")

    assert PendingImport.objects.get().edition == 2
    assert descriptions() == ["What Pattern 01 is.", "What Pattern 02 is."]


def test_a_choice_does_not_hold_for_a_conflict_that_changed_meanwhile(token: str, desk: Client):
    first, second = marks_of(desk, token)
    choose(desk, token, **{first: "take", second: "take"})
    change_pattern(Pattern.objects.get(code="01"), description="Newer.")

    response = confirmed(desk, token)

    assert "The catalogue changed" in messages_of(response)[0]
    assert [one.identity for one in response.context["plan"].undecided] == ["01"]
    assert descriptions() == ["Newer.", "What Pattern 02 is."]


def test_a_choice_that_breaks_a_rule_is_reported_with_the_choice_still_open(desk: Client):
    import_entries([entry("01"), entry("02")])
    change_pattern(Pattern.objects.get(code="01"), name="Ours")
    token = token_of(desk, toml_of("01", name="Pattern 02", slug="pattern-01"))
    before = catalogue_rows()

    response = choose(desk, token, on_conflict="take")

    page = response.content.decode()
    assert "With these choices it would be refused" in page
    assert marks_on(page)
    assert "Confirm this import" not in page
    confirm(desk, token)
    assert catalogue_rows() == before


@pytest.mark.parametrize(
    "sent", [{"choice-": "take"}, {"choice-x": "take"}, {f"choice-{'0' * 32}": "drop"}, {"on_conflict": "drop"}]
)
def test_what_is_no_choice_decides_nothing(token: str, desk: Client, sent: dict):
    choose(desk, token, **sent)

    kept = PendingImport.objects.get()
    assert (kept.decisions, kept.resolution, kept.edition) == ({}, "fail", 1)


def test_a_page_that_another_one_has_made_old_confirms_nothing(token: str, desk: Client):
    choose(desk, token, on_conflict="keep")
    seen = form_in(desk.get(plan_page(token)))
    choose(desk, token, on_conflict="take")
    before = catalogue_rows()

    response = desk.post(CONFIRM, {name: seen[name] for name in ("pending", "edition")}, follow=True)

    assert "another page has changed the plan" in messages_of(response)[0]
    assert catalogue_rows() == before


@pytest.mark.parametrize("edition", ["", "0", "2", "-1", "9" * 30])
def test_who_does_not_say_which_plan_was_seen_confirms_nothing(desk: Client, edition: str):
    token = token_of(desk, toml_of("01"))

    desk.post(CONFIRM, {"pending": token, "edition": edition})

    assert present() == {}


def test_what_is_typed_is_kept_while_choosing(token: str, desk: Client):
    response = choose(desk, token, on_conflict="keep", comment="From the workshop.\r\nSecond line.")

    assert form_in(response)["comment"] == "From the workshop.\r\nSecond line."


def test_a_reason_that_is_too_long_is_not_lost(desk: Client):
    token = token_of(desk, toml_of("01"))

    response = confirmed(desk, token, comment="x" * 1_001)

    assert "more than 1,000 characters" in messages_of(response)[0]
    assert form_in(response)["comment"] == "x" * 1_001
    assert present() == {}


# Pages


@pytest.fixture
def long_token(desk: Client) -> str:
    """An upload with more conflicts than a page shows, and as many new entries."""
    codes = [f"{number:03}" for number in range(2 * ROWS)]
    import_entries(entry(code) for code in codes[: ROWS + 5])
    Pattern.objects.update(description="Ours.")
    return token_of(desk, toml(*(entry(code, description="Theirs.") for code in codes)))


def test_a_page_shows_so_many_rows_and_the_next_one_the_rest(long_token: str, desk: Client):
    pages = [desk.get(f"{plan_page(long_token)}?page={number}").content.decode() for number in (1, 2)]

    assert [len(marks_on(page)) for page in pages] == [ROWS, 5]
    assert not {*marks_on(pages[0])} & {*marks_on(pages[1])}
    assert "<summary>199 Pattern 199</summary>" in pages[1]


def test_choices_of_one_page_are_kept_on_the_way_to_another(long_token: str, desk: Client):
    chosen = dict.fromkeys(marks_of(desk, long_token), "take")

    response = choose(desk, long_token, page="2", **chosen)

    assert response.redirect_chain == [(f"{plan_page(long_token)}?page=2", 302)]
    assert response.context["undecided"] == {"count": 5, "pages": [2]}
    first = form_in(desk.get(plan_page(long_token)))
    assert {first[name] for name in chosen} == {"take"}


def test_choices_of_all_pages_are_carried_out_together(long_token: str, desk: Client):
    for page, choice in ((1, "take"), (2, "keep")):
        choose(desk, long_token, page="1", **dict.fromkeys(marks_of(desk, long_token, page), choice))

    confirm(desk, long_token)

    assert Pattern.objects.filter(description="Theirs.").count() == ROWS + 95
    assert Pattern.objects.filter(description="Ours.").count() == 5


def test_going_to_another_page_confirms_nothing(desk: Client):
    token = token_of(desk, toml_of("01"))

    choose(desk, token, page="2", edition="1")

    assert present() == {}


@pytest.mark.parametrize("page", ["0", "-1", "9", "x", "9" * 5_000, "", "é", "²"])
def test_a_page_that_is_not_there_is_another_one(long_token: str, desk: Client, page: str):
    response = desk.get(plan_page(long_token), {"page": page})

    assert response.status_code == 200
    assert response.context["page"].number in (1, 2)


@pytest.mark.parametrize("page", ["//evil.example", "1&x=2", "²", "-1", "\r\nX: y"])
def test_a_made_up_page_leads_nowhere_else(desk: Client, page: str):
    token = token_of(desk, toml_of("01"))

    response = desk.post(CONFIRM, {"pending": token, "page": page})

    assert response.url == plan_page(token)


def test_a_short_plan_has_no_pages(desk: Client):
    assert "Next page" not in upload(desk, toml_of("01")).content.decode()


def test_more_fields_than_a_page_has_are_a_bad_request(token: str, desk: Client):
    made_up = {f"choice-{number:032x}": "take" for number in range(8_001)}

    response = desk.post(CONFIRM, {"pending": token, **made_up})

    assert response.status_code == 400
    assert PendingImport.objects.get().decisions == {}


def test_only_so_many_choices_are_kept(token: str, desk: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pages_of_plans, "DECISIONS_KEPT", 3)

    for start in (0, 10):
        choose(desk, token, **{f"choice-{start + number:032x}": "take" for number in range(3)})

    assert len(PendingImport.objects.get().decisions) == 3


def test_a_used_upload_keeps_no_choices(token: str, desk: Client):
    choose(desk, token, **dict.fromkeys(marks_of(desk, token), "take"))

    confirm(desk, token)

    assert PendingImport.objects.get().decisions == {}


def test_five_thousand_conflicts_are_shown_page_by_page_within_five_seconds(desk: Client):
    codes = [f"{number:04}" for number in range(5_000)]
    import_entries(entry(code) for code in codes)
    Pattern.objects.update(description="Ours.")
    start = process_time()

    token = token_of(desk, toml(*(entry(code, description="Theirs.") for code in codes)))
    shown = process_time()
    page = desk.get(f"{plan_page(token)}?page=50")

    assert max(shown - start, process_time() - shown) < 5
    assert page.context["page"].end_index() == 5_000
    assert len(page.content) < 500_000
