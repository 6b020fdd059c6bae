"""What a reader may set: hostile values are ordinary values."""

from dataclasses import dataclass
from typing import Literal

import pytest

from patterns.lab.parameters import BadParameters, Parameters, choice, integer, law_only, read_settings, settings_of


@dataclass(frozen=True)
class Settings(Parameters):
    nodes: int = integer(4, 1, 8, name="Nodes")
    timeout_ms: int = integer(100, 50, 500, step=50, name="Timeout", unit="ms")
    fault: Literal["none", "crash"] = choice("none", name="Fault", none="Nothing", crash="A node stops")


def messages(*pairs: tuple[str, str]) -> list[str]:
    with pytest.raises(BadParameters) as refused:
        read_settings(Settings(), pairs)
    return [problem.message for problem in refused.value.problems]


def test_what_is_not_given_stays_as_the_base_has_it():
    assert read_settings(Settings(nodes=8), [("fault", "crash")]) == Settings(nodes=8, fault="crash")


@pytest.mark.parametrize("text", ["1", "8", "01"])
def test_the_ends_of_a_range_belong_to_it(text: str):
    assert read_settings(Settings(), [("nodes", text)]).nodes == int(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "0",
            "9",
            "-1",
            "4.0",
            "4.5",
            "1e3",
            "1e309",
            "NaN",
            "inf",
            "-inf",
            "0x4",
            "4_",
            "1_0",
            "four",
            " 4",
        ),
        *("4\n", "4\x00", "٤", "²", "⁴", "9" * 10_000, "a" * 10_000, "🙂", "\u202e4", "<b>4</b>", "None", "True", "+4"),
    ],
)
def test_a_number_out_of_range_or_of_another_kind_is_refused_with_the_range(text: str):
    [message] = messages(("nodes", text))

    assert message.startswith("Nodes (nodes): “")
    assert message.endswith("cannot be; give a whole number from 1 to 8.")
    assert len(message) < 120


def test_a_message_repeats_nothing_unprintable():
    [message] = messages(("nodes", "a\x00\u202e\nb"))

    assert "“a���b”" in message


def test_a_number_between_two_steps_is_refused_with_the_step():
    assert messages(("timeout_ms", "75")) == [
        "Timeout (timeout_ms): “75” cannot be; give a whole number from 50 to 500, in steps of 50."
    ]


@pytest.mark.parametrize("text", ["", "Crash", "none,crash", "1"])
def test_another_word_is_refused_with_the_choices(text: str):
    [message] = messages(("fault", text))

    assert message.endswith("cannot be; give one of: none, crash.")


def test_an_unknown_name_is_refused_with_the_known_ones():
    assert messages(("nodez", "1")) == ["Nothing here is called “nodez”; what can be set: nodes, timeout_ms, fault."]


def test_a_name_given_twice_is_refused_even_with_one_value():
    assert messages(("nodes", "2"), ("nodes", "2")) == ["Nodes (nodes) is given 2 times; give it once."]


def test_all_bad_values_are_told_at_once():
    assert len(messages(("nodes", "0"), ("timeout_ms", "x"), ("fault", "?"))) == 3


@pytest.mark.parametrize("wrong", [{"nodes": 9}, {"nodes": "4"}, {"nodes": True}, {"nodes": 4.0}, {"fault": "?"}])
def test_no_settings_can_be_made_with_a_value_that_is_not_allowed(wrong: dict[str, object]):
    with pytest.raises(BadParameters):
        Settings(**wrong)


def test_a_field_made_by_other_means_is_named():
    @dataclass(frozen=True)
    class Wrong(Parameters):
        nodes: int = 4

    with pytest.raises(TypeError, match=r"“nodes” has to be made by integer\(\), choice\(\) or law_only\(\)"):
        Wrong()


def test_what_only_a_law_sets_no_reader_can():
    @dataclass(frozen=True)
    class Longer(Parameters):
        nodes: int = integer(4, 1, 8, name="Nodes")
        horizon_s: int = law_only(600)

    assert [*settings_of(Longer)] == ["nodes"]
    assert Longer(horizon_s=4800).changed() == {"horizon_s": 4800}
    with pytest.raises(BadParameters, match="Nothing here is called “horizon_s”"):
        read_settings(Longer(), [("horizon_s", "700")])


def test_only_what_differs_from_the_defaults_belongs_to_an_address():
    assert Settings(nodes=4, fault="crash").changed() == {"fault": "crash"}


def test_a_form_lists_the_settings_in_their_order():
    assert [*settings_of(Settings)] == ["nodes", "timeout_ms", "fault"]
