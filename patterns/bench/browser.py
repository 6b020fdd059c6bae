"""A browser as far as drills and measurements need one: it keeps cookies, and sends forms back as pages gave them."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from time import monotonic
from urllib.parse import urlencode
from uuid import uuid4

TIMEOUT_S = 60
IDLE_S = 2  # less than any server waits for the next request
Fields = list[tuple[str, str]]
VOID = ("submit", "button", "file", "image", "reset")


class Unexpected(RuntimeError):
    """A server answered something with which nobody can go on."""


@dataclass(frozen=True)
class Answer:
    """``headers`` by their names in lower case."""

    path: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @cached_property
    def text(self) -> str:
        return self.body.decode()

    def form(self, holding: str) -> "Form":
        """The form that is posted and has a field of that name."""
        reader = FormReader()
        reader.feed(self.text)
        for form in reader.forms:
            if any(name == holding for name, _ in form.fields):
                return form if form.action else Form(self.path, form.fields)
        raise Unexpected(f"{self.path} was answered with {self.status} and without a form that has {holding!r}.")


@dataclass
class Form:
    """What a browser would send if nobody touched it."""

    action: str
    fields: Fields = field(default_factory=list)

    def filled(self, **values: str) -> Fields:
        return [*((name, value) for name, value in self.fields if name not in values), *values.items()]


class FormReader(HTMLParser):
    """Reads the forms of a page that are sent by POST."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._is_inside = False
        self._select = self._textarea = ""
        self._options: list[tuple[str, bool]] = []
        self._typed: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._is_inside = given.get("method", "").lower() == "post"
            self.forms += [Form(given.get("action", ""))] * self._is_inside
        elif tag == "select":
            self._select, self._options = given.get("name", ""), []
        elif tag == "option":
            self._options.append((given.get("value", ""), "selected" in given))
        elif tag == "textarea":
            self._textarea, self._typed = given.get("name", ""), []
        elif tag == "input" and given.get("type") not in VOID:
            is_choice = given.get("type") in ("checkbox", "radio")
            if not is_choice or "checked" in given:
                self._add(given.get("name", ""), given.get("value", "on" if is_choice else ""))

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self._typed.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_inside = False
        elif tag == "textarea":
            self._add(self._textarea, "".join(self._typed).removeprefix("\n").replace("\n", "\r\n"))
            self._textarea = ""
        elif tag == "select" and self._options:
            chosen = [value for value, is_selected in self._options if is_selected] or [self._options[0][0]]
            self._add(self._select, chosen[0])
            self._options = []

    def _add(self, name: str, value: str) -> None:
        if self._is_inside and name:
            self.forms[-1].fields.append((name, value))


class Browser:
    """Asks servers of one site on loopback, each on a connection that is kept; ``port`` is the one that is asked."""

    def __init__(self, port: int, **headers: str) -> None:
        self.port, self.headers = port, {name.replace("_", "-"): value for name, value in headers.items()}
        self._cookies: dict[str, str] = {}
        self._connections: dict[int, tuple[float, HTTPConnection]] = {}

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def post(self, path: str, fields: Fields) -> Answer:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, urlencode(fields).encode(), headers=form)

    def send(self, answer: Answer, *, holding: str, **values: str) -> Answer:
        """Send the form of a page that has a field of that name, with other values.

        Raises:
            Unexpected: if the answer is neither a redirect nor a page.
        """
        form = answer.form(holding)
        sent = self.post(form.action, form.filled(**values))
        if sent.status not in (200, 302, 303):
            raise Unexpected(f"{form.action} was answered with {sent.status}.")
        return sent

    def upload(self, answer: Answer, *, holding: str, file: tuple[str, str, bytes]) -> Answer:
        """The same with a file: the name of its field, its own, and its bytes."""
        form, boundary = answer.form(holding), uuid4().hex
        name, filename, data = file
        body = b"".join((*multipart(form.filled(), boundary), part(boundary, name, data, filename=filename)))
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        return self.ask("POST", form.action, body + f"--{boundary}--\r\n".encode(), headers=headers)

    def sign_in(self, name: str, password: str) -> None:
        """Raises:
        Unexpected: if that fails.
        """
        page = self.get("/admin/login/?next=/admin/")
        if self.send(page, holding="password", username=name, password=password).status != 302:
            raise Unexpected(f"{name} could not sign in.")

    def sign_in_as(self, other: "Browser") -> None:
        """As somebody who is signed in already, in the same session."""
        self._cookies = {**other._cookies}

    def ask(self, method: str, path: str, body: bytes | None = None, *, headers: Mapping[str, str] = {}) -> Answer:
        """Raises OSError or HTTPException if no whole answer comes."""
        sent = {**self.headers, **headers}
        if self._cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        connection = self._connection()
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            data = response.read()
        except (OSError, HTTPException):
            connection.close()
            raise
        for one in response.headers.get_all("Set-Cookie", []):
            self._cookies |= {name: morsel.value for name, morsel in SimpleCookie(one).items()}
        return Answer(path, response.status, {name.lower(): value for name, value in response.getheaders()}, data)

    def _connection(self) -> HTTPConnection:
        # One that was idle for long may be closed by the server while it is used: who has none opens a new one.
        now, (used_at, connection) = monotonic(), self._connections.get(self.port, (0.0, None))
        if connection is None or now - used_at > IDLE_S:
            if connection is not None:
                connection.close()
            connection = HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_S)
        self._connections[self.port] = now, connection
        return connection

    def close(self) -> None:
        for _, connection in self._connections.values():
            connection.close()


@contextmanager
def browsing(*browsers: Browser) -> Iterator[None]:
    try:
        yield
    finally:
        for one in browsers:
            one.close()


def multipart(fields: Fields, boundary: str) -> Iterable[bytes]:
    return (part(boundary, name, value.encode()) for name, value in fields)


def part(boundary: str, name: str, data: bytes, *, filename: str = "") -> bytes:
    file = f'; filename="{filename}"' if filename else ""
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
    return head.encode() + data + b"\r\n"
