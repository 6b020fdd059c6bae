import json
import tracemalloc

import pytest

from patterns.document.entry import ENTRY_KEYS
from patterns.document.problems import Problem
from patterns.files.limits import ADMIN_LIMITS, COMMAND_LIMITS
from patterns.files.reader import Upload, read_files, read_one
from patterns.files.toml import write_toml
from patterns.tests.document.documents import DATA, GIVEN, RICH, document, entry

TWO = '[[items]]\ncode = "02"\nslug = "b"\nname = "B"\ndescription = "D"\ncategory = "Other"\n'


def upload(text: str, name: str = "catalog.toml") -> Upload:
    return Upload(name, name.rpartition(".")[2], text.encode())


def test_the_given_file_is_twelve_entries_in_eight_categories():
    document = read_one((DATA / "items.toml").read_bytes()).document

    assert list(document.entries) == [f"{number:02}" for number in range(1, 13)]
    assert len(document.categories) == 8
    assert document.entries["06"].name == "Saga Pattern"


def test_an_entry_remembers_which_keys_the_file_stated():
    stated = read_one(f"{GIVEN}aliases = []\n".encode()).document.entries["01"].model_fields_set

    assert stated == {"code", "slug", "name", "description", "category", "aliases"}


def test_the_header_is_read():
    document = read_one(b'[catalog]\ntitle = "T"\ndescription = "D"\nkeywords = ["a", "b"]\n').document

    assert (document.header.title, document.header.description) == ("T", "D")
    assert document.header.keywords == ("a", "b")


def test_base_and_partial_are_about_the_file_and_not_in_the_document():
    file = read_one(b'[catalog]\nbase = "k3xq7w:42"\npartial = true\n[end]\nentries = 0\n')

    assert (file.base, file.partial) == ("k3xq7w:42", True)
    assert file.document.header.model_fields_set == set()


def test_categories_are_in_the_order_of_the_file():
    text = '[[categories]]\nname = "Zebra"\n[[categories]]\nname = "Ant"\nslug = "a"\n'

    document = read_one(text.encode()).document

    assert list(document.categories) == ["zebra", "a"]
    assert document.header.categories == ("zebra", "a")


def test_a_category_that_only_an_entry_names_states_nothing():
    document = read_one(GIVEN.encode()).document

    assert document.categories["data"].name == "Data"
    assert document.categories["data"].model_fields_set == set()
    assert document.header.categories == ()


def test_an_entry_names_its_category_in_any_case():
    document = read_one(f'[[categories]]\nname = "DATA"\n{GIVEN}'.encode()).document

    assert document.entries["01"].category == "DATA"


def test_entries_come_in_the_order_of_their_codes():
    document = read_one((TWO + GIVEN).encode()).document

    assert list(document.entries) == ["01", "02"]


def test_several_files_are_one_catalogue():
    document = read_files([upload('[catalog]\ntitle = "T"\n'), upload(GIVEN), upload(TWO)]).document

    assert (document.header.title, list(document.entries)) == ("T", ["01", "02"])


@pytest.mark.parametrize("prefix", ["\ufeff", "\r\n\r\n"])
def test_a_byte_order_mark_and_crlf_are_accepted(prefix: str):
    text = prefix + GIVEN.replace("\n", "\r\n") + 'problem = """\r\na\r\nb"""\r\n'

    assert read_one(text.encode()).document.entries["01"].problem == "a\nb"


def test_json_has_the_same_shape():
    item = read_one(GIVEN.encode()).document.entries["01"].model_dump(include=set(ENTRY_KEYS[:5]))
    text = json.dumps({"catalog": {"title": "T"}, "items": [{**item, **RICH}]})

    entry = read_files([upload(text, "a.json")]).document.entries["01"]

    assert {key: entry.model_dump(mode="json")[key] for key in RICH} == RICH


def test_csv_has_one_row_for_each_entry():
    text = '\ufeffcode,slug,name,description,category,aliases\r\n01,saga,Saga,"a, ""b""",Data,"[""Undo""]"\r\n\r\n'

    entry = read_files([upload(text, "a.csv")]).document.entries["01"]

    assert (entry.description, entry.aliases) == ('a, "b"', ("Undo",))


def test_an_empty_cell_clears_its_key():
    text = "code,slug,name,description,category,problem,status\n01,saga,Saga,D,Data,,\n"

    entry = read_files([upload(text, "a.csv")]).document.entries["01"]

    assert "problem" in entry.model_fields_set
    assert "status" not in entry.model_fields_set


def test_the_formats_may_be_mixed():
    row = "code,slug,name,description,category\n03,c,C,D,Data\n"

    document = read_files([upload(GIVEN), upload('{"items": []}', "a.json"), upload(row, "a.csv")]).document

    assert list(document.entries) == ["01", "03"]


def test_an_empty_file_is_an_empty_catalogue():
    assert read_one(b"").document.entries == {}


def test_a_later_problem_finds_its_place_in_the_file():
    file = read_files([upload(GIVEN + '[[items.relations]]\ntype = "uses"\ntarget = "77"\n', "b.toml")])

    [placed] = file.placed([Problem(code="01", path=("relations", 0, "target"), message="is nobody")])

    assert (placed.file, placed.place) == ("b.toml", "line 9")


def test_a_problem_of_an_entry_that_no_file_states_has_no_place():
    problem = Problem(code="77", message="is nobody")

    assert read_one(GIVEN.encode()).placed([problem]) == [problem]


def test_the_admin_takes_smaller_files_than_the_commands():
    assert (ADMIN_LIMITS.size, ADMIN_LIMITS.entries) == (16 * 1024 * 1024, 20_000)
    assert COMMAND_LIMITS.size == 256 * 1024 * 1024


def test_what_is_read_of_a_large_file_takes_a_few_times_its_size():
    plain = [entry(str(number), **{**RICH, "replaced_by": "", "relations": []}) for number in range(1, 501)]
    data = write_toml(document(*plain)).encode()
    tracemalloc.start()

    file = read_one(data)

    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(file.document.entries) == 500
    assert kept < 6 * len(data)
