"""What Git leaves in a text file when two branches changed the same lines."""

import re
from collections.abc import Iterator

from patterns.document.problems import Unreadable

MARKER = re.compile(r"^(?:<{7}|\|{7}|>{7})(?:[ \t][^\n]*)?\r?$", re.MULTILINE)
OF_BASE = re.compile(r"^[^\w\n]*base\"?[ \t]*[=:,;\t]", re.MULTILINE)
KEEP = "keep one side, or what is right of both, and remove Git's own lines"
# The file of the branch that the database follows holds all that the database held at that branch's base, and the
# merge put the other branch's edits on top: measured from there, these edits and nothing else are new. Measured from
# an older base, what came with the newer one would look like edits of the file, and disagree with later edits in the
# admin; a base of another database is no measure at all.
KEEP_BASE = "of two bases keep that of the branch that the database follows: the import compares with that state"


def git_conflict(text: str, *, quote: str = "") -> Unreadable | None:
    """The conflicts that Git left in a text, if any. With a ``quote``, lines between two quotes are somebody's text.

    A long text may well speak of Git: where the format can tell (TOML, JSON), ask only after parsing failed.
    """
    found = list(markers(text, quote))
    if not found:
        return None
    count = sum(marker[0].startswith("<") for marker in found)
    message = "holds a conflict that Git left" if count < 2 else f"holds {count} conflicts that Git left"
    is_of_base = OF_BASE.search(text, found[0].start(), found[-1].end())
    line = text.count("\n", 0, found[0].start()) + 1
    return Unreadable(message, f"{KEEP}; {KEEP_BASE}" if is_of_base else KEEP, place=f"line {line}")


def markers(text: str, quote: str) -> Iterator[re.Match[str]]:
    quotes = counted_to = 0
    for marker in MARKER.finditer(text):
        quotes += text.count(quote, counted_to, marker.start()) if quote else 0
        counted_to = marker.start()
        if quotes % 2 == 0:
            yield marker
