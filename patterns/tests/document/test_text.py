import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from patterns.document.text import (
    INVISIBLE,
    KEPT,
    Code,
    Label,
    Line,
    LongText,
    Name,
    Sentence,
    Slug,
    Url,
    name_key,
    normal_form,
    one_line,
    shortened,
    slug_of,
)
from patterns.tests.strategies import texts

SECOND_NAMES = {
    "two spaces": "Saga  Pattern",
    "a tab": "Saga\tPattern",
    "space around it": "\u00a0Saga Pattern ",
    "a no-break space": "Saga\u00a0Pattern",
    "a thin space": "Saga\u2009Pattern",
    "an ideographic space": "Saga\u3000Pattern",
    "a zero-width space": "Saga\u200b Pattern",
    "a soft hyphen": "Sa\u00adga Pattern",
    "a mark of direction": "Saga Pattern\u200f",
    "an override of direction": "\u202eSaga Pattern",
    "a byte order mark": "\ufeffSaga Pattern",
    "a tag": "Saga Pattern\U000e0041",
    "full width": "Ｓａｇａ　Ｐａｔｔｅｒｎ",  # noqa: RUF001
    "mathematical letters": "𝐒𝐚𝐠𝐚 𝐏𝐚𝐭𝐭𝐞𝐫𝐧",  # noqa: RUF001
}
HIDING = ["\u200b", "\u00ad", "\u200f", "\u202e", "\u2066", "\u061c", "\ufeff", "\u3164", "\ufe0f", "\U000e0041"]
NAMES = st.text("abzßABZÉé٣日 ", max_size=12)


def is_valid(kind: Any, value: object) -> bool:
    try:
        TypeAdapter(kind).validate_python(value, strict=True)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("pasted", ["a\r\nb", "a\rb", "a\u2028b", "a\u2029b", "  a\nb\n\n"])
def test_every_line_end_becomes_a_line_feed(pasted: str):
    assert normal_form(pasted) == "a\nb"


def test_combining_characters_are_composed():
    assert normal_form("Cafe\u0301") == "Café"


def test_tabs_and_spaces_inside_a_text_are_kept():
    assert normal_form("a\tb  c") == "a\tb  c"


@pytest.mark.parametrize("character", ["\0", "\x07", "\x1b", "\x7f", "\x85", "\x9f"])
def test_control_characters_are_refused(character: str):
    with pytest.raises(PydanticCustomError, match=f"U\\+{ord(character):04X} at character 3"):
        normal_form(f"ab{character}c")


def test_lone_surrogates_are_refused():
    with pytest.raises(PydanticCustomError, match=r"U\+D800 at character 3"):
        normal_form("ab\ud800c")


@pytest.mark.parametrize("broken", ["a\nb", "a\tb", "a\r\nb", "a\u2028b"])
def test_one_line_refuses_what_is_not_on_one_line(broken: str):
    with pytest.raises(PydanticCustomError, match="line break or a tab"):
        one_line(broken)


@pytest.mark.parametrize("kind", [Line, Label, Name])
def test_invisible_characters_are_refused_where_names_stand(kind: Any):
    with pytest.raises(ValidationError, match=r"U\+200B \(ZERO WIDTH SPACE\) at character 5") as refused:
        TypeAdapter(kind).validate_python("Saga\u200b Pattern")

    assert refused.value.errors()[0]["ctx"]["hint"] == "remove it"


@pytest.mark.parametrize("kind", [Line, Label, Name, Slug, Code])
@pytest.mark.parametrize("hidden", HIDING, ids=ascii)
def test_none_of_them_may_hide_there(kind: Any, hidden: str):
    assert not is_valid(kind, f"a{hidden}b")


@pytest.mark.parametrize("kind", [Sentence, LongText])
def test_long_texts_may_join_and_turn_their_letters(kind: Any):
    assert TypeAdapter(kind).validate_python("\u2067می\u200cشود\u2069") == "\u2067می\u200cشود\u2069"


@pytest.mark.parametrize("kind", [Line, Label, Name])
def test_white_space_in_a_name_becomes_one_plain_space(kind: Any):
    assert TypeAdapter(kind).validate_python("\u00a0Saga \u2009 Pattern\u3000") == "Saga Pattern"


def test_what_was_kept_before_a_rule_is_read_as_it_was():
    kept = TypeAdapter(Name).validate_python("Saga\u200b  Pattern", context=KEPT)

    assert kept == "Saga\u200b  Pattern"


def test_visible_characters_are_none_of_the_invisible_ones():
    hidden = [chr(code) for code in range(0x110000) if INVISIBLE.match(chr(code))]

    assert len(hidden) == 4174 + len("\u2800")
    assert {unicodedata.category(one) for one in hidden} == {"Cf", "Cn", "Lo", "Mn", "So"}


@pytest.mark.parametrize("marks", ["\u0301" * 31, "\u0344" * 16, "\u0958" + "\u0301" * 30])
def test_more_marks_than_any_writing_piles_up_are_refused(marks: str):
    with pytest.raises(PydanticCustomError, match="piles more than 30 combining marks"):
        normal_form(f"a{marks}")


@pytest.mark.parametrize("letter", ["q", "\u03c8", "\u05d0"], ids=ascii)
def test_as_many_marks_as_a_writing_needs_are_kept(letter: str):
    assert normal_form(letter + "\u0301" * 30) == letter + "\u0301" * 30


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(exclude_categories=("Cc", "Cs"))))
def test_the_normal_form_is_its_own_normal_form(text: str):
    normal = normal_form(text)

    assert normal_form(normal) == normal
    assert unicodedata.is_normalized("NFC", normal)


@pytest.mark.parametrize(
    ("one", "other"), [("École", "ÉCOLE"), ("école", "e\u0301cole"), ("Straße", "STRASSE"), ("ΣΑΓΑΣ", "σαγας")]
)
def test_names_that_differ_in_case_or_composition_are_the_same(one: str, other: str):
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize("name", SECOND_NAMES.values(), ids=SECOND_NAMES)
def test_names_that_nobody_can_tell_apart_are_the_same(name: str):
    assert name_key(name) == name_key("Saga Pattern")


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_the_key_of_a_key_is_the_key(name: str):
    assert name_key(name_key(name)) == name_key(name)


@settings(max_examples=100, deadline=None)
@given(NAMES, st.sampled_from(HIDING), st.data())
def test_an_invisible_character_makes_no_other_name(name: str, hidden: str, data: st.DataObject):
    at = data.draw(st.integers(0, len(name)))

    assert name_key(name[:at] + hidden + name[at:]) == name_key(name)


@settings(max_examples=100, deadline=None)
@given(NAMES, st.text("\u0020\u00a0\u1680\u2009\u202f\u205f\u3000", min_size=1, max_size=3))
def test_no_other_white_space_makes_another_name(name: str, space: str):
    assert name_key(f"{space}{name.replace(' ', space)}{space}") == name_key(name)


@settings(max_examples=100, deadline=None)
@given(NAMES, st.sampled_from([str.upper, str.lower, str.swapcase]))
def test_no_case_makes_another_name(name: str, change: Callable[[str], str]):
    assert name_key(change(name)) == name_key(name)


def test_names_that_differ_in_an_accent_are_two_names():
    assert name_key("Ecole") != name_key("École")


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Data Pattern", "data-pattern"),
        ("Strangler-Fig  Pattern!", "strangler-fig-pattern"),
        ("École", "ecole"),
        ("日本", ""),
        ("a" * 99 + " b", "a" * 99),
    ],
)
def test_the_slug_of_a_name_is_its_ascii_letters_and_digits(name: str, slug: str):
    assert slug_of(name) == slug


@settings(max_examples=100, deadline=None)
@given(texts(120))
def test_the_slug_of_a_name_is_a_slug_or_empty(name: str):
    assert slug_of(name) == "" or is_valid(Slug, slug_of(name))


@pytest.mark.parametrize("slug", ["", "Saga", "a--b", "-a", "a-", "a_b", "é", "a b", "a" * 101])
def test_what_is_not_a_slug_is_refused(slug: str):
    assert not is_valid(Slug, slug)


@pytest.mark.parametrize("code", ["01", "A.1-b", "0" * 16])
def test_codes_are_letters_digits_dots_and_hyphens(code: str):
    assert is_valid(Code, code)


@pytest.mark.parametrize("code", ["", "0" * 17, "a b", "a_b", "é", "٣", 1, None])
def test_what_is_not_a_code_is_refused(code: object):
    assert not is_valid(Code, code)


@pytest.mark.parametrize("url", ["", "https://example.org", "http://[::1]:80/a?b#c", "https://example.org/ä"])
def test_web_addresses_are_accepted(url: str):
    assert is_valid(Url, url)


@pytest.mark.parametrize(
    "url",
    [
        "example.org",
        "javascript:alert(1)",
        "ftp://example.org",
        "https://",
        "https://a b",
        'https://a/"',
        "http://[::1",
        "http://a:99999",
        "//example.org",
        "https://example.org/" + "x" * 500,
    ],
)
def test_what_is_not_a_web_address_is_refused(url: str):
    assert not is_valid(Url, url)


@pytest.mark.parametrize(("kind", "limit"), [(Name, 120), (Label, 200), (Sentence, 1_000)])
def test_a_text_may_be_as_long_as_its_limit_and_no_longer(kind: object, limit: int):
    assert is_valid(kind, "é" * limit)
    assert not is_valid(kind, "é" * (limit + 1))


def test_length_is_counted_in_the_normal_form():
    assert is_valid(Name, "e\u0301" * 120)


@pytest.mark.parametrize("blank", ["", " ", "\n", "\u00a0\u3000"])
def test_a_required_text_must_not_be_blank(blank: str):
    assert not is_valid(Sentence, blank)


def test_hostile_text_is_shortened_for_messages():
    assert shortened("x" * 61) == "x" * 59 + "…"
    assert shortened("x" * 60) == "x" * 60
