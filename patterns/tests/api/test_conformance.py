"""The API against its own description: asked for all that it allows, and for much that it does not."""

import subprocess
import sys
from pathlib import Path

import pytest

from patterns.tests.factories import RICH, change_pattern, make_pattern, make_patterns

SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
BOUNDS = ["--seed=1", "--max-examples=25", "--phases=examples,coverage,fuzzing", "--continue-on-failure", "--no-color"]


@pytest.fixture
def catalogue(transactional_db):
    """Entries to list and to find, a former address, a retired entry, a draft."""
    make_patterns(3, first=2, **RICH)
    make_pattern("01", name="Saga", relations=[{"type": "uses", "target": "02"}])
    change_pattern(make_pattern("05", slug="old"), slug="new")
    change_pattern(make_pattern("06", slug="retired"), status="retired", replaced_by="01")
    make_pattern("07", slug="draft", status="draft")


@pytest.mark.usefixtures("catalogue")
def test_the_api_does_what_its_description_says(live_server, tmp_path: Path):
    command = [str(SCHEMATHESIS), "run", f"{live_server.url}/api/v1/openapi.json", f"--url={live_server.url}", *BOUNDS]

    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)

    assert run.returncode == 0, run.stdout[-10_000:] + run.stderr[-2_000:]
