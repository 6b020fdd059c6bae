"""Which program answers: a new one may say the same data in other words, so that copies of the old one's are old."""

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from django.conf import settings

SOURCES = ("requirements.txt", "archsite", "patterns", "templates")
SUFFIXES = (".py", ".html", ".xml", ".txt")


def digest_of(sources: Iterable[Path]) -> str:
    """Of all that the files say, and those in the folders, by their paths below the project."""
    digest = sha256()
    for source in sources:
        for path in sorted([source, *source.rglob("*")]):
            if path.suffix in SUFFIXES and path.is_file():
                content = path.read_bytes()
                digest.update(f"{path.relative_to(source.parent)} {len(content)}\n".encode() + content)
    return digest.hexdigest()


# The same on all machines that run the same program. Read at the start: later the files may be those of the next one.
RELEASE = digest_of(settings.BASE_DIR / name for name in SOURCES)
