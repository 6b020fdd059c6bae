"""Relations and links to other entries."""

from collections.abc import Iterator
from dataclasses import dataclass

from patterns.document.entry import MARKDOWN_IN, MARKDOWN_KEYS, long_texts
from patterns.document.prose import Link, links
from patterns.document.tables import Relation
from patterns.document.text import shortened
from patterns.document.vocabulary import SYMMETRIC
from patterns.lint.finding import Catalogue, Remark
from patterns.lint.likeness import KEYS, TextPlace, first_words
from patterns.lint.manuscript import Manuscript, Words, singular

RIVAL = {"complements": "alternative to", "alternative to": "complements"}


def without_reason(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    for key, relation in numbered(one):
        if not relation.why:
            yield Remark(key, f"{relation.type} {relation.target} says no reason", "say why in one sentence")


def dangling_relation(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    for key, relation in numbered(one):
        if relation.target not in catalogue.entries:
            yield Remark(key, f"there is no entry {relation.target!r}", "name an entry that there is, or remove it")


def both_directions(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    for key, relation in numbered(one):
        if relation.type not in SYMMETRIC and stated_by_target(one, relation, relation.type, catalogue):
            message = f"{relation.type} {catalogue.label(relation.target)}, which says the same of this entry"
            yield Remark(key, message, "decide which way it goes; the other page shows the inverse by itself")


def contradictory(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    own = {(relation.type, relation.target) for relation in one.entry.relations}
    for key, relation in numbered(one):
        rival = RIVAL.get(relation.type, "")
        if (rival, relation.target) in own or (rival and stated_by_target(one, relation, rival, catalogue)):
            message = f"{relation.type} {catalogue.label(relation.target)}, and {rival} it as well"
            yield Remark(key, message, "decide which, and say in its reason when it is otherwise")


def numbered(one: Manuscript) -> Iterator[tuple[str, Relation]]:
    """The relations with their keys."""
    return ((f"relations[{number}]", relation) for number, relation in enumerate(one.entry.relations, 1))


def stated_by_target(one: Manuscript, relation: Relation, type: str, catalogue: Catalogue) -> bool:
    """Whether the other entry states a relation of this type to this one."""
    target = catalogue.manuscripts.get(relation.target)
    stated = target.entry.relations if target else ()
    return any(other.type == type and other.target == one.entry.code for other in stated)


def dangling_link(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    for key, link in linked_codes_of(one):
        if link.code not in catalogue.entries:
            yield Remark(key, f"links to {link.code!r}, which is no entry", "name an entry that there is, or no link")


def self_link(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    for key, link in linked_codes_of(one):
        if link.code == one.entry.code:
            yield Remark(key, "links to its own page", "write the words without a link")


def hidden_link(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    for key, link in linked_codes_of(one):
        target = catalogue.entries.get(link.code)
        if target and target.status != "published" and link.code != one.entry.code:
            message = f"links to {catalogue.label(link.code)}, which readers do not see: they see the words alone"
            yield Remark(key, message, "publish it too, or leave it so until it is")


def unlinked_mention(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    """A text that names another entry, which no text of this one links to; each other entry once."""
    known = {link.code for _, link in linked_codes_of(one)} | {one.entry.code}
    for passage in (passage for key in LINKING for passage in one.section(key)):
        for name, code in named_in(passage.words, one, catalogue):
            if code not in known:
                known.add(code)
                message = f"says {' '.join(name)!r} without a link to {catalogue.label(code)}"
                yield Remark(passage.key, message, f"link it once, as [[{code}|{' '.join(name)}]], or say it otherwise")


LINKING = (*MARKDOWN_KEYS, *MARKDOWN_IN)


def named_in(words: Words, one: Manuscript, catalogue: Catalogue) -> Iterator[tuple[Words, str]]:
    """The names of other entries in a text, the longest at each place, with their codes."""
    lengths, at = catalogue.mention_lengths, 0
    while at < len(words):
        step = 1
        alone = singular(words[at : at + 1])[0]  # a name of one word may stand in the plural
        for length in (*lengths.get(words[at], ()), *((1,) if alone != words[at] and alone in lengths else ())):
            found = words[at : at + length]
            if code := catalogue.mentions.get(name := singular(found)):
                step = length
                # What the entry itself is called as well, it means by itself.
                if name not in one.names_in_texts:
                    yield found, code
                break
        at += step


def linked_codes_of(one: Manuscript) -> Iterator[tuple[str, Link]]:
    """Each link once, with the text that it stands in."""
    for key, text in long_texts(one.entry):
        yield from ((key, link) for link in {link.code: link for link in links(text)}.values())


# What looks as if it came from another entry.


ARTICLES = {("a",), ("an",), ("the",)}
DEFINING = {"is", "are", "was", "were", "means", "describes", "defines"}
LONGEST_NAME = 12  # words


def near_identical(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    for key in KEYS:
        place = TextPlace(one.entry.code, key)
        if match := catalogue.texts.nearest(place):
            where = f"{match.place.key} of {catalogue.label(match.place.code)}"
            yield Remark(key, f"shares {match.share:.0%} of its words with the {where}", "write it for this entry")
        elif repeated := catalogue.texts.repeated(place):
            sentence, other = repeated
            message = f"has a sentence of {catalogue.label(other.code)}: {shortened(' '.join(sentence))!r}"
            yield Remark(key, message, "write it for this entry")


def same_opening(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    for key in MARKDOWN_KEYS:
        words = first_words(one, key)
        alike = catalogue.openings.get((key, words), ())
        if other := next((code for code in alike if code != one.entry.code), ""):
            message = f"opens like that of {catalogue.label(other)}: {words!r}"
            yield Remark(key, message, "begin with what is this entry's own")


def foreign_subject(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    """A text that was copied and kept its subject: it opens with another entry and never comes to its own.

    A problem may well begin with somebody else, and need not name what solves it: there only a definition counts.
    """
    for key in ("description", *MARKDOWN_KEYS):
        words = one.words(key)
        found = subject(words[words[:1] in ARTICLES :], catalogue)
        is_meant = found is not None and (key != "problem" or found.next_word in DEFINING)
        if found and is_meant and found.code != one.entry.code and not one.is_named_in(words):
            message = f"opens with {catalogue.label(found.code)} and never names this entry"
            yield Remark(key, message, "make this entry its subject")


@dataclass(frozen=True)
class Subject:
    code: str
    next_word: str


def subject(words: Words, catalogue: Catalogue) -> Subject | None:
    """The entry with whose name the words begin, in the singular or the plural."""
    for length in range(min(len(words) - 1, LONGEST_NAME), 0, -1):
        if code := catalogue.subjects.get(singular(words[:length])):
            return Subject(code, words[length])
    return None
