from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from patterns.models import Category, Pattern
from patterns.views.page import render_page
from patterns.views.paging import page_of
from patterns.views.public import public


@public
def show(request: HttpRequest, slug: str) -> HttpResponse:
    categories = Category.objects.shown()
    category = get_object_or_404(categories, slug=slug)
    page = page_of(Pattern.objects.published().in_category(category), after=request.GET.get("after"))
    path = page.path(category.get_absolute_url())
    return render_page(
        request, "patterns/category.html", path=path, category=category, page=page, categories=categories
    )
