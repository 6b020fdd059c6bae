"""What an editor's import comes to: drafts, proposals, and what is left for a publisher."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from patterns.document.catalog import CatalogFile, Document, Header
from patterns.document.catalog import Category as CategoryDocument
from patterns.document.entry import Entry
from patterns.document.plan import Choices
from patterns.document.problems import InvalidCatalog
from patterns.files.reader import read_one
from patterns.files.toml import write_toml
from patterns.models import Catalog, Category, Change, Pattern, Proposal, Revision
from patterns.store.exports import export_all
from patterns.store.reading import load_document, writing
from patterns.tests.ends import counted
from patterns.tests.factories import change_pattern, entry, import_entries, make_category, make_pattern
from patterns.tests.workflow.staff import by, person
from patterns.workflow import imports as sorting
from patterns.workflow.imports import Contribution, Done, carry_out_import, foresee_import, scope_of
from patterns.workflow.rules import NotAllowed
from patterns.workflow.standing import actor_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(db) -> User:
    return person("editor")


def file_of(*entries: Entry, categories: tuple[CategoryDocument, ...] = (), **about: Any) -> CatalogFile:
    listed = {one.slug: one for one in categories}
    document = Document(Header(), listed, {one.code: one for one in entries})
    return read_one(write_toml(document, **about).encode())


def done(file: CatalogFile, user: User, **choices: Any) -> Done:
    with writing() as catalog:
        foreseen = foresee_import(file, catalog, actor=actor_of(user), choices=Choices(**choices))
        why = by(user, "From a file.", origin=Change.Origin.IMPORT)
        return carry_out_import(foreseen, catalog, by=why, file_name="mine.toml")


def part_of(file: CatalogFile, user: User, **choices: Any) -> Contribution:
    part = done(file, user, **choices).foreseen.contribution
    assert part is not None
    return part


def left(part: Contribution) -> list[tuple[str, str]]:
    return [(one.edit.identity, one.why) for one in part.left]


def entries() -> dict[str, Entry]:
    return load_document().entries


def test_a_new_entry_becomes_a_draft_of_the_editors(editor: User):
    make_category()

    made = done(file_of(entry("01")), editor)

    assert entries()["01"].status == "draft"
    assert made.change is not None
    assert (made.change.author, made.change.origin, made.change.comment) == (editor, "import", "From a file.")
    assert Revision.objects.filter(change=made.change).count() == 1


def test_a_change_of_a_published_entry_becomes_a_proposal(editor: User):
    import_entries([entry("01")])
    before, version = entries(), Catalog.objects.get().version

    done(file_of(entry("01", description="Better.")), editor)

    proposal = Proposal.objects.get()
    assert (proposal.author, proposal.state, proposal.comment) == (editor, "open", "From a file.")
    assert Entry.model_validate(proposal.document) == entry("01", description="Better.")
    assert Entry.model_validate(proposal.base) == before["01"]
    assert (entries(), Catalog.objects.get().version) == (before, version)


def test_what_one_file_proposes_is_one_batch_that_says_which_keys_it_changes(editor: User):
    import_entries([entry("01"), entry("02")])

    done(file_of(entry("01", description="Better."), entry("02", problem="Worse.")), editor)

    one, other = Proposal.objects.order_by("code")
    assert (one.batch, one.batch_name) == (other.batch, "mine.toml")
    assert one.batch is not None
    assert [one.keys, other.keys] == [["description"], ["problem"]]


def test_another_file_goes_on_with_what_waits(editor: User):
    import_entries([entry("01")])
    done(file_of(entry("01", description="Better.")), editor)
    first = Proposal.objects.get()

    done(file_of(entry("01", problem="Worse.")), editor)

    now = Proposal.objects.get()
    assert (now.pk, now.created_at, now.keys) == (first.pk, first.created_at, ["problem"])
    assert now.batch != first.batch
    assert now.changed_at is not None


def test_nothing_is_remembered_as_imported_for_what_is_proposed(editor: User):
    import_entries([entry("01")])
    said = Pattern.objects.get().imported

    done(file_of(entry("01", description="Better."), entry("02")), editor)

    assert Pattern.objects.get(code="01").imported == said
    assert "Pattern 02" in Pattern.objects.get(code="02").imported


def test_nothing_is_remembered_of_header_and_categories(editor: User):
    make_category()
    before = (Catalog.objects.get().imported, Category.objects.get().imported)

    shelf = CategoryDocument(name="Data Pattern", slug="data-pattern", description="Said by the file.")
    done(file_of(entry("01"), categories=(shelf,)), editor)

    assert (Catalog.objects.get().imported, Category.objects.get().imported) == before


def test_the_same_file_again_proposes_nothing_twice(editor: User):
    import_entries([entry("01")])
    file = file_of(entry("01", description="Better."))

    parts = [part_of(file, editor) for _ in range(2)]

    assert [(len(part.proposed), len(part.waiting)) for part in parts] == [(1, 0), (0, 1)]
    assert Proposal.objects.count() == 1


def test_the_same_words_by_somebody_else_are_proposed_too(editor: User):
    import_entries([entry("01")])
    file = file_of(entry("01", description="Better."))

    done(file, person("editor", "other"))

    assert len(part_of(file, editor).proposed) == 1


def test_a_draft_of_ones_own_is_changed(editor: User):
    make_pattern(status="draft", by=by(editor))

    part = part_of(file_of(entry("01", status="draft", description="Better.")), editor, on_conflict="take")

    assert [edit.identity for edit in part.own] == ["01"]
    assert (entries()["01"].description, entries()["01"].status) == ("Better.", "draft")


def test_a_draft_of_somebody_elses_is_left(editor: User):
    make_pattern(status="draft", by=by(person("publisher")))
    before = entries()

    part = part_of(file_of(entry("01", status="draft", description="Better.")), editor, on_conflict="take")

    assert left(part) == [("01", "your role does not allow to edit a draft; ask its author or a publisher")]
    assert entries() == before


def test_a_file_publishes_nothing_for_an_editor_and_the_text_is_written_all_the_same(editor: User):
    make_pattern(status="draft", by=by(editor))
    file = read_one(
        (write_toml(Document(entries={"01": entry("01", description="Better.")})) + 'status = "published"').encode()
    )

    part = part_of(file, editor, on_conflict="take")

    assert left(part) == [("01", "your role does not allow to publish; ask a publisher")]
    assert (entries()["01"].description, entries()["01"].status) == ("Better.", "draft")


def test_an_own_draft_can_be_submitted_by_a_file(editor: User):
    make_pattern(status="draft", by=by(editor))

    done(file_of(entry("01", status="review")), editor, on_conflict="take")

    assert entries()["01"].status == "review"


def test_a_retired_entry_is_left(editor: User):
    change_pattern(make_pattern(), status="retired")

    part = part_of(file_of(entry("01", status="retired", description="Better.")), editor, on_conflict="take")

    assert [identity for identity, _ in left(part)] == ["01"]


def test_what_a_whole_file_lacks_is_not_retired(editor: User):
    import_entries([entry("01"), entry("02")])
    text = export_all().toml

    without = counted(text[: text.index('[[items]]\ncode = "02"')] + text[text.index("[end]") :])
    part = part_of(read_one(without.encode()), editor, retire=True)

    assert left(part) == [("02", "your role does not allow to retire, or take back from readers; ask a publisher")]
    assert entries()["02"].status == "published"
    assert not Proposal.objects.exists()


def test_categories_and_header_are_left(editor: User):
    make_category()
    shelf = CategoryDocument(name="New", slug="new")
    file = CatalogFile(Document(Header(title="Other"), {"new": shelf}, {}))

    part = part_of(file, editor)

    assert {edit.edit.what for edit in part.left} == {"header", "category"}
    assert load_document().header.title != "Other"
    assert [*load_document().categories] == ["data-pattern"]


def test_an_entry_in_a_category_that_is_not_there_is_left(editor: User):
    part = part_of(file_of(entry("01", category="New")), editor)

    assert ("01", "there is no category 'New'; ask a publisher for it") in left(part)
    assert entries() == {}


def test_entries_stay_in_a_category_that_the_file_renames(editor: User):
    import_entries([entry("01")])
    text = export_all().toml.replace('name = "Data Pattern"', 'name = "Data"\nslug = "data-pattern"')
    text = text.replace('category = "Data Pattern"', 'category = "Data"').replace("What Pattern 01 is.", "Better.")

    part = part_of(read_one(text.encode()), editor)

    assert [edit.keys for edit in part.proposed] == [("description",)]
    assert {one.edit.what for one in part.left} == {"category"}


def test_what_names_an_entry_that_is_left_is_left_too(editor: User):
    make_category()
    related = entry("02", relations=[{"type": "uses", "target": "01"}])

    part = part_of(file_of(entry("01", category="New"), related, entry("03")), editor)

    assert [identity for identity, _ in left(part) if identity.isdigit()] == ["01", "02"]
    assert [*entries()] == ["03"]


def test_a_chain_that_is_too_long_to_follow_is_refused_as_a_whole(editor: User):
    make_category()
    chain = [
        entry(f"{number:02}", relations=[{"type": "uses", "target": f"{number - 1:02}"}]) for number in range(2, 20)
    ]
    before = entries()

    with pytest.raises(InvalidCatalog):
        done(file_of(entry("01", category="New"), *chain), editor)

    assert len(chain) > sorting.ROUNDS
    assert entries() == before


def test_a_draft_does_not_take_an_address_that_is_only_proposed_to_be_free(editor: User):
    import_entries([entry("01", slug="one")])

    part = part_of(file_of(entry("01", slug="two"), entry("02", slug="one")), editor)

    assert [identity for identity, _ in left(part)] == ["02"]
    assert [edit.identity for edit in part.proposed] == ["01"]


def test_an_open_conflict_writes_nothing(editor: User):
    make_pattern()

    made = done(file_of(entry("01", description="Theirs."), entry("02")), editor)

    assert made.foreseen.undecided
    assert ([*entries()], Proposal.objects.count()) == (["01"], 0)


def test_a_conflict_about_a_category_is_not_asked_of_an_editor(editor: User):
    make_category(description="Ours.")
    shelf = CategoryDocument(name="Data Pattern", slug="data-pattern", description="Theirs.")

    made = done(file_of(entry("01"), categories=(shelf,)), editor)

    assert made.foreseen.plan.conflicts
    assert made.foreseen.conflicts == ()
    assert [*entries()] == ["01"]


def test_a_publisher_carries_out_the_plan_itself():
    made = done(file_of(entry("01", category="New")), person("publisher"))

    assert made.foreseen.contribution is None
    assert entries()["01"].status == "published"


@pytest.mark.parametrize("role", ["anonymous", "viewer"])
def test_who_may_not_confirm_foresees_nothing(role: str):
    with pytest.raises(NotAllowed):
        scope_of(actor_of(person(role)))
