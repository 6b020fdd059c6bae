"""Sessions that end after idleness, and a week after signing in: kept by the database, and renewed now and then."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import OperationalError
from django.utils import timezone

from patterns.store.trouble import is_read_only

RENEWED_AFTER = timedelta(minutes=5)  # a write for every page would make readers of the admin wait for long imports


SIGNED_IN_AT = "signed_in_at"  # in seconds since 1970


class SessionStore(db.SessionStore):
    is_renewal = False

    def load(self) -> dict[str, Any]:
        data = super().load()
        now = timezone.now().timestamp()
        if now - data.get(SIGNED_IN_AT, now) > settings.SESSION_LONGEST.total_seconds():
            self.delete(self.session_key)
            self._session_key = None  # as Django does with one that has expired
            return {}
        return data

    def _get_session_from_db(self) -> Any:
        row = super()._get_session_from_db()  # type: ignore[misc]  # the stubs leave it out
        if row is not None and row.expire_date - timezone.now() < self.idle_time - RENEWED_AFTER:
            # The middleware saves it and sends the cookie anew: the time begins again.
            self.modified = self.is_renewal = True
        return row

    def save(self, must_create: bool = False) -> None:
        if SESSION_KEY in self:
            self.setdefault(SIGNED_IN_AT, timezone.now().timestamp())
        try:
            super().save(must_create)
        except UpdateError as error:
            busy = error.__context__
            if busy is None or not (isinstance(busy, OperationalError) or is_read_only(busy)):
                raise
            # What was asked for is done, and must not be taken away for this; the next request renews the session.
            if not self.is_renewal:
                raise busy from None

    @property
    def idle_time(self) -> timedelta:
        return timedelta(seconds=self.get_session_cookie_age())
