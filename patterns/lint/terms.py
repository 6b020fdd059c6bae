"""One term for one thing: the words that the catalogue uses, and those that it does not (``terms.toml``)."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import tomli

from patterns.lint.finding import Catalogue, Remark
from patterns.lint.manuscript import Manuscript, Words, singular, words_of

FILE = Path(__file__).with_name("terms.toml")


@cache
def other_words() -> dict[Words, tuple[str, str]]:
    """Words that texts are not to use, in the singular: the term to use instead, and what it means."""
    terms = tomli.loads(FILE.read_text(encoding="utf-8"))["terms"]
    return {singular(words_of(other)): (one["say"], one["means"]) for one in terms for other in one["instead"]}


def other_term(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    """Each once in an entry. What an entry is called may well hold another word for it."""
    own = {singular(words_of(name)) for name in (one.entry.name, *one.entry.aliases)}
    wanted = {words: term for words, term in other_words().items() if words not in own}
    firsts, longest = {words[0] for words in wanted}, max(map(len, wanted))
    seen: set[Words] = set()
    for passage in one.passages:
        if passage.key.startswith("aliases"):
            continue
        for at, word in enumerate(passage.words):
            if word not in firsts and word.rstrip("s") not in firsts:
                continue
            for length in range(longest, 0, -1):
                found = singular(passage.words[at : at + length])
                if found in wanted and found not in seen:
                    seen.add(found)
                    say, means = wanted[found]
                    yield Remark(passage.key, f"says {' '.join(found)!r}", f"say {say!r}: {means}")
