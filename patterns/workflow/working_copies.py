"""Working copies: what somebody typed into a document that others had changed meanwhile, until it is decided.

There is one for each person and document. Whoever asks for one has to look first whose it is.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

from django.contrib.auth.models import User
from django.db import transaction
from pydantic import ValidationError

from patterns.document.catalog import HEADER_KEYS
from patterns.document.diff import value_text
from patterns.document.entry import ENTRY_KEYS
from patterns.document.plan import What
from patterns.document.register import Table, with_values
from patterns.document.text import KEPT
from patterns.document.three_way import ThreeWay
from patterns.models import Category, WorkingCopy
from patterns.store.edits import StaleEdit
from patterns.store.history import DOCUMENTS, document_with_fingerprint
from patterns.store.reading import writing
from patterns.store.writing import Authorship, fingerprint_of
from patterns.workflow.saves import Saved, present_document, save_document

COPIED_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "entry": tuple(key for key in ENTRY_KEYS if key != "code"),
    "category": ("name", "description"),
    "header": HEADER_KEYS,
}
EARLIER_COUNT = 20


class CopyChanged(Exception):
    """The copy was decided, thrown away or typed into since it was read."""


def keep_copy(
    typed: Table,
    *,
    what: What,
    identity: str,
    opened: str,
    by: Authorship,
    place: int | None = None,
    token: str = "",
    kept: str = "",
) -> WorkingCopy:
    """Keep what somebody made of the document with the fingerprint ``opened``.

    If they have a copy already, what they typed now is put into it: the page that they left undecided, or the form in
    another tab, said something too.
    """
    base = document_with_fingerprint(what, identity, opened)
    with writing():
        lock_copies(by.author)
        copy = WorkingCopy.objects.filter(person=by.author, what=what, identity=identity).first()
        copy = copy or WorkingCopy(person=by.author, what=what, identity=identity)
        is_mine = is_from(copy, token=token, kept=kept)
        if not is_mine and is_document(copy):
            typed = typed_into(copy, typed, base)
        else:
            if not is_mine:  # half a sentence of another tab
                copy.elsewhere[copy.token] = copy.document
            copy.base = opened if base else ""
        if copy.comment not in ("", by.comment):
            copy.earlier.append(["comment", copy.comment])
        copy.document, copy.earlier = typed.model_dump(mode="json"), copy.earlier[-EARLIER_COUNT:]
        copy.comment, copy.public_reason = by.comment or copy.comment, by.public_reason or copy.public_reason
        copy.place, copy.kept_at, copy.token = place or copy.place, by.at, ""
        copy.save()
    return copy


ELSEWHERE_COUNT = 5
LATE_MS: Final = 60_000  # no request is under way for longer; a clock that was set back by more is believed


class TypedElsewhere(Exception):
    """Another form was typed into since this one was opened; what was typed here is kept beside it."""


def keep_typed(
    said: Mapping[str, Any],
    *,
    what: What,
    identity: str,
    opened: str,
    token: str,
    kept: str,
    by: Authorship,
    sent_at: int,
) -> WorkingCopy:
    """Keep what stands in a form, valid or not; ``kept`` says which copy the form was opened with.

    Of two that a form sent before its page was left the later one stays, whichever comes first; ``sent_at`` are the
    milliseconds on its browser's clock, 0 if it has no script. Raises TypedElsewhere once it is kept beside what
    another form says.
    """
    document = storable(said)
    with transaction.atomic():  # it is no part of the catalogue, so nobody else waits for it
        lock_copies(by.author)
        mine = WorkingCopy.objects.filter(person=by.author, what=what)
        copy = mine.filter(identity=identity).first() or WorkingCopy(person=by.author, what=what, identity=identity)
        if 0 < copy.sendings.get(token, 0) - sent_at < LATE_MS:
            return copy
        is_mine = is_from(copy, token=token, kept=kept)
        if is_mine:
            copy.document, copy.base, copy.token = document, opened, token
            copy.comment, copy.public_reason, copy.kept_at = by.comment, by.public_reason, by.at
        else:
            others = [(key, one) for key, one in copy.elsewhere.items() if key != token]
            copy.elsewhere = dict([*others, (token, document)][-ELSEWHERE_COUNT:])
        there = {copy.token, *copy.elsewhere}
        copy.sendings = {key: at for key, at in {**copy.sendings, token: sent_at}.items() if key in there}
        copy.save()
    if not is_mine:  # behind the transaction, which would undo it
        raise TypedElsewhere
    return copy


def lock_copies(person: User | None) -> None:
    """Until the transaction ends, the other tabs of the same person wait: a copy that is not there yet has no lock."""
    if person is not None:
        User.objects.select_for_update(no_key=True).only("pk").get(pk=person.pk)


def storable(value: Any) -> Any:
    """Plain JSON of what was typed; PostgreSQL stores no NUL, so it is shown as a sign."""
    if isinstance(value, Mapping):
        return {key: storable(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [*map(storable, value)]
    return value if value is None or isinstance(value, int) else str(value).replace("\0", "\N{REPLACEMENT CHARACTER}")


def is_from(copy: WorkingCopy, *, token: str, kept: str) -> bool:
    """Whether the copy is new, or says what was typed into this form or what it was opened with."""
    if copy.kept_at is None:
        return True
    return (token != "" and copy.token == token) or copy.kept_at.isoformat() == kept


def is_document(copy: WorkingCopy) -> bool:
    """Whether what was typed could be saved as far as the text alone tells."""
    try:
        copied_document(copy)
    except ValidationError:
        return False
    return True


def typed_into(copy: WorkingCopy, typed: Table, base: Table | None) -> Table:
    """What the copy says once all that differs between ``base`` and ``typed`` is put into it; notes what gives way."""
    before, first = copied_document(copy), base_of(copy)
    values = {key: getattr(typed, key) for key in COPIED_KEYS[copy.what]}
    changed = {key: value for key, value in values.items() if base is None or value != getattr(base, key)}
    for key, value in changed.items():
        if getattr(before, key) not in (value, getattr(first, key, None)):
            copy.earlier.append([key, value_text(getattr(before, key))])
        if base is None or first is None or getattr(base, key) != getattr(first, key):
            copy.base = ""  # made of two different documents: every difference is to be asked about
    return with_values(before, changed)


def copied_document(copy: WorkingCopy) -> Any:
    return DOCUMENTS[copy.what].model_validate(copy.document, context=KEPT)


def base_of(copy: WorkingCopy) -> Table | None:
    return document_with_fingerprint(copy.what, copy.identity, copy.base) if copy.base else None


def versions_of_copy(copy: WorkingCopy, now: Table) -> ThreeWay[Any]:
    what: Any = copy.what
    return ThreeWay(what, copy.identity, base_of(copy), now, copied_document(copy), COPIED_KEYS[copy.what])


def discard_copy(copy: WorkingCopy) -> None:
    """Be done with what the copy says; what another tab said is the copy from then on. Raises CopyChanged."""
    with transaction.atomic():
        lock_copies(copy.person)
        # Only as it was read: what was typed in another tab since is not thrown away with it.
        now = WorkingCopy.objects.filter(pk=copy.pk, kept_at=copy.kept_at).first()
        if now is None:
            raise CopyChanged
        if not now.elsewhere:
            now.delete()
            return
        *others, (now.token, now.document) = now.elsewhere.items()
        # Nobody knows of which document it was made, so every difference will be asked about.
        now.base, now.elsewhere = "", dict(others)
        # It is not what pages that are open show: no second click throws it away, and no third tab replaces it.
        now.kept_at += timedelta(microseconds=1)
        now.save()


def save_copy(
    copy: WorkingCopy, document: Table, *, seen: Table | None, by: Authorship, place: int | None = None
) -> Saved:
    """Save what was decided over ``seen``, and be done with the copy.

    Raises CopyChanged, StaleEdit, NotAllowed or InvalidCatalog, and then the catalogue is as it was. After StaleEdit
    the copy says what was decided, so that only what changed since ``seen`` is asked about.
    """
    try:
        with writing():
            discard_copy(copy)
            position = place - 1 if place else None
            return save_document(document, opened=fingerprint_of(seen), by=by, position=position)
    except StaleEdit:
        # Behind the transaction, which has undone that the copy was discarded.
        said = {"document": document.model_dump(mode="json"), "base": fingerprint_of(seen), "comment": by.comment}
        said["public_reason"] = by.public_reason
        WorkingCopy.objects.filter(pk=copy.pk, kept_at=copy.kept_at).update(**said, place=place, kept_at=by.at)
        raise


def drop_copy_if_saved(copy: WorkingCopy) -> None:
    """Once the catalogue says all that the copy says, nothing is left to decide."""
    if not is_document(copy):  # half a sentence of another tab, which no catalogue says
        return
    there = Category.objects.filter(slug=copy.identity, position=copy.place - 1) if copy.place else None
    if there is not None and not there.exists():  # where it was put is no part of the document
        return
    now = present_document(copy.what, copy.identity)
    if now is not None and not any(versions_of_copy(copy, now).differs(key) for key in COPIED_KEYS[copy.what]):
        with suppress(CopyChanged):
            discard_copy(copy)
