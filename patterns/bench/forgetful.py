"""The site as WSGI with a store that keeps nothing: whoever asks is the first one who does, from an own address."""

from collections.abc import Iterable
from ipaddress import IPv4Address
from itertools import count
from typing import Any

from django.utils.module_loading import import_string

ADDRESSES = map(IPv4Address, count(0x0A000000))
site, pages = import_string("archsite.wsgi.application"), import_string("archsite.wsgi.pages")


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    pages.clear()
    environ["REMOTE_ADDR"] = str(next(ADDRESSES))
    found: Iterable[bytes] = site(environ, start_response)
    return found
