from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from patterns.search import ListQuery, search
from patterns.views.listed import chips, heading, orders, title
from patterns.views.page import render_page
from patterns.views.public import public


@public
def index(request: HttpRequest) -> HttpResponse:
    result = search(ListQuery.parse(request.GET))
    return render_page(
        request,
        "patterns/index.html",
        path=f"{reverse('patterns:index')}{result.query.suffix}",
        result=result,
        heading=heading(result),
        title=title(result),
        chips=chips(result),
        orders=orders(result.query),
    )
