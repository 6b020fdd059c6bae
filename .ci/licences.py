"""Write docs/licences.md: what the locks install and under which licence, as the packages themselves say."""

import re
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
PINNED: Final = re.compile(r"^([a-z0-9._-]+)==(\S+)", re.MULTILINE)
# Read in their licence files, since their metadata says nothing, or since only Windows installs them.
READ: Final = {
    "axe-playwright-python": "MIT",
    "colorama": "BSD-3-Clause",
    "resvg-py": "MIT",
    "tzdata": "Apache-2.0",
}
HEAD: Final = """\
# Licences

For whoever passes the site on: what it installs, and under which licence. `make licences` writes this page from the
metadata of the packages; a test fails if a lock says otherwise. The site itself is MIT, its texts are CC BY 4.0.
"""


def pinned(lock: str) -> dict[str, str]:
    """Package → version."""
    return dict(PINNED.findall((ROOT / lock).read_text(encoding="utf-8")))


def licence(package: str) -> str:
    if package in READ:
        return READ[package]
    try:
        said = metadata(package)
    except PackageNotFoundError:
        raise SystemExit(
            f"{package} is not installed: run make test once, or read its licence and add it here."
        ) from None
    classes = [one.rpartition(" :: ")[2] for one in said.get_all("Classifier", []) if one.startswith("License :: ")]
    # Some put the whole text into the second one.
    words = said.get("License") or ""
    found = said.get("License-Expression") or ("" if len(words) > 40 else words) or ", ".join(classes)
    if not found:
        raise SystemExit(f"{package} does not say its licence: read it in its files, and add it here.")
    return str(found)


def table(packages: dict[str, str]) -> str:
    rows = [f"| {name} | {version} | {licence(name)} |" for name, version in sorted(packages.items())]
    return "\n".join(["| package | version | licence |", "| --- | --- | --- |", *rows]) + "\n"


if __name__ == "__main__":
    run, develop = pinned("requirements.txt"), pinned("requirements-dev.txt")
    tests = {name: version for name, version in develop.items() if name not in run}
    parts = [HEAD, "## What the site runs with\n", table(run), "## What only its tests and checks need\n", table(tests)]
    (ROOT / "docs" / "licences.md").write_text("\n".join(parts), encoding="utf-8")
