"""The site as it is served, and what judges it: `.ci/run` installs that, and sets ARCHSITE_STANDARDS."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from patterns.bench.site import free_port, scratch_site, start_server
from patterns.tests.commands.terminal import written
from patterns.tests.factories import entry

HERE = Path(__file__).parent
TOOLS = settings.BASE_DIR / "var" / "standards" / "node_modules"
GIVEN = "fixtures/patterns.toml"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("standards")


@pytest.fixture(scope="package")
def tools() -> Path:
    if not os.environ.get("ARCHSITE_STANDARDS"):
        pytest.skip("Only .ci/run asks for these: it installs what judges.")
    if not TOOLS.is_dir():
        pytest.fail(f"What judges is not in {TOOLS}: .ci/run installs it.")
    return TOOLS


@pytest.fixture(scope="package")
def site(tools: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where gunicorn serves the entries that come with the site, one of them changed, and one that is gone."""
    folder, port = tmp_path_factory.mktemp("site"), free_port()
    saga = entry("06", name="Saga Pattern", category="Transaction Pattern", description="Undoes what was done.")
    gone = {"name": "Gone", "category": "Transaction Pattern"}
    first = written(folder / "first.toml", saga, entry("G1", **gone))
    then = written(folder / "then.toml", entry("G1", **gone, status="retired", replaced_by="06"))
    url = f"http://127.0.0.1:{port}"
    with scratch_site(folder, SITE_URL=url) as made:
        made.manage("collectstatic", "--noinput", "--verbosity", "0")
        made.prepare(GIVEN, str(first), str(then))
        server = start_server(made, port=port)
        try:
            server.wait_until_ready()
            yield url
        finally:
            server.stop()
