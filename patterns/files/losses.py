"""What a spreadsheet took from a catalogue on its way, as only the catalogue can show.

Excel and LibreOffice take "01" for the number 1, and save text in a code page that lacks most characters, without a
word. Both are found before the sheet is compared with anything: else they would be new entries and changed texts.
"""

from collections import defaultdict
from collections.abc import Iterator

from patterns.document.catalog import Document
from patterns.document.entry import ENTRY_KEYS, Entry, code_order
from patterns.document.problems import Problem
from patterns.document.source import CatalogFile
from patterns.document.text import name_key, shortened
from patterns.files.sheet import entry_cells

CODES_SHOWN = 12


def losses(file: CatalogFile, ours: Document) -> list[Problem]:
    """What the sheets of a file lost beside the catalogue: one problem for each way to lose it, with its place."""
    return file.placed([*lost_zeros(file, ours), *lost_characters(file, ours)])


def lost_zeros(file: CatalogFile, ours: Document) -> Iterator[Problem]:
    """Codes that the catalogue has with zeros that a number does not need, and without them not."""
    padded = defaultdict(list)
    for code in ours.entries:
        padded[as_number(code)].append(code)
    lost = {}
    for code in sorted(file.sheet_codes - ours.entries.keys(), key=code_order):
        meant = padded[as_number(code)]
        if len(meant) == 1 and is_same(file.document.entries[code], ours.entries[meant[0]]):
            lost[code] = meant[0]
    if not lost:
        return
    (first, whole), *others = lost.items()
    listed = ", ".join([*lost][:CODES_SHOWN]) + (f" and {len(lost) - CODES_SHOWN:,} more" * (len(lost) > CODES_SHOWN))
    message = f"the code {listed} has lost its zeros: a spreadsheet took it for a number"
    if others:
        message = f"the codes {listed} have lost their zeros: a spreadsheet took them for numbers"
    yield Problem(
        code=first,
        key="code",
        path=("code",),
        message=message,
        hint=f"format the column as text and write {whole} again, or edit the XLSX, which keeps them",
    )


def as_number(code: str) -> str:
    """A code as a spreadsheet shows it that took it for a number: 7 for 07, 13.2 for 13.20."""
    return (code.rstrip("0").rstrip(".") if "." in code else code).lstrip("0")


def is_same(theirs: Entry, ours: Entry) -> bool:
    """Whether a row can be about an entry of another code: it has its slug or name, or states neither."""
    is_stated = theirs.model_fields_set & {"slug", "name"}
    return not is_stated or theirs.slug == ours.slug or name_key(theirs.name) == name_key(ours.name)


def lost_characters(file: CatalogFile, ours: Document) -> Iterator[Problem]:
    """Texts of the catalogue that hold what the code page of the sheet cannot, and that came back with "?" instead.

    Where nothing else is different in a text, any sheet has lost it.
    """
    lost: list[tuple[str, str, str]] = []
    for code in sorted(file.sheet_codes & ours.entries.keys(), key=code_order):
        theirs, entry = file.document.entries[code], ours.entries[code]
        if all(getattr(theirs, key) == getattr(entry, key) for key in theirs.model_fields_set):
            continue
        before, after = entry_cells(entry), entry_cells(theirs)
        for key in [key for key in ENTRY_KEYS if key in theirs.model_fields_set and before[key] != after[key]]:
            kept = before[key].encode("cp1252", "replace").decode("cp1252")
            found = "".join(dict.fromkeys(one for one, same in zip(before[key], kept, strict=True) if one != same))
            is_narrow = code in file.narrow_codes and after[key].count("?") > before[key].count("?")
            if found and (after[key] == kept or is_narrow):
                lost.append((code, key, found))
    if not lost:
        return
    code, key, found = lost[0]
    texts = "1 text has" if len(lost) == 1 else f"{len(lost):,} texts have, this one first,"
    yield Problem(
        code=code,
        key=key,
        path=(key,),
        message=f"{texts} lost characters on the way through a spreadsheet, like {shortened(found, 20)!r}",
        hint="begin again from the export, and save it as CSV UTF-8 or XLSX",
    )
