"""Many small stylesheets, of which a page links to one: in production each bundle is a single file."""

import io
import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from django.core.management import call_command
from django.test import Client, override_settings

from archsite import settings as production
from archsite.stylesheets import BUNDLES, BundlingStorage, bundled
from patterns.tests.factories import make_pattern
from patterns.tests.pages.trees import parsed

A_BUNDLE = pytest.mark.parametrize("bundle", BUNDLES)
MOST_LINES = 300
STATIC = Path(str(finders.find("patterns/logo.svg"))).parent
ADMIN_PAGES = [
    *("", "audit/", "auth/user/", "patterns/pattern/", "patterns/pattern/add/", "patterns/pattern/import/"),
    *("patterns/pattern/{pk}/history/", "patterns/pattern/deleted/", "patterns/proposal/", "patterns/pattern/export/"),
]


def collect(folder: Path) -> None:
    """What ``make run`` does."""
    with override_settings(STATIC_ROOT=folder, STORAGES=production.STORAGES):
        call_command("collectstatic", interactive=False, stdout=io.StringIO())


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("static")
    collect(folder)
    return folder


def hashed(folder: Path, name: str) -> Path:
    return folder / json.loads((folder / "staticfiles.json").read_text())["paths"][name]


def names_in(bundle: str) -> list[str]:
    return re.findall(r'@import "(.+)";', source_of(bundle).read_text())


def source_of(bundle: str) -> Path:
    return STATIC.parent / bundle


@pytest.mark.parametrize("name", ["admin/css/base.css", *BUNDLES])
def test_static_files_build_with_hashed_names(collected: Path, name: str):
    path = hashed(collected, name)

    assert path.name != Path(name).name
    assert path.with_name(f"{path.name}.br").exists()


@A_BUNDLE
def test_a_bundle_holds_each_source_once_and_in_order(collected: Path, bundle: str):
    built = hashed(collected, bundle).read_text()

    sources = [source_of(bundle).with_name(name).read_text() for name in names_in(bundle)]
    places = [built.index(source) for source in sources]
    assert [built.count(source) for source in sources] == [1] * len(sources)
    assert places == sorted(places)
    assert "@import" not in built


@A_BUNDLE
def test_the_name_without_a_hash_is_that_of_the_same_file(collected: Path, bundle: str):
    """The page of our own errors links to it."""
    assert (collected / bundle).read_bytes() == hashed(collected, bundle).read_bytes()


def test_a_bundle_is_written_anew_though_it_is_newer_than_its_sources(collected: Path):
    (collected / BUNDLES[0]).write_text("/* of yesterday */")

    collect(collected)

    assert ".card" in (collected / BUNDLES[0]).read_text()


@A_BUNDLE
def test_a_bundle_imports_all_that_lies_beside_it(bundle: str):
    beside = {path.name for path in source_of(bundle).parent.glob("*.css")} - {source_of(bundle).name}

    assert sorted(names_in(bundle)) == sorted(beside)


def test_a_bundle_names_what_it_imports_in_vain():
    source = InMemoryStorage()
    source.save("all.css", ContentFile('@import "gone.css";\n'))

    with pytest.raises(ValueError, match=r"all\.css imports gone\.css"):
        bundled("all.css", {"all.css": (source, "all.css")})


def test_an_address_in_a_source_leads_to_the_same_file_from_its_bundle(tmp_path: Path):
    texts = {**dict.fromkeys(BUNDLES, '@import "one.css";\n'), "patterns/logo.svg": "<svg/>"}
    for bundle in BUNDLES:
        texts[str(Path(bundle).with_name("one.css"))] = 'a { background: url("../logo.svg"); }'
    storage = BundlingStorage(location=tmp_path, base_url="/static/")
    for name, content in texts.items():
        storage.save(name, ContentFile(content))

    [*storage.post_process({name: (storage, name) for name in texts})]

    logo = Path(storage.hashed_files["patterns/logo.svg"]).name
    built = [(tmp_path / storage.hashed_files[bundle]).read_text() for bundle in BUNDLES]
    assert all(f'url("../{logo}")' in text for text in built)


def test_no_source_is_long():
    lengths = {path.name: len(path.read_text().splitlines()) for path in STATIC.rglob("*.css")}

    assert {name: count for name, count in lengths.items() if count > MOST_LINES} == {}


@pytest.mark.parametrize("address", ADMIN_PAGES)
@pytest.mark.django_db
def test_pages_of_the_admin_link_to_one_stylesheet_and_the_tokens_beside_its_own(admin_client: Client, address: str):
    address = address.format(pk=make_pattern("01").pk)

    page = parsed(admin_client.get(f"/admin/{address}"))

    sheets = [link.attrib["href"] for link in page.iter("link") if link.get("rel") == "stylesheet"]
    ours = [sheet.removeprefix("/static/patterns/") for sheet in sheets if "/patterns/" in sheet]
    assert ours == ["css/tokens.css", "admin/admin.css"]
