from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static

from patterns.views.public import public


@public
def icon(request: HttpRequest) -> HttpResponse:
    """Where browsers look for an icon when a page, such as a download, names none."""
    return HttpResponseRedirect(static("patterns/logo.svg"))
