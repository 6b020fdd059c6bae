"""How to cite an entry: as a sentence, for BibTeX, and in the JSON of CSL, which reference managers read."""

import json
import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

# What means something to TeX, in words that it knows; braces, too, since BibTeX counts those behind a backslash.
TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{character: f"\\{character}" for character in "#$%&_"},
}
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
NOT_IN_ADDRESS = re.compile(r"[\s\\{}^\"<>|`]")


@dataclass(frozen=True)
class Citation:
    """An entry as it was after a change on a day; ``version`` is that of the catalogue, 0 if it is not known."""

    name: str
    code: str
    slug: str
    catalogue: str
    day: date
    address: str
    version: int = 0

    @property
    def about(self) -> str:
        """Which text it is, in words."""
        return f"entry {self.code}" + (f", version {self.version} of the catalogue" if self.version else "")

    @property
    def text(self) -> str:
        day = f"{self.day.day} {MONTHS[self.day.month - 1]} {self.day.year}"
        return f"“{plain(self.name)}”, {plain(self.catalogue)}, {self.about}, {day}, {self.address}"

    @property
    def bibtex(self) -> str:
        """In classic BibTeX, which biblatex reads as well. A second pair of braces keeps capitals, and a name whole."""
        fields = {
            "author": f"{{{tex(self.catalogue)}}}",
            "title": f"{{{tex(self.name)}}}",
            "year": str(self.day.year),
            "month": MONTHS[self.day.month - 1][:3].lower(),
            "note": tex(self.about[0].upper() + self.about[1:]),
            "date": self.day.isoformat(),
            "url": NOT_IN_ADDRESS.sub(lambda found: quote(found[0]), self.address),
        }
        bare = ("month",)  # the names of months are macros
        lines = (f"  {key} = {value if key in bare else f'{{{value}}}'}," for key, value in fields.items())
        return "\n".join((f"@misc{{{self.slug}-{self.day.year},", *lines, "}"))

    @property
    def csl_json(self) -> str:
        item = {
            "id": f"{self.slug}-{self.day.year}",
            "type": "entry-encyclopedia",
            "title": plain(self.name),
            "container-title": plain(self.catalogue),
            "author": [{"literal": plain(self.catalogue)}],
            "issued": {"date-parts": [[self.day.year, self.day.month, self.day.day]]},
            "number": self.code,
            **({"version": str(self.version)} if self.version else {}),
            "URL": self.address,
        }
        return json.dumps([item], ensure_ascii=False, indent=2)


def plain(text: str) -> str:
    """On one line."""
    return " ".join(text.split())


def tex(text: str) -> str:
    return "".join(TEX.get(character, character) for character in plain(text))
