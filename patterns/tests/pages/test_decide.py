"""A decision written down: the page and its Markdown say the same, of published entries only."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from patterns.document.debts import Requirement, debts
from patterns.models import Catalog, Pattern
from patterns.tests.conftest import SharedRows
from patterns.tests.factories import change_pattern, make_pattern, make_rich_pattern
from patterns.tests.pages.trees import links, parsed
from patterns.views import decide
from patterns.views.record import MOST_COMPANIONS, MOST_KINDRED, record_debts
from patterns.views.relations import PatternLink

pytestmark = pytest.mark.django_db
ASKED = "choose=06&considered=24&symptom=06.1&symptom=24.1&limit=consistency&have=16&date=2026-11-29"


@pytest.fixture(scope="module", autouse=True)
def _catalogue(shared_rows: SharedRows) -> None:
    with shared_rows():
        make_pattern("13", name="Retry")
        make_pattern("16", name="Idempotence")
        make_pattern("24", name="Two phases", symptoms=["Two databases disagree."])
        make_rich_pattern(
            "06",
            name="Saga Pattern",
            slug="saga-pattern",
            problem="Money leaves [[16]] and *arrives*.\n\nMore of it.",
            solution="Each step of [[13|trying]] has one that *undoes* it.\n\nMore.",
            variants=[{"name": "By one", "text": "One tells all."}, {"name": "By many", "text": "Each tells."}],
            relations=[
                {"type": "requires", "target": "16", "why": "Steps come twice."},
                {"type": "requires", "target": "13", "why": "Steps fail."},
            ],
        )


def text_of(client: Client, address: str) -> str:
    return " ".join("".join(parsed(client.get(address)).find(".//main").itertext()).split())


def markdown(client: Client, query: str = ASKED) -> str:
    return client.get(f"/decide.md?{query}").content.decode()


def test_it_works(client: Client):
    text = text_of(client, f"/decide/?{ASKED}")

    for part in (
        "Use Saga Pattern",
        "29 November 2026",
        "What we see: The money is gone here and has not come there.",
        "Two databases disagree.",
        "The problem, as the catalogue tells it: Money leaves Idempotence and arrives.",
        "We cannot pay with consistency",
        "In place already: Idempotence",
        "because it answers “The money is gone here and has not come there.”.",
        "In short: Each step of trying has one that undoes it. To be decided, the variant: By one; By many.",
        "Still open: Two databases disagree. (see Two phases)",
        "Bad, because it costs consistency, which we cannot pay",
        "Good, because of availability: No step waits for another.",
        "It obliges us to build: Retry: Steps fail.",
        "Stop it between two steps: it goes on after the restart.",
        "Age of the oldest open transfer: a step hangs.",
    ):
        assert part in text


def test_the_markdown_says_the_same(client: Client):
    page = parsed(client.get(f"/decide/?{ASKED}"))

    [area] = (one for one in page.iter("textarea") if one.get("id") == "record-text")
    assert (area.text or "").strip() == markdown(client).strip()


def test_the_markdown_is_shown_as_what_it_is(client: Client):
    response = client.get(f"/decide.md?{ASKED}")

    assert response["Content-Type"] == "text/markdown; charset=utf-8"
    assert response["Content-Disposition"] == 'inline; filename="decision.md"'
    assert response["ETag"]


def test_evidence_leads_to_the_source_and_to_the_lab(client: Client):
    text = markdown(client)

    assert "[Sagas](<https://example.org/sagas>)" in text
    assert "](<http://127.0.0.1:8000/patterns/saga-pattern/lab/>)" in text


def test_it_names_the_version_and_the_way_back(client: Client):
    text = markdown(client)

    assert f"version {Catalog.objects.get().version}, licensed CC BY 4.0" in text
    assert "(<http://127.0.0.1:8000/decide/?choose=06&considered=24&date=2026-11-29&symptom=06.1" in text


def test_what_is_in_place_is_not_owed(client: Client):
    assert "obliges us to build [Idempotence]" not in markdown(client)
    assert "obliges us to build [Idempotence]" in markdown(client, "choose=06")


def test_no_list_is_announced_that_does_not_follow(client: Client):
    make_pattern("30", name="Undo", solution="Three rules keep it true:\n\n- one\n- two")

    assert "In short: Three rules keep it true.\n" in markdown(client, "choose=30")


def test_title_and_status_can_be_given(client: Client):
    text = markdown(client, "choose=06&title=Undo+%23+trips&status=accepted")

    assert "status: accepted\n" in text
    assert "# Undo \\# trips\n" in text


@pytest.mark.parametrize("query", ["date=2026-13-01", "date=x", "status=great", "considered=06", "title=%20"])
def test_what_cannot_be_meant_is_left_out(client: Client, query: str):
    assert markdown(client, f"choose=06&{query}") == markdown(client, "choose=06")


def test_ones_own_words_come_first(client: Client):
    assert "## Context and Problem Statement\n\nTrips \\*break\\*.\n" in markdown(client, "choose=06&q=Trips+*break*.")


def test_ones_own_words_are_a_text_of_several_lines_that_becomes_one(client: Client):
    page = parsed(client.get("/decide/?choose=06&q=Trips%0D%0Abreak.%0A%0AOften."))

    [words] = (one for one in page.iter("textarea") if one.get("name") == "q")
    assert words.text == "Trips break. Often."


def test_the_problem_of_the_catalogue_stands_in_for_ones_own_words(client: Client):
    told = "The problem, as the catalogue tells it"

    assert told in markdown(client, "choose=06")
    assert told not in markdown(client, "choose=06&q=Trips+break.")


def test_ones_own_reason_and_who_decided_are_said(client: Client):
    asked = "choose=06&reason=we+know%0D%0A+it.&deciders=Ada,+%22G%22%0A---%0Astatus:+x"

    text, page = markdown(client, asked), text_of(client, f"/decide/?{asked}")

    assert 'Chosen option: "Saga Pattern", because we know it.\n' in text
    assert 'decision-makers: "Ada, \\"G\\" --- status: x"\n---\n' in text
    assert 'Decided by Ada, "G" --- status: x' in page
    assert "because we know it." in page
    assert "decide/?choose=06&reason=we+know+it&deciders=Ada%2C+%22G%22+---+status%3A+x>" in text


@pytest.mark.parametrize(("name", "length"), [("reason", 300), ("deciders", 120), ("title", 120)])
def test_no_words_are_longer_than_their_field(client: Client, name: str, length: int):
    text = markdown(client, f"choose=06&{name}={'x' * (length + 1)}")

    assert "x" * length in text
    assert "x" * (length + 1) not in text


def test_how_an_option_stands_to_the_chosen_one_is_said(client: Client):
    make_pattern("30", name="Undo", relations=[{"type": "alternative to", "target": "06", "why": "It is simpler."}])

    text = markdown(client, "choose=06&considered=30")

    assert "Undo is an alternative to Saga Pattern: It is simpler. One or the other: both answer" in text


def test_what_is_taken_together_with_the_choice_is_said(client: Client):
    text = markdown(client, "choose=06&with=16&with=24&symptom=06.1&symptom=24.1")

    assert 'Chosen option: "Saga Pattern", together with "Idempotence" and "Two phases", because' in text
    assert "and Two phases answers “Two databases disagree.”." in text
    assert "Still open" not in text
    assert "obliges us to build [Idempotence](<http://127.0.0.1:8000/patterns/idempotence/>), taken together" in text
    assert "Saga Pattern requires Idempotence: Steps come twice." in text


def test_the_page_says_what_is_taken_together(client: Client):
    text = text_of(client, "/decide/?choose=06&with=16&with=24&with=13&symptom=24.1")

    assert "Saga Pattern, together with Idempotence, Two phases and Retry, because" in text
    assert "Together with it Idempotence: What Idempotence is." in text
    assert "It obliges us to build: Retry, taken together with it: Steps fail." in text


def test_what_a_companion_owes_is_told_once(client: Client):
    make_pattern("31", name="Log", relations=[{"type": "requires", "target": "13", "why": "It is read again."}])
    make_pattern("32", name="Lease", relations=[{"type": "requires", "target": "31", "why": "It is kept."}])

    text = markdown(client, "choose=24&with=31&with=32")

    assert text.count("obliges us to build") == 1
    assert "- Bad, because it obliges us to build [Retry](<http://127.0.0.1:8000/patterns/retry/>): It is" in text


def test_a_companion_is_not_considered_and_the_choice_is_no_companion(client: Client):
    text = markdown(client, "choose=06&considered=24&considered=13&with=24&with=06&with=24")

    assert "decide/?choose=06&considered=13&with=24>" in text
    assert 'together with "Two phases", because' in text


def test_three_are_taken_together_with_it_at_most(client: Client):
    four = "&".join(f"with={code}" for code in ("13", "16", "24", "99"))

    assert "More than 3 were to be taken together with it" in text_of(client, f"/decide/?choose=06&{four}")
    assert "with=13&with=16&with=24>" in markdown(client, f"choose=06&{four}")


def offered(client: Client, query: str, name: str) -> list[str | None]:
    page = parsed(client.get(f"/decide/?{query}"))
    return [one.get("value") for one in page.iter("input") if one.get("name") == name]


def test_the_form_offers_what_goes_with_the_choice_and_its_rivals_first(client: Client):
    make_pattern("30", name="Undo", relations=[{"type": "alternative to", "target": "06", "why": "It is simpler."}])
    make_pattern("31", name="Log", relations=[{"type": "uses", "target": "06"}])
    make_pattern("32", name="Hidden", status="draft", relations=[{"type": "uses", "target": "06"}])

    assert offered(client, "choose=06", "with") == ["13", "16", "31"]
    assert offered(client, "choose=06&with=24", "with") == ["13", "16", "31", "24"]
    assert offered(client, "choose=06", "considered") == ["30", "13", "16", "24", "31"]
    assert offered(client, "choose=06&considered=24", "considered") == ["30", "24", "13", "16", "31"]


def test_only_rivals_and_what_is_considered_stand_outside_the_fold(client: Client):
    page = parsed(client.get("/decide/?choose=06&considered=24"))

    folded = [one.get("value") for one in page.findall(".//details//input")]
    assert folded == ["13", "16"]


def test_a_record_with_everything_takes_ten_queries_at_most(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
):
    with django_assert_max_num_queries(10):
        client.get(f"/decide/?{ASKED}&with=13&with=16&holds=06.1&title=x")


def test_a_condition_that_holds_is_a_driver_and_an_objection(client: Client):
    text = markdown(client, "choose=06&holds=06.1")

    assert "- Holds for us: one database holds everything\n" in text
    assert "- Bad, because this holds for us, and is a reason to avoid it: one database holds everything\n" in text


def test_more_than_three_to_be_considered_are_said(client: Client):
    four = "&".join(f"considered={code}" for code in ("13", "16", "24", "99"))

    assert "More than 3 others were to be considered" in text_of(client, f"/decide/?choose=06&{four}")


def test_three_are_considered_at_most(client: Client):
    for code in ("31", "32", "33", "34"):
        make_pattern(code)

    text = markdown(client, "choose=06&considered=31&considered=32&considered=33&considered=34")

    assert "### Pattern 33" in text
    assert "Pattern 34" not in text


@pytest.mark.parametrize(
    ("query", "remark"),
    [
        ("date=2026-13-40", "“2026-13-40” is no date, so the record has none. Write it like 2026-11-29."),
        ("date=%20x%0Ay", "“x y” is no date"),
        ("status=foo", "“foo” is no status, so the record is proposed. It is one of proposed, accepted, rejected, dep"),
        ("considered=99", "No published entry has the code 99."),
        ("with=98&considered=24", "No published entry has the code 98."),
        ("with=a+b", "No published entry has the code a b."),
        (f"status={'x' * 50}", f"“{'x' * 40}” is"),
    ],
)
def test_what_is_left_out_is_said(client: Client, query: str, remark: str):
    assert remark in text_of(client, f"/decide/?choose=06&{query}")


@pytest.mark.parametrize("query", [ASKED, "choose=06&date=&status=&title=&q=&reason=&deciders=", "choose=06&with=16"])
def test_nothing_is_remarked_on_what_can_be_meant(client: Client, query: str):
    page = parsed(client.get(f"/decide/?{query}"))

    assert page.find(".//main//div[@class='note decide-remarks']") is None


def test_with_nothing_chosen_it_asks_what_was_decided(client: Client):
    page = parsed(client.get("/decide/"))

    assert [one.text for one in page.iter("option") if one.get("value")] == [
        *("Saga Pattern", "Retry", "Idempotence", "Two phases")
    ]
    assert "/find/" in links(page)


@pytest.mark.parametrize("code", ["99", "%00", "06.1", "x" * 400])
def test_a_choice_that_is_not_there_is_said_and_has_no_record(client: Client, code: str):
    assert client.get(f"/decide/?choose={code}").status_code == 200
    assert client.get(f"/decide.md?choose={code}").status_code == 404


def test_an_unknown_choice_is_named(client: Client):
    assert "No published entry has the code 99." in text_of(client, "/decide/?choose=99")


@pytest.mark.parametrize("status", ["draft", "review", "retired"])
def test_only_published_entries_are_chosen_considered_or_owed(client: Client, status: str):
    for code in ("13", "24"):
        change_pattern(Pattern.objects.get(code=code), status=status)

    text = markdown(client)

    assert "Two phases" not in text
    assert "Two databases disagree." not in text
    assert "Retry" not in text
    assert client.get("/decide.md?choose=24").status_code == 404


def test_what_was_ticked_goes_along_when_the_record_is_changed(client: Client):
    page = parsed(client.get(f"/decide/?{ASKED}"))

    hidden = [(one.get("name"), one.get("value")) for one in page.iter("input") if one.get("type") == "hidden"]
    assert hidden == [("symptom", "06.1"), ("symptom", "24.1"), ("limit", "consistency"), ("have", "16")]


def test_what_holds_already_is_no_reason_to_decide_again(client: Client):
    again = "decide again when one holds"

    assert again in markdown(client, "choose=06")
    assert again not in markdown(client, "choose=06&holds=06.1")


def test_what_a_record_is_about_can_be_chosen_wherever_it_stands(client: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(decide, "CHOICE_COUNT", 1)
    page = parsed(client.get("/decide/?choose=24&considered=16"))

    assert [one.text for one in page.iter("option") if one.get("selected") is not None] == ["Two phases", "proposed"]


def test_a_debt_that_left_the_public_meanwhile_is_not_told():
    way = [Requirement("06", "16", "a"), Requirement("16", "13", "b")]
    link = PatternLink("13", "retry", "Retry", 1, "Data", 0)

    assert [*record_debts(debts("06", way), {"13": link})] == []


def test_what_can_be_borne_and_what_goes_with_it_are_told(client: Client):
    make_pattern("99", name="Hidden", status="draft")
    change_pattern(
        Pattern.objects.get(code="06"),
        relations=[
            {"type": "complements", "target": "16", "why": "Steps come twice."},
            {"type": "leads to", "target": "99", "why": "Nobody knows it."},
            {"type": "often confused with", "target": "24", "why": "Both undo."},
        ],
    )
    address = "choose=06&symptom=06.1&limit=latency&bears=06.2"

    page = client.get(f"/decide/?{address}").content.decode()
    text = client.get(f"/decide.md?{address}").content.decode()

    for each in (page, text):
        assert "We can bear: " in each
        assert "Steps come twice." in each
        assert "Nobody knows it." not in each
        assert "Both undo." not in each
    assert f"/decide/?{address}" in text


def test_a_variant_is_decided_or_still_to_be(client: Client):
    assert "To be decided, the variant: By one; By many." in client.get("/decide.md?choose=06").content.decode()

    decided = client.get("/decide.md?choose=06&variant=By+many").content.decode()
    assert "The variant: By many." in decided
    assert "variant=By+many" in decided
    assert "To be decided, the variant" in client.get("/decide.md?choose=06&variant=By+none").content.decode()
    page = parsed(client.get("/decide/?choose=06&variant=By+many"))
    assert ["".join(one.itertext()) for one in page.findall(".//select[@id='variant']/option[@selected]")] == [
        "By many"
    ]


def test_a_rejected_option_is_not_called_chosen(client: Client):
    text = client.get("/decide.md?choose=06&status=rejected&symptom=06.1").content.decode()

    assert 'Rejected option: "Saga Pattern", because of what speaks against it below.' in text
    own = client.get("/decide.md?choose=06&status=rejected&reason=it+is+dear").content.decode()
    assert 'Rejected option: "Saga Pattern", because it is dear.' in own


def test_what_is_still_open_can_be_taken_together(client: Client):
    taking = "/decide/?choose=06&with=24&symptom=24.1"

    assert taking in links(parsed(client.get("/decide/?choose=06&considered=24&symptom=24.1")))
    assert "still open" not in client.get(taking).content.decode().lower()


def test_few_of_many_that_go_with_it_are_told(client: Client):
    for number in range(MOST_KINDRED + 1):
        make_pattern(f"9{number}", name=f"Companion {number}")
    related = [
        {"type": "uses", "target": f"9{number}", "why": f"Reason {number}."} for number in range(MOST_KINDRED + 1)
    ]
    change_pattern(Pattern.objects.get(code="06"), relations=related)

    text = client.get("/decide.md?choose=06").content.decode()

    assert f"Reason {MOST_KINDRED - 1}." in text
    assert f"Reason {MOST_KINDRED}." not in text


def test_who_takes_as_many_as_can_be_is_offered_no_other(client: Client):
    for number in range(MOST_COMPANIONS):
        make_pattern(f"9{number}", name=f"Companion {number}")
    taken = "".join(f"&with=9{number}" for number in range(MOST_COMPANIONS))

    page = client.get(f"/decide/?choose=06{taken}&symptom=24.1").content.decode()

    assert "Still open" in page
    assert "Take it together" not in page
