"""Pairs of what is typed and what it is to find: the same on both databases, and in the same order."""

from collections import Counter
from itertools import chain
from urllib.parse import quote

import pytest

from patterns.document.stems import STOP_WORDS, WORDS, stem
from patterns.search.terms import SYNONYMS
from patterns.tests.factories import entry, import_entries
from patterns.tests.search.shelf import ask, gain, names

pytestmark = pytest.mark.usefixtures("shelf")
FORMS = [
    ("retry", "retries"),
    ("query", "queries"),
    ("API", "APIs"),
    ("service", "services"),
    ("consistent", "consistency"),
    ("message", "messages"),
    ("index", "indices"),
    ("lose", "lost"),
    ("write", "written"),
    ("cache", "caching"),
    ("replicate", "replication"),
]


@pytest.mark.parametrize(("one", "other"), [*FORMS, *((other, one) for one, other in FORMS)])
def test_forms_of_a_word_find_each_other(one: str, other: str):
    import_entries([entry("90", name="Heron", problem=f"About {one} and so on.")])

    assert "Heron" in names(f"q={other}")
    assert names(f"q={other}") == names(f"q={one}")


@pytest.mark.parametrize(
    ("quality", "first", "found"),
    [
        ("durability", "Outbox", {"Outbox"}),
        ("latency", "Outbox", {"Outbox"}),
        ("consistency", "Command Query Split", {"Command Query Split", "Saga"}),
        ("throughput", "Command Query Split", {"Command Query Split"}),
    ],
)
def test_a_quality_finds_who_gains_or_pays_with_it(quality: str, first: str, found: set[str]):
    assert {*names(f"q={quality}")} == found
    assert names(f"q={quality}")[0] == first


def test_a_category_finds_its_entries():
    assert names("q=transactions")[:2] == ["Outbox", "Saga"]
    assert "Circuit Breaker" in names("q=resilience")


@pytest.mark.parametrize(
    "typed", ["05", "cqrs", "CQRS", "Command Query Split", "command-query-split", "commandquerysplit", "  cqrs! "]
)
def test_code_slug_and_whole_names_come_before_any_ranking(typed: str):
    rival = entry("90", slug="rival", name=f"About {typed.strip()} 05", aliases=["All of Command Query Split, CQRS"])
    import_entries([rival])

    assert names(f"q={quote(typed)}")[0] == "Command Query Split"


def test_a_whole_name_comes_before_a_whole_alias():
    import_entries([entry("01", name="Rival", aliases=["Saga"])])

    assert names("q=saga")[:2] == ["Saga", "Rival"]


def test_a_symptom_comes_before_a_description_and_a_text():
    places = {"symptoms": ["It quaggas."], "description": "A quagga.", "problem": "quagga " * 40}
    import_entries(entry(f"9{len(places) - i}", **{key: places[key]}) for i, key in enumerate(places))

    assert [hit.pattern.code for hit in ask("q=quagga").hits] == ["93", "92", "91"]


def test_participants_messages_and_names_elsewhere_are_found():
    step = {"sender": "Turnstile", "receiver": "Ledger", "message": "Ask for a wristband", "kind": "call"}
    elsewhere = {"catalog": "Cloud Book", "name": "Quokka Gate"}
    import_entries([entry("90", name="Heron", steps=[step], known_as=[elsewhere])])

    for typed in ("turnstile", "ledger", "wristbands", "quokka gate"):
        assert names(f"q={quote(typed)}")[0] == "Heron", typed


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("資料庫分片", "分片"),
        ("資料庫分片", "資料庫分片"),
        ("AWS 負載平衡器 Gateway", "平衡"),
        ("ロードバランサー", "バランサ"),
        ("데이터베이스 샤딩", "베이스"),
        ("ฐานข้อมูลแบบกระจาย", "ข้อมูล"),
        ("ที่เก็บข้อความ", "เก็บข้อความ"),
        ("Éléphant Bleu", "elephant bleu"),
        ("C++ Client", "c++"),
        (".NET Host", ".net host"),
        ("C# Worker", "C#"),
        ("O\N{RIGHT SINGLE QUOTATION MARK}Reilly Gate", "o'reilly"),
        ("Reader's Queue", "reader\N{RIGHT SINGLE QUOTATION MARK}s queue"),
        ("Publish-Subscribe", "publish subscribe"),
        ("Publish-Subscribe", "publishsubscribe"),
        ("Publish Subscribe", "publish\N{EN DASH}subscribe"),
        ("Pub/Sub", "pubsub"),
        ("Back-end Heron", "backend heron"),
        ("→", "→"),
    ],
)
def test_writing_of_any_kind_is_found(name: str, typed: str):
    import_entries([entry("90", slug="ninety", name=name), entry("91", slug="other", name="C Client Host 別")])

    assert names(f"q={quote(typed)}")[0] == name


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("transaction", ["Outbox", "Saga"]),
        ("transaction -saga", ["Outbox"]),
        ("transaction -sagas", ["Outbox"]),
        ("transaction -outbox -saga", []),
        ("saga -compensation", ["Command Query Split"]),
        ("-transaction -saga", ["Circuit Breaker", "Event Log"]),
        ("circuit-breaker", ["Circuit Breaker"]),
    ],
)
def test_a_word_behind_a_hyphen_is_left_out(typed: str, found: list[str]):
    assert names(f"q={quote(typed)}") == found


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ('transaction -"message stored"', ["Saga"]),
        ('transaction -"stored compensation"', ["Outbox", "Saga"]),
        ("transaction -\N{LEFT DOUBLE QUOTATION MARK}message stored\N{RIGHT DOUBLE QUOTATION MARK}", ["Saga"]),
        ('transaction -"message stored', ["Saga"]),
        ('-"message stored" transaction', ["Saga"]),
        ('transaction -"saga"', ["Outbox"]),
        ('transaction -"message stored" -saga', []),
        ('transaction -"!!" -""', ["Outbox", "Saga"]),
        ('transaction -"circuit-breaker call"', ["Outbox", "Saga"]),
        ('-"circuit-breaker calls" -transaction', ["Command Query Split", "Event Log"]),
    ],
)
def test_who_has_all_the_words_that_are_quoted_behind_a_hyphen_is_left_out(typed: str, found: list[str]):
    assert names(f"q={quote(typed)}") == found


def test_what_was_not_typed_to_its_end_is_found():
    assert names("q=circuit break") == names("q=circuit breaker") == ["Circuit Breaker"]


def test_words_of_the_same_meaning_are_found_where_nobody_has_the_own_ones():
    import_entries([entry("90", problem="A second database.")])
    assert [hit.pattern.code for hit in ask("q=second db").hits] == ["90"]

    import_entries([entry("91", problem="A second db.")])
    assert [hit.pattern.code for hit in ask("q=second db").hits] == ["91"]


@pytest.mark.parametrize(("typed", "other"), [("headcount", "Staff"), ("stampede", "Herd"), ("refund", "Compensate")])
def test_an_own_word_in_a_bad_place_beats_others_in_good_ones(typed: str, other: str):
    import_entries([entry("90", name=other), entry("91", problem=f"A word on {typed} and so on.")])

    assert [hit.pattern.code for hit in ask(f"q={typed}").hits][:1] == ["91"]


def test_beside_own_words_others_decide_nothing():
    text = f"A stampede. {'Other words. ' * 50}"  # which it is not about
    import_entries([entry("90", solution=text), entry("91", name="Herd", solution=text)])

    assert [hit.pattern.code for hit in ask("q=stampede").hits] == ["90", "91"]


def test_no_word_that_every_text_has_stands_for_another():
    common = {stem(word) for word in STOP_WORDS}

    assert [(word, others) for word, others in SYNONYMS.items() if common & {word, *chain.from_iterable(others)}] == []


def test_no_word_is_of_two_kinds():
    kinds = [WORDS[name].split() for name in ("stop_words", "weak_words", "trade_words")]

    assert [word for word, count in Counter(chain.from_iterable(kinds)).items() if count > 1] == []


def test_qualities_in_many_entries_stand_in_one_order():
    import_entries(entry(f"9{one}", name=f"Heron {one}", consequences=[gain("testability")]) for one in (3, 1, 2))

    assert names("q=testability") == ["Heron 1", "Heron 2", "Heron 3"]
