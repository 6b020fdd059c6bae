"""Long texts, kept at two fifths of their bytes."""

import zlib
from typing import Any

from django.db import models

LEVEL = 6  # with 9, not one byte in a thousand less; another one would also begin with another mark
SHORT = 512  # bytes; a shorter text takes as long as a longer one, for a hundred bytes or two
MARK = zlib.compress(b"", LEVEL)[:2]  # with which no text begins that is UTF-8


def compressed(text: str) -> bytes:
    """What a ``CompressedTextField`` keeps in the database: a short text as it is."""
    data = text.encode()
    return data if len(data) < SHORT else zlib.compress(data, LEVEL)


def expanded(kept: bytes) -> str:
    return (zlib.decompress(kept) if kept.startswith(MARK) else kept).decode()


class CompressedTextField(models.Field):
    """A text that is read as a whole and never searched: no query can look into it.

    PostgreSQL would compress long values by itself, though less; SQLite does not.
    """

    def get_internal_type(self) -> str:
        return "BinaryField"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return value if value is None else connection.Database.Binary(compressed(value))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str | None:
        return None if value is None else expanded(value)
