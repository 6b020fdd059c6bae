"""A word that must never be public is looked for in every byte of every public address."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db.models import BinaryField, CharField, DateTimeField, ForeignKey, IntegerField, JSONField, TextField
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from patterns.document.vocabulary import CONCERNS
from patterns.models import Category, Change, FormerSlug, Pattern, PendingImport, Proposal, Request, WorkingCopy
from patterns.models.pattern import Part
from patterns.store.commits import contents
from patterns.store.writing import fingerprint_of
from patterns.tests.commands.terminal import said
from patterns.tests.factories import (
    AT,
    authorship,
    change_header,
    change_pattern,
    entry,
    make_category,
    make_pattern,
)
from patterns.tests.workflow import staff
from patterns.workflow.saves import present, save

pytestmark = pytest.mark.django_db
CANARY = "xanadu"
HIDDEN = {"02": "draft", "03": "review", "04": "retired"}  # by codes
SLUGS = ("public", "gone", "draft", *(f"{word}{code}" for word in ("hidden", "known") for code in ("", *HIDDEN)))
COMPARED = "?" + "&".join(f"pattern={slug}" for slug in SLUGS)
PLACES = {"path": "no-such-file.css", "uidb64": "MQ", "token": "none"}  # what stands in an address, but for slugs
# What begins the canary, and what is a slip of it; places in lists that only those ask for who know a hidden code.
QUERIES = (
    "",
    COMPARED,
    "?after=0",
    "?before=9",
    "?q=xanad",
    "?q=xunadu",
    "?sort=name&after=02",
    "?sort=changed&after=02",
)
ABOUT_CANARY: dict[str, Any] = {
    "description": CANARY,
    "category": f"Shelf {CANARY}",
    "problem": CANARY,
    "solution": CANARY,
    "aliases": [CANARY],
    "use_when": [CANARY],
    "relations": [{"type": "uses", "target": "01", "why": CANARY}],
    "references": [{"title": CANARY, "url": f"https://example.org/{CANARY}"}],
    "consequences": [{"quality": "security", "sign": "gain", "text": CANARY, "evidence": [CANARY]}],
    "steps": [{"sender": CANARY, "receiver": CANARY, "message": CANARY, "note": CANARY, "variant": CANARY}],
    "symptoms": [CANARY],
    "checks": [CANARY],
    "signals": [CANARY],
    "variants": [{"name": CANARY, "text": CANARY}],
    "examples": [{"title": CANARY, "language": CANARY, "code": CANARY, "note": CANARY}],
    "known_uses": [{"who": CANARY, "what": CANARY, "url": f"https://example.org/{CANARY}"}],
    "known_as": [{"catalog": CANARY, "name": CANARY, "category": CANARY}],
    "origin": {"who": CANARY},
}

RELATED = {"relations": [{"type": "uses", "target": "02", "why": CANARY}]}
DOCUMENT = entry("01", slug="public", name=f"Name {CANARY}", **{**ABOUT_CANARY, **RELATED}).model_dump(mode="json")


@pytest.fixture
def editor():
    return User.objects.create_user(CANARY, first_name=CANARY, email=f"{CANARY}@example.org")


@pytest.fixture
def by(editor: User):
    return authorship(author=editor, comment=CANARY, at=AT)


@pytest.fixture
def public(by):
    """A published entry that others, not public, say much about."""
    return change_pattern(make_pattern("01", slug="former", by=by), slug="public", by=by)


def slugs_of_all() -> set[str]:
    """Every slug that anything has or had."""
    slugs = {*Pattern.objects.values_list("slug", flat=True), *Category.objects.values_list("slug", flat=True)}
    return slugs | set(FormerSlug.objects.values_list("slug", flat=True))


def addresses() -> Iterator[str]:
    """Every address for which nobody has to sign in, with every slug, in its path or behind it."""
    slugs = slugs_of_all()
    for name, one in public_patterns(get_resolver().url_patterns):
        takes_slug = "slug" in one.pattern.converters
        given = {key: PLACES[key] for key in one.pattern.converters if key != "slug"}  # a new one is to be named there
        for kwargs in [{**given, "slug": slug} for slug in slugs] if takes_slug else [given]:
            address = reverse(name, kwargs=kwargs)
            yield from (address + query for query in (("", "?after=0") if takes_slug else QUERIES))
    yield from ("/admin/", "/admin/login/", "/admin/patterns/pattern/", "/no/such/page/")
    for slug in (one for one in slugs if CANARY not in one):  # lists name what they were asked for
        yield f"{reverse('patterns:map')}?entry={slug}"
        yield f"{reverse('patterns:matrix')}?category={slug}"
        yield f"{reverse('patterns:pattern', args=[slug])}?{'&'.join(f'have={code}' for code in HIDDEN)}"
        yield f"{reverse('patterns:compare')}?pattern=public&pattern={slug}"
        yield from (f"{reverse(f'patterns:{name}')}?category={slug}" for name in ("index", "api_patterns"))
    for code in ("01", *HIDDEN):
        yield f"{reverse('patterns:find')}?symptom={code}.1&symptom=01.1&limit=latency&holds={code}.1&have={code}"
        for name, other in product(("decide", "decide_md"), HIDDEN):
            query = f"choose={code}&considered={other}&symptom={code}.1&have={other}"
            yield f"{reverse(f'patterns:{name}')}?{query}"
    yield from (f"{reverse('patterns:symptoms')}?concern={one}" for one in ("other", *CONCERNS))
    yield from (f"{reverse('patterns:matrix')}?quality={quality}" for quality in ("security", "latency"))
    for code, sort in product(HIDDEN, ("name", "changed")):
        yield from (f"{reverse(f'patterns:{name}')}?sort={sort}&after={code}" for name in ("index", "api_patterns"))


def public_patterns(patterns: list[Any], *names: str) -> Iterator[tuple[str, URLPattern]]:
    """Every address with its qualified name, those of the API among them, but for the admin's."""
    for one in patterns:
        if isinstance(one, URLPattern):
            if one.name:
                yield ":".join((*names, one.name)), one
        elif one.namespace != "admin":
            yield from public_patterns(one.url_patterns, *names, *([one.namespace] if one.namespace else []))


def public_bytes(client: Client) -> Iterator[tuple[str, bytes]]:
    for address in addresses():
        response = client.get(address)
        yield address.partition("?")[0], repr(response.headers).encode() + response.content


def leaks(client: Client) -> set[str]:
    return {address for address, content in public_bytes(client) if CANARY.encode() in content.lower()}


def test_the_walk_finds_what_is_public(client: Client, public: Pattern):
    change_pattern(public, problem=CANARY)

    data = {f"{name}.{suffix}" for name in ("/patterns/public", "/catalog") for suffix in ("toml", "json")}
    feeds = {"/feeds/changes.atom", "/categories/data-pattern/feed.atom", "/patterns/public/feed.atom"}
    lists = {"/", "/patterns/", "/categories/data-pattern/"}
    pages = {*lists, "/patterns/public/", "/patterns/public/history/", "/find/", "/decide/", "/decide.md"}
    api = {"/api/v1/patterns", "/api/v1/patterns/public", "/api/v1/patterns/public/revisions"}
    assert leaks(client) == pages | feeds | data | {"/patterns/public.md", "/catalog.csv"} | api


def test_the_walk_finds_the_reason_of_a_change(client: Client, public: Pattern):
    change_pattern(public, problem="Why.", by=authorship(public_reason=CANARY))

    pages = {"/", "/changes/", "/patterns/public/history/"}
    feeds = {"/feeds/changes.atom", "/categories/data-pattern/feed.atom", "/patterns/public/feed.atom"}
    assert leaks(client) == pages | feeds


@pytest.mark.usefixtures("public")
def test_neither_an_editors_name_nor_a_comment_leaks(client: Client):
    assert leaks(client) == set()


@pytest.mark.usefixtures("public")
def test_an_entry_that_was_never_public_does_not_leak(client: Client, by):
    for code, status in HIDDEN.items():
        about = {"name": f"Name {CANARY} {code}", "slug": f"hidden{code}", **ABOUT_CANARY}
        make_pattern(code, status=status, by=by, **about)

    assert leaks(client) == set()


def test_an_entry_that_left_the_public_does_not_leak(client: Client, public: Pattern, by):
    make_category(ABOUT_CANARY["category"], slug="shelf", by=by)
    for code, status in HIDDEN.items():
        # Of a retired entry readers are told its name, as they knew it, and nothing else.
        name = f"Name {code}" if status == "retired" else f"Name {CANARY} {code}"
        make_pattern(code, name=name, slug=f"known{code}", by=by, **ABOUT_CANARY)
    change_pattern(public, relations=[{"type": "leads to", "target": code, "why": CANARY} for code in HIDDEN], by=by)
    for pattern in Pattern.objects.filter(code__in=HIDDEN):
        change_pattern(pattern, status=HIDDEN[pattern.code], replaced_by="01", by=by)

    assert leaks(client) == set()
    assert "Name 04" in client.get("/changes/").content.decode()


@pytest.mark.usefixtures("public")
def test_what_is_written_in_a_retired_entry_does_not_leak(client: Client, by):
    retired = change_pattern(make_pattern("04", slug="gone"), status="retired", by=by)
    change_pattern(retired, name=f"Name {CANARY}", **{**ABOUT_CANARY, "category": "Data Pattern"}, by=by)

    assert leaks(client) == set()


@pytest.mark.usefixtures("public")
def test_the_reason_of_a_change_that_readers_cannot_see_does_not_leak(client: Client, by):
    why = replace(by, public_reason=f"Because of {CANARY}.")
    for code, status in HIDDEN.items():
        change_pattern(make_pattern(code, slug=f"hidden{code}", status=status, by=why), description="New.", by=why)
    make_category("Shelf", slug="shelf", by=why)
    change_header(title="Systems", by=why)

    assert leaks(client) == set()


@pytest.mark.usefixtures("public")
def test_what_waits_for_review_or_was_decided_does_not_leak(client: Client, editor: User):
    for state in ("open", "accepted", "declined"):
        decided = {} if state == "open" else {"decided_by": editor, "decided_at": AT, "decision": CANARY}
        about: dict[str, Any] = {"code": "01", "comment": CANARY, "state": state, "created_at": AT, **decided}
        Proposal.objects.create(document=DOCUMENT, base=DOCUMENT, author=editor, **about)
        Proposal.objects.create(reader=CANARY, sender=CANARY, part=CANARY, **about)

    assert leaks(client) == set()


@pytest.mark.usefixtures("public")
def test_what_a_reader_sends_does_not_leak(client: Client):
    response = client.post("/patterns/public/suggest/", {"words": f"What {CANARY} means.", "name": CANARY})

    assert response.status_code == 303
    assert leaks(client) == set()


@pytest.mark.usefixtures("public")
def test_what_an_editor_proposes_does_not_leak(client: Client):
    proposed = entry("01", slug="public", name="Pattern 01", description=CANARY)

    saved = save(proposed, opened=fingerprint_of(present("01")), by=staff.by(staff.person("editor"), CANARY))

    assert saved.proposal is not None
    assert leaks(client) == set()


# What people are in the middle of, in every table of ours that is not read by public pages: a new one is among them.

READ_BY_READERS = {
    *("catalog", "change", "revision", "category", "pattern", "formerslug", "formercategory", "shortslug"),
    *("relation", "searchtext", "searchword", "facetcount"),
}
TEXTS = (CharField, TextField, JSONField)
# What the constraints of a table ask for besides words.
SHAPES: dict[str, dict[str, Any]] = {
    "mail": {"address": ""},
    "workingcopy": {"identity": "01", "elsewhere": {CANARY: DOCUMENT}, "earlier": [["problem", CANARY]]},
    "request": {"code": "01", "field": "problem"},
    "pendingimport": {"format": "toml", "resolution": "keep"},
    "proposal": {"code": "01", "part": "problem", "keys": ["problem"], "decided_at": None, "change": None},
}


def private_models() -> list[Any]:
    """Those that hold any text."""
    models = apps.get_app_config("patterns").get_models()
    private = (one for one in models if one._meta.model_name not in READ_BY_READERS and not issubclass(one, Part))
    return [one for one in private if any(isinstance(field, TEXTS) for field in one._meta.concrete_fields)]


def canary_row(model: Any, editor: User) -> Any:
    """A row with the canary in every text, and a document full of it in every JSON."""
    values: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        if isinstance(field, ForeignKey):
            values[field.name] = editor if field.related_model is User else None
        elif isinstance(field, CharField | TextField):
            values[field.name] = field.choices[0][0] if field.choices else CANARY
        elif isinstance(field, JSONField):
            values[field.name] = DOCUMENT
        elif isinstance(field, BinaryField):
            values[field.name] = CANARY.encode()
        elif isinstance(field, DateTimeField):
            values[field.name] = AT
        elif isinstance(field, IntegerField) and not field.primary_key:
            values[field.name] = 1
    return model(**{**values, **SHAPES.get(model._meta.model_name, {})})


@pytest.mark.usefixtures("public")
def test_what_people_are_in_the_middle_of_does_not_leak(client: Client, editor: User):
    rows = [canary_row(model, editor) for model in private_models()]
    for row in rows:
        row.save(force_insert=True)

    assert {WorkingCopy, Request, Proposal, PendingImport} <= {type(row) for row in rows}
    assert all(CANARY in repr(type(row).objects.values().get()) for row in rows)
    assert leaks(client) == set()


def test_what_people_are_in_the_middle_of_is_in_no_export_and_no_commit(editor: User):
    change_pattern(make_pattern("01"), description="New.")
    for model in private_models():
        canary_row(model, editor).save(force_insert=True)

    commits = [*contents([*Change.objects.order_by("number")])]

    assert len(commits) == Change.objects.count() > 1
    assert CANARY not in repr(commits)
    for options in ({}, {"published": True}):
        assert CANARY not in said("export_toml", **options)


def test_a_draft_that_succeeds_a_retired_entry_does_not_leak(client: Client, by):
    make_pattern("02", name=f"Name {CANARY}", slug="next", status="draft", by=by)
    change_pattern(make_pattern("03", slug="gone"), status="retired", replaced_by="02", by=by)

    assert leaks(client) == set()


def test_text_that_was_taken_back_before_publication_does_not_leak(client: Client, by):
    draft = make_pattern("02", slug="draft", status="draft", problem=CANARY, by=by)
    change_pattern(draft, status="published", problem="", by=by)

    assert leaks(client) == set()


@pytest.mark.usefixtures("public")
def test_a_shelf_with_nothing_public_on_it_does_not_leak(client: Client, by):
    make_category(f"Shelf {CANARY}", slug="shelf", description=CANARY, by=by)
    make_pattern("02", slug="hidden", category=f"Shelf {CANARY}", status="draft", by=by)

    assert leaks(client) == set()


@pytest.mark.usefixtures("public")
def test_text_that_was_rewritten_while_an_entry_was_hidden_does_not_leak(client: Client, by):
    known = change_pattern(make_pattern("02", slug="known", by=by), status="draft", by=by)
    change_pattern(change_pattern(known, problem=CANARY, by=by), problem="", status="published", by=by)

    assert leaks(client) == set()


@pytest.mark.usefixtures("public")
@pytest.mark.parametrize("status", HIDDEN.values())
@pytest.mark.parametrize(
    "address",
    [
        *("/map/?entry={slug}", "/compare/?pattern=public&pattern={slug}", "/patterns/?category={slug}"),
        *("/patterns/?sort=name&after={code}", "/patterns/?sort=changed&after={code}", "/patterns/?after={code}"),
        *(
            "/api/v1/patterns?sort=name&after={code}",
            "/categories/{slug}/feed.atom",
            "/categories/data-pattern/?after={code}",
            "/symptoms/?concern=data&after={code}",
            *("/matrix/?category={slug}", "/matrix/?after={slug}.{code}", "/matrix/?after=data-pattern.{code}"),
        ),
        *("/find/?symptom={code}.1", "/find/?symptom=01.1&have={code}", "/decide.md?choose={code}"),
        *("/decide/?choose={code}", "/decide/?choose=01&considered={code}&have={code}"),
    ],
)
def test_no_address_tells_what_is_hidden_from_what_is_not_there(client: Client, by, status: str, address: str):
    make_pattern("zz", slug="covert", name="Zebra", category="Covert", status=status, by=by)

    hidden = client.get(address.format(slug="covert", code="zz"))
    unknown = client.get(address.format(slug="corner", code="qq"))

    told = hidden.content.replace(b"covert", b"corner").replace(b"Covert", b"Corner").replace(b"zz", b"qq")
    assert (hidden.status_code, told) == (unknown.status_code, unknown.content)
