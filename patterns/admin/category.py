"""Categories: the form is a Category, with its place among the others."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import Count, QuerySet
from django.forms import Script
from django.http import HttpRequest, HttpResponse

from patterns.admin.autosave import ResumedForms
from patterns.admin.base import LinesField, ModelPage, typed_over
from patterns.admin.category_order import order_page, shelf_order
from patterns.admin.documents import ABOUT_CHANGE, DocumentForm, EditForm
from patterns.admin.shelves import address_page, may_shelve, merge_page
from patterns.document.catalog import HEADER_KEYS, Header
from patterns.document.catalog import Category as CategoryDocument
from patterns.document.problems import InvalidCatalog, Problem
from patterns.document.register import keys_of
from patterns.models import Catalog, Category, Change
from patterns.store.edits import delete_category, refuse_problems, save_header
from patterns.store.reading import category_of, load_header
from patterns.store.writing import Authorship
from patterns.workflow.saves import Saved
from patterns.workflow.shelves import save_category


class CategoryForm(DocumentForm):
    position = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=10_000,
        help_text="Its place in the list, from 1; empty: last, or as it is.",
        show_hidden_initial=True,  # who leaves it alone must not undo what another did to it meanwhile
    )

    class Meta:
        model = Category
        fields = ("name", "slug", "description")
        help_texts = {key: about.help for key, about in keys_of(CategoryDocument).items()} | {
            # the form suggests it, and needs it
            "slug": "Its address below /categories/. Later it has a page of its own: Another address.",
        }
        widgets = {"description": forms.Textarea(attrs={"rows": 2, "cols": 80})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["position"] = self.instance.position + 1

    def show_refusal(self, refusal: InvalidCatalog) -> None:
        super().show_refusal(refusal)
        if any(problem.key == "position" for problem in refusal.problems):  # saved again, it is meant
            self.data = self.data.copy()  # type: ignore[attr-defined]
            self.data[self.add_initial_prefix("position")] = self.initial["position"]  # type: ignore[index]

    def is_moved(self) -> bool:
        return "position" in self.changed_data and self.cleaned_data["position"] is not None

    def overtaken(self) -> list[Problem]:
        """Two who move a category at once: the second is told. To be asked where nobody else can write."""
        place = Category.objects.filter(pk=self.instance.pk).values_list("position", flat=True).first()
        seen = self.data.get(self.add_initial_prefix("position"), "")
        if not self.is_moved() or place is None or seen == str(place + 1):
            return []
        message = f"somebody moved it to place {place + 1} since you opened this"
        hint = "save again if it is to be where you put it"
        return [Problem(key="position", path=("position",), message=message, hint=hint)]


class CategoryAdmin(ResumedForms):
    pages = [
        *ResumedForms.pages,
        ModelPage("order/", "order", order_page),
        ModelPage("<path:object_id>/rename/", "rename", address_page),
        ModelPage("<path:object_id>/merge/", "merge", merge_page),
    ]
    form = CategoryForm
    typed_keys = ("name", "slug", "description")
    change_form_template = "admin/patterns/category/change_form.html"
    fields = ["name", "slug", "description", "position", *ABOUT_CHANGE]
    list_display = ["name", "slug", "pattern_count"]
    search_fields = ["name", "slug", "description"]
    actions = None
    ordering = ["position", "pk"]
    list_per_page = 500  # all of them, so that they are put in order as one list

    class Media:
        js = [Script("patterns/admin/category_order.js", defer=True)]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Category]:
        return super().get_queryset(request).annotate(pattern_count=Count("patterns"))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Where the list shows all categories in their order, whoever may change it does so there."""
        response = super().changelist_view(request, extra_context)
        context = getattr(response, "context_data", None) or {}
        if (shown := context.get("cl")) and not (request.GET or shown.multi_page) and may_shelve(self, request):
            context["order"] = shelf_order(shown.result_list, request)
        return response

    def pattern_count(self, category: Any) -> int:
        return int(category.pattern_count)

    pattern_count.short_description = "entries"  # type: ignore[attr-defined]

    def get_readonly_fields(self, request: HttpRequest, obj: Category | None = None) -> list[str]:
        """The slug is its identity and its address."""
        return ["slug"] if obj else []

    def get_prepopulated_fields(self, request: HttpRequest, obj: Category | None = None) -> dict[str, Any]:
        return {} if obj else {"slug": ["name"]}

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any) -> Any:
        context["may_shelve"] = may_shelve(self, request, options.get("obj"))
        return super().render_change_form(request, context, *args, **options)

    def current(self, request: HttpRequest, row: Any) -> CategoryDocument | None:
        stored = Category.objects.filter(pk=row.pk).first()
        return category_of(stored) if stored else None

    def document(self, edit: EditForm, current: CategoryDocument | None) -> CategoryDocument:
        typed = edit.form.cleaned_data
        raw = {"name": typed["name"], "slug": edit.form.instance.slug, "description": typed["description"]}
        return typed_over(current, CategoryDocument, raw)

    def prepared(
        self, request: HttpRequest, edit: EditForm, document: CategoryDocument, *, opened: str, by: Authorship
    ) -> Callable[[Catalog], Saved]:
        form = edit.form
        index = form.cleaned_data["position"] - 1 if form.is_moved() else None

        def write(catalog: Catalog) -> Saved:
            overtaken = form.overtaken()
            change = save_category(document, opened=opened, by=by, position=index)
            refuse_problems(overtaken)  # last: whose text is old as well gets a working copy that asks about both
            return Saved(change)

        return write

    def delete_document(self, row: Category, *, opened: str, by: Authorship) -> Change | None:
        return delete_category(row.slug, opened=opened, by=by)


# The catalogue's header: one row, changed but never added or deleted.


class CatalogForm(DocumentForm):
    keywords = LinesField(required=False, help_text="What readers would search for, one on each line.")

    class Meta:
        model = Catalog
        fields = HEADER_KEYS
        help_texts = {key: about.help for key, about in keys_of(Header).items()}
        widgets = {"description": forms.Textarea(attrs={"rows": 5, "cols": 80})}


class CatalogAdmin(ResumedForms):
    verbs = ("view", "change")
    form = CatalogForm
    typed_keys = HEADER_KEYS
    fields = ["title", "description", "keywords", *(one for one in ABOUT_CHANGE if one != "public_reason")]
    actions = None
    list_display = ["__str__", "version"]

    def current(self, request: HttpRequest, row: Any) -> Header:
        return load_header()

    def document(self, edit: EditForm, current: Header | None) -> Header:
        return typed_over(current, Header, {key: edit.form.cleaned_data[key] for key in HEADER_KEYS})

    def prepared(
        self, request: HttpRequest, edit: EditForm, document: Header, *, opened: str, by: Authorship
    ) -> Callable[[Catalog], Saved]:
        return lambda catalog: Saved(save_header(document, opened=opened, by=by))
