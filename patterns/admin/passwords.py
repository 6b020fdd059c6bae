"""A forgotten password: the pages that stand before the admin, where the site sends mail. Django's, in our frame."""

from typing import Any

from axes.utils import reset as forget_failures
from django.conf import settings
from django.contrib.auth import views
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from patterns.admin.audit import remember_password
from patterns.admin.site import archsite_admin
from patterns.client import client_address
from patterns.workflow.resets import ask_reset
from patterns.workflow.suggestions import TooMany


@method_decorator(never_cache, name="dispatch")
class PasswordPage:
    """Not there as long as no mail can be sent: the sign-in page says what to do then."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.SENDS_MAIL:
            raise Http404
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]  # of Django's views

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shared = archsite_admin().each_context(self.request)  # type: ignore[attr-defined]
        return {**shared, **super().get_context_data(**kwargs)}  # type: ignore[misc]


class Ask(PasswordPage, views.PasswordResetView):
    title = "Forgot your password?"

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            ask_reset(form.cleaned_data["email"], sender=client_address(self.request), at=timezone.now())
        except TooMany as refusal:
            form.add_error(None, f"Too many were asked for. Try again in {refusal.wait_s // 60 + 1} minutes.")
            page = self.render_to_response(self.get_context_data(form=form), status=429)
            page["Retry-After"] = str(refusal.wait_s)
            return page
        # Not Django's own form_valid, which would send it now, and let whoever asks wait for it.
        return super(views.PasswordResetView, self).form_valid(form)


class Asked(PasswordPage, views.PasswordResetDoneView):
    title = "Look into your mail"


class Choose(PasswordPage, views.PasswordResetConfirmView):
    title = "Choose a new password"

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response = super().form_valid(form)
            remember_password(self.request, form.user, "Chose a new password by a link from their mail")
        forget_failures(username=form.user.get_username())  # who has a new password need not wait for the old ones
        return response


class Chosen(PasswordPage, views.PasswordResetCompleteView):
    title = "Your password is new"


ask, asked, choose, chosen = (one.as_view() for one in (Ask, Asked, Choose, Chosen))
