"""What the first page is made of: short lists that lead to the whole ones."""

from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

SHOWN = 10


@dataclass(frozen=True)
class Item:
    text: str
    url: str
    note: str = ""


@dataclass(frozen=True)
class Panel:
    """``total`` counts what ``more`` leads to; ``items`` are its first, and ``nothing`` is said without any."""

    name: str
    title: str
    nothing: str
    items: list[Item] = field(default_factory=list)
    total: int = 0
    more: str = ""


def list_url(model: str = "pattern", **query: Any) -> str:
    address = reverse(f"admin:patterns_{model}_changelist")
    return f"{address}?{urlencode(query)}" if query else address


def page_url(pk: Any, model: str = "pattern") -> str:
    return reverse(f"admin:patterns_{model}_change", args=[pk])


def labelled(code: str, name: str) -> str:
    return f"[{code}] {name}" if name else f"[{code}]"
