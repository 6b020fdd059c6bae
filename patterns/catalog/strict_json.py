"""JSON without what is ambiguous: a key stated twice, NaN, and numbers or nestings beyond measure."""

import json
from collections import Counter
from typing import Any

from patterns.catalog.problems import Unreadable
from patterns.catalog.text import shortened


def strict_json(text: str) -> Any:
    """The value of a JSON text; raises Unreadable with line and column where there are any."""
    try:
        return json.loads(text, object_pairs_hook=without_repeats, parse_constant=no_constant)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise Unreadable(f"is not JSON: {error.msg}", "mend what stands there", place=place) from None
    except RecursionError:
        raise Unreadable("is nested too deeply", "an entry needs no more than four levels") from None
    except ValueError:
        raise Unreadable("holds a number with too many digits", "write it as a string") from None


def without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        repeated = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        raise Unreadable(f"states the key {shortened(repeated)!r} twice in one object", "keep one of the two")
    return table


def no_constant(word: str) -> None:
    raise Unreadable(f"holds {word}, which is not JSON", "remove it")
