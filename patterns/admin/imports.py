"""Import in the admin, at django-import-export's addresses: upload, see the plan, confirm exactly that.

The library's own confirmation trusts the file name that the browser sends back, keeps uploads in a shared folder and
notices neither a changed catalogue nor a failed import. So its forms of address, permission and button are used, and
the way from bytes to rows is the one of the command.
"""

import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any, get_args
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from patterns.admin.audit import handing_of
from patterns.admin.base import BaseAdmin, admin_page
from patterns.admin.plan_page import (
    Sent,
    Unusable,
    choices_of,
    done_in_words,
    find_upload,
    keep_choices,
    keep_upload,
    plan_context,
    read_within_limits,
    renew_plan,
    upload_of,
    use_up_upload,
)
from patterns.admin.reasons import (
    COMMENT_LENGTH,
    CommentField,
    CommentForm,
    ReasonField,
    authorship,
    offer_reason,
    signed_in,
)
from patterns.document.catalog import CatalogFile
from patterns.document.plan import OnConflict, Resolution
from patterns.document.problems import InvalidCatalog, Problem
from patterns.document.reason import reason_for_readers
from patterns.document.text import CODE, printable
from patterns.files.formats import FORMAT_OF_SUFFIX, READABLE
from patterns.files.limits import ADMIN_LIMITS
from patterns.files.reader import Upload
from patterns.models import Catalog, Change, PendingImport, Transfer
from patterns.store.reading import consistent_read, writing
from patterns.workflow.imports import Done, Foreseen, carry_out_import, foresee_import, scope_of
from patterns.workflow.rules import Actor
from patterns.workflow.standing import actor_of
from patterns.workflow.transfers import remember_file

# The forms of an import: the upload, and what is sent back with a page of its plan.


MEBIBYTES = ADMIN_LIMITS.size // 1024**2
TYPED_LENGTH = 10_000  # of a comment that is kept, so that a longer one than allowed can be shortened
CHOICE = re.compile("choice-([0-9a-f]{32})")
RESTORED = re.compile(f"restore-({CODE.pattern})")


class UploadForm(forms.Form):
    import_file = forms.FileField(
        label="File",
        help_text=f"A catalogue as TOML, JSON, CSV or XLSX, at most {MEBIBYTES} MiB. "
        "Nothing is written before you confirm.",
        error_messages={"required": f"Choose a file of at most {MEBIBYTES} MiB."},
    )
    format = forms.ChoiceField(choices=[("", "as its name says"), *((word, word) for word in READABLE)], required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        suffix = PurePath(getattr(cleaned.get("import_file"), "name", "")).suffix.lower()
        cleaned["format"] = cleaned.get("format") or FORMAT_OF_SUFFIX.get(suffix)
        if "import_file" in cleaned and not cleaned["format"]:
            self.add_error("format", "The file's name does not say what it is: choose its format.")
        return cleaned

    def upload(self) -> Upload:
        file = self.cleaned_data["import_file"]
        # The column that keeps the name has room for no more.
        return Upload(printable(PurePath(file.name).name)[:200], self.cleaned_data["format"], file.read())


class ConfirmForm(CommentForm):
    """``edition`` says which of its plans the page showed."""

    pending = forms.UUIDField(widget=forms.HiddenInput)
    edition = forms.IntegerField(required=False, widget=forms.HiddenInput)
    comment = CommentField(required=False, max_length=None)
    public_reason = ReasonField(is_checked=False)


def sent_in(data: Mapping[str, Any], *, comment: str, public_reason: str) -> Sent:
    """What was chosen on the page; anything that is no choice is left out."""
    for_all, restore_all = data.get("on_conflict"), data.get("restore")
    return Sent(
        for_all=for_all if for_all in get_args(OnConflict) else None,
        each=chosen_in(data, CHOICE),
        restore_all=restore_all == "all" if restore_all in ("all", "none") else None,
        restored={code: one == "take" for code, one in chosen_in(data, RESTORED).items()},
        retire=data.get("retire") == "yes" if "retire-shown" in data else None,
        comment=comment[:TYPED_LENGTH],
        public_reason=public_reason[:TYPED_LENGTH],
    )


def chosen_in(data: Mapping[str, Any], name: re.Pattern[str]) -> dict[str, Resolution]:
    known: Mapping[str, Resolution] = {one: one for one in get_args(Resolution)}
    return {match[1]: known[value] for key, value in data.items() if (match := name.fullmatch(key)) and value in known}


PROBLEMS_SHOWN = 200
OTHER_CHOICES = "This is the plan with your choices. Confirm it to carry it out."
OTHER_CATALOG = "The catalogue changed since you saw the plan. Here is the new plan: choose again for all."
OTHER_PAGE = "Nothing was written: another page has changed the plan meanwhile. This is what it is now."
UNDECIDED = "Nothing was written: there are conflicts. Choose how to decide them."
TOO_LONG = f"Nothing was written: what and why has more than {COMMENT_LENGTH:,} characters."


class NotAsShown(Exception):
    """What would be carried out is not the plan that was shown, or it cannot be yet; the text is for the user."""


START_AGAIN = "That upload is expired, used or not yours. Nothing was written: upload the file again."


# ``import/`` takes a file and shows its plan, ``import/<token>/`` the pages of it; ``process_import/`` takes what a
# page is sent back with, and carries out the plan that was shown.


def upload_page(model_admin: BaseAdmin, request: HttpRequest) -> HttpResponse:
    require_import(model_admin, request)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if not form.is_valid():
        return show_upload(model_admin, request, form)
    upload, actor = form.upload(), actor_of(request.user)
    by = handing_of(request)
    try:
        scope = scope_of(actor)
        file = read_within_limits(upload)
        with consistent_read():
            catalog = Catalog.objects.get()
            foreseen = foresee_import(file, catalog, actor=actor)
    except InvalidCatalog as refusal:
        remember_file(Transfer.Kind.REFUSAL, name=upload.name, data=upload.data, by=by)
        return show_upload(model_admin, request, UploadForm(), refusal.problems)
    remember_file(Transfer.Kind.UPLOAD, name=upload.name, data=upload.data, by=by)
    # Kept in the database: a folder of uploads could be read, or used up, by others.
    pending = keep_upload(upload, user=signed_in(request), version=catalog.version, scope=scope, now=by.at)
    return show_plan(model_admin, request, pending, foreseen)


def plan_page(model_admin: BaseAdmin, request: HttpRequest, token: UUID) -> HttpResponse:
    require_import(model_admin, request)
    try:
        pending = find_upload(token, user=signed_in(request), now=timezone.now())
        return show_plan(model_admin, request, pending, *foreseen_for(pending, actor_of(request.user)))
    except Unusable:
        return start_again(request)
    except InvalidCatalog as refusal:
        return show_upload(model_admin, request, UploadForm(), refusal.problems)


def confirm_page(model_admin: BaseAdmin, request: HttpRequest) -> HttpResponse:
    require_import(model_admin, request)
    form = ConfirmForm(request.POST)
    offer_reason(form, request)
    if not form.is_valid():
        return start_again(request)
    token = form.cleaned_data["pending"]
    try:
        done = confirm(request, form.cleaned_data)
    except Unusable:
        return start_again(request)
    except NotAsShown as other:
        messages.warning(request, str(other))
    except InvalidCatalog:
        messages.error(request, "Nothing was written.")
    else:
        if done is None:
            return redirect_to(token, request.POST.get("page", ""))
        messages.success(request, done_in_words(done))
        page = "changelist" if model_admin.has_view_or_change_permission(request) else "import"
        return HttpResponseRedirect(reverse(f"admin:patterns_pattern_{page}"))
    return redirect_to(token)


def require_import(model_admin: Any, request: HttpRequest) -> None:
    if not model_admin.has_import_permission(request):
        raise PermissionDenied


def start_again(request: HttpRequest) -> HttpResponse:
    messages.error(request, START_AGAIN)
    return HttpResponseRedirect(reverse("admin:patterns_pattern_import"))


def show_upload(
    model_admin: BaseAdmin, request: HttpRequest, form: UploadForm, problems: tuple[Problem, ...] = ()
) -> HttpResponse:
    title, template = "Import a catalogue file", "admin/patterns/pattern/import.html"
    return admin_page(request, model_admin, template, title=title, form=form, **shown_problems(problems))


def show_plan(
    model_admin: BaseAdmin,
    request: HttpRequest,
    pending: PendingImport,
    foreseen: Foreseen,
    problems: tuple[Problem, ...] = (),
) -> HttpResponse:
    known = {"pending": pending.pk, "edition": pending.edition}
    form = ConfirmForm(initial={**known, "comment": pending.comment, "public_reason": pending.public_reason})
    offer_reason(form, request)
    return admin_page(
        request,
        model_admin,
        "admin/patterns/pattern/import_plan.html",
        title=f"Import {pending.file_name}",
        form=form,
        **plan_context(foreseen, pending, page=request.GET.get("page", "1")),
        **shown_problems(problems),
    )


def shown_problems(problems: tuple[Problem, ...]) -> dict[str, Any]:
    return {"problems": problems[:PROBLEMS_SHOWN], "problem_count": len(problems)}


def redirect_to(token: UUID, page: str = "") -> HttpResponse:
    query = f"?page={page}" if page.isascii() and page.isdigit() and page != "1" else ""
    return HttpResponseRedirect(reverse("admin:patterns_pattern_pending", args=[token]) + query)


def foreseen_for(pending: PendingImport, actor: Actor) -> tuple[Foreseen, tuple[Problem, ...]]:
    """What the upload would do now, as far as it is decided; raises InvalidCatalog.

    If the choices led to what breaks a rule, the plan without them, and why.
    """
    file = read_within_limits(upload_of(pending))
    with consistent_read():
        catalog = Catalog.objects.get()
        try:
            return foresee_pending(file, catalog, pending, actor), ()
        except InvalidCatalog as refusal:
            undecided = foresee_import(file, catalog, actor=actor)
            return undecided, refusal.problems


def foresee_pending(file: CatalogFile, catalog: Catalog, pending: PendingImport, actor: Actor) -> Foreseen:
    return foresee_import(file, catalog, actor=actor, choices=choices_of(pending))


def confirm(request: HttpRequest, cleaned: dict[str, Any]) -> Done | None:
    """Keep what was chosen; then carry out the plan under lock, if it is what was shown.

    None if another page of the plan was asked for. Raises Unusable, NotAsShown or InvalidCatalog, and then nothing is
    written.
    """
    token, user, now = cleaned["pending"], signed_in(request), timezone.now()
    sent = sent_in(request.POST, comment=cleaned["comment"], public_reason=cleaned.get("public_reason", ""))
    # First of all, whatever comes of it: who is refused finds the page as it was sent.
    is_other = keep_choices(token, user=user, sent=sent, now=now)
    if "page" in request.POST:
        return None
    if is_other or sent.is_for_many:
        raise NotAsShown(OTHER_CHOICES)
    if len(sent.comment) > COMMENT_LENGTH:
        raise NotAsShown(TOO_LONG)
    try:
        reason = reason_for_readers(sent.public_reason)
    except InvalidCatalog as refusal:
        raise NotAsShown(f"Nothing was written: {refusal.sentence}.") from refusal
    actor = actor_of(user)
    scope, file = scope_of(actor), read_within_limits(upload_of(find_upload(token, user=user, now=now)))
    # Read before the lock, which nobody should wait for: a large file takes seconds.
    with writing() as catalog:
        pending = find_upload(token, user=user, now=now, is_locked=True)
        is_as_seen = (pending.catalog_version, pending.scope) == (catalog.version, scope)
        if not is_as_seen:
            renew_plan(pending, version=catalog.version, scope=scope)  # is to stay: the exception is raised outside
        elif pending.edition != cleaned["edition"]:
            raise NotAsShown(OTHER_PAGE)
        else:
            foreseen = foresee_pending(file, catalog, pending, actor)
            if foreseen.undecided:
                raise NotAsShown(UNDECIDED)
            way = Change.Origin.IMPORT
            by = authorship(request, comment=pending.comment, public_reason=reason, origin=way)
            done = carry_out_import(foreseen, catalog, by=by, file_name=pending.file_name)
            data = bytes(pending.file)
            remember_file(Transfer.Kind.IMPORT, name=pending.file_name, data=data, by=handing_of(request))
            use_up_upload(pending, now=now)
            return done
    raise NotAsShown(OTHER_CATALOG)
