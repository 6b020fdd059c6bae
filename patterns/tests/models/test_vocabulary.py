"""The words of the tables are the words of the file."""

import pytest
from django.db.models import Model

from patterns.document import entry, vocabulary
from patterns.document.catalog import Category as CategoryDocument
from patterns.document.entry import CHILDREN
from patterns.document.register import Table
from patterns.document.text import AtMost
from patterns.models import Applicability, Category, Change, Consequence, Pattern, Relation, Revision, Step
from patterns.store.reading import PART_MODELS

PARTS = [key for key in PART_MODELS if key in CHILDREN]


@pytest.mark.parametrize(
    ("enumeration", "words"),
    [
        (Pattern.Kind, vocabulary.KINDS),
        (Pattern.Concern, vocabulary.CONCERNS),
        (Pattern.Concern, tuple(vocabulary.CONCERN_MEANINGS)),
        (Pattern.Status, vocabulary.STATUSES),
        (Applicability.Verdict, vocabulary.VERDICTS),
        (Change.Origin, vocabulary.ORIGINS),
        (Revision.What, vocabulary.DOCUMENTS),
    ],
)
def test_an_enumeration_has_the_words_of_the_vocabulary(enumeration, words: tuple[str, ...]):
    assert tuple(enumeration.values) == words


@pytest.mark.parametrize(
    ("model", "column", "words"),
    [
        (Pattern, "kind", vocabulary.KINDS),
        (Pattern, "concern", vocabulary.CONCERNS),
        (Pattern, "status", vocabulary.STATUSES),
        (Consequence, "quality", vocabulary.QUALITIES),
        (Consequence, "sign", vocabulary.SIGNS),
        (Relation, "type", vocabulary.RELATION_TYPES),
        (Step, "kind", vocabulary.STEP_KINDS),
    ],
)
def test_the_choices_of_a_column_are_the_words_of_the_vocabulary(model, column: str, words: tuple[str, ...]):
    field = model._meta.get_field(column)

    assert tuple(value for value, _ in field.choices) == words
    assert max(map(len, words)) <= field.max_length


@pytest.mark.parametrize(("model", "column"), [(Pattern, "kind"), (Pattern, "status"), (Step, "kind")])
def test_the_default_of_a_column_is_the_default_of_the_document(model, column: str):
    document = entry.Entry if model is Pattern else entry.Step

    assert model._meta.get_field(column).default == document.model_fields[column].default


def limits_of(table: type[Table]) -> dict[str, int]:
    """Key → how many characters the document allows, of texts that have a limit of their own."""
    found = {}
    for name, field in table.model_fields.items():
        limits = [one.limit for one in field.metadata if isinstance(one, AtMost)]
        if limits:
            found[name] = min(limits)
    return found


@pytest.mark.parametrize(
    ("model", "table"),
    [(Pattern, entry.Entry), (Category, CategoryDocument), *((PART_MODELS[key], CHILDREN[key]) for key in PARTS)],
)
def test_a_column_holds_what_the_document_allows_and_no_more(model: type[Model], table: type[Table]):
    columns = {field.name: field.max_length for field in model._meta.get_fields() if hasattr(field, "max_length")}

    limits = {name: limit for name, limit in limits_of(table).items() if columns.get(name)}

    assert limits
    assert limits == {name: columns[name] for name in limits}
