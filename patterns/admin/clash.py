"""Saves that came too late: what was typed, kept between the page that shows the conflict and the one that ends it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from django import forms

from patterns.admin.documents import validated
from patterns.admin.kept import identity_of
from patterns.admin.three_way import Decision, asked_in
from patterns.document.entry import ENTRY_KEYS, HEADER_KEYS, Category, Entry, Header, Table
from patterns.document.plan import What
from patterns.document.problems import InvalidCatalog, Problem, Unreadable
from patterns.document.three_way import ThreeWay, with_values
from patterns.files.json import strict_json
from patterns.models import Category as CategoryRow
from patterns.store.edits import save_category, save_header
from patterns.store.history import DOCUMENTS, document_with_fingerprint
from patterns.store.reading import category_of, consistent_read, load_header
from patterns.store.writing import Authorship, fingerprint_of
from patterns.workflow.saving import Saved, present, save

MERGED_KEYS: Final[dict[What, tuple[str, ...]]] = {
    "entry": tuple(key for key in ENTRY_KEYS if key != "code"),
    "category": ("name", "description"),
    "header": HEADER_KEYS,
}


@dataclass(frozen=True)
class Clash:
    """What somebody made of a document that had the fingerprint ``opened``.

    ``place`` is where they put a category, from 1, if they moved it.
    """

    what: What
    mine: Table
    opened: str
    comment: str = ""
    place: int | None = None

    @property
    def identity(self) -> str:
        return identity_of(self.mine)

    @property
    def keys(self) -> tuple[str, ...]:
        return MERGED_KEYS[self.what]

    def versions(self, now: Table, *, asked: frozenset[str] = frozenset()) -> ThreeWay[Any]:
        base = document_with_fingerprint(self.what, self.identity, self.opened)
        return ThreeWay(self.what, self.identity, base, now, self.mine, self.keys, asked)

    def decision(self, now: Table, data: Mapping[str, Any] | None, problems: Iterable[Problem] = ()) -> Decision:
        """The choices; a key of which there is a problem is asked for too, so that there is a way out."""
        said = by_key(problems, self.keys)
        asked = frozenset(said) | asked_in(data or {}, self.keys)
        return Decision(self.versions(now, asked=asked), data, problems=said)

    def seen(self, fingerprint: str) -> Table | None:
        """The state with this fingerprint, as the page that was sent back had shown it."""
        return document_with_fingerprint(self.what, self.identity, fingerprint) if fingerprint else None

    def moved_on(self, document: Table, seen: Table) -> "Clash":
        """The same after a decision over what was seen: what was decided is what is to be saved from now on."""
        return replace(self, mine=document, opened=fingerprint_of(seen))

    def carried(self, now: Table | None) -> dict[str, Any]:
        """The values of the ``Carried`` form."""
        about = {"opened": self.opened, "comment": self.comment, "place": self.place}
        return {"typed": self.mine.model_dump_json(), "seen": fingerprint_of(now), **about}


class Carried(forms.Form):
    """What travels with the page; all of it is checked again when it comes back."""

    typed = forms.CharField(widget=forms.HiddenInput)
    opened = forms.RegexField(r"^[0-9a-f]{64}\Z", required=False, widget=forms.HiddenInput)
    seen = forms.RegexField(r"^[0-9a-f]{64}\Z", required=False, widget=forms.HiddenInput)
    place = forms.IntegerField(required=False, min_value=1, max_value=10_000, widget=forms.HiddenInput)
    comment = forms.CharField(
        label="What and why",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 60}),
        help_text="Kept with the change, for other editors; never public.",
    )

    def with_place(self, place: int) -> "Carried":
        """With the place of a category to be seen and changed: it may have been moved meanwhile."""
        field = self.fields["place"]
        field.widget, field.label = forms.NumberInput(attrs={"min": 1}), "Position"
        field.help_text = f"Where you put it. It is at {place} now; empty: it stays there."
        return self

    def clash(self, what: What) -> Clash:
        """Raises InvalidCatalog if what was typed cannot be read."""
        self.full_clean()
        sent = {"opened": "", "comment": "", "place": None, **self.cleaned_data}
        mine = document_in(sent.get("typed", ""), DOCUMENTS[what])
        return Clash(what, mine, sent["opened"], sent["comment"], sent["place"])


def document_in(text: str, model: type[Table]) -> Table:
    """The document that a JSON text holds; raises InvalidCatalog."""
    try:
        return validated(model, strict_json(text))
    except Unreadable as error:
        raise InvalidCatalog([Problem(message=str(error), hint=error.hint, place=error.place)]) from None


def by_key(problems: Iterable[Problem], keys: tuple[str, ...]) -> dict[str, list[str]]:
    """What is wrong with each key; of problems that concern none of them, nothing."""
    found: dict[str, list[str]] = {}
    for problem in problems:
        key = key_of(problem)
        if key in keys:
            found.setdefault(key, []).append(f"{problem.message}; {problem.hint}" if problem.hint else problem.message)
    return found


def key_of(problem: Problem) -> str:
    return problem.key.partition("[")[0].partition(".")[0]


def document_now(what: What, identity: str) -> Table | None:
    with consistent_read():
        if what == "entry":
            return present(identity)
        if what == "header":
            return load_header()
        row = CategoryRow.objects.filter(slug=identity).first()
        return category_of(row) if row else None


def write(clash: Clash, document: Table, *, seen: Table | None, by: Authorship) -> Saved:
    """Save what was decided over what was seen, the way the form would have."""
    opened = fingerprint_of(seen)
    if isinstance(document, Entry):
        return save(document, opened=opened, by=by)
    if isinstance(document, Category):
        position = clash.place - 1 if clash.place else None
        return Saved(change=save_category(document, opened=opened, by=by, position=position))
    assert isinstance(document, Header)
    return Saved(change=save_header(document, opened=opened, by=by))


def as_new(document: Table) -> Table:
    """A document that was deleted, as it may be created again."""
    return with_values(document, {"status": "draft"}) if isinstance(document, Entry) else document


def checked_again(document: Table) -> Table:
    """A document with values that nobody has checked yet; raises InvalidCatalog."""
    return validated(type(document), dict(document), code=getattr(document, "code", ""))
