"""A new editor writes Bulkhead with all its parts; typing and Tab cost nothing, clicks of the mouse are counted."""

from typing import Any

import pytest
import tomli
from django.conf import settings
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from patterns.document.entry import Entry
from patterns.store.reading import PART_MODELS, VERDICT_KEYS, load_entries
from patterns.tests.admin.forms import address
from patterns.tests.browser.conftest import NewPage, session_of
from patterns.tests.browser.steps import send, told
from patterns.tests.factories import make_category, make_pattern
from patterns.tests.workflow.staff import person

MOST_CLICKS = 15
COUNTER = """
addEventListener("click", (event) => {
  if (event.isTrusted && event.detail > 0) sessionStorage.clicks = 1 + Number(sessionStorage.clicks ?? 0);
}, true);
"""
FAR = 60  # fields from one that is typed into to the next
FOCUSED = "[document.activeElement.name, document.activeElement.type]"
CHOSEN = "[document.activeElement.value, document.activeElement.selectedOptions[0].text.toLowerCase()]"
Row = dict[str, Any]


def bulkhead() -> Row:
    items = tomli.loads((settings.BASE_DIR / "fixtures" / "patterns.toml").read_text(encoding="utf-8"))["items"]
    [found] = [item for item in items if item["code"] == "15"]
    return {**found, "status": "draft"}


@pytest.fixture
def form(new_page: NewPage, live_server: LiveServer) -> Page:
    """The form of a new entry, among those that Bulkhead names."""
    make_category("Fault Tolerance Pattern")
    for code, name in (("10", "Circuit Breaker"), ("11", "Sharding"), ("13", "Retry"), ("14", "Timeout")):
        make_pattern(code, name=f"{name} Pattern")
    page = new_page()
    page.context.add_cookies([session_of(person("editor"), live_server.url)])
    page.add_init_script(COUNTER)
    page.goto(address("add"))
    return page


def parts_of(item: Row) -> dict[str, list[Row]]:
    """The lists of rows that the form has."""
    parts = {key: item[key] for key in PART_MODELS if key in item}
    rows = {key: [row if isinstance(row, dict) else {"text": row} for row in found] for key, found in parts.items()}
    verdicts = [{"verdict": word, "text": text} for key, word in VERDICT_KEYS.items() for text in item[key]]
    return {"applicability": verdicts, **rows}


def write(page: Page, name: str, value: Any) -> None:
    """Go on by Tab to a field, and type."""
    focused, kind = page.evaluate(FOCUSED)
    for _ in range(FAR):
        if focused == name:
            break
        page.keyboard.press("Tab")
        focused, kind = page.evaluate(FOCUSED)
    assert focused == name
    if kind == "select-one":
        for _ in range(FAR):
            if value.lower() in page.evaluate(CHOSEN):
                break
            page.keyboard.press("ArrowDown")
        assert value.lower() in page.evaluate(CHOSEN)
    elif kind == "checkbox":
        page.keyboard.press("Space")
    else:
        page.keyboard.press("Control+A")
        page.keyboard.insert_text("\n".join(value) if isinstance(value, list) else str(value))


def write_list(page: Page, part: str, rows: list[Row]) -> None:
    """Click into the first field of a list, and type the rest of it."""
    blank = page.locator(f"#{part}-empty :is(input:not([type=hidden]), select, textarea)")
    names = blank.evaluate_all("fields => fields.map((one) => one.name)")
    columns = [name.removeprefix(f"{part}-__prefix__-") for name in names]
    page.locator(f"[name={part}-0-{columns[0]}]").click()
    page.keyboard.press("Escape")  # a choice opens its list
    for number, row in enumerate(rows):
        for column in (one for one in columns if one in row):
            write(page, f"{part}-{number}-{column}", row[column])


def test_bulkhead_is_written_with_all_its_parts_in_few_clicks(form: Page):
    item = bulkhead()
    # Whoever relates it knows a part of the other's name.
    item_typed = {**item, "relations": [{**one, "target": "harding"} for one in item["relations"]]}

    form.locator("[name=code]").click()
    fields = form.locator("fieldset.module:not(.inline-group *) [name]")
    for name in fields.evaluate_all("fields => fields.map((one) => one.name)"):
        if name in item:
            write(form, name, item[name])
    for part, rows in parts_of(item_typed).items():
        write_list(form, part, rows)
    send(form, "Save")
    told(form, "was added successfully")

    written, wanted = load_entries()["15"].model_dump(), Entry(**item).model_dump()
    assert {key: written[key] for key in wanted if written[key] != wanted[key]} == {}
    assert int(form.evaluate("sessionStorage.clicks")) <= MOST_CLICKS
