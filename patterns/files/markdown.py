"""An entry → one Markdown document (CommonMark), with the sections of its page in their order.

Whatever stands in a text, it stays text: only what the site itself reads as Markdown is Markdown here.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from patterns.document.entry import LAB, OWED, SECTION_KEYS, Entry
from patterns.document.prose import CODE, LINK, Link, Target
from patterns.document.register import Layout, Table, keys_of
from patterns.document.tables import Consequence, Example, KnownAs, KnownUse, Origin, Reference, Step
from patterns.document.vocabulary import QUALITIES, SIGNS

SPECIAL = re.compile(r"[\\`*_\[\]<>&~|#!]|^[-+=]|^\d{1,9}(?=[.)])")
BEYOND = r"(?P<inline>[<\[|])|(?P<start>^[ ]{0,3})(?P<mark>[#>=]|-(?=[-\s]*$)|\*(?=[*\s]*$)|_(?=[_\s]*$))"
NOT_SHOWN = re.compile(f"{CODE}|{LINK.pattern}|{BEYOND}", re.MULTILINE | re.DOTALL)
ENTITY = re.compile(r"&(?=#?\w+;)")


@dataclass(frozen=True)
class RelatedEntry:
    """Another entry, as seen from this one; ``label`` reads like "required by", ``through`` names those on the way."""

    label: str
    name: str
    address: str
    why: str = ""
    through: str = ""


@dataclass(frozen=True)
class Edition:
    """Which state of which catalogue a document is of; ``catalog`` is its title, at an ``address``."""

    changed_on: date
    catalog: str
    address: str
    version: int
    licence: str
    licence_address: str


@dataclass(frozen=True)
class LabFinding:
    """What the failure lab found out about an entry in one situation; ``verdict`` is the sentence that says it."""

    question: str
    situation: str
    verdict: str
    title: str
    address: str


@dataclass(frozen=True)
class Surroundings:
    """What stands around an entry: ``targets`` of its links by code, others stay words; ``owed`` in their order.

    ``figures`` are those of the lab in words and where they lead, by what the evidence of a consequence calls them.
    """

    related: Sequence[RelatedEntry] = ()
    owed: Sequence[RelatedEntry] = ()
    targets: Mapping[str, Target] = field(default_factory=dict)
    figures: Mapping[str, Target] = field(default_factory=dict)
    finding: LabFinding | None = None
    edition: Edition | None = None


NOTHING_AROUND = Surroundings()


def write_markdown(entry: Entry, *, address: str, around: Surroundings = NOTHING_AROUND) -> str:
    """The document of an entry whose page is at an address."""
    return "\n\n".join(("\n".join(head(entry, address, around.edition)), *section_texts(entry, around))) + "\n"


def head(entry: Entry, address: str, edition: Edition | None) -> Iterator[str]:
    yield f"# {plain_line(entry.name)}"
    yield f"\n{plain_line(entry.description)}\n"
    yield f"- Code: {plain_line(entry.code)}"
    yield f"- Category: {plain_line(entry.category)}"
    yield f"- Kind: {entry.kind}"
    if entry.concern:
        yield f"- {keys_of(Entry)['concern'].label}: {entry.concern}"
    if entry.aliases:
        yield f"- Also known as: {'; '.join(map(plain_line, entry.aliases))}"
    yield f"- Page: <{address}>"
    if edition:
        yield f"- Last changed: {edition.changed_on.isoformat()}"
        yield f"- Catalogue: {markdown_link(edition.catalog, edition.address)}, version {edition.version}"
        yield f"- Licence: {markdown_link(edition.licence, edition.licence_address)}"


def section_texts(entry: Entry, around: Surroundings) -> Iterator[str]:
    """Those that the entry has something for, in the order of its page."""
    for section in SECTION_KEYS:
        if section is OWED and around.owed:
            yield f"## {OWED.title}\n\n" + "\n".join(numbered(map(related_line, around.owed)))
        if section is LAB and around.finding:
            yield f"## {LAB.title}\n\n{finding_text(around.finding)}"
        for key in SECTION_KEYS[section]:
            if text := "\n".join(section_lines(entry, key, around)):
                yield f"## {keys_of(Entry)[key].label}\n\n{text}"


def section_lines(entry: Entry, key: str, around: Surroundings) -> Sequence[str]:
    about, value = keys_of(Entry)[key], getattr(entry, key)
    if key == "relations":
        return bullets(map(related_line, around.related))
    if about.is_markdown:
        return [prose_markdown(value, around.targets)]
    if about.is_list_of_texts:
        return bullets(map(plain_line, value))
    if key == "variants":
        return [
            "\n\n".join(f"### {plain_line(one.name)}\n\n{prose_markdown(one.text, around.targets)}" for one in value)
        ]
    if key == "examples":
        return ["\n\n".join(map(example_text, value))]
    if key == "consequences":
        return bullets(consequence_line(one, entry, around.figures) for one in gains_first(entry.consequences))
    rows: Sequence[Table] = (value,) if isinstance(value, Table) else value or ()
    lines = [LOOKS[type(row)](row) if type(row) in LOOKS else comma_list(*row.texts()) for row in rows]
    if about.layout is Layout.TABLE:
        return lines
    return numbered(lines) if key == "steps" else bullets(lines)


def related_line(one: RelatedEntry) -> str:
    way = f" (through {plain_line(one.through)})" if one.through else ""
    return with_remark(f"{one.label} {markdown_link(one.name, one.address)}{way}".strip(), one.why)


def finding_text(one: LabFinding) -> str:
    verdict = f"**{plain_line(one.situation)}**: {plain_line(one.verdict)}"
    return "\n\n".join((plain_line(one.question), verdict, f"See it run: {markdown_link(one.title, one.address)}"))


JUDGEMENT = "editor's judgement"


def consequence_line(one: Consequence, entry: Entry, figures: Mapping[str, Target]) -> str:
    """The sentence with what backs it."""
    sources = {reference.key: reference for reference in entry.references if reference.key}
    backing = []
    for name in one.evidence:
        if name in sources:
            source = sources[name]
            year = f", {source.year}" if source.year else ""
            backing.append(f"source: {markdown_link(source.title, source.url)}{year}")
        elif name in figures:
            backing.append(f"shown in the lab: {markdown_link(figures[name].name, figures[name].address)}")
        else:
            backing.append(plain_line(name))
    line = f"**{one.sign} in {one.quality}**: {plain_line(one.text)}"
    return f"{line} — {'; '.join(backing or [JUDGEMENT])}"


def example_text(one: Example) -> str:
    """A fence that is longer than any in the code."""
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", one.code)), default=0))
    language = re.sub(r"[^\w+-]", "", one.language)
    text = f"### {plain_line(one.title)}\n\n{fence}{language}\n{one.code}\n{fence}"
    return f"{text}\n\n{plain_line(one.note)}" if one.note else text


def gains_first(consequences: Iterable[Consequence]) -> list[Consequence]:
    """Gains before costs, each in the order of the qualities."""
    return sorted(consequences, key=lambda one: (SIGNS.index(one.sign), QUALITIES.index(one.quality)))


def origin_line(one: Origin) -> str:
    named = f"Named or first described by {plain_line(one.who)}" + (f" in {one.year}" if one.year else "")
    return f"{named}: {markdown_link('source', one.url)}" if one.url else named


def reference_line(one: Reference) -> str:
    about = comma_list(one.author, one.publication, str(one.year or ""), "primary source" if one.primary else "")
    return f"{markdown_link(one.title, one.url)}, {about}" if about else markdown_link(one.title, one.url)


# How a row of a table reads; one without a look of its own says its values one after the other.
LOOKS: dict[type[Table], Callable[[Any], str]] = {
    Step: lambda one: with_remark(
        f"{plain_line(one.sender)} → {plain_line(one.receiver)}: {plain_line(one.message)} "
        f"({comma_list(one.kind, one.variant)})",
        one.note,
    ),
    KnownUse: lambda one: with_remark(
        f"{markdown_link(one.who, one.url)}{f', {one.year}' if one.year else ''}", one.what
    ),
    KnownAs: lambda one: f"{markdown_link(one.name, one.url)}, in {comma_list(one.catalog, one.category)}",
    Origin: origin_line,
    Reference: reference_line,
}


# Marks


def bullets(items: Iterable[str]) -> list[str]:
    return [f"- {item}" for item in items]


def numbered(items: Iterable[str]) -> list[str]:
    return [f"{number}. {item}" for number, item in enumerate(items, start=1)]


def with_remark(line: str, more: str) -> str:
    return f"{line} — {plain_line(more)}" if more else line


def comma_list(*parts: str) -> str:
    return ", ".join(plain_line(part) for part in parts if part)


def markdown_link(text: str, address: str) -> str:
    return f"[{plain_line(text)}](<{ENTITY.sub('&amp;', address)}>)" if address else plain_line(text)


def plain_line(text: str) -> str:
    """A text on one line that reads as it is written."""
    # Before a digit a backslash would be shown, so the dot behind it is escaped.
    return SPECIAL.sub(
        lambda found: f"{found[0]}\\" if found[0].isdigit() else f"\\{found[0]}", re.sub(r"[ \t\n]+", " ", text)
    )


def prose_markdown(text: str, targets: Mapping[str, Target]) -> str:
    """A Markdown text of ours: what the site shows as it was typed, such as headings and HTML, stays so."""
    return NOT_SHOWN.sub(lambda found: kept(found, targets), text)


def kept(found: re.Match[str], targets: Mapping[str, Target]) -> str:
    if found["code"]:
        return entry_link(Link.at(found), targets.get(found["code"]))
    if found["inline"]:
        return f"\\{found['inline']}"
    return f"{found['start']}\\{found['mark']}" if found["mark"] else found[0]


def entry_link(one: Link, target: Target | None) -> str:
    return markdown_link(one.words or target.name, target.address) if target else plain_line(one.words or one.code)
