from patterns.document.checks import check_categories, check_entries
from patterns.document.entry import Entry
from patterns.document.problems import Problem
from patterns.tests.document.documents import category, entry


def problems(*entries: Entry, changed: tuple[str, ...] = ("01",), **former_slugs: str) -> list[Problem]:
    return check_entries({one.code: one for one in entries}, changed=changed, former_slugs=former_slugs)


def related(code: str, kind: str, target: str) -> Entry:
    return entry(code, relations=[{"type": kind, "target": target}])


def test_entries_that_share_nothing_are_fine():
    assert problems(entry("01"), entry("02"), changed=("01", "02")) == []


def test_two_entries_with_one_slug_are_refused_once():
    (problem,) = problems(entry("01", slug="saga"), entry("02", slug="saga"), changed=("01", "02"))

    assert (problem.code, problem.key) == ("02", "slug")
    assert problem.message == "'saga' is the slug of [01] Entry 01"
    assert problem.hint == "give one of them another slug"


def test_a_shared_slug_is_said_of_the_entry_that_changed():
    (problem,) = problems(entry("01", slug="saga"), entry("02", slug="saga"), changed=("01",))

    assert problem.code == "01"
    assert "[02]" in problem.message


def test_two_entries_that_did_not_change_are_not_looked_at():
    assert problems(entry("01", slug="saga"), entry("02", slug="saga"), changed=()) == []


def test_two_names_that_differ_in_case_only_are_one_name():
    (problem,) = problems(entry("01", name="École"), entry("02", name="ÉCOLE"))

    assert (problem.code, problem.key) == ("01", "name")
    assert problem.message == "'École' is the name of [02] ÉCOLE"


def test_the_former_slug_of_another_entry_is_refused():
    (problem,) = problems(entry("01", slug="saga"), saga="02")

    assert (problem.key, problem.message) == ("slug", "'saga' is a former address of [02], which still redirects")
    assert problem.hint == "choose another slug"


def test_an_entry_may_take_its_own_former_slug_back():
    assert problems(entry("01", slug="saga"), saga="01") == []


def test_a_relation_to_nothing_is_refused():
    (problem,) = problems(related("01", "uses", "77"))

    assert (problem.code, problem.key) == ("01", "relations[1].target")
    assert problem.message == "there is no entry '77'"
    assert problem.path == ("relations", 0, "target")


def test_a_replacement_by_nothing_is_refused():
    (problem,) = problems(entry("01", replaced_by="77"))

    assert (problem.key, problem.message) == ("replaced_by", "there is no entry '77'")


def test_a_symmetric_relation_from_both_sides_is_refused():
    (problem,) = problems(related("01", "complements", "02"), related("02", "complements", "01"))

    assert (problem.code, problem.key) == ("01", "relations[1]")
    assert problem.message == "[02] already states 'complements' with this entry"


def test_a_directed_relation_may_be_stated_from_both_sides():
    assert problems(related("01", "uses", "02"), related("02", "uses", "01")) == []


def test_two_symmetric_relations_of_different_types_are_two():
    assert problems(related("01", "complements", "02"), related("02", "alternative to", "01")) == []


def test_an_entry_that_changed_away_is_no_problem():
    assert problems(entry("02"), changed=("01",)) == []


def test_categories_with_one_name_are_refused():
    (problem,) = check_categories({"a": category("Data", slug="a"), "b": category("DATA", slug="b")})

    assert problem.message == "'DATA' names both the category 'a' and 'b'"
    assert check_categories({"a": category("A"), "b": category("B")}) == []
