"""Long texts with what their links lead to."""

from collections.abc import Mapping
from dataclasses import dataclass

from patterns.document.entry import Entry
from patterns.document.prose import Target, links
from patterns.models import Pattern


@dataclass(frozen=True)
class Prose:
    """Markdown, and by code the entries that it may link to."""

    text: str
    targets: Mapping[str, Target]


def linked_codes(entry: Entry) -> set[str]:
    """Codes of the entries that the long texts link to, public or not."""
    return {link.code for text in (entry.problem, entry.solution) for link in links(text)}


def prose(text: str, *, public: Mapping[str, Pattern]) -> Prose | None:
    """The text ready to be shown, None if there is none; ``public`` holds, by code, the entries that it links to."""
    codes = {link.code for link in links(text)} & public.keys()
    targets = {code: Target(public[code].name, public[code].get_absolute_url()) for code in codes}
    return Prose(text, targets) if text else None
