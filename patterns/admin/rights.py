"""What the rules let somebody do with an entry: asked for each form, and once more by whatever writes."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from patterns.admin.base import DocumentAdmin
from patterns.document.entry import Entry
from patterns.models import Pattern
from patterns.store.reading import load_entries
from patterns.workflow.roles import actor_of
from patterns.workflow.rules import Actor, Decision, NotAllowed, Operation, Standing, answer
from patterns.workflow.standing import foreseen, standing_of


@dataclass(frozen=True)
class Held:
    """An entry in somebody's hands, with all that the rules ask."""

    entry: Entry
    actor: Actor
    standing: Standing

    def answer(self, after: Entry | None) -> Decision | NotAllowed:
        """What would become of an edit; None deletes."""
        return foreseen(self.entry, after, self.actor, self.standing)

    @property
    def edit(self) -> Decision | NotAllowed:
        return self.answer(self.entry)


def entry_of(row: Pattern) -> Entry | None:
    """The entry of a row that was fetched for a request, read once; None if it is not in the catalogue."""
    known = row.__dict__
    if "entry" not in known:
        known["entry"] = load_entries(Pattern.objects.filter(pk=row.pk)).get(row.code)
    return known["entry"]


def held(row: Pattern, user: Any) -> Held | None:
    entry = entry_of(row)
    if entry is None:
        return None
    known = row.__dict__
    if "standing" not in known:
        known["standing"] = standing_of(entry.code)
    return Held(entry, actor_of(user), known["standing"])


class EntryRights(DocumentAdmin):
    """Django's permissions open the desk; what of an entry may be changed there, the rules say."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and answer(Operation.CREATE, actor_of(request.user)) != "no"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if not super().has_change_permission(request, obj):
            return False
        mine = held(obj, request.user) if obj else None
        return mine is None or isinstance(mine.edit, Decision)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if not super().has_delete_permission(request, obj):
            return False
        mine = held(obj, request.user) if obj else None
        return mine is None or (not mine.standing.was_public and isinstance(mine.answer(None), Decision))
