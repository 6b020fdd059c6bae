"""What others hold to be a good page, asked of every type of page: the Nu HTML checker, the newest axe, Lighthouse."""

import json
import os
import subprocess
from collections import defaultdict
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.template.loader import render_to_string
from playwright.sync_api import Browser

from patterns.tests.browser.audit import broken_rules
from patterns.tests.browser.standards.addresses import LAB, STATUSES, places

WIDTHS = (1440, 1280, 768, 375)
# Rendered when something broke, without a request.
ALONE = ("403.html", "429.html", "500.html", "503.html")
LEAST = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
RATED = ["/", "/patterns/saga-pattern/", "/patterns/", LAB]


def read(url: str) -> tuple[int, bytes]:
    try:
        with urlopen(url) as answer:
            return answer.status, answer.read()
    except HTTPError as error:
        return error.code, error.read()


def test_every_type_of_page_has_an_address_that_shows_it(site: str):
    statuses = defaultdict(set)
    for place in places():
        statuses[place.kind].add(read(f"{site}{place.address}")[0])

    assert {kind: each for kind, each in statuses.items() if STATUSES.get(kind, 200) not in each} == {}


def test_every_page_is_html_as_the_standard_has_it(site: str, tools: Path, tmp_path: Path):
    pages = {place.address: read(f"{site}{place.address}")[1] for place in places()}
    pages |= {name: render_to_string(name).encode() for name in ALONE}
    files = {tmp_path / f"{number}.html": address for number, address in enumerate(pages)}
    for file, address in files.items():
        file.write_bytes(pages[address])

    checker = ["java", "-jar", tools / "vnu-jar" / "build" / "dist" / "vnu.jar"]
    done = subprocess.run(
        [*checker, "--format", "json", "--exit-zero-always", "--errors-only", *files], capture_output=True, check=True
    )

    found = json.loads(done.stderr)["messages"]
    said = [f"{files[Path(one['url'].removeprefix('file:'))]}: {one['message']} {one['extract']!r}" for one in found]
    assert not said, "\n".join(said)


def test_every_page_is_accessible_at_every_width_in_both_schemes(site: str, tools: Path, browser: Browser):
    axe = Axe.from_file(tools / "axe-core" / "axe.min.js")
    found = []
    with browser.new_context(base_url=site) as context, context.new_page() as page:
        for place in places():
            page.goto(place.address)
            for width in WIDTHS:
                found += [f"{place.address} at {width}: {one}" for one in broken_rules(page, width=width, axe=axe)]

    assert not found, "\n".join(found)


@pytest.mark.parametrize("address", RATED)
def test_the_first_pages_are_rated_well(site: str, tools: Path, chromium_path: str, address: str):
    # A machine that was busy a moment ago is no fault of the page.
    below = rated_low(f"{site}{address}", tools, chromium_path) and rated_low(f"{site}{address}", tools, chromium_path)

    assert not below, "\n".join(below)


def rated_low(url: str, tools: Path, chromium: str) -> list[str]:
    """The categories in which Lighthouse rates a page below what we want, with what it holds against it.

    If it ends without a report, what it said.
    """
    flags = "--headless=new --no-sandbox --disable-gpu"
    command = ["node", tools / "lighthouse" / "cli" / "index.js", url, "--quiet", "--output=json"]
    wanted = [f"--only-categories={','.join(LEAST)}", f"--chrome-flags={flags}"]
    environment = {**os.environ, "CHROME_PATH": chromium}
    done = subprocess.run([*command, *wanted], capture_output=True, env=environment, check=False)
    if done.returncode:
        return [done.stderr.decode()]
    report = json.loads(done.stdout)
    return [
        f"{name}: {score:.0f}, {faults(report, name)}"
        for name, least in LEAST.items()
        if (score := (report["categories"][name]["score"] or 0) * 100) < least
    ]


def faults(report: dict, category: str) -> list[str]:
    audits = [report["audits"][one["id"]] for one in report["categories"][category]["auditRefs"] if one["weight"]]
    return [f"{one['title']} {one.get('displayValue', '')}".strip() for one in audits if (one["score"] or 0) < 1]
