from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from jsonschema import Draft7Validator

from patterns.document.catalog import CatalogFile
from patterns.files.reader import read_one
from patterns.models import Catalog, Pattern
from patterns.store.exports import export_public
from patterns.store.reading import load_entries
from patterns.tests.factories import (
    authorship,
    change_pattern,
    entry,
    import_entries,
    make_category,
    make_pattern,
    make_rich_pattern,
)
from patterns.views import freshness
from patterns.views.freshness import digest_of

pytestmark = pytest.mark.django_db
TYPES = {
    "toml": "application/toml; charset=utf-8",
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
}
FILES = [f"/catalog.{suffix}" for suffix in ("toml", "json", "csv")]
FILES += [f"/patterns/saga.{suffix}" for suffix in ("toml", "json", "md")]
ADDRESSES = pytest.mark.parametrize("address", FILES)
CATALOGUES = pytest.mark.parametrize("address", FILES[:3])
READABLE = pytest.mark.parametrize("address", FILES[:5])


def read_back(client: Client, address: str) -> CatalogFile:
    return read_one(client.get(address).content, format=address.rpartition(".")[2])


@CATALOGUES
def test_the_catalogue_is_a_file_of_every_published_entry(client: Client, address: str):
    for code, status in (("01", "published"), ("02", "draft"), ("03", "review"), ("04", "retired")):
        make_pattern(code, status=status)

    assert [*read_back(client, address).document.entries] == ["01"]


@pytest.mark.parametrize("suffix", ["toml", "json"])
def test_an_entry_is_a_file_of_its_own(client: Client, suffix: str):
    make_pattern("01", name="Saga")
    make_pattern("02")

    assert [*read_back(client, f"/patterns/saga.{suffix}").document.entries] == ["01"]


@READABLE
def test_the_file_holds_all_of_the_entry(client: Client, address: str):
    make_rich_pattern("01", name="Saga")

    entry = read_back(client, address).document.entries["01"]

    assert entry == load_entries()["01"]
    assert entry.steps[0].message == "charge the card"


@pytest.mark.parametrize("suffix", ["toml", "json", "csv"])
def test_the_file_says_that_it_is_a_part(client: Client, suffix: str):
    make_pattern("01")

    assert read_back(client, f"/catalog.{suffix}").partial


def test_the_table_begins_as_excel_knows_utf_8_and_ends_in_the_number_of_its_entries(client: Client):
    make_pattern("01", description="Une façade.")

    text = client.get("/catalog.csv").content.decode("utf-8")

    assert text.startswith("\ufeffcode,slug,name,")
    assert [line.rpartition(",")[2] for line in text.splitlines()] == ["base", "partial", "partial"]
    assert text.splitlines()[-1].startswith("[end],1,")


def test_no_spreadsheet_runs_a_text(client: Client):
    make_pattern("01", description="=1+1")

    assert b",'=1+1," in client.get("/catalog.csv").content
    assert read_back(client, "/catalog.csv").document.entries["01"].description == "=1+1"


def test_the_schema_accepts_the_catalogue(client: Client, settings):
    settings.SITE_URL = "https://catalog.example"
    make_rich_pattern("01")

    response = client.get("/catalog.schema.json")

    assert response["Content-Type"] == "application/schema+json"
    assert response.json()["$id"] == "https://catalog.example/catalog.schema.json"
    assert Draft7Validator(response.json()).is_valid(client.get("/catalog.json").json())


@pytest.mark.parametrize("header", [("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since")])
def test_the_schema_is_good_until_the_next_release(client: Client, header: tuple[str, str]):
    given, asked = header
    response = client.get("/catalog.schema.json")
    make_pattern("01")

    again = client.get("/catalog.schema.json", headers={asked: response[given]})

    assert (again.status_code, again.content) == (304, b"")
    assert "must-revalidate" in again["Cache-Control"]


def test_categories_without_published_entries_stay_out(client: Client):
    make_category("Secret shelf")
    make_pattern("01")

    assert b"Secret" not in client.get("/catalog.toml").content


@ADDRESSES
def test_the_file_comes_with_its_type_and_name(client: Client, address: str):
    make_pattern("01", name="Saga")

    response = client.get(address)

    assert response["Content-Type"] == TYPES[address.rpartition(".")[2]]
    way = "inline" if address.endswith(".md") else "attachment"
    assert response["Content-Disposition"] == f'{way}; filename="{address.rpartition("/")[2]}"'


@ADDRESSES
def test_the_file_is_asked_for_again_each_time(client: Client, address: str):
    make_pattern("01", name="Saga")

    cache_control = {part.strip() for part in client.get(address)["Cache-Control"].split(",")}

    assert cache_control == {"public", "max-age=0", "must-revalidate"}


@ADDRESSES
def test_the_date_is_that_of_the_last_change(client: Client, address: str):
    make_pattern("01", name="Saga", by=authorship(at=datetime(2025, 6, 2, 8, tzinfo=UTC)))

    assert client.get(address)["Last-Modified"] == "Mon, 02 Jun 2025 08:00:00 GMT"


@ADDRESSES
def test_a_site_that_moved_makes_copies_old(client: Client, settings, address: str):
    make_pattern("01", name="Saga")
    etag = client.get(address)["ETag"]
    settings.SITE_URL = "https://elsewhere.example"

    assert client.get(address, headers={"If-None-Match": etag}).status_code == 200


@ADDRESSES
def test_another_release_makes_copies_old(client: Client, monkeypatch: pytest.MonkeyPatch, address: str):
    make_pattern("01", name="Saga")
    etag = client.get(address)["ETag"]
    monkeypatch.setattr(freshness, "RELEASE", "another")

    assert client.get(address, headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize("name", ["view.py", "page.html", "page.css"])
def test_a_release_is_what_its_files_say(tmp_path: Path, name: str):
    (tmp_path / name).write_text("answer = 1")
    before = digest_of([tmp_path])

    (tmp_path / name).write_text("answer = 2")

    assert digest_of([tmp_path]) != before


def test_what_is_not_the_program_makes_no_copy_old(tmp_path: Path):
    (tmp_path / "view.py").write_text("answer = 1")
    before = digest_of([tmp_path])

    (tmp_path / "view.pyc").write_text("compiled")

    assert digest_of([tmp_path]) == before


def test_the_etag_does_not_say_what_whole_exports_name_as_their_base(client: Client):
    make_pattern("01")

    assert Catalog.objects.get().id not in client.get("/catalog.toml")["ETag"]


@ADDRESSES
@pytest.mark.parametrize("header", [("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since")])
def test_a_copy_that_is_still_good_is_not_sent_again(client: Client, address: str, header: tuple[str, str]):
    make_pattern("01", name="Saga")
    given, asked = header
    value = client.get(address)[given]

    response = client.get(address, headers={asked: value})

    assert (response.status_code, response.content) == (304, b"")
    assert "must-revalidate" in response["Cache-Control"]


@ADDRESSES
@pytest.mark.parametrize(("first", "second"), [(0.2, 0.8), (1.5, 0.9)])
def test_of_two_changes_in_a_second_the_first_is_not_taken_for_the_second(
    client: Client, address: str, first: float, second: float
):
    began = datetime(2025, 6, 2, 8, tzinfo=UTC)
    make_pattern("02", by=authorship(at=began - timedelta(minutes=1)))
    saga = make_pattern("01", name="Saga", by=authorship(at=began + timedelta(seconds=first)))
    copy = client.get(address)

    change_pattern(saga, problem="Said a moment later.", by=authorship(at=began + timedelta(seconds=second)))

    again = client.get(address, headers={"If-Modified-Since": copy["Last-Modified"]})
    assert (again.status_code, again.headers.get("Last-Modified")) == (200, None)
    assert b"Said a moment later." in again.content
    change_pattern(saga, problem="Later.", by=authorship(at=began + timedelta(seconds=9)))
    assert client.get(address)["Last-Modified"] == "Mon, 02 Jun 2025 08:00:09 GMT"


def test_any_change_makes_copies_old(client: Client):
    pattern = make_pattern("01", name="Saga")
    etag = client.get("/catalog.toml")["ETag"]
    change_pattern(pattern, description="New words.")

    response = client.get("/catalog.toml", headers={"If-None-Match": etag})

    assert response.status_code == 200
    assert b"New words." in response.content


@pytest.mark.parametrize("suffix", ["toml", "json", "md"])
def test_an_entry_that_is_gone_is_not_called_unchanged(client: Client, suffix: str):
    change_pattern(make_pattern("01", name="Saga"), status="retired")

    response = client.get(f"/patterns/saga.{suffix}", headers={"If-None-Match": "*"})

    assert response.status_code == 410


@CATALOGUES
def test_an_empty_catalogue_is_a_file_too(client: Client, address: str):
    response = client.get(address)

    assert response.status_code == 200
    assert "Last-Modified" not in response


# A large catalogue


@pytest.fixture
def large(client: Client) -> None:
    import_entries([entry(f"{number:04}", problem="It hurts. " * 2_000) for number in range(60)])


@pytest.mark.usefixtures("large")
def test_a_large_catalogue_is_sent_while_it_is_read(client: Client):
    response = client.get("/catalog.toml")

    assert response.streaming
    assert "".join(piece.decode() for piece in response) == export_public().toml
    assert response.headers["Content-Type"] == TYPES["toml"]
    assert response.headers["ETag"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("method", ["head", "get"])
def test_a_reader_who_leaves_a_large_catalogue_leaves_nothing_open(client: Client, method: str):
    getattr(client, method)("/catalog.toml").close()

    make_pattern("99")
    assert Pattern.objects.count() == 61
