"""What may be done to many entries at once: each by itself, as if somebody had opened it."""

from dataclasses import dataclass, field
from typing import Final

from patterns.document.entry import Entry
from patterns.document.problems import InvalidCatalog, Problem
from patterns.document.three_way import with_values
from patterns.document.vocabulary import Status
from patterns.models import Pattern
from patterns.store.edits import StaleEdit
from patterns.store.reading import load_entries
from patterns.store.writing import Authorship, fingerprint_of
from patterns.workflow.rules import Actor, Decision, NotAllowed, Operation
from patterns.workflow.saving import Saved, save
from patterns.workflow.standing import foresee

GONE = "it is not there any more"
CHANGED = "somebody changed it after you saw this list; look at it again"


@dataclass(frozen=True)
class Bulk:
    """``begins`` are the states in which an entry can be meant; ``done`` says what became of it."""

    label: str
    operation: Operation
    done: str
    begins: tuple[Status, ...]
    becomes: Status | None = None

    def after(self, entry: Entry, category: str) -> Entry:
        return with_values(entry, {"status": self.becomes} if self.becomes else {"category": category})

    def unfit(self, entry: Entry) -> str:
        """Why it cannot be meant; empty if it can."""
        return "" if entry.status in self.begins else f"it is {STATES[entry.status]}"


STATES: Final[dict[str, str]] = {
    "draft": "a draft",
    "review": "in review",
    "published": "published",
    "retired": "retired",
}
BULKS: Final[dict[str, Bulk]] = {
    # A published entry that is "submitted" would be taken back from its readers.
    "submit": Bulk("Submit for review", Operation.EDIT, "submitted for review", ("draft",), "review"),
    "publish": Bulk("Publish", Operation.PUBLISH, "published", ("draft", "review", "retired"), "published"),
    "retire": Bulk("Retire", Operation.RETIRE, "retired", ("draft", "review", "published"), "retired"),
    "move": Bulk("Move to another category", Operation.EDIT, "moved", ("draft", "review", "published", "retired")),
}
ELSEWHERE = "another category"


@dataclass(frozen=True)
class Row:
    """An entry before it is done: ``opened`` is the fingerprint of what is shown, ``refusal`` is empty if it can be."""

    code: str
    name: str
    status: str
    opened: str
    outcome: str
    refusal: str = ""


def preview(bulk: Bulk, codes: list[str], actor: Actor) -> list[Row]:
    entries = load_entries(Pattern.objects.filter(code__in=codes))
    fit = [(one, bulk.after(one, ELSEWHERE)) for one in entries.values() if not bulk.unfit(one)]
    answers = foresee(fit, actor)
    return [row_of(bulk, one, answers.get(one.code)) for one in entries.values()]


def row_of(bulk: Bulk, entry: Entry, answer: Decision | NotAllowed | None) -> Row:
    refusal = words_of(answer) if isinstance(answer, NotAllowed) else bulk.unfit(entry)
    outcome = outcome_of(bulk, answer) if isinstance(answer, Decision) else "refused"
    return Row(entry.code, entry.name, entry.status, fingerprint_of(entry), outcome, refusal)


def outcome_of(bulk: Bulk, decision: Decision) -> str:
    if decision.is_proposal:
        return "a proposal, for a publisher to decide"
    return f"{bulk.done}, as an override: you wrote it last" if decision.is_override else bulk.done


def words_of(refusal: InvalidCatalog) -> str:
    return "; ".join(f"{one.message}; {one.hint}" if one.hint else one.message for one in refusal.problems)


@dataclass
class Report:
    """What became of each entry, by name."""

    done: list[str] = field(default_factory=list)
    proposed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)

    def under(self, saved: Saved) -> list[str]:
        if saved.change is not None:
            return self.done
        return self.proposed if saved.proposal is not None else self.unchanged


def carry_out(bulk: Bulk, opened: dict[str, str], *, category: str, by: Authorship) -> Report:
    """Do it to each entry, in a transaction of its own; ``opened`` maps codes to the fingerprint of what was seen."""
    report = Report()
    entries = load_entries(Pattern.objects.filter(code__in=opened))
    for code, fingerprint in opened.items():
        name = f"[{code}] {entries[code].name}" if code in entries else f"[{code}]"
        try:
            saved = save(meant(bulk, entries.get(code), category), opened=fingerprint, by=by)
        except InvalidCatalog as refusal:
            report.refused.append((name, words_of(refusal)))
        except StaleEdit:
            report.refused.append((name, CHANGED))
        else:
            report.under(saved).append(name)
    return report


def meant(bulk: Bulk, entry: Entry | None, category: str) -> Entry:
    """The entry as it would become; raises InvalidCatalog if it cannot be meant."""
    reason = bulk.unfit(entry) if entry else GONE
    if entry is None or reason:
        raise InvalidCatalog([Problem(message=reason)])
    return bulk.after(entry, category)
