"""Long texts, kept at two fifths of their bytes."""

import zlib
from typing import Any

from django.db import models

LEVEL = 6  # with 9, not one byte in a thousand less


def compressed(text: str) -> bytes:
    """What a ``CompressedTextField`` keeps in the database."""
    return zlib.compress(text.encode(), LEVEL)


def expanded(kept: bytes) -> str:
    return zlib.decompress(kept).decode()


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
