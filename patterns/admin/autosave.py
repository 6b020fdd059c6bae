"""What somebody is typing into a form is kept, valid or not, until it is saved or thrown away on purpose.

The form says which copy it was opened with (``kept``) and has a token of its own: so two tabs are told apart, and what
the older one says is kept beside what the newer one says.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final
from weakref import WeakKeyDictionary

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.forms import Script
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from patterns.admin.base import ModelPage, identity_of_row, page_url, what_of
from patterns.admin.documents import TOKEN, EditForm
from patterns.admin.entry_form import PLAIN_FIELDS, typed_document, typed_value
from patterns.admin.findings import label
from patterns.admin.reasons import COMMENT_LENGTH, authorship, may_explain, signed_in
from patterns.admin.working_copy import OvertakenForms, typed_texts
from patterns.document.entry import Entry
from patterns.document.problems import InvalidCatalog, Problem
from patterns.document.text import KEPT, REASON_LENGTH
from patterns.models import Catalog, Category, Proposal, WorkingCopy
from patterns.store.reading import COLUMNS_OF, without_waiting
from patterns.store.writing import fingerprint_of
from patterns.workflow.form_tokens import is_made_by
from patterns.workflow.saves import Saved
from patterns.workflow.working_copies import CopyChanged, TypedElsewhere, discard_copy, is_from, keep_typed, storable

SENT_AT = re.compile("[0-9]{1,15}")
FINGERPRINT = re.compile("[0-9a-f]{64}")
ELSEWHERE = "You typed into this form in another tab since this one was opened. Both texts are kept: go on in one."


@dataclass(frozen=True)
class Typed:
    """What somebody typed and did not save, or proposed and nobody decided, in place of the document that is there."""

    document: Any
    opened: str
    comment: str
    public_reason: str = ""
    copy: WorkingCopy | None = None
    proposed: str = ""  # which open proposal of theirs there is

    @property
    def elsewhere(self) -> list[tuple[str, str]]:
        """Label and text of whatever other tabs say otherwise."""
        if self.copy is None:
            return []
        found = []
        for other in self.copy.elsewhere.values():
            differing = {key for key, value in other.items() if value != self.document.get(key)}
            found += [(label(key), text) for key, text in typed_texts(self.copy.what, other) if key in differing]
        return found


def keep_page(model_admin: Any, request: HttpRequest, object_id: str = "") -> HttpResponse:
    """Keep what was sent; JSON for the script that sends it while somebody types, the form again for all others."""
    row = row_to_edit(model_admin, request, object_id)
    edit = model_admin.edit_form(request, row)
    edit.is_valid()  # reads every field that can be read
    is_script = request.headers.get("Accept") == "application/json"
    try:
        copy = model_admin.keep_edit(request, edit)
    except TypedElsewhere:
        if is_script:
            return JsonResponse({"said": ELSEWHERE}, status=409)
        messages.warning(request, ELSEWHERE)
        return HttpResponseRedirect(model_admin.form_url(row))
    if not is_script:
        messages.info(request, "What you typed is kept for you; nobody else sees it.")
        return HttpResponseRedirect(model_admin.form_url(row))
    answer = JsonResponse({"said": f"Kept at {copy.kept_at:%H:%M:%S} UTC, for you alone."})
    add_never_cache_headers(answer)
    return answer


def discard_page(model_admin: Any, request: HttpRequest, object_id: str = "") -> HttpResponse:
    """Throw away what is kept, as it was when the form was opened or since it was typed into."""
    row = row_to_edit(model_admin, request, object_id)
    about = {"token": request.POST.get("form_token", ""), "kept": request.POST.get("kept", "")}
    copy = model_admin.copies_of(request, row).first()
    try:
        if copy is None or not is_from(copy, **about):
            raise CopyChanged
        discard_copy(copy)
    except CopyChanged:
        messages.warning(request, "Nothing was thrown away: it was saved, or you typed in another tab since.")
    else:
        messages.info(request, "What you had typed was thrown away.")
    return HttpResponseRedirect(model_admin.form_url(row))


# Asked for by the form and by each of its lists of rows.
ASKED: Final[WeakKeyDictionary[HttpRequest, Typed | None]] = WeakKeyDictionary()


class ResumedForms(OvertakenForms):
    """An admin whose forms keep what is typed into them, and begin with it when they are opened again.

    ``typed_keys`` are those of the document that stand in the form as they are.
    """

    pages = [
        *OvertakenForms.pages,
        ModelPage("keep/", "keep_new", keep_page, ("POST",)),
        ModelPage("discard/", "discard_new", discard_page, ("POST",)),
        ModelPage("<path:object_id>/keep/", "keep", keep_page, ("POST",)),
        ModelPage("<path:object_id>/discard/", "discard", discard_page, ("POST",)),
    ]
    typed_keys: tuple[str, ...] = ()
    change_form_template = "admin/patterns/document_form.html"

    class Media:
        js = [Script("patterns/admin/entry_form.js", defer=True)]

    def typed_document(self, edit: EditForm) -> dict[str, Any]:
        """What the form says in the shape of its document, which need not be one yet; only text and numbers."""
        form = edit.form
        return {
            key: typed_value(form, key) if key in form.fields else getattr(form.instance, key)
            for key in self.typed_keys
        }

    def initial_values(self, typed: Typed) -> dict[str, Any]:
        """The fields of a form that begins with it."""
        return {key: typed.document[key] for key in self.typed_keys if key in typed.document}

    def typed_before(self, request: HttpRequest, row: Any) -> Typed | None:
        """By the request's user into the form of this row; of something new the row is None."""
        if request not in ASKED:
            ASKED[request] = self.find_typed(request, row)
        return ASKED[request]

    def find_typed(self, request: HttpRequest, row: Any) -> Typed | None:
        # Without a token it came too late, and a page of its own asks what is to become of it.
        copy = self.copies_of(request, row).exclude(token="").first()
        return Typed(copy.document, copy.base, copy.comment, copy.public_reason, copy) if copy else None

    def kept_values(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        typed = self.typed_before(request, row)
        if typed is None:
            return {}
        about = {"comment": typed.comment, "public_reason": typed.public_reason, "opened": typed.opened}
        kept = typed.copy.kept_at.isoformat() if typed.copy else ""
        return {**self.initial_values(typed), **about, "kept": kept, "proposed": typed.proposed}

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any) -> Any:
        row = options.get("obj")
        if request.method != "POST":  # what was sent stands in the form itself
            context["typed"] = self.typed_before(request, row)
        context["keep_url"], context["discard_url"] = self.own_url("keep", row), self.own_url("discard", row)
        return super().render_change_form(request, context, *args, **options)

    def response_saved(self, request: HttpRequest, edit: EditForm, document: Any, saved: Saved) -> HttpResponse:
        self.forget_saved(request, edit, saved)
        return super().response_saved(request, edit, document, saved)

    # what is kept

    def keep_refused(self, request: HttpRequest, edit: EditForm) -> None:
        """The page can be left. Where somebody else writes, its script keeps it a moment later: nobody is to wait."""
        # Inside of the transaction: what another tab's text is kept beside is kept as well.
        with suppress(OperationalError), without_waiting(), suppress(TypedElsewhere):
            self.keep_edit(request, edit)

    def keep_edit(self, request: HttpRequest, edit: EditForm) -> WorkingCopy:
        """Keep what stands in a form that was read; raises TypedElsewhere."""
        sent = request.POST
        by = authorship(
            request,
            comment=storable(sent.get("comment", ""))[:COMMENT_LENGTH],
            public_reason=storable(sent.get("public_reason", ""))[:REASON_LENGTH],
        )
        return keep_typed(
            self.typed_document(edit),
            what=what_of(self.model),
            identity=identity_of_row(edit.row) if edit.row else "",
            opened=sent.get("opened", "") if FINGERPRINT.fullmatch(sent.get("opened", "")) else "",
            token=sent.get("form_token", "") if TOKEN.fullmatch(sent.get("form_token", "")) else "",
            kept=sent.get("kept", ""),
            by=by,
            sent_at=int(sent["sent_at"]) if SENT_AT.fullmatch(sent.get("sent_at", "")) else 0,
        )

    def forget_saved(self, request: HttpRequest, edit: EditForm, saved: Saved) -> None:
        """What was saved is no working copy any more, unless another tab has said something else since."""
        if saved.is_again:  # something may have been typed into the form since
            return
        typed = edit.form.cleaned_data
        about = {"token": typed.get("form_token", ""), "kept": typed.get("kept", "")}
        copy = self.copies_of(request, edit.row).first()
        if copy is not None and is_from(copy, **about):
            with suppress(CopyChanged):
                discard_copy(copy)

    def copies_of(self, request: HttpRequest, row: Any) -> Any:
        """Those of the request's user; one at most."""
        mine = WorkingCopy.objects.filter(person=signed_in(request), what=what_of(self.model))
        return mine.filter(identity=identity_of_row(row) if row else "")

    def own_url(self, page: str, row: Any) -> str:
        """Of one of the pages above; of something new the row is None."""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}"
        return reverse(name, args=[row.pk]) if row else reverse(f"{name}_new")

    def form_url(self, row: Any) -> str:
        model = str(self.opts.model_name)
        return page_url(row.pk, model) if row else reverse(f"admin:{self.opts.app_label}_{model}_add")


class EntryForms(ResumedForms):
    """The same for entries, whose form begins with its person's open proposal if nothing else was typed."""

    about_change = (*ResumedForms.about_change, "proposed")

    def typed_document(self, edit: EditForm) -> dict[str, Any]:
        return typed_document(edit.form, edit.formsets)

    def find_typed(self, request: HttpRequest, row: Any) -> Typed | None:
        typed, proposal = super().find_typed(request, row), self.own_proposal(request, row) if row else None
        if proposal is None:
            return typed
        if typed is not None:
            return replace(typed, proposed=proposal.seen)
        if proposal.base is None:
            return None
        base = Entry.model_validate(proposal.base, context=KEPT)
        return Typed(proposal.document, fingerprint_of(base), proposal.comment, proposed=proposal.seen)

    def own_proposal(self, request: HttpRequest, row: Any) -> Proposal | None:
        mine = Proposal.objects.filter(author=signed_in(request), code=row.code, state=Proposal.State.OPEN)
        return mine.filter(document__isnull=False).first()

    def unless_proposed(
        self, request: HttpRequest, edit: EditForm, write: Callable[[Catalog], Saved]
    ) -> Callable[[Catalog], Saved]:
        """What saves it, if it replaces no proposal that its person made in another tab since the form was opened.

        Raises InvalidCatalog else, and the form that is shown then can be sent to replace it.
        """
        if edit.row is None or edit.row.status != "published" or may_explain(request):
            return write

        def checked(catalog: Catalog) -> Saved:
            before, form = self.own_proposal(request, edit.row), edit.form
            saved = write(catalog)
            if before is None or saved.proposal is None or saved.proposal.document == before.document:
                return saved
            said = form.cleaned_data
            if said["proposed"] == before.seen or is_made_by(said["form_token"], before):
                return saved
            form.data = form.data.copy()
            form.data["proposed"] = before.seen
            message = f"proposal {before.pk}, which you made in another tab since you opened this form, says otherwise"
            hint = "look at it above; propose this change once more to put it in its place"
            raise InvalidCatalog([Problem(message=message, hint=hint)])

        return checked

    def initial_values(self, typed: Typed) -> dict[str, Any]:
        """The plain fields; the rows of the lists are those of the document."""
        said = typed.document
        values = {key: said[key] for key in PLAIN_FIELDS if key in said}
        for key, columns in COLUMNS_OF.items():
            table = said.get(key) or {}
            values |= {column: table.get(column.removeprefix(f"{key}_")) for column in columns}
        values["category"] = Category.objects.filter(name=said.get("category", "")).first()
        if typed.copy and not typed.copy.identity and said.get("code"):
            values["code"] = said["code"]
        return values


def row_to_edit(model_admin: Any, request: HttpRequest, object_id: str) -> Any:
    """The row whose form was sent, None of a new one; raises PermissionDenied."""
    row = model_admin.get_object(request, unquote(object_id)) if object_id else None
    is_allowed = model_admin.has_change_permission(request, row) if row else model_admin.has_add_permission(request)
    if not is_allowed or (object_id and row is None):
        raise PermissionDenied
    return row
