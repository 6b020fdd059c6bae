"""Read the report of pip-audit (JSON) and say what it is worth: exit 0 clean, 1 vulnerable, 2 not checked.

pip-audit itself ends with 0 where its source of advisories knew none of the packages, as a mirror of a registry does.
"""

import json
import sys
from typing import Any

CLEAN, VULNERABLE, NOT_CHECKED = 0, 1, 2


def judged(text: str) -> tuple[int, list[str]]:
    """The exit code, and the lines that say why; ``text`` is the report, or nothing if there is none."""
    try:
        packages: list[dict[str, Any]] = json.loads(text)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return NOT_CHECKED, ["NOT CHECKED: no advisories could be asked for, so nothing is known."]
    holes = [
        f"{one['name']} {one['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'no version yet'}"
        for one in packages
        for hole in one.get("vulns", ())
    ]
    unknown = [one["name"] for one in packages if "skip_reason" in one]
    if holes:
        return VULNERABLE, [f"VULNERABLE: {len(holes)} known holes.", *holes]
    if unknown or not packages:
        asked = f"{len(unknown)} of {len(packages)} packages are unknown to the source of advisories"
        return NOT_CHECKED, [f"NOT CHECKED: {asked}.", ", ".join(unknown)]
    return CLEAN, [f"CLEAN: no known hole in {len(packages)} packages."]


if __name__ == "__main__":
    code, lines = judged(sys.stdin.read())
    print(*lines, sep="\n")
    sys.exit(code)
