"""What the changes of the catalogue are as commits of a Git repository."""

import re
from collections.abc import Iterator

from patterns.document.catalog import CatalogFile
from patterns.files.clone import COMMITTER, Signed
from patterns.files.toml import write_toml
from patterns.models import Catalog, Change
from patterns.store.history import document_at
from patterns.store.imports import known_number

NOT_IN_A_NAME = re.compile(r"[<>\x00-\x1f]+")


def changes_since(file: CatalogFile | None) -> list[Change]:
    """The changes that a file does not know; of a file that names no base of this database, the last one."""
    catalog = Catalog.objects.get()
    known = known_number(file.base, catalog) if file else None
    since = catalog.version - 1 if known is None else known
    return [*Change.objects.filter(number__gt=since).select_related("author").order_by("number")]


def contents(changes: list[Change]) -> Iterator[tuple[Signed, str]]:
    """Each change as what its commit says, and the whole export as the change left it."""
    database = Catalog.objects.get().id
    for change in changes:
        base = f"{database}:{change.number}:{change.token}" if change.token else f"{database}:{change.number}"
        yield signed(change), write_toml(document_at(change.number), base=base)


def signed(change: Change) -> Signed:
    name, email = COMMITTER
    if author := change.author:
        words = NOT_IN_A_NAME.sub(" ", author.get_full_name() or author.username).split()
        name = " ".join(words).strip(" .,:;\"'\\") or name  # Git strips these as well, and refuses what is then empty
        email = NOT_IN_A_NAME.sub("", author.email) or f"user-{author.pk}@noreply.invalid"
    return Signed(name, email, change.created_at.isoformat(), message(change))


def message(change: Change) -> str:
    """The comment, or the change's number, with what readers were told below it."""
    comment, reason = (text.replace("\0", "").strip() for text in (change.comment, change.public_reason))
    subject, _, body = (comment or f"Change {change.number}").partition("\n")
    told = f"For readers: {reason}" if reason else ""
    return "\n\n".join(filter(None, (subject.strip(), body.strip(), told))) + "\n"
