"""What changed, for feed readers: Atom, of what readers could see and nothing else."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Protocol
from uuid import UUID, uuid5

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from patterns.models import Catalog, Category, Pattern
from patterns.store.public_history import PublicRevision, departure_of, latest_revisions, public_revisions
from patterns.views.errors import category_moved, moved_or_gone
from patterns.views.freshness import public
from patterns.views.history import Difference, entry_differences, names_of, successors_of
from patterns.views.rendering import render_xml

ITEM_COUNT = 30
LOOKED_AT = 480  # revisions in which readers may see no difference, because all that changed was hidden
IDENTITIES = UUID("6f1c2b0e-6d5a-4a0f-9d59-0d6b8a3d7c41")  # ours: with a catalogue's id and a name it makes an identity
NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # of a feed that has nothing to tell yet


@dataclass(frozen=True)
class FeedItem:
    identity: str
    title: str
    address: str
    at: datetime
    description: str
    reason: str
    differences: list[Difference]
    successor: Pattern | None = None


@public
def changes_feed(request: HttpRequest) -> HttpResponse:
    context = {"title": "Changes", "address": reverse("patterns:changes_feed"), "page": reverse("patterns:changes")}
    return feed(request, partial(latest_revisions, Pattern.objects.all()), name="changes", context=context)


@public
def category_feed(request: HttpRequest, slug: str) -> HttpResponse:
    found = Category.objects.shown().filter(slug=slug).first()
    if found is None:
        return category_moved(request, slug, view="patterns:category_feed")
    address = reverse("patterns:category_feed", args=[slug])
    context = {"title": f"Changes in {found.name}", "address": address, "page": found.get_absolute_url()}
    read = partial(latest_revisions, Pattern.objects.in_category(found))
    return feed(request, read, name=f"category {slug}", context=context)


@public
def pattern_feed(request: HttpRequest, slug: str) -> HttpResponse:
    """Of a retired entry its feed has one thing left to say, which those who follow it should hear."""
    found = Pattern.objects.filter(slug=slug)
    read: Read
    if pattern := found.published().first():
        name, page, read = pattern.name, "patterns:history", partial(public_revisions, found)
    elif (pattern := found.once_published().first()) and (departure := departure_of(pattern)):
        # By the name that readers knew: it may have another by now.
        name, page, read = departure.entry.name, "patterns:pattern", partial(alone, departure)
    else:
        return moved_or_gone(request, slug, view="patterns:pattern_feed")
    context = {
        "title": f"Changes in {name}",
        "address": reverse("patterns:pattern_feed", args=[slug]),
        "page": reverse(page, args=[slug]),
    }
    return feed(request, read, name=f"entry {pattern.code}", context=context)


def alone(revision: PublicRevision, *, limit: int) -> list[PublicRevision]:
    return [revision]


class Read(Protocol):
    """The newest revisions of some entries, newest first, in some of which readers may see no difference."""

    def __call__(self, *, limit: int) -> list[PublicRevision]: ...


def feed(request: HttpRequest, read_revisions: Read, *, name: str, context: dict[str, Any]) -> HttpResponse:
    """The newest changes of some entries; ``name`` tells feeds of one catalogue apart."""

    def read() -> dict[str, Any]:
        catalog, revisions = Catalog.objects.get(), visible_revisions(read_revisions, limit=ITEM_COUNT)
        names, successors = names_of(revisions), successors_of(revisions)
        items = [feed_item(one, catalog, names, successors) for one in revisions]
        updated_at = items[0].at if items else NEVER
        about = {"catalog": catalog, "identity": identity(catalog, name), "updated_at": updated_at}
        return {**context, **about, "items": items}

    return render_xml(request, template="patterns/feed.xml", content_type="application/atom+xml", read=read)


def visible_revisions(read: Read, *, limit: int) -> list[PublicRevision]:
    """The newest revisions in which readers could see a difference, looked for further back if need be."""
    found = read(limit=limit)
    visible = [one for one in found if one.is_visible][:ITEM_COUNT]
    # Enough, or nothing further back, or looked at enough: many hidden changes must not make a feed expensive.
    is_all = len(visible) == ITEM_COUNT or len(found) < limit or limit >= LOOKED_AT
    # Four times as far each time, 30, 120 and 480: a long past is read only where it has to be.
    return visible if is_all else visible_revisions(read, limit=4 * limit)


def feed_item(
    revision: PublicRevision, catalog: Catalog, names: dict[str, str], successors: dict[str, Pattern]
) -> FeedItem:
    """A change of one entry; of a first state, its description instead of the whole.

    Of an entry that is gone nothing is said again but its name: its address tells what became of it.
    """
    is_first, is_gone = revision.before is None, revision.is_departure
    found = [] if is_first else entry_differences(revision.before, revision.entry, names=names)
    labels = "retired" if is_gone else ", ".join(one.label.lower() for one in found)
    history = reverse("patterns:history", args=[revision.pattern.slug])
    has_own_page = is_first or is_gone
    return FeedItem(
        identity=identity(catalog, f"entry {revision.entry.code} at {revision.number}"),
        title=f"{revision.entry.name}: {labels or 'first published'}",
        address=revision.pattern.get_absolute_url() if has_own_page else f"{history}#change-{revision.number}",
        at=revision.at,
        description="It is no longer part of the catalogue." if is_gone else revision.entry.description,
        reason=revision.reason,
        differences=found,
        successor=successors.get(revision.pattern.replaced_by) if is_gone else None,
    )


def identity(catalog: Catalog, name: str) -> str:
    """The same for ever, whatever the site's address: made of the database's name and a name within it."""
    return uuid5(IDENTITIES, f"{catalog.id} {name}").urn
