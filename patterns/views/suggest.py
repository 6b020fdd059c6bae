"""Readers suggest a correction: a plain form whose words wait beside the editors' proposals until they are reviewed.

There is no form token. A token proves that a post comes from a page that the site gave to the same browser, so that
no other site can use what the browser is allowed to do: its cookies. Here nobody is signed in, no cookie is read, and
whoever could make a reader's browser send this form could as well send it themselves. What another site could do is
use its visitors' addresses to get around the limits; browsers say where a post comes from, and then it is refused.
"""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from pydantic_core import PydanticCustomError

from patterns.client import client_address
from patterns.document.entry import Entry
from patterns.document.register import HEAD, keys_of
from patterns.document.text import FORBIDDEN, LINE_END, normal_form, one_line
from patterns.models import Pattern
from patterns.views.errors import moved_or_gone
from patterns.views.rendering import render_page
from patterns.workflow.suggestions import Suggestion, TooMany, keep_suggestion

PARTS = [("", HEAD.title), *((name, key.label) for name, key in keys_of(Entry).items() if key.section)]
FROM_ELSEWHERE = "Nothing was sent, because your browser says that another site sent this form. Press the button here."


class NormalField(forms.CharField):
    """Text in the normal form of the documents; its length is counted in that form."""

    def to_python(self, value: Any) -> Any:
        normal = normal_form if isinstance(self.widget, forms.Textarea) else one_line
        try:
            return normal(str(value or ""))
        except PydanticCustomError as error:
            raise forms.ValidationError(f"It {error.message()}; {(error.context or {})['hint']}.") from error

    def prepare_value(self, value: Any) -> Any:
        """What was refused is shown with a visible sign in the place of each character that no page can hold."""
        return FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", LINE_END.sub("\n", value)) if value else value


class SuggestionForm(forms.Form):
    part = forms.ChoiceField(
        label="What is it about?",
        choices=PARTS,
        required=False,
        error_messages={"invalid_choice": "Choose one of these."},
    )
    words = NormalField(
        label="What should be different, and why?",
        min_length=10,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="Plain text of 10 to 4,000 characters. Name a source if you can.",
    )
    name = NormalField(
        label="Your name, if you like",
        required=False,
        max_length=120,
        help_text="Only the editors see it.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    homepage = forms.CharField(  # only machines fill it in
        label="Leave this field empty",
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, label_suffix="")  # labels are questions, which end in a sign of their own

    def clean_homepage(self) -> None:
        if self.cleaned_data["homepage"]:
            raise forms.ValidationError("This field is there to stop machines. Empty it, then send again.")


class SeeOther(HttpResponseRedirect):
    # Says that the answer is fetched with GET, so that to load it again sends nothing again.
    status_code = 303


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(no_store=True)
def suggest_page(request: HttpRequest, slug: str) -> HttpResponse:
    pattern = Pattern.objects.published().select_related("category").filter(slug=slug).first()
    if pattern is None:
        response = moved_or_gone(request, slug, view="patterns:suggest")
        if request.method == "POST" and response.status_code == 301:
            response.status_code = 308  # a form that was sent to a former address goes on as it was sent
        return response
    if request.method == "POST":
        return receive_suggestion(request, pattern)
    return suggestion_page(request, pattern, SuggestionForm(), is_sent="sent" in request.GET)


def receive_suggestion(request: HttpRequest, pattern: Pattern) -> HttpResponse:
    form = SuggestionForm(request.POST)
    if is_from_elsewhere(request):
        form.add_error(None, FROM_ELSEWHERE)
        return suggestion_page(request, pattern, form, status=403)
    if not form.is_valid():
        return suggestion_page(request, pattern, form, status=400)
    typed = form.cleaned_data
    suggestion = Suggestion(code=pattern.code, words=typed["words"], part=typed["part"], reader=typed["name"])
    try:
        keep_suggestion(suggestion, address=client_address(request), at=timezone.now())
    except TooMany as refusal:
        minutes = -(-refusal.wait_s // 60)
        wait = "in a minute" if minutes == 1 else f"in {minutes} minutes"
        form.add_error(
            None,
            f"Nothing was sent: more came within an hour than editors can read. Please send it again {wait}.",
        )
        response = suggestion_page(request, pattern, form, status=429)
        response.headers["Retry-After"] = str(refusal.wait_s)
        return response
    return SeeOther(f"{reverse('patterns:suggest', args=[pattern.slug])}?sent=1")


def suggestion_page(
    request: HttpRequest, pattern: Pattern, form: SuggestionForm, *, is_sent: bool = False, status: int = 200
) -> HttpResponse:
    path = reverse("patterns:suggest", args=[pattern.slug])
    context = {"pattern": pattern, "form": form, "is_sent": is_sent}
    response = render_page(request, "patterns/suggest.html", path=path, **context)
    response.status_code = status
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def is_from_elsewhere(request: HttpRequest) -> bool:
    """Whether the browser says that another site's page sent the form; old browsers and programs say nothing."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        return site not in ("same-origin", "none")
    return origin is not None and origin != settings.SITE_URL and origin.partition("://")[2] != request.get_host()
