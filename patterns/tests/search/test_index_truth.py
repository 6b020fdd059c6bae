"""The index holds what is published, and nothing else, whatever changes."""

from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from random import Random

import pytest
from django.core.management import call_command
from django.db import connection

from patterns.document.entry import Entry
from patterns.document.stems import WORD_LENGTH, from_token
from patterns.models import Pattern, SearchText
from patterns.models.search import SPELT
from patterns.search.engine import fetch_rows
from patterns.search.facets import qualities_of
from patterns.search.listing import keys_in_order, results
from patterns.store import search_index
from patterns.store.bulk import ROWS
from patterns.tests.factories import change_pattern, entry, import_entries, make_pattern
from patterns.tests.search.shelf import ask, catalogue, names, query

NOT_PUBLIC = pytest.mark.parametrize("status", ["draft", "review", "retired"])
WORDS = "SELECT * FROM patterns_searchword ORDER BY 1"
RELATED = [{"type": "uses", "target": "02", "why": "Because of xanadu."}]


@pytest.mark.django_db
@NOT_PUBLIC
def test_what_is_not_published_is_not_found(status: str):
    make_pattern("01", name="Xanadu", status=status)

    assert names("q=xanadu") == []
    assert fetch_rows(WORDS, []) == []


@pytest.mark.django_db
@NOT_PUBLIC
def test_what_leaves_the_public_leaves_the_index(status: str):
    change_pattern(make_pattern("01", name="Xanadu"), status=status)

    assert SearchText.objects.count() == 0
    assert fetch_rows(WORDS, []) == []


@pytest.mark.django_db
@NOT_PUBLIC
def test_what_leaves_the_public_after_it_was_found_is_neither_shown_nor_counted(status: str):
    gains = [{"quality": "security", "sign": "gain", "text": "Safe."}]
    keys = keys_in_order([make_pattern("01", name="Xanadu", status=status, consequences=gains).pk])

    assert results(*keys) == []
    assert qualities_of(keys[0]) == []


@pytest.mark.django_db
def test_what_becomes_public_is_found():
    change_pattern(make_pattern("01", name="Xanadu", status="draft"), status="published")

    assert names("q=xanadu") == ["Xanadu"]


@pytest.mark.django_db
def test_old_words_are_forgotten():
    change_pattern(make_pattern("01", slug="one", name="Xanadu"), name="Kubla", description="Khan.")

    assert names("q=xanadu") == []
    assert names("q=kubla") == ["Kubla"]


@pytest.mark.django_db
def test_an_import_is_found_and_replaced():
    import_entries([entry("01", name="Xanadu", problem="pleasure"), entry("02")])
    import_entries([entry("01", name="Kubla", description="Khan.", problem="dome"), entry("02")])

    assert names("q=xanadu") == names("q=pleasure") == []
    assert names("q=dome") == ["Kubla"]


@pytest.mark.django_db
@NOT_PUBLIC
def test_a_reason_is_found_only_while_both_ends_are_public(status: str):
    other = make_pattern("02", name="Other", status=status)
    make_pattern("01", name="One", relations=RELATED)
    assert names("q=xanadu") == []

    other = change_pattern(other, status="published")
    assert names("q=xanadu") == ["One"]

    change_pattern(other, status=status)
    assert names("q=xanadu") == []


@pytest.mark.django_db
@pytest.mark.parametrize("naming", ["01", "99"])
def test_a_reason_is_found_if_both_ends_come_in_one_import(naming: str):
    import_entries([entry(naming, name="One", relations=RELATED), entry("02")])

    assert names("q=xanadu") == ["One"]


@pytest.mark.django_db
def test_a_reason_is_found_if_the_other_end_comes_with_it():
    import_entries([entry("01", name="One")])

    import_entries([entry("01", name="One", relations=RELATED), entry("02")])

    assert names("q=xanadu") == ["One"]


@pytest.mark.django_db
def test_more_entries_than_a_statement_takes_are_all_found():
    import_entries(entry(str(number), description="A xylophone.") for number in range(1, 2 * ROWS + 2))

    assert ask("q=xylophone").total == SearchText.objects.count() == 2 * ROWS + 1


@pytest.mark.django_db
def test_a_deleted_entry_is_not_found():
    Pattern.objects.filter(pk=make_pattern("01", name="Xanadu").pk).delete()

    result = ask("q=xanadu")
    assert (result.total, result.did_you_mean) == (0, None)
    assert ask("q=xanadi").did_you_mean is None


@pytest.mark.django_db
def test_words_are_counted_by_the_entries_that_have_them():
    import_entries([entry("01", name="Xanadu", problem="Xanadu, dome"), entry("02", name="Kubla", problem="dome")])
    import_entries([entry("01", name="Xanadu", problem="Xanadu, river"), entry("02", name="Kubla", problem="dome")])

    counts = dict(fetch_rows(WORDS, []))
    assert (counts["xanadu"], counts["dome"], counts["river"]) == (1, 1, 1)
    assert counts == words_counted_anew()


def words_counted_anew() -> dict[str, int]:
    texts = SearchText.objects.values_list("text", flat=True)
    return Counter(from_token(token[1:]) for text in texts for token in {*text.split()} if token.startswith(SPELT))


@pytest.mark.django_db
def test_the_words_of_many_changes_are_those_of_the_entries_that_are_left():
    rng = Random(5)
    for _ in range(6):
        import_entries(changing(rng))

        assert dict(fetch_rows(WORDS, [])) == words_counted_anew()


def changing(rng: Random) -> Iterator[Entry]:
    """Entries that lose and gain words, come and go, and name each other."""
    words = ["alpha", "beta", "gamma", "delta", "épsilon"]
    for number in range(1, 12):
        why = {"type": "uses", "target": str(number % 5 + 1), "why": rng.choice(words)}
        yield entry(
            str(number),
            name=f"{rng.choice(words)} {number}",
            problem=" ".join(rng.choices(words, k=3)),
            status=rng.choice(["published", "published", "draft"]),
            relations=[why] if number > 5 else [],
        )


@pytest.mark.django_db
def test_an_edit_that_changes_no_text_writes_no_index():
    pattern = make_pattern("01", name="Xanadu")
    before = SearchText.objects.values().get()

    change_pattern(pattern, kind="style")

    assert SearchText.objects.values().get() == before
    assert query("q=xanadu").q == "xanadu"


@pytest.mark.django_db
def test_an_entry_as_long_as_can_be_is_indexed():
    text = " ".join(f"{chr(0x10330 + number % 20)}{number:x}" for number in range(3_400))[:20_000]
    lists = [f"{number} {text[: 1000 - 10]}"[:1000] for number in range(60)]

    make_pattern("01", name="Long", problem=text, solution=text, use_when=lists, avoid_when=lists)

    assert names("q=long") == ["Long"]


@pytest.mark.django_db
def test_a_word_that_nobody_means_to_type_is_no_suggestion():
    longest = "a" * WORD_LENGTH

    make_pattern("01", name="Xanadu", description=f"{longest} {longest}a.")

    assert {longest, "xanadu"} <= {word for word, *_ in fetch_rows(WORDS, [])}
    assert f"{longest}a" not in {word for word, *_ in fetch_rows(WORDS, [])}


@pytest.mark.django_db(transaction=True)
def test_a_flushed_database_finds_nothing():
    make_pattern("01", name="Xanadu")

    call_command("flush", interactive=False, verbosity=0)

    assert fetch_rows(WORDS, []) == []
    make_pattern("01", name="Kubla", description="Khan.")
    assert names("q=xanadu") == []


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite only")
def test_the_index_agrees_with_its_rows():
    import_entries(catalogue())
    change_pattern(Pattern.objects.get(code="06"), description="Other words.")

    assert (
        fetch_rows("INSERT INTO patterns_searchindex (patterns_searchindex, rank) VALUES ('integrity-check', 1)", [])
        == []
    )


@pytest.mark.postgres
@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL only")
@pytest.mark.parametrize(("many", "known"), [(13, 13), (14, -1)])
def test_after_many_edits_the_database_knows_how_much_there_is(monkeypatch, many: int, known: int):
    monkeypatch.setattr(search_index, "MANY", many)
    # As of a table that nobody looked at yet, whatever ran before.
    fetch_rows("UPDATE pg_class SET reltuples = -1 WHERE relname = 'patterns_searchtext' RETURNING 1", [])

    import_entries(entry(str(number)) for number in range(1, 14))

    assert fetch_rows("SELECT reltuples FROM pg_class WHERE relname = 'patterns_searchtext'", []) == [(known,)]


PARTS = "SELECT count(DISTINCT segid) FROM patterns_searchindex_idx"
IN_PARTS = pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL's index has no parts")


def change_often() -> None:
    pattern = make_pattern("01", name="Xanadu")
    for number in range(30):
        pattern = change_pattern(pattern, problem=" ".join(f"word{number}x{place}" for place in range(1_000)))


@IN_PARTS
@pytest.mark.django_db(transaction=True)
def test_searches_look_into_few_parts():
    change_often()

    assert fetch_rows(PARTS, [])[0][0] <= 2
    assert names("q=word29x999") == ["Xanadu"]


@pytest.fixture
def _merged_late(transactional_db: None) -> Iterator[None]:
    merging = import_module("patterns.migrations.0015_search_index_merges")
    with connection.cursor() as cursor:
        cursor.execute(merging.SET.format(parts=merging.USUAL))
        yield
        cursor.execute(merging.SET.format(parts=merging.FEW))


@IN_PARTS
@pytest.mark.usefixtures("_merged_late")
def test_many_edits_leave_one_part(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(search_index, "MANY", 1)

    change_often()

    assert fetch_rows(PARTS, []) == [(1,)]
    assert names("q=word29x999") == ["Xanadu"]
