"""Every address of the site, and what it is with something that exists in every place."""

import re
import uuid
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.http import urlsafe_base64_encode


def addresses(resolver: Any, *, route: str = "", names: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Qualified name and route of everything that the site answers."""
    for one in resolver.url_patterns:
        inside = route + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from addresses(one, route=inside, names=(*names, one.namespace) if one.namespace else names)
        elif isinstance(one, URLPattern):
            yield ":".join((*names, one.name or "-")), inside


ADDRESSES = [*addresses(get_resolver())]


def filled(name: str, route: str, world: dict[str, Any]) -> str:
    """The address with something that exists in every place."""
    if name == "admin:app_list":
        return "/admin/patterns/"
    if route.startswith("admin/(?P<url>"):
        return "/admin/no-such-page/"
    model = route.split("/")[2] if route.count("/") > 2 else ""
    given = {
        "slug": world["slug"] if name.startswith("patterns:category") else "saga",
        "object_id": world["pattern"] if name == "admin:view_on_site" else world.get(model),
        "id": world["user"],
        "pk": world["working_copy"],
        "revision": world["revisions"].get(model, world["revision"]),
        "token": uuid.uuid4(),
        "uidb64": urlsafe_base64_encode(str(world["user"]).encode()),
        "path": "no-such-file.css",
        "content_type_id": world["content_type_id"],
    }
    query = "?app_label=patterns&model_name=pattern&field_name=category" if name == "admin:autocomplete" else ""
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda place: str(given[place[1]]), route) + query
