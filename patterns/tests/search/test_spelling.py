from random import Random
from urllib.parse import quote

import pytest

from patterns.models import Pattern
from patterns.search import search
from patterns.search.spelling import distance, nearest, reach
from patterns.tests.factories import change_pattern, entry, import_entries
from patterns.tests.search.shelf import ask, query

pytestmark = pytest.mark.usefixtures("shelf")


def meant(text: str) -> str | None:
    found = ask(text).did_you_mean
    return found.q if found else None


@pytest.mark.parametrize(
    ("typed", "suggested"),
    [
        ("cirkut braker", "circuit breaker"),
        ("circiut", "circuit"),
        ("sgaa", "saga"),
        ("compnsation", "compensation"),
        ("oubtox brokr", "outbox broker"),
        ("Nygaerd", "nygard"),
    ],
)
def test_slips_are_put_right(typed: str, suggested: str):
    assert meant(f"q={typed}") == suggested


def test_a_word_that_is_near_to_nothing_gets_no_suggestion():
    assert meant("q=zzzzzzz") is None


def test_of_equally_near_words_the_one_in_a_name_is_meant():
    import_entries([entry("90", name="Quorum", description="About quarum.", problem="quirum")])

    assert meant("q=qurum") == "quorum"


def test_words_that_are_never_together_are_offered_alone():
    result = ask("q=outbox+compensation")

    assert result.did_you_mean is None
    assert [one.q for one in result.instead] == ["outbox", "compensation"]


def test_a_suggestion_forgets_the_choices_that_could_leave_it_empty():
    assert ask("q=cirkut&category=data").did_you_mean.to_query_string() == "q=circuit"


@pytest.mark.parametrize(
    ("typed", "suggested"),
    [
        ("cirkut -saga", "circuit -saga"),
        ("-saga cirkut -outbox", "circuit -saga -outbox"),
        ('cirkut -"event log"', 'circuit -"event log"'),
        ("cirkut -fuse", None),
        ('cirkut -"fuse breaker"', None),
    ],
)
def test_what_was_left_out_stays_out_of_a_suggestion(typed: str, suggested: str | None):
    assert meant(f"q={quote(typed)}") == suggested


def test_what_was_left_out_stays_out_of_what_can_only_have_been_meant():
    import_entries([entry("90", name="Circuit Tester")])

    result = search(query("q=cirkut+-fuse"), corrects=True)

    assert [hit.pattern.name for hit in result.hits] == ["Circuit Tester"]


def test_what_was_left_out_stays_out_of_each_word_alone():
    assert [one.q for one in ask("q=outbox+compensation+-fuse").instead] == ["outbox -fuse", "compensation -fuse"]
    assert [one.q for one in ask("q=outbox+compensation+-saga").instead] == ["outbox -saga"]


def test_no_suggestion_loses_what_was_left_out_as_it_is_cut():
    kept = f"-{'x' * 192}"

    assert meant(f"q=circit+{kept}") is None
    assert meant(f"q=circit+{kept[:-1]}") == f"circuit {kept[:-1]}"


@pytest.mark.parametrize("status", ["draft", "review", "retired"])
def test_words_that_left_the_public_are_not_suggested(status: str):
    change_pattern(Pattern.objects.get(code="10"), status=status)

    assert meant("q=cirkut") is None


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [
        ("saga", "saga", 0),
        ("saga", "sagas", 1),
        ("sgaa", "saga", 1),
        ("cirkut", "circuit", 2),
        ("abc", "xyz", 3),
        ("", "a", 1),
    ],
)
def test_slips_are_counted(one: str, other: str, slips: int):
    assert distance(one, other, limit=2) == slips == distance(other, one, limit=2)


def test_the_nearest_words_come_first():
    assert nearest("braker", ["bracket", "breaker", "broker", "gateway"]) == ("breaker", "broker", "bracket")


def test_words_of_other_letters_are_passed_over_without_losing_any():
    rng = Random(7)
    made = {"".join(rng.choices("abcde", k=rng.randint(3, 7))) for _ in range(400)}

    for word in sorted(made)[:40]:
        near = [other for other in made if distance(word, other, limit=reach(word)) <= reach(word)]
        assert {*nearest(word, made)} <= {*near}
        assert len(nearest(word, made)) == min(len(near), 3)
