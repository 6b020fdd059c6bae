"""Named constraints, so that both databases refuse what SQL can state; the documents state the rest."""

from collections.abc import Iterable

from django.db import models
from django.db.models import BaseConstraint, CheckConstraint, Func, Q, Value
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual


class ByteOrder(Func):
    """Text compared byte by byte on every database; PostgreSQL would follow the language of the server."""

    template = "%(expressions)s"
    arity = 1

    def as_postgresql(self, compiler, connection, **context):  # type: ignore[no-untyped-def]  # as in Django's own Func
        return self.as_sql(compiler, connection, template='(%(expressions)s) COLLATE "C"', **context)


def not_blank_in(table: str, *fields: str) -> list[BaseConstraint]:
    return [CheckConstraint(condition=~Q(**{field: ""}), name=f"{table}_{field}_not_blank") for field in fields]


def known_words(table: str, **choices: Iterable[str]) -> list[BaseConstraint]:
    """The column holds one of the words; ``size=("s", "l")`` names the column and the words."""
    return [
        CheckConstraint(condition=Q(**{f"{field}__in": tuple(words)}), name=f"{table}_{field}_is_known")
        for field, words in choices.items()
    ]


def within(table: str, **limits: int) -> list[BaseConstraint]:
    """At most so many characters. SQLite ignores the length of a varchar, so it is said in a constraint."""
    return [
        CheckConstraint(condition=LessThanOrEqual(Length(field), Value(limit)), name=f"{table}_{field}_fits")
        for field, limit in limits.items()
    ]


def words(values: Iterable[str]) -> list[tuple[str, str]]:
    """Choices of a field: the stored value is the word that the file uses."""
    return [(value, value.capitalize()) for value in values]


IN_CODE_ORDER: tuple[models.Expression, ...] = (Length("code").asc(), ByteOrder("code").asc())
