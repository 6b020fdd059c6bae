"""Other names, publications and their addresses."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from patterns.document.entry import CHILDREN
from patterns.document.text import name_key
from patterns.lint.finding import Catalogue, Remark
from patterns.lint.likeness import look, mixed_word
from patterns.lint.manuscript import Manuscript

PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
FOLLOWED_BY = (",", ";", ":", "'")  # what follows an address in a sentence, and was copied with it


def alias_of_another(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    for number, alias in enumerate(one.entry.aliases, 1):
        owners = catalogue.owners.get(name_key(alias), ())
        other = next(((code, what) for code, what in owners if code != one.entry.code), None)
        if other:
            message = f"{alias!r} is {'an' if other[1] == 'alias' else 'the'} {other[1]} of {catalogue.label(other[0])}"
            yield Remark(f"aliases[{number}]", message, "remove it; relate the two entries instead")


def look_alike(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    """A name for another entry's in the eyes of a reader, though not to the key, or one that seems made for it."""
    aliases = ((f"aliases[{number}]", alias) for number, alias in enumerate(one.entry.aliases, 1))
    for key, name in (("name", one.entry.name), *aliases):
        same = catalogue.owners.get(name_key(name), ())
        others = (owner for owner in catalogue.look_alikes.get(look(name), ()) if owner not in same)
        if other := next((owner for owner in others if owner[0] != one.entry.code), None):
            what = "an alias" if other[1] == "alias" else f"the {other[1]}"
            message = f"looks like {what} of {catalogue.label(other[0])}, in other letters"
            yield Remark(key, message, "type it anew in one alphabet, or name it otherwise")
        elif mixed := mixed_word(name):
            message = f"mixes {' and '.join(mixed[1])} letters in {mixed[0]!r}"
            yield Remark(key, message, "type each word anew in one alphabet")


def no_primary_reference(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    references = one.entry.references
    if references and not any(reference.primary for reference in references):
        yield Remark("references", "none is primary", "mark the one by who named or first described it")


def malformed_url(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    for key, url in addresses(one):
        if wrong := what_is_wrong(url):
            yield Remark(key, f"{url!r} {wrong}", "open it in a browser, and copy the address from there")


def what_is_wrong(url: str) -> str:
    """What an entry may hold and still leads nowhere; nothing if it looks right."""
    host = (urlsplit(url).hostname or "").removesuffix(".")
    # A closing bracket may belong to the address; one that nothing opens there is the sentence's.
    is_open = url.count("(") < url.count(")") and url.endswith(")")
    reasons = (
        # An IPv6 address has colons and no dot.
        ("." not in host and ":" not in host, "names no public host"),
        ("" in host.split("."), "has an empty part in its host"),
        ("@" in urlsplit(url).netloc, "carries a user name"),
        (bool(PERCENT.search(url)), "has a percent sign that encodes nothing"),
        (url.endswith(FOLLOWED_BY) or is_open, f"ends in {url[-1:]!r}, which is the sentence's around it"),
    )
    return next((wrong for is_wrong, wrong in reasons if is_wrong), "")


WITH_ADDRESS = [key for key, table in CHILDREN.items() if "url" in table.model_fields]


def addresses(one: Manuscript) -> Iterator[tuple[str, str]]:
    """Every address that the entry states, with its key."""
    for key in WITH_ADDRESS:
        value = getattr(one.entry, key)
        rows = enumerate(value, 1) if isinstance(value, tuple) else [(0, value)] if value else ()
        for number, row in rows:
            if row.url:
                yield f"{key}[{number}].url" if number else f"{key}.url", row.url


def duplicate_url(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    """Within a list: the origin's address, or that of a name elsewhere, may well be a reference too."""
    seen: set[tuple[str, ...]] = set()
    for key, url in addresses(one):
        address = (key.partition("[")[0], *same_address(url))
        if address in seen:
            yield Remark(key, f"{url!r} is there twice", "keep one of the two")
        seen.add(address)


def same_address(url: str) -> tuple[str, ...]:
    """What two addresses of one page share, however they were written."""
    parts = urlsplit(url)
    return parts.netloc.lower().removeprefix("www."), parts.path.rstrip("/"), parts.query, parts.fragment
