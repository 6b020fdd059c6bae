"""Who brought or took which file: written in the step that does it, so that none goes unseen."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from patterns.document.text import printable
from patterns.models import Transfer
from patterns.workflow.standing import role_of

NAME_LENGTH, NUMBER_LENGTH = 200, 128


@dataclass(frozen=True)
class Handing:
    """Whose request it is, when it came, and its number in the log, if it has one."""

    user: Any
    at: datetime
    request: str = ""


def remember_file(kind: Transfer.Kind, *, name: str, data: bytes, by: Handing) -> None:
    Transfer.objects.create(
        at=by.at,
        person=by.user,
        username=by.user.get_username(),
        role=role_of(by.user),
        kind=kind,
        file_name=printable(name)[:NAME_LENGTH],
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        request=by.request,
    )
