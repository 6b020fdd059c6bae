"""The words of the tables are the words of the file."""

import pytest

from patterns.document import entry, vocabulary
from patterns.models import Applicability, Change, Consequence, Pattern, Relation, Revision, Step


@pytest.mark.parametrize(
    ("enumeration", "words"),
    [
        (Pattern.Kind, vocabulary.KINDS),
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
