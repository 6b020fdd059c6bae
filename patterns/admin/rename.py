"""Another address for an entry that readers know: a page of its own, because links depend on it."""

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from patterns.admin.base import BaseAdmin, admin_page, page_url, validated_document
from patterns.admin.reasons import DocumentCommentForm, authorship, offer_reason
from patterns.admin.rights import may_rename
from patterns.document.entry import Entry
from patterns.document.problems import InvalidCatalog
from patterns.document.register import with_values
from patterns.document.text import SLUG_LENGTH
from patterns.store.edits import StaleEdit
from patterns.store.reading import consistent_read, present
from patterns.store.writing import fingerprint_of
from patterns.workflow.saves import save


class RenameForm(DocumentCommentForm):
    slug = forms.CharField(
        label="New address below /patterns/",
        max_length=SLUG_LENGTH,
        help_text="Small letters, digits and hyphens.",
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    field_order = ["slug", "comment", "public_reason"]


def rename_page(model_admin: BaseAdmin, request: HttpRequest, object_id: str) -> HttpResponse:
    row = model_admin.get_object(request, unquote(object_id))
    if not may_rename(model_admin, request, row):
        raise PermissionDenied
    if row is None:
        raise Http404("there is no such entry")
    # The address alone is changed, over the entry as it is now: this page asks about nothing else.
    form = RenameForm(request.POST) if request.method == "POST" else RenameForm(initial={"slug": row.slug})
    offer_reason(form, request)
    if form.is_valid():
        typed = form.cleaned_data
        try:
            before = present(row.code)
            if before is None:  # deleted since: no address is left to change
                raise StaleEdit("entry", row.code, None)
            entry = validated_document(Entry, dict(with_values(before, {"slug": typed["slug"]})), code=row.code)
            saved = save(entry, opened=typed["opened"] or "unknown", by=authorship(request, **form.why()))
        except StaleEdit:
            form.add_error(None, "Not renamed: somebody changed it since you looked. Look at it and press again.")
        except InvalidCatalog as refusal:
            form.add_error(None, f"Not renamed: {refusal.sentence}.")
        else:
            done = f"Change {saved.change.number} gave it another address." if saved.change else "Nothing differed."
            model_admin.log_change(request, row, done)
            messages.success(request, done)
            return HttpResponseRedirect(page_url(row.pk))
    # What was refused is asked again about what is there by now, so that pressing once more means what is seen.
    with consistent_read():
        now = present(row.code)
    form.open_again(fingerprint_of(now))
    return admin_page(
        request,
        model_admin,
        "admin/patterns/pattern/rename.html",
        title=f"Another address for {row}",
        here="Another address",
        row=row,
        now=now,
        form=form,
    )
