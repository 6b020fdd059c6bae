"""What a database that was asked in vain is suffering from, as far as it says so."""

from dataclasses import dataclass

from django.db import DatabaseError, Error, InterfaceError, OperationalError, connection

from patterns.store.migrations import schema_gap

# Locked for longer than anybody should wait, restarted, out of space: asking again may help, and nothing was written.
NO_ANSWER = (OperationalError, InterfaceError)
SQLITE_ERROR, SQLITE_READONLY = 1, 8  # of the statement, in practice a table or a column that is not there
READ_ONLY_TRANSACTION = "25006"


@dataclass(frozen=True, slots=True)
class Trouble:
    """What keeps a request from being answered and is no fault of ours.

    ``kind`` is "busy", "read-only" or "schema"; ``sentence`` is for whoever asked, ``words`` for the log.
    """

    kind: str
    sentence: str
    words: str
    retry_s: int


def trouble_of(error: BaseException | None) -> Trouble | None:
    """None for what is a fault of ours. Asks the database if the schema may be to blame."""
    if not isinstance(error, Error):
        return None
    words = f"{error}".strip()
    if is_read_only(error):
        return Trouble("read-only", "The database takes no changes just now.", f"It takes no changes: {words}", 60)
    busy = Trouble("busy", "The database does not answer.", f"The database does not answer: {words}", 5)
    if isinstance(error, NO_ANSWER) and getattr(error.__cause__, "sqlite_errorcode", 0) != SQLITE_ERROR:
        return busy
    try:
        gap = schema_gap(connection)
    except DatabaseError:
        return busy
    if gap:
        return Trouble("schema", "The catalogue is being updated.", str(gap), 60)
    return busy if isinstance(error, NO_ANSWER) else None


def is_read_only(error: BaseException | None) -> bool:
    """Whether the database is only read, whoever asks: a file, a mount or a server that was set so."""
    cause = error.__cause__ if error else None
    if getattr(cause, "sqlstate", None) == READ_ONLY_TRANSACTION:
        return True
    return getattr(cause, "sqlite_errorcode", 0) & 0xFF == SQLITE_READONLY
