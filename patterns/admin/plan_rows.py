"""A plan for the preview: what the command prints, in groups and pages, with its words marked."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.core.paginator import Paginator

from patterns.admin.pending import ALL
from patterns.document.diff import Piece, key_diff, value_text, word_diff
from patterns.document.plan import Conflict, Edit, Kept, not_done, summary
from patterns.models import PendingImport
from patterns.workflow.imports import Contribution, Done, Foreseen, Left

ROWS = 100  # on a page
NAMED = 200  # entries in a sentence

CONFLICTS = "Conflicts: changed on both sides"
KEPT = "Kept: newer here than in the file"
RESTORED = "Restored: as the file says, though newer here"
LEFT = "Not carried out"
Subject = Conflict | Kept | Edit | Left
Differences = list[tuple[str, list[Piece]]]


@dataclass(frozen=True)
class Row:
    """``choice`` names the choice between the two sides, ``chosen`` what it is so far; ``why`` says why it is here."""

    group: str
    title: str
    differences: Differences
    is_new: bool = False
    why: str = ""
    choice: str = ""
    chosen: str = ""


@dataclass(frozen=True)
class Named:
    """The first of many entries, for a sentence."""

    names: list[str] = field(default_factory=list)
    more_count: int = 0


def plan_context(foreseen: Foreseen, pending: PendingImport, *, page: str) -> dict[str, Any]:
    """What a page shows of a plan."""
    plan, part = foreseen.plan, foreseen.contribution
    subjects = Paginator([*listed(foreseen)], ROWS).get_page(page)
    leaving = plan.leaving if part is None else ()
    return {
        "plan": plan,
        "contribution": part,
        "pending": pending,
        "summary": summary(plan) if part is None else part_summary(part, foreseen),
        "page": subjects,
        "rows": [row_of(group, subject, pending) for group, subject in subjects],
        "conflict_count": len(foreseen.conflicts),
        "undecided": undecided_pages(foreseen),
        "leaving": named([f"{edit.identity} {edit.name}" for edit in leaving]),
        "kept_count": len(foreseen.kept),
        "left_out": named([f"{edit.identity} {edit.name}" for edit in plan.left_out]),
        "staying": named([f"{edit.identity} {edit.name}" for edit in plan.staying]),
    }


def named(names: list[str]) -> Named:
    return Named(names[:NAMED], max(0, len(names) - NAMED))


def undecided_pages(foreseen: Foreseen) -> dict[str, Any]:
    """How many conflicts are open, and on which pages: conflicts come first."""
    still_open = {id(one) for one in foreseen.undecided}
    places = (place for place, one in enumerate(foreseen.conflicts) if id(one) in still_open)
    return {"count": len(still_open), "pages": [*islice(dict.fromkeys(place // ROWS + 1 for place in places), 20)]}


def listed(foreseen: Foreseen) -> Iterator[tuple[str, Subject]]:
    """Everything that the pages show, with the heading of its group."""
    for conflict in foreseen.conflicts:
        yield CONFLICTS, conflict
    for kept in foreseen.kept:
        yield RESTORED if kept.is_restored else KEPT, kept
    part = foreseen.contribution
    yield from grouped(foreseen.plan.edits) if part is None else of_editor(part)


def grouped(edits: tuple[Edit, ...]) -> Iterator[tuple[str, Edit]]:
    places: dict[str, list[Edit]] = {"Header and categories": [], "Retired": [], "Changed": [], "New": []}
    kinds = {"create": "New", "retire": "Retired"}
    for edit in edits:
        places[kinds.get(edit.action, "Changed") if edit.what == "entry" else "Header and categories"].append(edit)
    for group, found in places.items():
        yield from ((group, edit) for edit in found)


def of_editor(part: Contribution) -> Iterator[tuple[str, Subject]]:
    groups: list[tuple[str, tuple[Edit, ...] | tuple[Left, ...]]] = [
        (LEFT, part.left),
        ("Proposals, for a publisher to decide", part.proposed),
        ("Proposed by you already", part.waiting),
        ("Your drafts", part.own),
        ("New, as drafts of yours", part.drafts),
    ]
    for group, subjects in groups:
        yield from ((group, subject) for subject in subjects)


def row_of(group: str, subject: Subject, pending: PendingImport) -> Row:
    if isinstance(subject, Conflict):
        chosen = pending.decisions.get(subject.mark, pending.resolution)
        return Row(group, conflict_title(subject), sides(subject), choice=f"choice-{subject.mark}", chosen=chosen)
    if isinstance(subject, Kept):
        return kept_row(group, subject, pending)
    edit = subject.edit if isinstance(subject, Left) else subject
    why = subject.why if isinstance(subject, Left) else ""
    return Row(group, edit_title(edit), edit_differences(edit), is_new=edit.before is None, why=why)


def kept_row(group: str, kept: Kept, pending: PendingImport) -> Row:
    """Each entry has a choice of its own, unless all are restored; the header and the categories have only that."""
    edit, is_alone = kept.edit, kept.edit.what == "entry" and pending.restore != ALL
    why = "deleted here; the file still has it" if edit.before is None else ""
    choice = f"restore-{edit.identity}" if is_alone else ""
    return Row(
        group,
        f"{of_what(edit)} {edit.name}".strip(),
        edit_differences(edit),
        why=why,
        choice=choice,
        chosen="take" if kept.is_restored else "keep",
    )


def conflict_title(conflict: Conflict) -> str:
    return f"{of_what(conflict)} {conflict.key or 'the entry itself'}"


def edit_title(edit: Edit) -> str:
    return f"{of_what(edit)} {edit.name}".strip() + (" (retired)" if edit.action == "retire" else "")


def of_what(subject: Conflict | Edit) -> str:
    prefix = {"header": "Header", "category": "Category "}.get(subject.what, "")
    return f"{prefix}{subject.identity}"


def edit_differences(edit: Edit) -> Differences:
    if edit.before is None:
        return [(key, [Piece("same", value_text(getattr(edit.after, key)))]) for key in edit.keys]
    return [(key, key_diff(edit.before, edit.after, key)) for key in edit.keys]


def sides(conflict: Conflict) -> Differences:
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
        return summary(done.foreseen.plan, number)
    words = ", ".join(part_words(len(part.drafts), len(part.own), len(part.proposed)))
    if not words:
        return part_summary(part, done.foreseen)
    left = f"; {len(part.left)} not carried out" if part.left else ""
    return f"{f'Change {number}' if number else 'Done'}: {words}{left}."
