"""Sessions that end after idleness, not after a fixed time: kept by the database, and renewed now and then."""

from datetime import timedelta
from typing import Any

from django.contrib.sessions.backends import db
from django.utils import timezone

RENEWED_AFTER = timedelta(minutes=5)  # a write for every page would make readers of the admin wait for long imports


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Any:
        row = super()._get_session_from_db()  # type: ignore[misc]  # the stubs leave it out
        if row is not None and row.expire_date - timezone.now() < self.idle_time - RENEWED_AFTER:
            self.modified = True  # the middleware saves it and sends the cookie anew: the time begins again
        return row

    @property
    def idle_time(self) -> timedelta:
        return timedelta(seconds=self.get_session_cookie_age())
