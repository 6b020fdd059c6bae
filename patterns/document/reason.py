"""What readers may be told of a change."""

from pydantic_core import PydanticCustomError

from patterns.document.problems import InvalidCatalog, Problem
from patterns.document.text import REASON_LENGTH, AtMost, normal_form


def reason_for_readers(text: str) -> str:
    """The text in its normal form; raises InvalidCatalog."""
    try:
        return AtMost(REASON_LENGTH).check(normal_form(text))
    except PydanticCustomError as error:
        said = error.context or {}
        message = f"the reason for readers {said.get('message', error.message())}"
        raise InvalidCatalog([Problem(message=message, hint=str(said.get("hint", "")))]) from error
