"""What belongs to a row and stands in another table, as one text beside it: a list so takes one query."""

from typing import Any

from django.db.models import Aggregate, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce, Concat
from django.db.models.sql.compiler import SQLCompiler


class Joined(Aggregate):
    """All values between commas, in no order."""

    function = "GROUP_CONCAT"
    output_field = TextField()

    def as_postgresql(self, compiler: SQLCompiler, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="STRING_AGG", template="%(function)s(%(expressions)s, ',')")


def joined(parts: QuerySet[Any], by: str, *columns: str) -> Coalesce:
    """The parts of a row, ``"gain latency,cost security"`` of two columns; ``by`` is their key of the row.

    ``parts`` are those of the row alone, by ``OuterRef``; no column may hold a comma or a space.
    """
    spaced = [one for column in columns for one in (Value(" "), column)][1:]
    value = Concat(*spaced) if len(spaced) > 1 else columns[0]
    every = parts.order_by().values(by).annotate(every=Joined(value)).values("every")
    return Coalesce(Subquery(every), Value(""), output_field=TextField())
