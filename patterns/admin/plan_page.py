"""A plan for the preview: what the command prints, in groups and pages, with its words marked."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final, Literal, cast
from uuid import UUID

from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q, Subquery

from patterns.document.catalog import CatalogFile
from patterns.document.diff import Piece, key_diff, value_text, word_diff
from patterns.document.plan import Choices, Conflict, Edit, Kept, OnConflict, Resolution, not_done, plan_summary
from patterns.files.limits import ADMIN_LIMITS
from patterns.files.reader import Upload, read_files
from patterns.models import PendingImport
from patterns.workflow.imports import Contribution, Done, Foreseen, Left

# Uploaded files between their preview and their confirmation, with what was chosen meanwhile.


LIFETIME = timedelta(hours=1)
UPLOADS_KEPT = 10  # of one user at once
ALL: Final[Literal["all"]] = "all"
DECISIONS_KEPT = 100_000  # more than a file within the limits can have conflicts


class Unusable(Exception):
    """There is no such upload for this user: never was, expired, used, or altered."""


@dataclass(frozen=True)
class Sent:
    """What one page was sent back with; None where it says nothing.

    ``each`` by the marks of conflicts, ``for_all`` if one choice was for all of them, which is "fail" to forget all
    choices of any kind; ``restored`` by codes of entries, ``restore_all`` if one was for all of those.
    """

    for_all: OnConflict | None = None
    each: Mapping[str, Resolution] = field(default_factory=dict)
    restore_all: bool | None = None
    restored: Mapping[str, bool] = field(default_factory=dict)
    retire: bool | None = None
    comment: str = ""
    public_reason: str = ""

    @property
    def is_for_many(self) -> bool:
        """Whether a button was pressed that stands for many choices: their plan is shown before it is carried out."""
        return self.for_all is not None or self.restore_all is not None


def keep_upload(upload: Upload, *, user: User, version: int, scope: str, now: datetime) -> PendingImport:
    """Keep an upload for its confirmation, and forget those whose time is over and the oldest of too many."""
    oldest = PendingImport.objects.filter(user=user).order_by("-created_at", "pk").values("pk")[UPLOADS_KEPT - 1 :]
    PendingImport.objects.filter(Q(expires_at__lte=now) | Q(pk__in=Subquery(oldest))).delete()
    return PendingImport.objects.create(
        user=user,
        file_name=upload.name,
        format=upload.format,
        file=upload.data,
        sha256=hashlib.sha256(upload.data).hexdigest(),
        catalog_version=version,
        scope=scope,
        created_at=now,
        expires_at=now + LIFETIME,
    )


def find_upload(token: UUID, *, user: User, now: datetime, is_locked: bool = False) -> PendingImport:
    """The user's upload; if locked, against a second use until the transaction ends. Raises Unusable."""
    rows = PendingImport.objects.select_for_update() if is_locked else PendingImport.objects.all()
    pending = rows.filter(pk=token, user=user, used_at=None, expires_at__gt=now).first()
    if pending is None or hashlib.sha256(pending.file).hexdigest() != pending.sha256:
        raise Unusable
    return pending


def keep_choices(token: UUID, *, user: User, sent: Sent, now: datetime) -> bool:
    """Keep what was chosen and typed; whether the plan is another one by that. Raises Unusable."""
    with transaction.atomic():
        pending = find_upload(token, user=user, now=now, is_locked=True)
        before = choices_of(pending)
        if sent.for_all is not None:
            pending.resolution, pending.decisions = sent.for_all, {}
        elif len(pending.decisions) + len(sent.each) <= DECISIONS_KEPT:
            known, rest = pending.decisions, pending.resolution  # what holds for a conflict anyway is not kept
            pending.decisions = {
                **known,
                **{mark: one for mark, one in sent.each.items() if known.get(mark, rest) != one},
            }
        pending.restore = restore_after(sent, pending)
        pending.retire = pending.retire if sent.retire is None else sent.retire
        if sent.for_all == "fail":  # whatever else the page says
            pending.restore, pending.retire = [], False
        is_other = before != choices_of(pending)
        pending.edition += is_other
        pending.comment, pending.public_reason = sent.comment, sent.public_reason
        kept = ("resolution", "decisions", "restore", "retire", "edition", "comment", "public_reason")
        pending.save(update_fields=kept)
        return is_other


def choices_of(pending: PendingImport) -> Choices:
    """What was chosen so far."""
    restore: frozenset[str] | Literal["all"] = ALL if pending.restore == ALL else frozenset(pending.restore)
    on_conflict = cast("OnConflict", pending.resolution)
    return Choices(on_conflict, dict(pending.decisions), retire=pending.retire, restore=restore)


def restore_after(sent: Sent, pending: PendingImport) -> str | list[str]:
    """What is to be restored, in a form that is stored."""
    if sent.restore_all is not None:
        return ALL if sent.restore_all else []
    if pending.restore == ALL:
        return ALL
    codes = {*pending.restore, *(code for code, chosen in sent.restored.items() if chosen)}
    after = sorted(codes - {code for code, chosen in sent.restored.items() if not chosen})
    return after if len(after) <= DECISIONS_KEPT else pending.restore


def renew_plan(pending: PendingImport, *, version: int, scope: str) -> None:
    """From now on the plan to be shown is the one of another catalogue, or for another role.

    What was chosen for all was chosen for those that were seen: there may be others now.
    """
    pending.catalog_version, pending.scope, pending.edition = version, scope, pending.edition + 1
    pending.resolution = "keep" if pending.resolution == "keep" else "fail"
    pending.restore = [] if pending.restore == ALL else pending.restore
    pending.retire = False
    pending.save(update_fields=["catalog_version", "scope", "edition", "resolution", "restore", "retire"])


def use_up_upload(pending: PendingImport, *, now: datetime) -> None:
    pending.used_at, pending.file, pending.decisions, pending.restore = now, b"", {}, []
    pending.save(update_fields=["used_at", "file", "decisions", "restore"])


def upload_of(pending: PendingImport) -> Upload:
    return Upload(pending.file_name, pending.format, bytes(pending.file))


def read_within_limits(upload: Upload) -> CatalogFile:
    """Read within the admin's limits; raises InvalidCatalog."""
    return read_files([upload], limits=ADMIN_LIMITS)


ROWS = 100  # on a page
NAMED = 200  # entries in a sentence

CONFLICTS = "Conflicts: changed on both sides"
KEPT = "Kept: newer here than in the file"
RESTORED = "Restored: as the file says, though newer here"
LEFT = "Not carried out"
Subject = Conflict | Kept | Edit | Left
Differences = list[tuple[str, list[Piece]]]


@dataclass(frozen=True)
class PlanRow:
    """``choice`` names the choice between the two sides, ``chosen`` what it is so far; ``why`` says why it is here."""

    group: str
    title: str
    differences: Differences
    is_new: bool = False
    why: str = ""
    choice: str = ""
    chosen: str = ""


@dataclass(frozen=True)
class FirstNames:
    """The first of many entries, for a sentence."""

    names: list[str] = field(default_factory=list)
    more_count: int = 0


def plan_context(foreseen: Foreseen, pending: PendingImport, *, page: str) -> dict[str, Any]:
    """What a page shows of a plan."""
    plan, part = foreseen.plan, foreseen.contribution
    subjects = Paginator([*plan_subjects(foreseen)], ROWS).get_page(page)
    leaving = plan.leaving if part is None else ()
    still_open = {id(one) for one in foreseen.undecided}
    # Conflicts come first, so their places are their pages.
    open_places = (place for place, one in enumerate(foreseen.conflicts) if id(one) in still_open)
    open_pages = [*islice(dict.fromkeys(place // ROWS + 1 for place in open_places), 20)]
    return {
        "plan": plan,
        "contribution": part,
        "pending": pending,
        "summary": plan_summary(plan) if part is None else part_summary(part, foreseen),
        "page": subjects,
        "rows": [plan_row(group, subject, pending) for group, subject in subjects],
        "conflict_count": len(foreseen.conflicts),
        "undecided": {"count": len(still_open), "pages": open_pages},
        "leaving": first_names([f"{edit.identity} {edit.name}" for edit in leaving]),
        "warnings": first_names([*map(str, plan.warnings if part is None else ())]),
        "kept_count": len(foreseen.kept),
        "left_out": first_names([f"{edit.identity} {edit.name}" for edit in plan.left_out]),
        "staying": first_names([f"{edit.identity} {edit.name}" for edit in plan.staying]),
    }


def first_names(names: list[str]) -> FirstNames:
    return FirstNames(names[:NAMED], max(0, len(names) - NAMED))


def plan_subjects(foreseen: Foreseen) -> Iterator[tuple[str, Subject]]:
    """Everything that the pages show, with the heading of its group."""
    yield from ((CONFLICTS, conflict) for conflict in foreseen.conflicts)
    yield from ((RESTORED if kept.is_restored else KEPT, kept) for kept in foreseen.kept)
    part = foreseen.contribution
    groups: dict[str, list[Edit] | tuple[Edit, ...] | tuple[Left, ...]]
    if part is None:
        places: dict[str, list[Edit]] = {"Header and categories": [], "Retired": [], "Changed": [], "New": []}
        kinds = {"create": "New", "retire": "Retired"}
        for edit in foreseen.plan.edits:
            is_entry = edit.what == "entry"
            places[kinds.get(edit.action, "Changed") if is_entry else "Header and categories"].append(edit)
        groups = {**places}
    else:
        groups = {
            LEFT: part.left,
            "Proposals, for a publisher to decide": part.proposed,
            "Proposed by you already": part.waiting,
            "Your drafts": part.own,
            "New, as drafts of yours": part.drafts,
        }
    for group, subjects in groups.items():
        yield from ((group, subject) for subject in subjects)


def plan_row(group: str, subject: Subject, pending: PendingImport) -> PlanRow:
    if isinstance(subject, Conflict):
        chosen = pending.decisions.get(subject.mark, pending.resolution)
        title = f"{of_what(subject)} {subject.key or 'the entry itself'}"
        return PlanRow(group, title, conflict_sides(subject), choice=f"choice-{subject.mark}", chosen=chosen)
    edit = subject if isinstance(subject, Edit) else subject.edit
    title = f"{of_what(edit)} {edit.name}".strip()
    if edit.before is None:
        changes = [(key, [Piece("same", value_text(getattr(edit.after, key)))]) for key in edit.keys]
    else:
        changes = [(key, key_diff(edit.before, edit.after, key)) for key in edit.keys]
    if isinstance(subject, Kept):
        # Each entry has a choice of its own, unless all are restored; the header and the categories have only that.
        is_alone = edit.what == "entry" and pending.restore != ALL
        choice, chosen = f"restore-{edit.identity}" if is_alone else "", "take" if subject.is_restored else "keep"
        why = "deleted here; the file still has it" if edit.before is None else ""
        return PlanRow(group, title, changes, why=why, choice=choice, chosen=chosen)
    title += " (retired)" if edit.action == "retire" else ""
    why = subject.why if isinstance(subject, Left) else ""
    return PlanRow(group, title, changes, is_new=edit.before is None, why=why)


def of_what(subject: Conflict | Edit) -> str:
    prefix = {"header": "Header", "category": "Category "}.get(subject.what, "")
    return f"{prefix}{subject.identity}"


def conflict_sides(conflict: Conflict) -> Differences:
    """What the two sides made of what they began with, word by word, if that is known."""
    base = value_text(conflict.base)
    both = (("Catalogue", value_text(conflict.ours)), ("File", value_text(conflict.theirs)))
    begun = [("When last in step", [Piece("same", base)])] if base else []
    return [*begun, *((side, word_diff(base, text) if base else [Piece("same", text)]) for side, text in both)]


def part_summary(part: Contribution, foreseen: Foreseen) -> str:
    """One sentence: what an editor's confirmation would do."""
    rest = [
        *([f"{len(part.left)} not carried out"] if part.left else []),
        *([f"{len(part.waiting)} proposed already"] if part.waiting else []),
        *not_done(foreseen.plan),
        f"{foreseen.plan.unchanged} unchanged",
    ]
    done = ", ".join(part_words(len(part.drafts), len(part.own), len(part.proposed)))
    is_all = foreseen.plan.is_satisfied and not part.left and not part.waiting
    nothing = "Nothing to do: " if is_all else "Nothing is written: "
    return f"{f'Would be: {done}; ' if done else nothing}{', '.join(rest)}."


def part_words(drafts: int, own: int, proposals: int) -> Iterator[str]:
    if drafts:
        yield f"{drafts} draft{'s' * (drafts > 1)} created"
    if own:
        yield f"{own} draft{'s' * (own > 1)} of yours changed"
    if proposals:
        yield f"{proposals} proposal{'s' * (proposals > 1)} for a publisher"


def done_in_words(done: Done) -> str:
    """One sentence: what a confirmation did."""
    part, number = done.foreseen.contribution, done.change.number if done.change else None
    if part is None:
        return plan_summary(done.foreseen.plan, number)
    words = ", ".join(part_words(len(part.drafts), len(part.own), len(part.proposed)))
    if not words:
        return part_summary(part, done.foreseen)
    left = f"; {len(part.left)} not carried out" if part.left else ""
    return f"{f'Change {number}' if number else 'Done'}: {words}{left}."
