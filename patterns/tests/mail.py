"""A mail server on this machine, and people whom it reaches."""

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.contrib.auth.models import User

from patterns.tests.workflow.staff import person

SMTP_BACKEND = "django.core.mail.backends.smtp.EmailBackend"


class Postbox:
    """What a server does with what it is handed: it takes everything, but from whom it is told to refuse."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.refused: dict[str, str] = {}
        self.port = 0

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        message = message_from_bytes(envelope.content.replace(b"\r\n", b"\n"), policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return "250 OK"

    @property
    def subjects(self) -> list[str]:
        return [one["Subject"] for one in self.messages]

    @property
    def addresses(self) -> list[str]:
        return sorted(one["To"] for one in self.messages)

    def text(self) -> str:
        """Of the only message."""
        (message,) = self.messages
        return message.get_content()


@contextmanager
def post_office() -> Iterator[Postbox]:
    """A real server on loopback."""
    box = Postbox()
    box.port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


@pytest.fixture
def postbox(settings) -> Iterator[Postbox]:
    """The site sends to a real server on loopback."""
    with post_office() as box:
        sends_to(settings, box.port)
        yield box


def sends_to(settings: Any, port: int) -> None:
    settings.SENDS_MAIL, settings.EMAIL_BACKEND = True, SMTP_BACKEND
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 0.5
    settings.SITE_URL = "https://catalog.example"


def free_port() -> int:
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def black_hole() -> Iterator[int]:
    """The port of a server that lets everybody come and says nothing."""
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        one.listen(50)
        yield one.getsockname()[1]


def reachable(role: str, name: str = "") -> User:
    user = person(role, name)
    user.email = f"{user.username.lower()}@people.example"
    user.save(update_fields=["email"])
    return user
