"""What somebody is typing into the form of an entry is kept, valid or not, until it is saved or thrown away on purpose.

The form says which copy it was opened with (``kept``) and has a token of its own: so two tabs are told apart, and what
the older one says is kept beside what the newer one says.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final
from weakref import WeakKeyDictionary

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from patterns.admin.base import page_url
from patterns.admin.documents import TOKEN, DocumentAdmin, EditForm
from patterns.admin.entry_form import PLAIN_FIELDS, shown_entry, typed_document
from patterns.admin.findings import label
from patterns.admin.reasons import COMMENT_LENGTH, authorship, signed_in
from patterns.document.diff import value_text
from patterns.document.entry import Entry
from patterns.document.text import KEPT, REASON_LENGTH
from patterns.models import Category, Proposal, WorkingCopy
from patterns.store.reading import COLUMNS_OF
from patterns.store.writing import fingerprint_of
from patterns.workflow.working_copies import CopyChanged, TypedElsewhere, discard_copy, is_from, keep_typed, storable

FINGERPRINT = re.compile("[0-9a-f]{64}")
ELSEWHERE = "You typed into this entry in another tab since this one was opened. Both texts are kept: go on in one."


def keep_page(model_admin: DocumentAdmin, request: HttpRequest, object_id: str = "") -> HttpResponse:
    """Keep what was sent; JSON for the script that sends it while somebody types, the form again for all others."""
    row = row_to_edit(model_admin, request, object_id)
    edit = model_admin.edit_form(request, row)
    edit.is_valid()  # reads every field that can be read
    is_script = request.headers.get("Accept") == "application/json"
    try:
        copy = keep_edit(request, edit)
    except TypedElsewhere:
        if is_script:
            return JsonResponse({"said": ELSEWHERE}, status=409)
        messages.warning(request, ELSEWHERE)
        return HttpResponseRedirect(form_url(row))
    if not is_script:
        messages.info(request, "What you typed is kept for you; nobody else sees it.")
        return HttpResponseRedirect(form_url(row))
    answer = JsonResponse({"said": f"Kept at {copy.kept_at:%H:%M:%S} UTC, for you alone."})
    add_never_cache_headers(answer)
    return answer


def keep_edit(request: HttpRequest, edit: EditForm) -> WorkingCopy:
    """Keep what stands in a form that was read; raises TypedElsewhere."""
    sent = request.POST
    by = authorship(
        request,
        comment=storable(sent.get("comment", ""))[:COMMENT_LENGTH],
        public_reason=storable(sent.get("public_reason", ""))[:REASON_LENGTH],
    )
    return keep_typed(
        typed_document(edit.form, edit.formsets),
        identity=edit.row.code if edit.row else "",
        opened=sent.get("opened", "") if FINGERPRINT.fullmatch(sent.get("opened", "")) else "",
        token=sent.get("form_token", "") if TOKEN.fullmatch(sent.get("form_token", "")) else "",
        kept=sent.get("kept", ""),
        by=by,
    )


def discard_page(model_admin: DocumentAdmin, request: HttpRequest, object_id: str = "") -> HttpResponse:
    """Throw away what is kept, as it was when the form was opened or since it was typed into."""
    row = row_to_edit(model_admin, request, object_id)
    about = {"token": request.POST.get("form_token", ""), "kept": request.POST.get("kept", "")}
    copy = copies_of(request).filter(identity=row.code if row else "").first()
    try:
        if copy is None or not is_from(copy, **about):
            raise CopyChanged
        discard_copy(copy)
    except CopyChanged:
        messages.warning(request, "Nothing was thrown away: it was saved, or you typed in another tab since.")
    else:
        messages.info(request, "What you had typed was thrown away.")
    return HttpResponseRedirect(form_url(row))


# What a form begins with.


@dataclass(frozen=True)
class Typed:
    """What somebody typed and did not save, or proposed and nobody decided, in place of the entry that is there."""

    document: Any
    opened: str
    comment: str
    public_reason: str = ""
    copy: WorkingCopy | None = None

    @property
    def elsewhere(self) -> list[tuple[str, str]]:
        """Label and text of whatever other tabs say otherwise."""
        found = []
        for other in (self.copy.elsewhere if self.copy else {}).values():
            entry = shown_entry(other, None)
            differing = [key for key, value in other.items() if value and value != self.document.get(key)]
            found += [(label(key), value_text(getattr(entry, key))) for key in differing if hasattr(entry, key)]
        return found


# Asked for by the form and by each of its lists of rows.
ASKED: Final[WeakKeyDictionary[HttpRequest, Typed | None]] = WeakKeyDictionary()


def typed_before(request: HttpRequest, code: str) -> Typed | None:
    """Of the request's user, about the entry of its form; ``code`` is empty for a new one."""
    if request not in ASKED:
        ASKED[request] = find_typed(request, code)
    return ASKED[request]


def find_typed(request: HttpRequest, code: str) -> Typed | None:
    # Without a token it came too late, and a page of its own asks what is to become of it.
    copy = copies_of(request).filter(identity=code).exclude(token="").first()
    if copy is not None:
        return Typed(copy.document, copy.base, copy.comment, copy.public_reason, copy)
    mine = Proposal.objects.filter(author=signed_in(request), code=code, state=Proposal.State.OPEN)
    proposal = mine.filter(document__isnull=False, base__isnull=False).first() if code else None
    if proposal is None:
        return None
    base = Entry.model_validate(proposal.base, context=KEPT)
    return Typed(proposal.document, fingerprint_of(base), proposal.comment)


def initial_values(typed: Typed) -> dict[str, Any]:
    """The plain fields of a form that begins with it; the rows of its lists are those of the document."""
    said = typed.document
    values = {key: said[key] for key in PLAIN_FIELDS if key in said}
    for key, columns in COLUMNS_OF.items():
        table = said.get(key) or {}
        values |= {column: table.get(column.removeprefix(f"{key}_")) for column in columns}
    values["category"] = Category.objects.filter(name=said.get("category", "")).first()
    if typed.copy and not typed.copy.identity and said.get("code"):
        values["code"] = said["code"]
    about = {"comment": typed.comment, "public_reason": typed.public_reason, "opened": typed.opened}
    return {**values, **about, "kept": typed.copy.kept_at.isoformat() if typed.copy else ""}


def forget_saved(request: HttpRequest, edit: EditForm) -> None:
    """What was saved is no working copy any more, unless another tab has said something else since."""
    typed = edit.form.cleaned_data
    about = {"token": typed.get("form_token", ""), "kept": typed.get("kept", "")}
    copy = copies_of(request).filter(identity=edit.row.code if edit.row else "").first()
    if copy is not None and is_from(copy, **about):
        with suppress(CopyChanged):
            discard_copy(copy)


def row_to_edit(model_admin: DocumentAdmin, request: HttpRequest, object_id: str) -> Any:
    """The row whose form was sent, None of a new one; raises PermissionDenied."""
    row = model_admin.get_object(request, unquote(object_id)) if object_id else None
    is_allowed = model_admin.has_change_permission(request, row) if row else model_admin.has_add_permission(request)
    if not is_allowed or (object_id and row is None):
        raise PermissionDenied
    return row


def copies_of(request: HttpRequest) -> Any:
    return WorkingCopy.objects.filter(person=signed_in(request), what="entry")


def form_url(row: Any) -> str:
    return page_url(row.pk) if row else reverse("admin:patterns_pattern_add")
