"""One JSON object per line on standard error: the same for Django and for gunicorn."""

import logging
import re
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, Final

from pythonjsonlogger.json import JsonFormatter

# The way to a new password is in the address: whoever reads the log within the hour must not be able to go it.
RESET = re.compile(r"(/admin/reset/[^/]*/)[^/]+")
FIELDS = ("levelname", "name", "message")
NAMES = {"levelname": "level", "name": "logger"}


# Of the request that a thread serves: its number and the address of its client.
ABOUT: Final[ContextVar[Mapping[str, str] | None]] = ContextVar("about", default=None)


class LogLine(JsonFormatter):
    """A log record as time, level, logger and message, with the request that it is about."""

    def __init__(self) -> None:
        super().__init__(FIELDS, rename_fields=NAMES, timestamp="time", json_ensure_ascii=True)

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        super().add_fields(log_data, record, message_dict)
        log_data |= ABOUT.get() or {}

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        request = log_data.pop("request", None)
        if hasattr(request, "method"):
            log_data |= {"method": request.method, "path": request.path}
            # Known once somebody asked for it: a line of the log asks no table.
            user = getattr(request, "_cached_user", None)
            if user is not None and user.is_authenticated:
                log_data["user"] = user.get_username()
        said = super().process_log_record(log_data)
        return {key: RESET.sub(r"\1-", value) if isinstance(value, str) else value for key, value in said.items()}


class AccessLine(LogLine):
    """A line of gunicorn's access log. The query is left out: what readers search for is theirs."""

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        super().add_fields(log_data, record, message_dict)
        atoms = record.args
        if isinstance(atoms, dict):
            log_data |= {"method": atoms["m"], "path": atoms["U"], "status": int(str(atoms["s"]))}
            log_data |= {"bytes": atoms["B"], "ms": atoms["M"]}


class NotBusy(logging.Filter):
    """Leaves out what is answered with 503: a site that is busy says so on purpose, and the access log has the line."""

    def filter(self, record: logging.LogRecord) -> bool:
        return getattr(record, "status_code", None) != 503


class FaultOfClient(logging.Filter):
    """What a client did wrong is no error of the site, and a traceback of it tells nobody anything."""

    def filter(self, record: logging.LogRecord) -> bool:
        if 400 <= getattr(record, "status_code", 0) < 500:
            if record.exc_info and (why := str(record.exc_info[1])):
                record.why = why
            record.levelno, record.levelname = logging.WARNING, logging.getLevelName(logging.WARNING)
            record.exc_info = None
        return True


def logging_config(level: str) -> dict[str, Any]:
    """Return the configuration for `logging.config.dictConfig`."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"faults": {"()": NotBusy}, "clients": {"()": FaultOfClient}},
        "formatters": {"line": {"()": LogLine}, "access": {"()": AccessLine}},
        "handlers": {
            "lines": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["clients"]},
            "access": {"class": "logging.StreamHandler", "formatter": "access"},
        },
        "root": {"handlers": ["lines"], "level": level},
        "loggers": {
            # Empty lists take away the handlers that Django and gunicorn bring along.
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.request": {"filters": ["faults"]},
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
            # Four lines for each login that went well; the audit has it. Of one that did not there is a line of ours.
            "axes": {"level": "ERROR"},
            # Scanners send absurd hosts all day; the access log has a line for each.
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            # Django leaves it to the server to drop the body of an answer to HEAD; gunicorn does, and warns each time.
            "gunicorn.http.wsgi": {"level": "ERROR"},
            "gunicorn.error": {"handlers": [], "level": level, "propagate": True},
            "gunicorn.access": {"handlers": ["access"], "level": "INFO", "propagate": False},
        },
    }
