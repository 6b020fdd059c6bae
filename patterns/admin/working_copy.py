"""Nobody's edit is lost: a save that came too late becomes a working copy, and a page asks what is to become of it.

What is decided there is saved over exactly what the page showed. If that is old again, the page comes again, with the
decision in the place of what was typed. It can be left and found again until it is decided or thrown away.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite, ModelAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html

from patterns.admin.base import (
    MODEL,
    admin_page,
    find_row,
    identity_of,
    identity_of_row,
    list_url,
    name_of,
    page_url,
    unsaved_row,
    what_of,
)
from patterns.admin.decision import DecisionForm
from patterns.admin.documents import DocumentAdmin, EditForm, log_message, saved_message
from patterns.admin.entry_form import shown_entry
from patterns.admin.findings import label
from patterns.admin.reasons import CommentField, CommentForm, authorship, offer_reason, signed_in, why_in
from patterns.document.diff import value_text
from patterns.document.problems import InvalidCatalog
from patterns.document.register import Table, with_values
from patterns.models import Revision, WorkingCopy
from patterns.store.edits import StaleEdit
from patterns.store.history import document_of, document_with_fingerprint, latest_revision
from patterns.store.writing import fingerprint_of
from patterns.views.form_text import by_hand, typed_pairs
from patterns.workflow.saves import Saved, present_document
from patterns.workflow.working_copies import (
    CopyChanged,
    copied_document,
    discard_copy,
    drop_copy_if_saved,
    is_document,
    keep_copy,
    save_copy,
    versions_of_copy,
)

# From a form that came too late to a copy.


class OvertakenForms(DocumentAdmin):
    """An admin whose forms become working copies if they come too late."""

    def overtaken(self, request: HttpRequest, edit: EditForm, document: Table) -> HttpResponse:
        form, typed = edit.form, edit.form.cleaned_data
        copy = keep_copy(
            document,
            what=what_of(self.model),
            identity=identity_of(document),
            opened=typed["opened"],
            by=authorship(request, **why_in(typed)),
            place=typed.get("position") if "position" in form.changed_data else None,
            token=typed.get("form_token", ""),
            kept=typed.get("kept", ""),
        )
        return HttpResponseRedirect(copy_url(copy))

    def deleted_meanwhile(self, request: HttpRequest) -> HttpResponse:
        """The form is read as that of the document that was opened, if that can be told and the form is in order."""
        opened = request.POST["opened"]
        is_fingerprint = len(opened) == 64 and opened.isalnum() and opened.isascii()
        revisions = Revision.objects.filter(what=what_of(self.model), document__isnull=False).exclude(identity="")
        revision = revisions.filter(fingerprint=opened).first() if is_fingerprint else None
        if revision is not None and (base := document_of(revision)) is not None:
            edit = self.edit_form(request, unsaved_row(base))
            if edit.is_valid():
                # If it cannot be a document any more, the page below shows what was sent.
                with suppress(InvalidCatalog):
                    return self.overtaken(request, edit, self.document(edit, None))
        return self.to_be_copied(request, "It was deleted meanwhile; nothing was saved.")

    def taken_away(self, request: HttpRequest, row: Any) -> HttpResponse:
        """What was sent into a form that may only be read, perhaps since it was opened, is shown once more."""
        if row is None or request.method != "POST" or not self.has_view_permission(request, row):
            raise PermissionDenied
        page = self.to_be_copied(request, "Your account may not edit it as it is now; nothing was saved.")
        page.status_code = 403
        return page

    def to_be_copied(self, request: HttpRequest, why: str) -> HttpResponse:
        sent, template = by_hand(typed_pairs(request.POST)), "admin/patterns/conflict_lost.html"
        return admin_page(request, self, template, title="This cannot be saved", texts=sent, problems=[why])

    # what the form says of a copy, and does to it

    def copy_for(self, request: HttpRequest, row: Model) -> WorkingCopy | None:
        mine = WorkingCopy.objects.filter(person=signed_in(request), what=what_of(self.model))
        return mine.filter(identity=identity_of_row(row)).first()

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any) -> Any:
        row = options.get("obj")
        if row is not None and (copy := self.copy_for(request, row)) and not copy.token:
            said = 'What you typed here before ({} UTC) is not saved: <a href="{}">decide about it</a>.'
            messages.warning(request, format_html(said, f"{copy.kept_at:%Y-%m-%d %H:%M}", copy_url(copy)))
        return super().render_change_form(request, context, *args, **options)

    def response_saved(self, request: HttpRequest, edit: EditForm, document: Any, saved: Saved) -> HttpResponse:
        if copy := self.copy_for(request, edit.form.instance):
            drop_copy_if_saved(copy)
        return super().response_saved(request, edit, document, saved)


def typed_texts(what: str, document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Key and text of all that was typed, half sentences too."""
    shown = {**document, **vars(shown_entry(document, None))} if what == "entry" else document
    values = ((key, tuple(value) if isinstance(value := shown[key], list) else value) for key in document)
    return [(key, value_text(value)) for key, value in values if value]


def copy_url(copy: WorkingCopy) -> str:
    return reverse("admin:working_copy", args=[copy.pk])


def is_typed(copy: WorkingCopy) -> bool:
    """Whether it goes on in its form; nothing can be decided about half a sentence."""
    return copy.token != "" or (copy.what != "header" and copy.identity == "") or not is_document(copy)


def form_url(copy: WorkingCopy, row: Any) -> str:
    """Where it is typed on; of something new there is no row yet."""
    model = str(MODEL[copy.what]._meta.model_name)
    return page_url(row.pk, model) if row else reverse(f"admin:patterns_{model}_add")


# From the copy to the catalogue.

READ_ONLY = "Your account may not edit it as it is now: copy what you need, then throw it away."
UNFINISHED = "What you typed is no whole document yet, so it cannot be saved: copy what you need, then throw it away."


class CopyForm(CommentForm):
    """What is decided beside the choices; ``seen`` and ``kept`` tell the document and the copy that the page showed."""

    seen = forms.RegexField(r"^[0-9a-f]{64}\Z", required=False, widget=forms.HiddenInput)
    kept = forms.CharField(widget=forms.HiddenInput)
    place = forms.IntegerField(label="Position", required=False, min_value=1, max_value=10_000)
    comment = CommentField(required=False)

    def __init__(
        self, request: HttpRequest, copy: WorkingCopy, data: Any = None, *, row: Any, seen: Table | None
    ) -> None:
        shown = {"seen": fingerprint_of(seen), "kept": copy.kept_at.isoformat()}
        said = {"comment": copy.comment, "public_reason": copy.public_reason, "place": copy.place}
        super().__init__(data, initial={**shown, **said})
        offer_reason(self, request)
        if copy.place is None:
            del self.fields["place"]
        else:  # it may have been moved meanwhile
            now = f"It is at {row.position + 1} now; empty: it stays there." if row else "Empty: it will be the last."
            self.fields["place"].help_text = f"Where you put it. {now}"

    def about(self, request: HttpRequest) -> dict[str, Any]:
        """Who saves, why and where to, once the form is valid."""
        return {"by": authorship(request, **self.why()), "place": self.cleaned_data.get("place")}


def working_copy_page(request: HttpRequest, pk: int, *, site: AdminSite) -> HttpResponse:
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    copy = WorkingCopy.objects.filter(pk=pk).first()
    if copy is None:
        messages.info(request, "Nothing is left to decide there: it was saved, or thrown away.")
        return HttpResponseRedirect(reverse("admin:index"))
    if copy.person_id != signed_in(request).pk:
        raise Http404("a working copy is its person's alone")
    model_admin = site.get_model_admin(MODEL[copy.what])
    row = find_row(model_admin.model, copy.identity)
    if is_typed(copy) and (row is not None or copy.identity == "") and may_save(request, model_admin, row):
        return HttpResponseRedirect(form_url(copy, row))  # else it is no form any more, and this page shows it
    if row is not None and not model_admin.has_view_or_change_permission(request, row):
        raise PermissionDenied  # the page shows what is there now, which may be a draft
    try:
        return (
            copy_decided(request, model_admin, copy)
            if request.method == "POST"
            else decision_page(request, model_admin, copy)
        )
    except StaleEdit:
        return HttpResponseRedirect(copy_url(copy))
    except CopyChanged:  # in the moment since it was read
        return working_copy_page(request, pk, site=site)


def copy_decided(request: HttpRequest, model_admin: ModelAdmin, copy: WorkingCopy) -> HttpResponse:
    """Raises StaleEdit or CopyChanged."""
    row, now = find_row(model_admin.model, copy.identity), present_document(copy.what, copy.identity)
    model = str(model_admin.opts.model_name)
    if request.POST.get("kept") != copy.kept_at.isoformat():
        said = "What you had typed changed in another tab. This is all of it; nothing was saved."
        return page_anew(request, model_admin, copy, now, said)
    if "_discard" in request.POST:
        discard_copy(copy)
        messages.info(request, "What you had typed was thrown away.")
        return HttpResponseRedirect(page_url(row.pk, model) if row else list_url(model))
    if not may_save(request, model_admin, row):
        raise PermissionDenied
    form = CopyForm(request, copy, request.POST, row=row, seen=now)
    form.full_clean()
    saved = saved_over(request, model_admin, copy, form) if now else saved_anew(request, model_admin, copy, form)
    if isinstance(saved, HttpResponse):
        return saved
    messages.success(request, saved_message(saved))
    row = find_row(model_admin.model, copy.identity)
    if row is None:  # deleted in the moment since it was saved
        return HttpResponseRedirect(list_url(model))
    model_admin.log_change(request, row, log_message(saved))
    return HttpResponseRedirect(page_url(row.pk, model))


def page_anew(
    request: HttpRequest, model_admin: ModelAdmin, copy: WorkingCopy, now: Table | None, said: str
) -> HttpResponse:
    """The page beside what is there now, with all that was typed and chosen on the one that was sent."""
    form = CopyForm(request, copy, row=find_row(model_admin.model, copy.identity), seen=now)
    form.initial.update(
        {key: request.POST[key] for key in ("comment", "public_reason", "place") if key in request.POST}
    )
    decision = DecisionForm(versions_of_copy(copy, now), request.POST) if now else None
    return decision_page(request, model_admin, copy, form=form, decision=decision, problems=[said])


def saved_over(
    request: HttpRequest, model_admin: ModelAdmin, copy: WorkingCopy, form: CopyForm
) -> Saved | HttpResponse:
    """What became of the choices over the document that the page showed; or the page once more."""
    seen = document_with_fingerprint(copy.what, copy.identity, form.cleaned_data.get("seen", ""))
    if seen is None:  # the page showed that it was deleted, or something that never was
        now = present_document(copy.what, copy.identity)
        return page_anew(request, model_admin, copy, now, "This is what is there now; nothing was saved.")
    decision = DecisionForm(versions_of_copy(copy, seen), request.POST)
    if not (decision.is_valid() and form.is_valid()):
        return decision_page(request, model_admin, copy, form=form, decision=decision)
    try:
        return save_copy(copy, decision.decided(), seen=seen, **form.about(request))
    except InvalidCatalog as refusal:
        decision = DecisionForm(versions_of_copy(copy, seen), request.POST, problems=refusal.problems)
        return decision_page(request, model_admin, copy, form=form, decision=decision, problems=decision.elsewhere)


def saved_anew(
    request: HttpRequest, model_admin: ModelAdmin, copy: WorkingCopy, form: CopyForm
) -> Saved | HttpResponse:
    """The deleted document, created again if that was asked for; or the page once more."""
    if "_again" not in request.POST or not is_document(copy) or not form.is_valid():
        return decision_page(request, model_admin, copy, form=form)
    document = copied_document(copy)
    document = with_values(document, {"status": "draft"}) if copy.what == "entry" else document
    try:
        return save_copy(copy, document, seen=None, **form.about(request))
    except InvalidCatalog as refusal:
        return decision_page(request, model_admin, copy, form=form, problems=[*map(str, refusal.problems)])


def may_save(request: HttpRequest, model_admin: ModelAdmin, row: Any) -> bool:
    return model_admin.has_change_permission(request, row) if row else model_admin.has_add_permission(request)


def title_of(copy: WorkingCopy, now: Table | None, *, may_save: bool) -> str:
    if now is None:
        return f"Deleted meanwhile: {copy.document.get('name', '')}"
    return f"Somebody was faster: {name_of(now)}" if may_save else f"What you typed: {name_of(now)}"


def decision_page(
    request: HttpRequest,
    model_admin: ModelAdmin,
    copy: WorkingCopy,
    *,
    form: CopyForm | None = None,
    decision: DecisionForm | None = None,
    problems: Sequence[str] = (),
) -> HttpResponse:
    """The copy beside what is there now, or beside what the form and the decision that were sent are about."""
    row, is_whole = find_row(model_admin.model, copy.identity), is_document(copy)
    may = may_save(request, model_admin, row)
    now = decision.three.now if decision else present_document(copy.what, copy.identity)
    context = {
        "title": title_of(copy, now, may_save=may),
        "row": row,
        "copy": copy,
        "form": form or CopyForm(request, copy, row=row, seen=now),
        "decision": decision or (DecisionForm(versions_of_copy(copy, now)) if now and may else None),
        "texts": [] if now and may else [(label(key), text) for key, text in typed_texts(copy.what, copy.document)],
        "earlier": [(label(key), text) for key, text in copy.earlier],
        "faster": latest_revision(copy.what, copy.identity),
        "problems": [*problems, *([] if may else [READ_ONLY]), *([] if is_whole else [UNFINISHED])],
        "may_save": is_whole and may,
    }
    return admin_page(request, model_admin, "admin/patterns/working_copy.html", **context)
