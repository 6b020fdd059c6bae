"""Who renames a category has not written its entries: nobody's own words become publishable by it, or unpublishable."""

import pytest

from patterns.models import Category, Change
from patterns.store.edits import save_category
from patterns.store.reading import category_of
from patterns.store.writing import fingerprint_of
from patterns.tests.factories import change_pattern, make_pattern
from patterns.tests.workflow.staff import by, move, person
from patterns.workflow.rules import NotAllowed
from patterns.workflow.saves import present
from patterns.workflow.standing import standing_of, standings_of

pytestmark = pytest.mark.django_db


def rename_category(name: str, author, origin: Change.Origin = Change.Origin.ADMIN) -> None:
    was = category_of(Category.objects.get())
    renamed = was.model_copy(update={"name": name})
    save_category(renamed, opened=fingerprint_of(was), by=by(author, origin=origin))


def test_a_renamed_category_does_not_let_a_writer_publish_their_own_words():
    writer = person("publisher", "writer")
    make_pattern(status="draft", by=by(writer))

    rename_category("Renamed", person("publisher", "other"))

    with pytest.raises(NotAllowed):
        move("01", "published", by=by(writer))


def test_who_renamed_the_category_may_publish_what_somebody_else_wrote():
    publisher = person("publisher")
    make_pattern(status="draft", by=by(person("editor")))

    rename_category("Renamed", publisher)
    move("01", "published", by=by(publisher))

    assert present("01").status == "published"


def test_who_wrote_is_known_through_renames_and_moves_of_state():
    writer, other = person("editor"), person("publisher")
    make_pattern(status="draft", by=by(writer))

    rename_category("Renamed", other)
    move("01", "review", by=by(other))
    rename_category("Renamed again", other)

    assert standing_of("01").last_author == standings_of(["01"])["01"].last_author == writer.pk


def test_who_moves_an_entry_to_another_category_has_written_it():
    row, mover = make_pattern(status="draft", by=by(person("editor"))), person("publisher")
    make_pattern("02", category="Another Pattern")

    change_pattern(row, category="Another Pattern", by=by(mover))

    assert standing_of("01").last_author == standings_of(["01"])["01"].last_author == mover.pk
