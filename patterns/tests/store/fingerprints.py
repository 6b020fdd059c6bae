"""What a form opens on: the fingerprints of the documents as they are now."""

from patterns.document.catalog import Document
from patterns.store.reading import load_document
from patterns.store.writing import fingerprint_of


def fingerprint_of_entry(code: str) -> str:
    return fingerprint_of(load_document().entries[code])


def fingerprint_of_category(slug: str) -> str:
    return fingerprint_of(load_document().categories[slug])


def fingerprint_of_header() -> str:
    return fingerprint_of(load_document().header)


def entries_by(key: str) -> dict[str, str]:
    """Code → value of a key that holds a text."""
    document: Document = load_document()
    return {code: getattr(entry, key) for code, entry in document.entries.items()}
