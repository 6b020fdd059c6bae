"""One stylesheet in the place of many: what a bundle imports is written into it when static files are collected.

A bundle is plain CSS that states the order of its sources, which lie beside it. So nothing has to be built to develop
or to test: there browsers follow the imports. In production they would wait for each of them.
"""

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

BUNDLES = ("patterns/css/archsite.css", "patterns/admin/admin.css")
# Names without a folder: a relative url() in a source would mean another file elsewhere.
IMPORT = re.compile(r'^@import "([\w-]+\.css)";$', re.MULTILINE)


class BundlingStorage(CompressedManifestStaticFilesStorage):
    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """Raises ValueError if a bundle imports what is not there."""
        if not dry_run:
            for name in BUNDLES:
                text = bundled(name, paths)
                self.delete(name)  # the copy of the source, or an older bundle: a save would take another name
                self.save(name, ContentFile(text))
                paths = {**paths, name: (self, name)}
        yield from super().post_process(paths, dry_run=dry_run, **options)


def bundled(name: str, paths: dict[str, Any]) -> str:
    """``paths`` says of each file that was found its storage and its path there."""

    def source(match: re.Match[str]) -> str:
        path = posixpath.join(posixpath.dirname(name), match[1])
        if path not in paths:
            raise ValueError(f"{name} imports {match[1]}, and there is no {path}: correct the name or add the file")
        return read(path, paths)

    return IMPORT.sub(source, read(name, paths))


def read(name: str, paths: dict[str, Any]) -> str:
    storage, path = paths[name]
    with storage.open(path) as file:
        return str(file.read().decode())
