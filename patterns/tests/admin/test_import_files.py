"""Files that must not be imported: each is refused in words, soon, and with nothing written anywhere."""

import json
import tempfile
from io import BytesIO
from pathlib import Path
from time import process_time

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from patterns.document.entry import ENTRY_KEYS
from patterns.files.limits import ADMIN_LIMITS
from patterns.models import PendingImport
from patterns.tests.admin.forms import catalogue_rows
from patterns.tests.admin.uploads import IMPORT, LIST, problems_in, toml, toml_of, upload
from patterns.tests.factories import entry, make_pattern

pytestmark = pytest.mark.django_db

ITEM = toml_of("01")
HEADER = ",".join(ENTRY_KEYS[:5])
ROW = "01,saga,Saga,Undoes.,Data"
SEED = (Path(__file__).parent.parent / "data" / "header.txt").read_text() + "\n" + ITEM


def refused(client: Client, data: str | bytes, *, name: str = "catalog.toml", **fields: str) -> str:
    """Upload what must be refused within five seconds with nothing written; what the page says."""
    before, start = catalogue_rows(), process_time()
    response = upload(client, data, name=name, **fields)
    assert process_time() - start < 5
    assert response.status_code == 200
    assert "plan" not in response.context
    assert catalogue_rows() == before
    assert not PendingImport.objects.exists()
    return problems_in(response)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (SEED, "is not TOML"),
        (SEED, "the TOML begins at line"),
        ("[[items]\n", "line 1, column 8"),
        (ITEM.replace("description", "descripton"), "did you mean 'description'?"),
        (ITEM.replace('name = "Pattern 01"\n', ""), "name: is missing"),
        (ITEM.replace('"01"', "1", 1), "code: is 1; write a string"),
        (ITEM.replace('"Pattern 01"', '"  "'), "name: is blank"),
        (ITEM.replace('"pattern-01"', '"Not A Slug"'), "try 'not-a-slug'"),
        (ITEM + "\n" + ITEM, "[01] code: is stated twice"),
        (toml(entry("01", name="École"), entry("02", name="ÉCOLE", slug="b")), "name: is that of '01' too"),
        (ITEM + '[[items.relations]]\ntype = "uses"\ntarget = "77"\n', "there is no entry '77'"),
        (ITEM + '[[items.relations]]\ntype = "uses"\ntarget = "01"\n', "an entry cannot relate to itself"),
        (ITEM.replace("What Pattern 01 is.", "d" * 1_001), "has 1,001 characters"),
        (ITEM.replace("What Pattern 01 is.", "bell\\u0007"), "U+0007"),
        (ITEM.replace("What Pattern 01 is.", "nul\\u0000"), "U+0000"),
        (ITEM.encode("utf-16"), "is not UTF-8"),
        (ITEM.replace("What", "Überhaupt").encode("latin-1"), "is not UTF-8 (byte 0xDC)"),
        (".".join("a" * 5_000) + " = 1\n", "is nested too deeply"),
        ("[" + ".".join("a" * 20_000) + "]\n", "is nested too deeply"),
        ("x = " + "[" * 10_000 + "]" * 10_000, "is nested too deeply"),
        ("x = " + "{a=" * 10_000 + "1" + "}" * 10_000, "is nested too deeply"),
        ("x = " + "9" * 5_000, "too many digits"),
        ('[catalog]\nbase = "x:' + "9" * 16 + '"\n', "is not a base"),
        ("".join(f"k{number} = 1\n" for number in range(50_000)), "unknown key"),
        ("[[items]]\n" * 20_001, "20,001 entries"),
        ("[[items]]\n" + "".join(f"k{number} = 1\n" for number in range(10_000)), "10,000 keys"),
        ("[[items]]\n" * 20_000, "code: is missing"),
        ('x = "' + "\\" * 100_000, "is not TOML"),
        ("\x00" * 1_000, "is not TOML"),
        ("\n" * 100_000 + "x", "is not TOML"),
    ],
)
def test_bad_toml_is_refused(desk: Client, data: str | bytes, said: str):
    problems = refused(desk, data)

    assert problems
    assert said in problems


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("{", "is not JSON"),
        ("[]", "is not an object"),
        ('{"items": {}}', "items"),
        ('{"items": [1]}', "write a table"),
        ('{"items": [], "items": []}', "'items' twice in one object"),
        ('{"items": [{"code": "01", "code": "02"}]}', "'code' twice in one object"),
        ('{"x": ' + "[" * 100_000 + "]" * 100_000 + "}", "nested too deeply"),
        ('{"x": ' + '{"a":' * 100_000, "nested too deeply"),
        ('{"x": ' + "9" * 5_000 + "}", "too many digits"),
        ('{"x": NaN}', "NaN"),
        ('{"x": 1e999}', "unknown key"),
        (json.dumps({"items": [{**dict.fromkeys(ENTRY_KEYS[:5], "x"), "slug": "\ud800"}]}), "U+D800"),
        (json.dumps({"items": [{"code": "01"}] * 20_001}), "20,001 entries"),
    ],
)
def test_bad_json_is_refused(desk: Client, data: str, said: str):
    assert said in refused(desk, data, name="catalog.json")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("a,b\n1,2\n", "has no column 'code'"),
        ("code,code\n1,2\n", "names the column 'code' twice"),
        (",".join(["code", *(f"c{number}" for number in range(10_000))]) + "\n", "10,001 columns"),
        ("code\n" + "\n" * 8_000_000, "has more than 1,048,576 rows"),
        ("code" + ",a" * 4_000_000, "4,000,001 columns"),
        (f"{HEADER}\n{ROW},more\n", "has 6 cells where the header has 5"),
        (f'{HEADER}\n01,saga,Saga,"Undoes.,Data\n', "is not CSV"),
        (f'{HEADER}\n01,saga,Saga,"{"x" * 200_000}",Data\n', "has 200,000 characters"),
        (f"{HEADER},steps\n{ROW},[1\n", "the cell 'steps' is"),
        (f"{HEADER},steps\n{ROW},{'[' * 50_000}\n", "the cell 'steps' is"),
        (f"{HEADER},origin\n{ROW},{'9' * 5_000}\n", "the cell 'origin' holds a number with too many digits"),
        (
            f"{HEADER}\n" + "\n".join(f"c{number},s{number},N{number},D,C" for number in range(20_001)),
            "more than 20,000 entries",
        ),
        (f"{HEADER}\n{ROW}\n{ROW}\n", "row 3"),
    ],
)
def test_bad_csv_is_refused(desk: Client, data: str, said: str):
    assert said in refused(desk, data, name="catalog.csv")


def test_zeros_that_a_spreadsheet_ate_are_no_new_entries(desk: Client):
    for code in ("01", "02"):
        make_pattern(code)

    problems = refused(desk, "code,slug,name\n1,pattern-01,Pattern 01\n2,pattern-02,Pattern 02\n", name="catalog.csv")

    assert problems.count("\n") == 0
    assert "the codes 1, 2 have lost their zeros" in problems


@pytest.mark.parametrize("start", ["=1+1", "=cmd|' /C calc'!A0", "@SUM(A1)", "+1", "-1", "\t=1"])
def test_a_formula_is_text_like_any_other(desk: Client, start: str):
    page = upload(desk, f'{HEADER}\n01,saga,Saga,"{start}",Data\n', name="catalog.csv")

    assert page.context["plan"].edits[-1].after.description == start.strip()


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        *(("catalog.csv", encoding) for encoding in ("utf-16", "utf-16-le", "utf-32")),
        *(("catalog.json", encoding) for encoding in ("utf-16", "utf-32", "latin-1")),
    ],
)
def test_another_encoding_is_refused_in_every_format(desk: Client, name: str, encoding: str):
    text = f"{HEADER}\n01,saga,Saga,\xc9.,Data\n" if name.endswith("csv") else '{"items": [], "\xc9": 1}'

    assert "is not UTF-8" in refused(desk, text.encode(encoding), name=name)


@pytest.mark.parametrize(
    "bomb",
    [
        "x = " + "[" * 5_000 + "]" * 5_000,
        ".".join("k" * 5_000) + " = 1",
        "x = " + "9" * 10_000,
        "x = 0x" + "f" * 10_000,
        "x = 1e" + "9" * 10_000,
        "".join(f"[{'.'.join('t' * depth)}]\n" for depth in range(1, 99)),
        "[[a]]\n" * 1_500,
        'x = """' + '"' * 10_000,
    ],
    ids=["arrays", "dotted", "digits", "hexadecimal", "exponent", "tables", "lists", "quotes"],
)
def test_a_bomb_of_ten_kilobytes_is_refused_at_once(desk: Client, bomb: str):
    start = process_time()

    problems = refused(desk, bomb)

    assert problems
    assert process_time() - start < 2


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("catalog.toml", "[[items]]\n"),
        ("catalog.toml", "[t]\n"),
        ("catalog.toml", "x = 1\n"),
        ("catalog.toml", "[],"),
        ("catalog.toml", '"\\u0041",'),
        ("catalog.json", "[],"),
        ("catalog.json", "{},"),
    ],
)
def test_a_bomb_as_large_as_a_file_may_be_is_refused_unopened(desk: Client, name: str, unit: str):
    bomb = ("x = [" if unit.endswith(",") else "") + unit * (ADMIN_LIMITS.size // len(unit) - 9)

    assert "more tables, keys and values than a catalogue of its size" in refused(desk, bomb, name=name)


# Sizes, names and kinds


def test_a_file_over_the_limit_is_refused_with_the_limit(desk: Client):
    assert "at most 16,777,216 are allowed" in refused(desk, b"#" * (ADMIN_LIMITS.size + 1))


def test_a_file_at_the_limit_is_read(desk: Client):
    assert upload(desk, b"#" * ADMIN_LIMITS.size).context["plan"].edits == ()


@pytest.mark.parametrize("size", [settings.FILE_UPLOAD_MAX_MEMORY_SIZE + 1, 20_000_000])
def test_a_file_that_is_not_even_taken_in_is_refused_with_the_limit(desk: Client, size: int):
    assert "Choose a file of at most 16 MiB." in refused(desk, b"#" * size)


def test_an_empty_file_is_refused(desk: Client):
    assert "empty" in refused(desk, b"")


def test_a_file_of_nothing_but_white_space_has_nothing_to_do(desk: Client):
    make_pattern()

    assert upload(desk, " \n\n").context["plan"].edits == ()


def test_no_file_at_all_is_refused(desk: Client):
    response = desk.post(IMPORT, {"format": "toml"})

    assert "Choose a file" in problems_in(response)


def test_a_text_instead_of_a_file_is_refused(desk: Client):
    assert "Choose a file" in problems_in(desk.post(IMPORT, {"import_file": ITEM, "format": "toml"}))


@pytest.mark.parametrize("name", ["catalog.xls", "catalog.yaml", "catalog.txt", "catalog", "toml", "a.toml.exe", "é.ÿ"])
def test_a_name_that_says_no_known_format_is_refused(desk: Client, name: str):
    assert "choose its format" in refused(desk, ITEM, name=name)


@pytest.mark.parametrize("format", ["xls", "tsv", "yaml", "0", "TOML", "../toml"])
def test_an_unknown_format_is_refused(desk: Client, format: str):
    assert "valid choice" in refused(desk, ITEM, format=format)


def test_a_wrong_format_is_refused(desk: Client):
    assert "is not JSON" in refused(desk, ITEM, format="json")
    assert "is not TOML" in refused(desk, b"PK\x03\x04" + b"\x00" * 100, name="book.toml")


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd.toml",
        "/etc/passwd.toml",
        "C:\\boot.toml",
        "a\x00b.toml",
        "x" * 300 + ".toml",
        "..toml",
        "\u202elmot.toml",
    ],
)
def test_a_name_like_a_path_is_only_a_name(desk: Client, name: str):
    file = BytesIO(ITEM.encode())
    file.name = name

    response = desk.post(IMPORT, {"import_file": file, "format": "toml"})

    kept = PendingImport.objects.get().file_name
    assert response.status_code == 200
    assert not {"/", "\\", "\x00"} & {*kept}
    assert len(kept) <= 200


def test_a_broken_multipart_body_is_a_bad_request(desk: Client):
    response = desk.post(IMPORT, b"--x\r\nbroken", content_type="multipart/form-data; boundary=x")

    assert response.status_code in (200, 400)
    assert not PendingImport.objects.exists()


def test_a_thousand_problems_are_counted_and_the_first_are_shown(desk: Client):
    response = upload(desk, "[[items]]\n" * 1_000)

    assert response.context["problem_count"] >= 1_000
    assert "The first 200 are shown." in response.content.decode()


def test_problems_in_markup_are_shown_as_text(desk: Client):
    response = upload(desk, ITEM.replace('"pattern-01"', '"<script>alert(1)</script>"'))

    assert "<script>alert(1)" not in response.content.decode()


# Nothing lies about


def files_under(*folders: Path) -> set[Path]:
    return {path for folder in folders if folder.exists() for path in folder.rglob("*")}


@pytest.mark.parametrize("size", [100, 2_500_000, 15_000_000, 20_000_000])
def test_an_upload_leaves_no_file_behind(desk: Client, size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = files_under(settings.VAR_DIR)

    upload(desk, ITEM + "#" * size)

    assert files_under(tmp_path) == set()
    assert {path for path in files_under(settings.VAR_DIR) - before if "pytest" not in str(path)} == set()


def test_uploads_are_never_held_in_files(settings):
    assert settings.FILE_UPLOAD_HANDLERS == ["archsite.middleware.ImportUploadHandler"]


@pytest.mark.parametrize("address", [LIST, "/admin/login/", "/patterns/pattern-01/suggest/"])
def test_a_file_sent_to_another_page_is_not_even_held_in_memory(client: Client, address: str):
    make_pattern()
    file = SimpleUploadedFile("catalog.toml", b"#" * 10_000_000)

    request = client.post(address, {"import_file": file}).wsgi_request

    assert not request.FILES
