"""The permission matrix, and what an edit of an entry amounts to in its terms. Plain values, no queries."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Literal

from patterns.document.entry import Entry
from patterns.document.problems import InvalidCatalog, Problem
from patterns.document.register import with_values

Role = Literal["anonymous", "viewer", "editor", "publisher", "superuser"]
Answer = Literal["yes", "no", "own", "proposal", "drafts", "override"]
ROLES: Final[tuple[Role, ...]] = ("anonymous", "viewer", "editor", "publisher", "superuser")


class Operation(StrEnum):
    READ_PUBLIC = "read what is published"
    READ_DESK = "read drafts and history"
    CREATE = "create a draft"
    EDIT = "edit a draft"
    CHANGE_PUBLIC = "change a published entry"
    PUBLISH = "publish"
    RETIRE = "retire, or take back from readers"
    RESTORE = "restore a revision"
    RENAME = "change the address of an entry that readers know"
    DELETE = "delete"
    SHELVE = "add, edit or order categories"
    PREVIEW_IMPORT = "preview an import"
    CONFIRM_IMPORT = "confirm an import"
    DECIDE = "decide about a proposal"
    ACCOUNTS = "manage users and groups"


# "own": only what one made oneself. "proposal": kept for review. "drafts": new entries become drafts, the rest
# proposals. "override": allowed against the rule of four eyes, and marked so.
MATRIX: Final[dict[Operation, tuple[Answer, Answer, Answer, Answer, Answer]]] = {
    Operation.READ_PUBLIC: ("yes", "yes", "yes", "yes", "yes"),
    Operation.READ_DESK: ("no", "yes", "yes", "yes", "yes"),
    Operation.CREATE: ("no", "no", "yes", "yes", "yes"),
    Operation.EDIT: ("no", "no", "own", "yes", "yes"),
    Operation.CHANGE_PUBLIC: ("no", "no", "proposal", "yes", "yes"),
    Operation.PUBLISH: ("no", "no", "no", "yes", "override"),
    Operation.RETIRE: ("no", "no", "no", "yes", "yes"),
    Operation.RESTORE: ("no", "no", "no", "yes", "yes"),
    Operation.RENAME: ("no", "no", "no", "yes", "yes"),
    Operation.DELETE: ("no", "no", "own", "no", "yes"),
    Operation.SHELVE: ("no", "no", "no", "yes", "yes"),
    Operation.PREVIEW_IMPORT: ("no", "no", "yes", "yes", "yes"),
    Operation.CONFIRM_IMPORT: ("no", "no", "drafts", "yes", "yes"),
    Operation.DECIDE: ("no", "no", "no", "yes", "override"),
    Operation.ACCOUNTS: ("no", "no", "no", "no", "yes"),
}


@dataclass(frozen=True)
class Actor:
    """Who asks, with the role that their permissions amount to. ``id`` is None for nobody in particular."""

    id: int | None
    role: Role


@dataclass(frozen=True)
class Standing:
    """What the history says of an entry: who made it, who last changed more than its state, whether readers saw it."""

    owner: int | None = None
    last_author: int | None = None
    was_public: bool = False


class NotAllowed(InvalidCatalog):
    """The actor's role does not allow it; shown where other refusals are shown."""


@dataclass(frozen=True)
class Ruling:
    is_proposal: bool = False
    is_override: bool = False


def answer(operation: Operation, actor: Actor) -> Answer:
    return MATRIX[operation][ROLES.index(actor.role)]


def decide(before: Entry | None, after: Entry | None, actor: Actor, standing: Standing) -> Ruling:
    """Whether the edit is written, kept as a proposal, or marked as an override; raises NotAllowed."""
    if before is None:
        standing = replace(standing, owner=actor.id)  # what one makes is one's own
    wanted = [*operations(before, after, standing)]
    answers = {operation: answer(operation, actor) for operation in wanted}
    # Before all refusals: of a published entry everything may be proposed, except that readers lose it.
    if answers.get(Operation.CHANGE_PUBLIC) == "proposal" and Operation.RETIRE not in wanted:
        return Ruling(is_proposal=True)
    refused = [one for one in wanted if not is_allowed(answers[one], actor, standing)]
    if refused:
        raise NotAllowed([refusal(operation, code_of(before, after)) for operation in refused])
    if Operation.PUBLISH not in wanted or has_four_eyes(before, after, actor, standing):
        return Ruling()
    if answers[Operation.PUBLISH] == "override":
        return Ruling(is_override=True)
    raise NotAllowed([four_eyes(before, after)])


def operations(before: Entry | None, after: Entry | None, standing: Standing) -> Iterator[Operation]:
    """What the edit amounts to."""
    if after is None:
        yield Operation.DELETE
        return
    if before is None:
        yield Operation.CREATE
    else:
        # An edit without a difference counts as one of the text: forms ask with it whether they may be edited.
        if has_other_text(before, after) or before.status == after.status:
            text_of = {"published": Operation.CHANGE_PUBLIC, "retired": Operation.RETIRE}
            yield text_of.get(before.status, Operation.EDIT)
        if standing.was_public and before.slug != after.slug and before.status != "published":
            yield Operation.RENAME
    state = before.status if before else "draft"
    if state == after.status:
        return
    if after.status == "published":
        yield Operation.PUBLISH
    else:  # whatever takes an entry from its readers, or out of retirement, is as much as to retire it
        takes_back = after.status == "retired" or state in ("published", "retired")
        yield Operation.RETIRE if takes_back else Operation.EDIT


def has_other_text(before: Entry, after: Entry) -> bool:
    """Whether more than the state differs."""
    return with_values(before, {"status": after.status}) != after


def is_allowed(given: Answer, actor: Actor, standing: Standing) -> bool:
    if given == "own":
        return actor.id is not None and standing.owner == actor.id
    return given in ("yes", "override")


def has_four_eyes(before: Entry | None, after: Entry | None, actor: Actor, standing: Standing) -> bool:
    """Whether what becomes public is exactly what somebody else wrote last."""
    is_as_written = before is not None and after is not None and not has_other_text(before, after)
    return is_as_written and standing.last_author != actor.id


def may_accept(author: int | None, actor: Actor) -> bool:
    """Whether the actor may accept a proposal by this author; of a reader's there is none."""
    given = answer(Operation.DECIDE, actor)
    return given == "override" or (given == "yes" and not is_own(author, actor))


def may_decline(author: int | None, actor: Actor) -> bool:
    """Who decides may decline; and everybody may take back what is their own."""
    return answer(Operation.DECIDE, actor) in ("yes", "override") or is_own(author, actor)


def may_send_back(author: int | None, actor: Actor) -> bool:
    """Who decides may ask the author of a proposal for something; nobody asks themselves."""
    return answer(Operation.DECIDE, actor) != "no" and not is_own(author, actor)


def is_own(author: int | None, actor: Actor) -> bool:
    return author is not None and author == actor.id


def refusal(operation: Operation, code: str = "") -> Problem:
    hint = {
        Operation.EDIT: "ask its author or a publisher",
        Operation.DELETE: "only its author may delete a draft that readers never saw",
    }.get(operation, "ask a publisher")
    return Problem(code=code, message=f"your role does not allow to {operation}", hint=hint)


def code_of(before: Entry | None, after: Entry | None) -> str:
    entry = after or before
    return entry.code if entry else ""


def four_eyes(before: Entry | None, after: Entry | None) -> Problem:
    if before is None:
        message, hint = "a new entry begins as a draft", "save it, then let somebody else publish"
    elif after is not None and has_other_text(before, after):
        message, hint = "publishing and editing are two steps", "save first; then somebody else publishes it"
    else:
        message, hint = "the last change to it is yours", "somebody else has to publish it"
    return Problem(code=code_of(before, after), message=message, hint=hint)
