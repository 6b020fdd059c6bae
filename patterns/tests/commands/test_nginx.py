"""docs/nginx.conf, as the drills run it: a real nginx in front of the site."""

from pathlib import Path

import pytest

from patterns.bench.nginx import PROGRAM, configuration
from patterns.bench.shared_cache import CacheFigures
from patterns.tests.commands.terminal import said


def test_the_addresses_of_the_documentation_are_replaced():
    text = configuration([8001, 8002], cache=Path("/scratch"))

    assert "server 127.0.0.1:8001 " in text
    assert "server 127.0.0.1:8002 " in text
    assert "/scratch/pages" in text
    assert not any(one in text for one in ("10.0.0.", "listen 80", "/var/cache"))


def test_machines_are_drilled_without_a_cache_that_would_hide_them():
    text = configuration([8001, 8002])

    assert "proxy_cache pages" not in text
    assert text.count("proxy_cache off;") == 2


def test_what_should_not_be_is_a_failure():
    figures = CacheFigures()

    figures.check("it is kept", True, "200 HIT")
    figures.check("it is never kept", False, "200 HIT")

    assert figures.failures == ["it is never kept: 200 HIT"]
    assert len(figures.checks) == 2


@pytest.mark.skipif(PROGRAM is None, reason="nginx is not installed")
def test_a_shared_cache_keeps_what_is_published_and_nothing_else():
    text = said("drill", "cache")

    assert "200 REVALIDATED" in text
    assert "200 STALE" in text
