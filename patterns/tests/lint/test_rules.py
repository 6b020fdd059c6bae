"""Each rule against an entry that breaks it and no other."""

from datetime import date, timedelta
from typing import Any

import pytest

from patterns.document.entry import Entry
from patterns.lint.finding import SEVERITIES
from patterns.lint.rules import RULES, lint
from patterns.tests.lint.catalogue import (
    GOOD,
    PROBLEM,
    SOLUTION,
    TODAY,
    bare,
    changed,
    cited,
    draft,
    findings,
    found,
    good,
)

SENTENCE = "It grows and grows"
TO_01 = {"target": "01", "why": "It does."}
CONSEQUENCES, RELATIONS, STEPS, REFERENCES = (GOOD[key] for key in ("consequences", "relations", "steps", "references"))
USE, AVOID = GOOD["use_when"], GOOD["avoid_when"]
VARIANTS = [{"name": "Pools", "text": "Threads of its own."}, {"name": "Semaphores", "text": "Permits."}]


def without_costs(count: int) -> list[dict[str, Any]]:
    """The consequences, with so many costs left."""
    return [{**one, "sign": "cost" if number < count else "gain"} for number, one in enumerate(CONSEQUENCES)]


def without_sources(consequences: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Backed by the lab alone."""
    figures = {"gain": "lab:default/waiting", "cost": "lab:default/idle"}
    return [{**one, "evidence": [figures[one["sign"]]]} for one in consequences]


BREAKS: dict[str, tuple[str, str, str, list[Entry]]] = {
    "no problem": ("missing-section", "warning", "problem", [good(problem="")]),
    "no solution": ("missing-section", "warning", "solution", [good(solution="")]),
    "no use": ("missing-section", "warning", "use_when", [good(use_when=[])]),
    "no avoid": ("missing-section", "warning", "avoid_when", [good(avoid_when=[])]),
    "no consequences": ("missing-section", "warning", "consequences", [good(consequences=[])]),
    "no relations": ("missing-section", "warning", "relations", [good(relations=[])]),
    "no steps": ("missing-section", "warning", "steps", [good(steps=[])]),
    "no references": (
        *("missing-section", "warning", "references"),
        [good(references=[], consequences=without_sources(CONSEQUENCES))],
    ),
    "no symptoms": ("missing-section", "warning", "symptoms", [good(symptoms=[])]),
    "few symptoms": ("section-count", "warning", "symptoms", [good(symptoms=GOOD["symptoms"][:2])]),
    "no checks": ("missing-section", "warning", "checks", [good(checks=[])]),
    "few signals": ("section-count", "warning", "signals", [good(signals=GOOD["signals"][:1])]),
    "a single variant": ("section-count", "warning", "variants", [good(variants=VARIANTS[:1])]),
    "few steps in one diagram": (
        *("section-count", "warning", "steps"),
        [good(variants=VARIANTS, steps=[*STEPS, *({**one, "variant": "Pools"} for one in STEPS[:9] * 2)])],
    ),
    "evidence without a reference": (
        *("unresolved-evidence", "error", "consequences[1].evidence"),
        [changed("consequences", 0, evidence=["nygard-2007", "nygard-2018"])],
    ),
    "evidence that the lab does not show": (
        *("unresolved-evidence", "error", "consequences[2].evidence"),
        [changed("consequences", 1, evidence=["lab:default/idle", "nygard-2007"])],
    ),
    "a judgement": ("no-evidence", "hint", "consequences[3]", [changed("consequences", 2, evidence=[])]),
    "a reference that backs nothing": (
        *("unused-reference", "hint", "references[4]"),
        [good(references=[*REFERENCES, {"key": "more", "title": "More"}])],
    ),
    "a use that nobody tells of": (
        "use-without-source",
        "warning",
        "known_uses[1]",
        [changed("known_uses", 0, url="")],
    ),
    "an example that nothing runs": (
        *("example-untested", "warning", "examples[1].language"),
        [changed("examples", 0, language="cobol")],
    ),
    "an example that is broken": (
        *("example-broken", "error", "examples[1].code"),
        [changed("examples", 0, code="places = ")],
    ),
    "a long example": (
        *("long-example", "warning", "examples[1].code"),
        [changed("examples", 0, code="places = 10\n" * 40 + "places = 9")],
    ),
    "a step of no variant that there is": (
        *("unknown-variant", "error", "steps[2].variant"),
        [good(variants=VARIANTS, steps=[STEPS[0], {**STEPS[1], "variant": "Pool"}, *STEPS[2:]])],
    ),
    "a failure of any kind": ("vague-failure", "warning", "steps[4].kind", [changed("steps", 3, kind="fail")]),
    "a condition that only denies another": (
        *("negated-condition", "warning", "avoid_when[4]"),
        [good(avoid_when=[*AVOID, "The peak rate of a dependency is not known."])],
    ),
    "a symptom of another entry": (
        *("shared-symptom", "warning", "symptoms[1]"),
        [bare("02", symptoms=["One SLOW supplier takes down the pages that do not need it!"])],
    ),
    "another entry without a link": (
        *("unlinked-mention", "warning", "problem"),
        [good(problem=f"{PROBLEM}\nThe services are message-driven.")],
    ),
    "another word for the same": (
        "other-term",
        "warning",
        "steps[2]",
        [changed("steps", 1, note="Like Orchestrators.")],
    ),
    "a short description": (
        "description-length",
        "warning",
        "description",
        [good(description="It divides resources.")],
    ),
    "a short problem": ("section-length", "warning", "problem", [good(problem="Everything waits for the slowest.")]),
    "a long problem": ("section-length", "warning", "problem", [good(problem=PROBLEM + "\n\nIt waits. " * 60)]),
    "a short solution": ("section-length", "warning", "solution", [good(solution="Divide the bulkhead.")]),
    "a long solution": ("section-length", "warning", "solution", [good(solution=SOLUTION + "\n\nIt divides. " * 90)]),
    "few uses": ("section-count", "warning", "use_when", [good(use_when=USE[:2])]),
    "many avoids": ("section-count", "warning", "avoid_when", [good(avoid_when=[*AVOID, *"abcd"])]),
    "few consequences": ("section-count", "warning", "consequences", [good(consequences=CONSEQUENCES[1:])]),
    "few relations": ("section-count", "warning", "relations", [good(relations=RELATIONS[:2])]),
    "few steps": ("section-count", "warning", "steps", [good(steps=STEPS[:5])]),
    "many steps": ("section-count", "warning", "steps", [good(steps=STEPS * 3)]),
    "few references": (
        *("section-count", "warning", "references"),
        [
            good(
                references=REFERENCES[:2],
                consequences=[*CONSEQUENCES[:4], {**CONSEQUENCES[4], "evidence": ["a-cloud"]}],
            )
        ],
    ),
    "no cost": ("no-cost", "warning", "consequences", [good(consequences=without_costs(0))]),
    "one cost": ("few-costs", "warning", "consequences", [good(consequences=without_costs(1))]),
    "one quality": (
        *("few-qualities", "warning", "consequences"),
        [good(consequences=[{**one, "quality": "cost"} for one in CONSEQUENCES])],
    ),
    "the same condition twice": (
        *("contradiction", "error", "use_when[2]"),
        [good(avoid_when=[*AVOID, "some callers  matter more than others!"])],
    ),
    "nearly the same condition twice": (
        *("near-contradiction", "warning", "use_when[2]"),
        [good(avoid_when=[*AVOID, "When some of the callers matter more than the others."])],
    ),
    "a problem from elsewhere": (
        *("near-identical", "warning", "problem"),
        [bare("02", problem="Elsewhere it " + PROBLEM.replace("timeout", "deadline").replace("force", "power"))],
    ),
    "a problem that is a part of another text": (
        *("near-identical", "warning", "problem"),
        [bare("02", solution=f"{SENTENCE}. " * 9 + PROBLEM + f"{SENTENCE}. " * 90)],
    ),
    "a sentence from elsewhere": (
        *("near-identical", "warning", "solution"),
        [bare("02", avoid_when=["The size follows from numbers that can be OBSERVED"])],
    ),
    "the opening of another problem": (
        *("same-opening", "warning", "problem"),
        [bare("02", problem="A *service* that calls nobody cannot wait.")],
    ),
    "another's definition": (
        *("foreign-subject", "warning", "problem"),
        [good(problem=f"The Circuit Breaker is open or closed. {PROBLEM}")],
    ),
    "another's description": (
        *("foreign-subject", "warning", "description"),
        [good(description="Timeouts bound how long a caller waits.")],
    ),
    "another's solution": (
        *("foreign-subject", "warning", "solution"),
        [good(aliases=[], solution=f"[[05|Message-driven services]] divide work. {SOLUTION}")],
    ),
    "a relation without a reason": (
        *("relation-without-reason", "warning", "relations[2]"),
        [changed("relations", 1, why="")],
    ),
    "a relation to nobody": ("dangling-relation", "error", "relations[3]", [changed("relations", 2, target="77")]),
    "a relation both ways": (
        "both-directions",
        "error",
        "relations[2]",
        [bare("03", relations=[{"type": "uses", **TO_01}])],
    ),
    "two relations that exclude each other": (
        *("contradictory-relations", "error", "relations[1]"),
        [bare("02", relations=[{"type": "alternative to", **TO_01}])],
    ),
    "the name of another": ("alias-of-another", "error", "aliases[1]", [good(aliases=["circuit breaker PATTERN"])]),
    "the slug of another": ("alias-of-another", "error", "aliases[1]", [good(aliases=["Entry-02"])]),
    "the alias of another": ("alias-of-another", "error", "aliases[1]", [bare("02", aliases=["COMPARTMENT"])]),
    "a name in other letters": ("look-alike", "warning", "name", [good(name="Сirсuit Breaker Pattern")]),  # noqa: RUF001
    "an alias in other letters": ("look-alike", "warning", "aliases[1]", [good(aliases=["Тimeout"])]),  # noqa: RUF001
    "a word in two alphabets": ("look-alike", "warning", "aliases[1]", [good(aliases=["Cоmpartment"])]),  # noqa: RUF001
    "a heading": ("not-rendered", "warning", "solution", [good(solution=f"## How it works\n\n{SOLUTION}")]),
    "an image in a variant": (
        *("not-rendered", "warning", "variants[2]"),
        [good(variants=[VARIANTS[0], {**VARIANTS[1], "text": "![Permits](a.png)"}])],
    ),
    "nothing primary": ("no-primary-reference", "warning", "references", [changed("references", 0, primary=False)]),
    "an address twice": (
        *("duplicate-url", "warning", "references[3].url"),
        [changed("references", 2, url="http://www.Press.invalid.net/release-it/")],
    ),
    "a link to nobody": (
        "dangling-link",
        "error",
        "problem",
        [good(problem=f"{PROBLEM}\nSee [[77|that]] and [[77]].")],
    ),
    "a link to itself": ("self-link", "warning", "problem", [good(problem=f"{PROBLEM}\nSee [[01|here]].")]),
    "a link to a draft": ("hidden-link", "hint", "solution", [draft("02")]),
    "a sentence of 41 words": (
        *("long-sentence", "warning", "problem"),
        [good(problem=PROBLEM + "\nWord" + " word" * 40 + ".")],
    ),
    "three passive sentences": (
        *("passive-chain", "hint", "problem"),
        [good(problem=PROBLEM + "\n\nIt is sent. It was not yet received. They are quickly read.")],
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_rule_finds_what_breaks_it_and_no_other_does(name: str):
    rule, severity, key, entries = BREAKS[name]

    assert found(*entries) == [(rule, severity, key)]


def test_a_text_with_every_sentence_changed_is_still_known():
    copied = "Elsewhere: " + PROBLEM.replace(".", " today.")

    [finding] = findings(bare("02", problem=copied))

    assert finding.message == "shares 83% of its words with the problem of [02] Circuit Breaker Pattern"


def test_a_text_that_is_a_part_of_a_longer_one_is_known():
    longer = "".join(f"Sentence {number} is about something else today. " for number in range(90))

    [finding] = findings(bare("02", solution=longer + PROBLEM.replace(".", " today.") + longer))

    assert finding.message.endswith("of its words with the solution of [02] Circuit Breaker Pattern")


def test_texts_that_share_less_than_half_are_different():
    third = " ".join(PROBLEM.replace(".", " today.").split()[:47])
    rest = "".join(f" Sentence {number} differs." for number in range(90))

    assert findings(bare("02", problem=f"Elsewhere: {third}.{rest}")) == []


def test_a_symmetric_relation_may_be_meant_by_both():
    assert found(bare("02", relations=[{"type": "complements", **TO_01}])) == []


def test_a_draft_that_links_to_itself_is_not_called_hidden_too():
    own = good(status="review", problem=f"{PROBLEM}\nSee [[01|here]].")

    assert found(own) == [("self-link", "warning", "problem")]


def test_the_good_entry_has_no_finding():
    assert found() == []


@pytest.mark.parametrize(
    "mark", ["TODO", "TBD:", "(FIXME)", "see XXX", "todo: more", "Lorem ipsum", "why???", "<<<<<<< HEAD"]
)
def test_marks_of_unfinished_work_are_found(mark: str):
    assert found(changed("consequences", 2, text=f"Much is lost {mark}.")) == [
        ("unfinished", "error", "consequences[3]")
    ]


@pytest.mark.parametrize(
    "text", ["A todo list stays.", "TODOS remain.", "Nobody met mastodons.", "ÉTBD stays.", "Why??"]
)
def test_inside_a_word_they_are_none(text: str):
    assert found(changed("consequences", 2, text=text)) == []


@pytest.mark.parametrize(
    "phrase",
    [
        "In today's world",
        "in today\u2019s  fast-paced",
        "CUTTING\u2011EDGE",
        "is seamless",
        "a game-changer",
        "leverage",
    ],
)
def test_fillers_are_found_however_they_are_written(phrase: str):
    assert found(changed("steps", 1, note=f"{phrase} it.")) == [("filler", "warning", "steps[2]")]


@pytest.mark.parametrize("text", ["Seamlessness is a word.", "Beverages stay.", "A level ages."])
def test_other_words_are_no_fillers(text: str):
    assert found(changed("steps", 1, note=text)) == []


def test_a_phrase_that_says_it_at_length_is_a_hint():
    [finding] = findings(changed("relations", 0, why="One waits in order to stop."))

    assert (finding.rule, finding.severity, finding.hint) == ("wordy", "hint", "to would do")


@pytest.mark.parametrize(
    "url",
    [
        *("https://intranet/page", "https://a..example.net/", "https://.net/", "https://me@press.invalid.net/"),
        *("https://press.invalid.net/100%", "https://press.invalid.net/a,", "https://press.invalid.net/a)"),
    ],
)
@pytest.mark.parametrize("key", ["references", "known_as"])
def test_an_address_that_leads_nowhere_is_malformed(key: str, url: str):
    assert found(changed(key, 0, url=url)) == [("malformed-url", "error", f"{key}[1].url")]


def test_the_address_of_the_origin_is_looked_at_too():
    assert found(good(origin={"who": "Somebody", "url": "https://intranet"})) == [
        ("malformed-url", "error", "origin.url")
    ]


@pytest.mark.parametrize(
    "url", ["https://press.invalid.net./a_(b)", "https://[2001:db8::1]/", "http://a.invalid.net:80"]
)
def test_an_unusual_address_is_none(url: str):
    assert found(changed("references", 1, url=url)) == []


@pytest.mark.parametrize("days", [366, 4000])
def test_an_entry_that_nobody_saved_for_a_year_is_to_be_read_again(days: int):
    [finding] = findings(reviewed={"01": TODAY - timedelta(days=days)})

    assert (finding.rule, finding.severity) == ("not-reviewed", "warning")


@pytest.mark.parametrize("reviewed", [{}, {"02": date(1999, 1, 1)}, {"01": TODAY - timedelta(days=365)}, {"01": TODAY}])
def test_an_entry_that_was_saved_within_a_year_is_not(reviewed: dict[str, date]):
    assert findings(reviewed=reviewed) == []


LOOKS = "looks like the name of [02] Circuit Breaker Pattern, in other letters"


@pytest.mark.parametrize(
    "name",
    [
        "Cir\u0441uit Breaker Pattern",
        "\u0421IRCUIT BREAKER P\u0410TTERN",
        "Circu\u0456t Br\u0435ak\u0435r Pattern",
        "Circuit Breaker \u03a1attern",
        "C\u0456rcuit Breaker Pattem",
        "\u13df\u0456rcuit Breaker Pattern",
    ],
    ids=ascii,
)
def test_a_name_that_looks_like_anothers_names_that_one(name: str):
    [finding] = findings(good(name=name))

    assert (finding.rule, finding.message) == ("look-alike", LOOKS)


def test_the_entry_that_is_imitated_is_told_too():
    [finding] = findings(bare("02", name="Bulkhe\u0430d Pattern"))

    assert finding.message == "looks like the name of [02] Bulkhe\u0430d Pattern, in other letters"


def test_a_word_in_two_alphabets_is_named_with_both():
    [finding] = findings(good(aliases=["Ship's Comp\u0430rtment"]))

    assert finding.message == "mixes Cyrillic and Latin letters in 'Comp\u0430rtment'"


@pytest.mark.parametrize("alias", ["Переборка", "\u03b2-Compartment", "隔壁 Compartment", "Wärmedämmung", "µCell"])
def test_a_name_in_the_letters_of_its_language_is_fine(alias: str):
    assert found(good(aliases=[alias])) == []


def test_the_very_name_of_another_is_not_said_to_look_like_it():
    assert found(good(aliases=["\uff34imeout"])) == [("alias-of-another", "error", "aliases[1]")]


LAST = PROBLEM.count("\n")
NOT_RENDERED = {
    "# Forces": "a heading",
    "Forces\n======": "a heading",
    "> It waits.": "a block quote",
    "---": "a line across the page",
    "![a drawing](pool.png)": "an image",
    "See [the book](https://press.invalid.net/).": "a link",
    "See <https://press.invalid.net/>.": "a link",
    "See [the book].\n\n[the book]: https://press.invalid.net/": "a link",
    "It <b>waits</b>.": "HTML",
    "<table>\n<tr>": "HTML",
    "<!-- to do -->": "HTML",
    "| a | b |\n| - | - |\n| 1 | 2 |": "a table",
    "    pool.take()": "indented code",
    "It ~~falls~~ waits.": "struck-out words",
    "- # Forces": "a heading",
}


@pytest.mark.parametrize(("text", "what"), NOT_RENDERED.items(), ids=NOT_RENDERED)
def test_markdown_that_is_not_rendered_is_named_with_its_line(text: str, what: str):
    [finding] = [one for one in findings(good(problem=f"{PROBLEM}\n{text}\n")) if one.rule == "not-rendered"]

    first = text.strip().partition("\n")[0]
    assert finding.key == "problem"
    assert finding.message == f"has {what} on line {LAST + 2}, which readers see as it is typed: {first!r}"


def test_of_each_kind_the_first_is_named():
    text = f"{PROBLEM}\nIt *waits*\nfor <b>ever</b>.\n\n# One\n\n## Two\n\n<i>it</i>\n"

    said = [one.message for one in findings(good(problem=text)) if one.rule == "not-rendered"]

    assert [message.partition(",")[0] for message in said] == [
        f"has HTML on line {LAST + 3}",
        f"has a heading on line {LAST + 5}",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "```html\n<b>bold</b>\n# no heading\n> no quote\n```",
        "~~~\n[a](https://press.invalid.net/)\n~~~",
        "Write `<b>`, `[a](https://press.invalid.net/)` or `# a`.",
        "1. one\n2. two\n   - *three*\n   - **four**",
        "See [[02]](its page) and [[03|it]](there).",
        "See [[02]](v2).",
        "Fewer than 5 < 6, more than 7 > 6, #1 of all, a | b, 3 - 2 = 1, [sic] and [1].",
        r"\# no heading, \<b> no HTML, \[a](b) no link",
        "A &lt; B and https://press.invalid.net/ as words.",
    ],
)
def test_what_readers_see_as_it_is_meant_is_fine(text: str):
    assert found(good(problem=f"{PROBLEM}\n{text}\n")) == []


# What must not be found


@pytest.mark.parametrize(
    "condition",
    [
        "Some callers matter less than others.",
        "Some dependencies matter more than others.",
        "Some callers matter more than others, and the sizes are known.",
    ],
)
def test_a_condition_that_says_otherwise_is_no_contradiction(condition: str):
    assert found(good(avoid_when=[*AVOID, condition])) == []


@pytest.mark.parametrize(
    "condition",
    [
        "Some callers do not matter more than others.",
        "No callers matter more than others.",
        "Many services call several dependencies.",
    ],
)
def test_a_condition_that_denies_another_says_nothing_new(condition: str):
    assert found(good(avoid_when=[*AVOID, condition])) == [("negated-condition", "warning", "avoid_when[4]")]


def test_what_leads_nowhere_backs_nothing():
    assert found(changed("consequences", 0, evidence=["nobody", "lab:default/idle"])) == [
        *[("unresolved-evidence", "error", "consequences[1].evidence")] * 2,
        ("no-evidence", "hint", "consequences[1]"),
    ]


@pytest.mark.parametrize("symptom", ["!!!", "The", "…"])
def test_a_symptom_without_a_word_is_nobody_elses(symptom: str):
    symptoms = [*GOOD["symptoms"], symptom]

    assert found(good(symptoms=symptoms), bare("02", symptoms=["the", "?", "a"])) == []


@pytest.mark.parametrize(
    ("language", "code"), [("ini", "[settings]\na = 1"), ("ini", "a = 1"), ("python", 'x = "\\d"'), ("toml", "a = 1")]
)
def test_an_example_that_reads_is_not_broken(language: str, code: str):
    assert found(changed("examples", 0, language=language, code=code)) == []


def test_a_mention_counts_once_and_not_where_a_link_names_the_entry():
    [finding] = findings(good(problem=f"{PROBLEM}\nMessage-driven, twice message-driven, and a circuit breaker."))

    assert finding.hint == "link it once, as [[05|message driven]], or say it otherwise"


@pytest.mark.parametrize("status", ["draft", "review", "retired"])
def test_who_is_not_public_need_not_be_linked(status: str):
    assert found(good(problem=f"{PROBLEM}\nIt is message-driven."), bare("05", status=status)) == []


def test_a_retired_entry_is_left_alone():
    assert found(good(status="retired", problem="TODO")) == []


def test_a_draft_with_the_given_keys_only_is_left_alone():
    assert lint({"09": draft("09")}, today=TODAY, reviewed={}, cited=cited) == []


def test_a_published_entry_with_the_given_keys_only_misses_every_section():
    missing = [one.key for one in lint({"09": bare("09")}, today=TODAY, reviewed={}, cited=cited)]

    assert missing == [
        *("symptoms", "problem", "solution", "use_when", "avoid_when", "checks", "signals"),
        *("consequences", "relations", "steps", "references"),
    ]


def test_a_draft_that_was_begun_misses_the_rest():
    missing = {one.key for one in lint({"09": draft("09", use_when=["It is."])}, today=TODAY, reviewed={}, cited=cited)}

    assert "problem" in missing


def test_relations_that_others_state_count():
    stated = [draft(code, relations=[{"type": "requires", **TO_01}]) for code in ("05", "06", "07")]

    assert found(good(relations=[]), *stated) == []


def test_different_relations_of_one_pair_may_go_both_ways():
    assert found(bare("03", relations=[{"type": "leads to", **TO_01}])) == []


def test_a_problem_may_begin_with_what_suffers():
    assert found(good(problem=f"[[05|Message-driven services]] wait too. {PROBLEM}")) == []


def test_a_text_that_comes_to_its_own_subject_may_begin_with_another():
    assert found(good(aliases=[], solution=f"A circuit breaker is no bulkhead. {SOLUTION}")) == []


def test_words_of_a_link_count_and_its_brackets_do_not():
    assert (
        found(changed("consequences", 0, text="Fine."), good(problem=PROBLEM.replace("Nor does", "[[02|Nor does]]")))
        == []
    )


@pytest.mark.parametrize("text", ["[[01]]", "[[77]]"])
def test_what_stands_in_code_is_no_link(text: str):
    assert found(good(problem=f"{PROBLEM}\nWrite `{text}`.")) == []


def test_a_long_list_is_no_long_sentence():
    items = "".join(f"- item {number} of a list\n" for number in range(15))

    assert found(good(problem=f"{PROBLEM}\n{items}")) == []


def test_an_abbreviation_ends_no_sentence_and_a_question_does():
    words = " word" * 18

    assert found(good(problem=f"{PROBLEM}\nWord{words} e.g. word{words}? \u201cWord{words}!\u201d Word{words}.")) == []


# The run


def test_the_worst_of_each_entry_comes_first_and_entries_in_their_order():
    entries = {code: draft(code, use_when=["In order to wait. TBD"]) for code in ("10", "9")}

    order = [(one.code, SEVERITIES.index(one.severity)) for one in lint(entries, today=TODAY, reviewed={}, cited=cited)]

    assert order == sorted(order, key=lambda one: (len(one[0]), one))
    assert {severity for _, severity in order} == {0, 1, 2}


def test_every_rule_has_a_name_of_its_own():
    assert len({rule.id for rule in RULES}) == len(RULES)


def test_rules_stand_in_the_order_of_their_severity():
    severities = [SEVERITIES.index(rule.severity) for rule in RULES]

    assert severities == sorted(severities)


def test_every_rule_is_broken_here():
    named = {"unfinished", "filler", "wordy", "malformed-url", "not-reviewed"}

    assert {rule.id for rule in RULES} == {rule for rule, *_ in BREAKS.values()} | named
