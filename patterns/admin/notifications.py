"""What each person is told by mail, chosen by them; and the outbox, for superusers."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import AdminSite
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from patterns.admin.base import READING, BaseAdmin
from patterns.admin.reasons import signed_in
from patterns.models import Mail, MailSwitches
from patterns.workflow.outbox import OF_PUBLISHERS, SWITCHED, has_mail
from patterns.workflow.rules import Actor, Operation, answer
from patterns.workflow.standing import actor_of


class SwitchesForm(forms.ModelForm):
    class Meta:
        model = MailSwitches
        fields = SWITCHED

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in SWITCHED:
            operation = Operation.DECIDE if kind in OF_PUBLISHERS else Operation.CREATE
            if answer(operation, actor) == "no":  # what never comes is nothing to switch off
                del self.fields[kind]


@require_http_methods([*READING, "POST"])
def notifications_page(request: HttpRequest, *, site: AdminSite) -> HttpResponse:
    # Who never chose has no row, and is told everything.
    person = signed_in(request)
    mine = MailSwitches.objects.filter(person=person).first() or MailSwitches(person=person)
    form = SwitchesForm(request.POST or None, instance=mine, actor=actor_of(request.user))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "What you are told was stored.")
        return HttpResponseRedirect(request.path)
    context = {"title": "Your notifications", "form": form}
    return TemplateResponse(request, "admin/notifications.html", {**site.each_context(request), **context})


class MailAdmin(BaseAdmin):
    """Why something did not come; what was sent is forgotten after a day."""

    verbs = ("view",)
    is_for_superusers = True
    list_display = ["subject", "person", "state", "error", "created_at"]
    list_filter = ["state", "kind"]
    list_select_related = ["person"]
    search_fields = ["subject", "person__username", "error"]
    fields = ["kind", "person", "address", "subject", "text", "state", "created_at", "try_count", "due_at", "error"]
    actions = ["send_now"]

    @admin.action(description="Send now what was not sent", permissions=["view"])
    def send_now(self, request: HttpRequest, queryset: QuerySet[Mail]) -> None:
        state = Mail.State
        # Nobody who sends one at this moment is disturbed: what is being sent was claimed, and is due later.
        chosen = queryset.exclude(state=state.SENT).exclude(state=state.WAITING, error="")
        count = chosen.order_by().update(state=state.WAITING, due_at=timezone.now(), try_count=0)
        has_mail.set()
        messages.info(request, f"Tried again: {count}.")
