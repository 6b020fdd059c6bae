"""Nobody's edit is lost: a save that came too late becomes a page with what was typed, what is there now, and a choice.

The page posts to ``merge/`` below the model's address. What is decided there is saved over exactly what the page
showed; if that is old again, the page comes again with the decision in the place of what was typed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from patterns.admin.base import (
    CommentField,
    CommentForm,
    Page,
    admin_page,
    authorship,
    document_now,
    find_row,
    identity_of,
    name_of,
    signed_in,
    unsaved_row,
    validated,
    what_of,
)
from patterns.admin.decision import Decision, asked_in, texts_of
from patterns.admin.documents import DocumentAdmin, EditForm, log_message, saved_message
from patterns.document.catalog import HEADER_KEYS, Category, Header
from patterns.document.entry import ENTRY_KEYS, Entry
from patterns.document.plan import What
from patterns.document.problems import InvalidCatalog, Problem, Unreadable
from patterns.document.register import Table, with_values
from patterns.document.three_way import ThreeWay
from patterns.files.json import strict_json
from patterns.models import Revision
from patterns.store.edits import StaleEdit, save_category, save_header
from patterns.store.history import DOCUMENTS, document_of, document_with_fingerprint, latest_revision
from patterns.store.writing import Authorship, fingerprint_of
from patterns.workflow.rules import Operation, answer
from patterns.workflow.saving import Saved, save
from patterns.workflow.standing import actor_of

# Saves that came too late: what was typed, kept between the page that shows the conflict and the one that ends it.


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


class Carried(CommentForm):
    """What travels with the page; all of it is checked again when it comes back."""

    typed = forms.CharField(widget=forms.HiddenInput)
    opened = forms.RegexField(r"^[0-9a-f]{64}\Z", required=False, widget=forms.HiddenInput)
    seen = forms.RegexField(r"^[0-9a-f]{64}\Z", required=False, widget=forms.HiddenInput)
    place = forms.IntegerField(required=False, min_value=1, max_value=10_000, widget=forms.HiddenInput)
    comment = CommentField(required=False)

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
            found.setdefault(key, []).append(problem.sentence)
    return found


def key_of(problem: Problem) -> str:
    return problem.key.partition("[")[0].partition(".")[0]


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


# The pages of a save that came too late.


def faster(clash: Clash) -> Revision | None:
    return latest_revision(clash.what, clash.identity)


class ConflictPages(DocumentAdmin):
    def conflict_page(
        self,
        request: HttpRequest,
        clash: Clash,
        now: Table | None,
        *,
        decision: Decision | None = None,
        carried: Carried | None = None,
        problems: Sequence[Problem] = (),
    ) -> HttpResponse:
        if now is None:
            return self.deleted_page(request, clash)
        row, carried = find_row(self.model, clash.identity), carried or Carried(initial=clash.carried(now))
        if clash.what == "category" and row is not None and (clash.place or "place" in carried.errors):
            carried.with_place(row.position + 1)
        context = {
            "title": f"Somebody was faster: {name_of(now)}",
            "decision": decision or clash.decision(now, None),
            "carried": carried,
            "faster": faster(clash),
            "problems": [one for one in problems if key_of(one) not in clash.keys],
            "row": row,
        }
        return self.conflict_response(request, "admin/patterns/conflict.html", context)

    def deleted_page(
        self, request: HttpRequest, clash: Clash, *, carried: Carried | None = None, problems: Sequence[Problem] = ()
    ) -> HttpResponse:
        may = Operation.CREATE if clash.what == "entry" else Operation.SHELVE
        context = {
            "title": f"Deleted meanwhile: {name_of(clash.mine)}",
            "texts": [*texts_of(clash.mine)],
            "carried": carried or Carried(initial=clash.carried(None)),
            "faster": faster(clash),
            "problems": problems,
            "may_create": answer(may, actor_of(signed_in(request))) == "yes",
        }
        return self.conflict_response(request, "admin/patterns/conflict_deleted.html", context)

    def lost_page(
        self, request: HttpRequest, texts: list[tuple[str, str]], problems: list[str], *, status: int
    ) -> HttpResponse:
        context = {"title": "This cannot be saved", "texts": texts, "problems": problems}
        return self.conflict_response(request, "admin/patterns/conflict_lost.html", context, status=status)

    def conflict_response(
        self, request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
    ) -> HttpResponse:
        return admin_page(request, self, template, status=status, **context)


NOT_TYPED = ("csrfmiddlewaretoken", "opened")


class ConflictViews(ConflictPages):
    # from the form to the page

    def overtaken(self, request: HttpRequest, edit: EditForm, document: Table, current: Table | None) -> HttpResponse:
        return self.conflict_page(request, self.clash_of(edit, document), current)

    def clash_of(self, edit: EditForm, document: Table) -> Clash:
        typed = edit.form.cleaned_data
        place = typed.get("position") if "position" in edit.form.changed_data else None
        return Clash(what_of(self.model), document, typed["opened"], typed.get("comment", ""), place)

    def deleted_meanwhile(self, request: HttpRequest) -> HttpResponse:
        clash = self.clash_over_nothing(request)
        if clash is not None:
            return self.deleted_page(request, clash)
        sent = [(name, str(value)) for name, value in request.POST.items() if name not in NOT_TYPED and value]
        return self.lost_page(request, sent, ["It was deleted meanwhile; nothing was saved."], status=200)

    def clash_over_nothing(self, request: HttpRequest) -> Clash | None:
        """What the form of a deleted document says, if it can be told which one it was and the form is in order."""
        opened = request.POST.get("opened", "")
        rows = Revision.objects.filter(what=what_of(self.model), fingerprint=opened, document__isnull=False)
        revision = rows.first() if len(opened) == 64 and opened.isalnum() and opened.isascii() else None
        if revision is None or (base := document_of(revision)) is None:
            return None
        edit = self.edit_form(request, unsaved_row(base))
        if not edit.is_valid():
            return None
        try:
            return self.clash_of(edit, self.document(edit, None))
        except InvalidCatalog:
            return None

    # from the page to the catalogue

    def merge_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        carried = Carried(request.POST)
        try:
            clash = carried.clash(what_of(self.model))
        except InvalidCatalog as refusal:
            sent = [("The page as it was sent", request.POST.get("typed", ""))]
            return self.lost_page(request, sent, [*map(str, refusal.problems)], status=400)
        row = find_row(self.model, clash.identity)
        if row is not None and not self.has_change_permission(request, row):
            raise PermissionDenied
        return self.decided(request, clash, carried)

    def decided(self, request: HttpRequest, clash: Clash, carried: Carried) -> HttpResponse:
        now = document_now(clash.what, clash.identity)
        if now is None:
            return self.created_again(request, clash, carried)
        seen = clash.seen(carried.cleaned_data.get("seen", ""))
        if seen is None:  # the page showed nothing, or something that never was
            return self.conflict_page(request, clash, now)
        decision = clash.decision(seen, request.POST)
        if not (decision.is_valid() and carried.is_valid()):
            return self.conflict_page(request, clash, seen, decision=decision, carried=carried)
        return self.written(request, clash, seen, decision)

    def written(self, request: HttpRequest, clash: Clash, seen: Table, decision: Decision) -> HttpResponse:
        try:
            document = checked_again(decision.document)
            return self.saved(request, clash, document, seen=seen)
        except StaleEdit as stale:
            return self.conflict_page(request, clash.moved_on(document, seen), stale.current)
        except InvalidCatalog as refusal:
            decision = clash.decision(seen, request.POST, refusal.problems)
            return self.conflict_page(request, clash, seen, decision=decision, problems=refusal.problems)

    def created_again(self, request: HttpRequest, clash: Clash, carried: Carried) -> HttpResponse:
        if "_again" not in request.POST or not carried.is_valid():
            return self.deleted_page(request, clash, carried=carried if carried.errors else None)
        try:
            return self.saved(request, clash, as_new(clash.mine), seen=None)
        except InvalidCatalog as refusal:
            return self.deleted_page(request, clash, problems=refusal.problems)

    def saved(self, request: HttpRequest, clash: Clash, document: Table, *, seen: Table | None) -> HttpResponse:
        """Raises StaleEdit or InvalidCatalog."""
        saved = write(clash, document, seen=seen, by=authorship(request, comment=clash.comment))
        row = find_row(self.model, clash.identity)
        assert row is not None
        self.log_change(request, row, log_message(saved))
        messages.success(request, saved_message(saved))
        return HttpResponseRedirect(reverse(f"admin:patterns_{self.opts.model_name}_change", args=[row.pk]))

    pages = [*DocumentAdmin.pages, Page("merge/", "merge", merge_view, ("POST",))]
