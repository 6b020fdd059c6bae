"""What the pages in the browser show: the entries that come with the site, and a catalogue made to break them."""

from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

from patterns.document.entry import Entry
from patterns.files.reader import read_one
from patterns.store.imports import import_file
from patterns.tests.factories import A_FILE, RICH, change_pattern, entry, import_entries, make_pattern

FILE = Path(__file__).parents[3] / "fixtures" / "patterns.toml"
RTL = "نمط الملحمة"
SCRIPT = "<script>alert(1)</script>"
ATTACKS = [
    *(
        SCRIPT,
        '"><img src=x onerror=alert(1)>',
        "W" * 500,
        RTL,
        "</svg></title><b onclick=alert(1)>",
        "&lt;&amp;#0;{{ x }}",
    ),
    *("👩" * 80, "Z̸̡̢" * 40, "עברית and back", "long words " * 40, "-" * 300, "日本語" * 60),
]
HOSTILE_COUNT = 4


def make_given() -> None:
    import_file(read_one(FILE.read_bytes()), by=A_FILE)


def make_awkward() -> None:
    """Twelve categories, so that every hue is there, more entries than one page, names of one letter, the attacks."""
    plain = [entry(f"{number:02}", category=f"Shelf {number % 12}") for number in range(1, 60)]
    related = [{"type": "uses", "target": "02"}, {"type": "leads to", "target": "B1"}]
    saga = {**RICH, "category": "Shelf 3", "relations": related}
    bare = entry("B1", name="I", slug="bare", category="J")
    import_entries([*plain, entry("00", name="Saga", **saga), bare, *hostile()])
    change_pattern(make_pattern("G1", name="Gone"), status="retired", replaced_by="00")


def hostile() -> Iterator[Entry]:
    """Entries with an attack in every place that takes text, each time another, and related to one another."""
    for number in range(HOSTILE_COUNT):
        turned = ATTACKS[3 * number :] + ATTACKS[: 3 * number]
        related = [{"type": "complements", "target": f"H{other}", "why": turned[1]} for other in range(number)]
        name = f"{turned[0][:110]} {number}"
        category = f"Section {number} {turned[0][:100]}"
        yield entry(
            f"H{number}",
            name=name,
            slug=f"hostile-{number}",
            category=category,
            relations=related,
            **filled(cycle(turned)),
        )


def filled(texts: Iterator[str]) -> dict[str, Any]:
    """Every other key of an entry, each with the next text, cut to its limit."""
    label = (text[:200] for text in texts)
    return {
        "description": next(texts),
        "problem": f"{next(texts)}\n\n`{next(texts)}`\n\n```\n{next(texts)}\n```",
        "solution": f"- {next(texts)}\n- *{next(texts)}*",
        "aliases": [next(texts)[:100]],
        **{key: [next(texts)] for key in ("symptoms", "checks", "signals")},
        "variants": [{"name": next(texts)[:100], "text": f"{next(texts)}\n\n```\n{next(texts)}\n```"}],
        "examples": [{"title": next(label), "language": next(label), "code": next(texts), "note": next(texts)}],
        "known_uses": [{"who": next(label), "what": next(texts), "url": "https://example.org/"}],
        "use_when": [next(texts), next(texts)],
        "avoid_when": [next(texts), next(texts)],
        "origin": {"who": next(texts)[:120]},
        "consequences": [
            {"quality": "interoperability", "sign": "cost", "text": next(texts), "evidence": [next(texts)[:100]]},
            {"quality": "security", "sign": "gain", "text": next(texts)},
        ],
        "steps": [
            {
                "sender": next(label),
                "receiver": "Database",
                "message": next(label),
                "kind": "silence",
                "note": next(texts),
                "variant": next(label),
            },
            {
                "sender": "Store",
                "receiver": next(label),
                "message": next(label),
                "kind": "event",
                "variant": next(label),
            },
        ],
        "known_as": [{"catalog": next(label), "name": next(label), "category": next(label)}],
        "references": [{"title": next(label), "author": next(label), "url": f"https://example.org/{'u' * 400}"}],
    }
