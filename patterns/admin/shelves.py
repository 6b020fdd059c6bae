"""What is done to a category beside its form, each on a page of its own: another address, one merged into another."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from patterns.admin.base import BaseAdmin, admin_page, page_url, validated_document
from patterns.admin.reasons import DocumentCommentForm, authorship, offer_reason
from patterns.document.catalog import Category as CategoryDocument
from patterns.document.problems import InvalidCatalog
from patterns.document.register import with_values
from patterns.document.text import SLUG_LENGTH
from patterns.models import Category
from patterns.store.edits import StaleEdit
from patterns.store.reading import category_of, consistent_read
from patterns.store.writing import fingerprint_of
from patterns.workflow.rules import Operation, answer
from patterns.workflow.shelves import rename_category
from patterns.workflow.standing import actor_of


def may_shelve(model_admin: BaseAdmin, request: HttpRequest, row: Any = None) -> bool:
    is_allowed = answer(Operation.SHELVE, actor_of(request.user)) != "no"
    return is_allowed and model_admin.has_change_permission(request, row)


def shelf_to_change(model_admin: BaseAdmin, request: HttpRequest, object_id: str) -> Category:
    """Raises PermissionDenied or Http404."""
    row: Category | None = model_admin.get_object(request, unquote(object_id))
    if not may_shelve(model_admin, request, row):
        raise PermissionDenied
    if row is None:
        raise Http404("there is no such category")
    return row


class AddressForm(DocumentCommentForm):
    slug = forms.CharField(
        label="New address below /categories/",
        max_length=SLUG_LENGTH,
        help_text="Small letters, digits and hyphens.",
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    field_order = ["slug", "comment", "public_reason"]


def address_page(model_admin: BaseAdmin, request: HttpRequest, object_id: str) -> HttpResponse:
    """The address alone is changed, over the category as it is now."""
    row = shelf_to_change(model_admin, request, object_id)
    form = AddressForm(request.POST) if request.method == "POST" else AddressForm(initial={"slug": row.slug})
    offer_reason(form, request)
    if form.is_valid():
        typed = form.cleaned_data
        try:
            named = with_values(category_of(row), {"slug": typed["slug"]})
            category = validated_document(CategoryDocument, dict(named))
            by = authorship(request, **form.why())
            change = rename_category(row.slug, category, opened=typed["opened"] or "unknown", by=by)
        except StaleEdit:
            form.add_error(None, "Not renamed: somebody changed it since you looked. Look at it and press again.")
        except InvalidCatalog as refusal:
            form.add_error(None, f"Not renamed: {refusal.sentence}.")
        else:
            done = f"Change {change.number} gave it another address." if change else "Nothing differed."
            model_admin.log_change(request, row, done)
            messages.success(request, done)
            return HttpResponseRedirect(page_url(row.pk, "category"))
    # What was refused is asked again about what is there by now, so that pressing once more means what is seen.
    with consistent_read():
        now = Category.objects.filter(pk=row.pk).first()
    form.open_again(fingerprint_of(category_of(now) if now else None))
    return admin_page(
        request,
        model_admin,
        "admin/patterns/category/rename.html",
        title=f"Another address for {row}",
        here="Another address",
        row=row,
        now=now,
        form=form,
    )
