"""The example of the sidecar: a pod whose helpers start before it and stop after it."""

import pytest
import yaml

from patterns.tests.examples.book import example


@pytest.fixture
def spec() -> dict:
    """The specification of the pod, parsed."""
    (pod,) = yaml.safe_load_all(example("08", "A pod with two native sidecars"))
    assert (pod["apiVersion"], pod["kind"]) == ("v1", "Pod")
    return pod["spec"]


def test_both_helpers_are_native_sidecars(spec):
    """Only `restartPolicy: Always` makes a container that starts first go on running."""
    assert {one["name"]: one["restartPolicy"] for one in spec["initContainers"]} == {
        "log-shipper": "Always",
        "proxy": "Always",
    }
    assert [one["name"] for one in spec["containers"]] == ["prices"]


def test_the_application_waits_for_the_proxy(spec):
    """The proxy is the last to start before the application, and has to answer first."""
    proxy = spec["initContainers"][-1]
    assert proxy["name"] == "proxy"
    assert proxy["startupProbe"]["httpGet"] == {"path": "/ready", "port": 15021}


def test_the_log_shipper_reads_what_the_application_writes(spec):
    """Both mount the same volume, which the pod declares."""
    shipper, application = spec["initContainers"][0], spec["containers"][0]
    assert shipper["volumeMounts"] == application["volumeMounts"]
    assert [one["name"] for one in spec["volumes"]] == [shipper["volumeMounts"][0]["name"]]


def test_each_helper_has_a_limit_of_its_own(spec):
    """A helper that grows is stopped before it takes the application's memory."""
    assert all("memory" in one["resources"]["limits"] for one in spec["initContainers"])
