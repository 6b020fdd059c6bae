"""Relations and links to other entries."""

from collections.abc import Iterator

from patterns.catalog.entry import Relation
from patterns.catalog.lint.finding import Catalogue, Remark
from patterns.catalog.lint.manuscript import LONG_TEXTS, Manuscript
from patterns.catalog.prose import Link, links
from patterns.catalog.vocabulary import SYMMETRIC

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
    for key, link in linked(one):
        if link.code not in catalogue.entries:
            yield Remark(key, f"links to {link.code!r}, which is no entry", "name an entry that there is, or no link")


def self_link(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    for key, link in linked(one):
        if link.code == one.entry.code:
            yield Remark(key, "links to its own page", "write the words without a link")


def hidden_link(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    for key, link in linked(one):
        target = catalogue.entries.get(link.code)
        if target and target.status != "published" and link.code != one.entry.code:
            message = f"links to {catalogue.label(link.code)}, which readers do not see: they see the words alone"
            yield Remark(key, message, "publish it too, or leave it so until it is")


def linked(one: Manuscript) -> Iterator[tuple[str, Link]]:
    """Each link once, with the text that it stands in."""
    for key in LONG_TEXTS:
        yield from ((key, link) for link in {link.code: link for link in links(getattr(one.entry, key))}.values())
