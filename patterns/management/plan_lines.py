"""The plan of an import on a terminal."""

from collections.abc import Iterator

from rich.text import Text

from patterns.document.diff import key_diff, value_text
from patterns.document.plan import Conflict, Edit, Kept, Plan
from patterns.document.text import shortened

MARKS = {"create": "+", "update": "~", "retire": "-", "delete": "-"}
STYLES = {"create": "green", "update": "yellow", "retire": "red", "delete": "red"}
PIECE_MARKS = {"same": ("", ""), "removed": ("[-", "-]"), "added": ("{+", "+}")}
PIECE_STYLES = {"removed": "red", "added": "green"}
VALUE_WIDTH = 200


def plan_lines(plan: Plan) -> Iterator[Text]:
    """Everything that a plan says, line by line."""
    if plan.note:
        yield Text(f"{plan.note[0].upper()}{plan.note[1:]}.")
    for edit in plan.edits:
        yield from edit_lines(edit)
    for conflict in plan.conflicts:
        yield from conflict_lines(conflict, plan)
    for kept in plan.still_kept:
        yield from kept_lines(kept)
    yield from advice(plan)


def advice(plan: Plan) -> Iterator[Text]:
    """What of it somebody might not expect, and what else could be chosen."""
    if plan.still_kept:
        yield Text("Kept, as it is newer here than in the file; --restore makes it say what the file says.", "yellow")
    if plan.staying:
        yield Text(
            f"Left out by the file, and staying; --retire retires them: {', '.join(map(subject_of, plan.staying))}",
            "yellow",
        )
    for warning in plan.warnings:
        yield Text(f"Warning: {warning}", "yellow")
    if plan.leaving:
        yield Text(f"Leaving the public catalogue: {', '.join(edit.identity for edit in plan.leaving)}", "bold red")


def edit_lines(edit: Edit) -> Iterator[Text]:
    title = subject_of(edit) + (" (retired)" if edit.action == "retire" else "")
    yield Text(f"{MARKS[edit.action]} {title}", STYLES[edit.action])
    if edit.action not in ("create", "delete"):
        for key in edit.keys:
            yield Text(f"    {key}: ").append_text(key_difference(edit, key))


def kept_lines(kept: Kept) -> Iterator[Text]:
    """What restoring would change, word by word."""
    is_here = kept.edit.before is not None
    yield Text(f"= {subject_of(kept.edit)}: {'newer here' if is_here else 'deleted here'}", "yellow")
    for key in kept.edit.keys if is_here else ():
        yield Text(f"    {key}: ").append_text(key_difference(kept.edit, key))


def subject_of(edit: Edit) -> str:
    subject = {"header": "header", "category": "category"}.get(edit.what, f"[{edit.identity}]")
    return f"{subject} {edit.name}".rstrip()


def key_difference(edit: Edit, key: str) -> Text:
    """A value word by word; the marks say it where colours are not seen."""
    text = Text()
    for piece in key_diff(edit.before, edit.after, key):
        before, after = PIECE_MARKS[piece.kind]
        text.append(f"{before}{piece.text}{after}", PIECE_STYLES.get(piece.kind))
    return text


def conflict_lines(conflict: Conflict, plan: Plan) -> Iterator[Text]:
    decided = {"keep": " (kept ours)", "take": " (took theirs)"}.get(plan.choices.of_conflict(conflict), "")
    subject = f"[{conflict.identity}]" if conflict.what == "entry" else f"{conflict.what} {conflict.identity}".rstrip()
    yield Text(f"! {subject} {conflict.key or 'the entry itself'}: changed on both sides{decided}", "bold red")
    for side, value in (("base", conflict.base), ("ours", conflict.ours), ("theirs", conflict.theirs)):
        text = "(nothing)"
        if value is not None:
            text = shortened(" ".join(value_text(value).split()), VALUE_WIDTH) or "(empty)"
        yield Text(f"    {side:6}  {text}")
