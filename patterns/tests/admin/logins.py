"""The login form as people and programs send it."""

from typing import Any

from django.http import HttpResponse
from django.test import Client

LOGIN, INDEX = "/admin/login/", "/admin/"
PASSWORD = "correct horse battery"


def log_in(client: Client, name: str = "frida", password: str = PASSWORD, **more: Any) -> HttpResponse:
    """Words in capitals are headers, the others fields."""
    headers = {key: more.pop(key) for key in [*more] if key.isupper()}
    return client.post(LOGIN, {"username": name, "password": password, "next": INDEX, **more}, **headers)


def fail(client: Client, times: int, name: str = "frida", **more: Any) -> HttpResponse:
    """The answer to the last of so many wrong passwords."""
    return [log_in(client, name, "wrong", **more) for _ in range(times)][-1]
