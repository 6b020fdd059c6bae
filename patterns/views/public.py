from collections.abc import Callable

from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe


def public(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page that is only read: anything but GET and HEAD is answered 405, without asking for a token first."""
    return csrf_exempt(require_safe(view))
