"""What is done to a category beside its form, each on a page of its own: another address, one merged into another."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from patterns.admin.base import ROW_NUMBER, BaseAdmin, admin_page, page_url, validated_document
from patterns.admin.reasons import DocumentCommentForm, authorship, offer_reason
from patterns.document.catalog import Category as CategoryDocument
from patterns.document.problems import InvalidCatalog
from patterns.document.register import with_values
from patterns.document.text import SLUG_LENGTH
from patterns.document.vocabulary import STATUSES
from patterns.models import Category, FormerCategory, Pattern
from patterns.store.edits import StaleEdit
from patterns.store.reading import category_of, consistent_read
from patterns.store.writing import fingerprint_of
from patterns.workflow.rules import Operation, answer
from patterns.workflow.shelves import merge_category, rename_category
from patterns.workflow.standing import actor_of
from patterns.workflow.transitions import STATE_WORDS


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


class ShelfField(forms.ModelChoiceField):
    """One of the categories. A form that was opened before its category was merged means the one that it is part of."""

    present: Category | None = None

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except ValidationError:
            is_number = ROW_NUMBER.fullmatch(str(value)) is not None
            merged = FormerCategory.objects.filter(row=value).select_related("category").first() if is_number else None
            if merged is None:
                raise
            self.present = merged.category
            return merged.category

    def bound_data(self, data: Any, initial: Any) -> Any:
        """A form that is shown again shows what was meant."""
        return self.present.pk if self.present else data


class AddressForm(DocumentCommentForm):
    slug = forms.CharField(
        label="New address below /categories/",
        max_length=SLUG_LENGTH,
        help_text="Small letters, digits and hyphens.",
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    public_reason = None  # type: ignore[assignment]  # readers see no change of it but the address itself
    field_order = ["slug", "comment"]


def address_page(model_admin: BaseAdmin, request: HttpRequest, object_id: str) -> HttpResponse:
    """The address alone is changed, over the category as it is now."""
    row = shelf_to_change(model_admin, request, object_id)
    form = AddressForm(request.POST) if request.method == "POST" else AddressForm(initial={"slug": row.slug})
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


# One category merged into another.


class MergeForm(DocumentCommentForm):
    into = forms.ModelChoiceField(
        Category.objects.in_order(),
        label="Merge it into",
        empty_label="Choose a category",
        help_text="It keeps its name, its address and its description.",
    )
    count = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    field_order = ["into", "comment", "public_reason"]

    def __init__(self, row: Category, data: Any = None) -> None:
        super().__init__(data)
        self.fields["into"].queryset = Category.objects.in_order().exclude(pk=row.pk)  # type: ignore[attr-defined]

    def count_again(self, count: int) -> None:
        self.initial["count"] = count
        self.data = {**self.data, "count": count}


def merge_page(model_admin: BaseAdmin, request: HttpRequest, object_id: str) -> HttpResponse:
    """Another category takes over all entries of this one, and its address."""
    if not may_shelve(model_admin, request):
        raise PermissionDenied
    if ROW_NUMBER.fullmatch(object_id) and (merged := FormerCategory.objects.filter(row=object_id).first()):
        messages.info(request, f"It is part of {merged.category} by now.")
        return HttpResponseRedirect(page_url(merged.category_id, "category"))
    row = shelf_to_change(model_admin, request, object_id)
    form = MergeForm(row, request.POST) if request.method == "POST" else MergeForm(row)
    offer_reason(form, request)
    if form.is_valid():
        typed = form.cleaned_data
        into, count = typed["into"], typed["count"]
        try:
            about = {"opened": typed["opened"] or "unknown", "count": count}
            change = merge_category(row.slug, into.slug, **about, by=authorship(request, **form.why()))
        except StaleEdit:
            form.add_error(None, "Not merged: it or its entries changed since you looked. Look at it and press again.")
        except InvalidCatalog as refusal:
            form.add_error(None, f"Not merged: {refusal.sentence}.")
        else:
            done = (
                f"Change {change.number} merged {row} into {into}, with {count:,} entr{'y' if count == 1 else 'ies'}."
            )
            model_admin.log_change(request, into, done)
            messages.success(request, done)
            return HttpResponseRedirect(page_url(into.pk, "category"))
    with consistent_read():
        now = Category.objects.filter(pk=row.pk).first()
        of_state = Pattern.objects.filter(category=row.pk).order_by().values("status").annotate(count=Count("pk"))
        counts = dict(of_state.values_list("status", "count"))
    form.open_again(fingerprint_of(category_of(now) if now else None))
    form.count_again(sum(counts.values()))
    return admin_page(
        request,
        model_admin,
        "admin/patterns/category/merge.html",
        title=f"Merge {row} into another category",
        here="Merge into another",
        row=row,
        now=now,
        form=form,
        count=sum(counts.values()),
        counts=[(STATE_WORDS[state], counts[state]) for state in STATUSES if state in counts],
    )
