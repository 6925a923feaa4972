"""`floe/status`: what a client may show of the server beside its files."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import floe_ls
from floe_ls.remote.files import uri_of
from remote.conftest import *  # noqa: F403  servers
from remote.fault_server import FaultServer
from wire import Wire, stdio

WANTS = {"experimental": {"floe": {"status": True}}, "workspace": {"configuration": False}}
IDLE = {"resolving": 0, "unavailable": 0, "offline": False, "version": floe_ls.__version__}


@pytest.fixture
def wire(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    monkeypatch.setenv("FLOE_LS_CACHE", str(tmp_path / "cache"))
    with stdio() as (client, _):
        yield client


def domain(parent: str) -> str:
    return f"scope: domain\nparent_manifest: {parent}\n"


def told(wire: Wire, **expected: object) -> dict[str, Any]:
    """The status, as soon as it says what is expected."""
    while True:
        said = wire.until("floe/status")
        if all(said[key] == value for key, value in expected.items()):
            return said


def test_it_says_the_version_and_that_all_is_well(wire: Wire, tmp_path: Path) -> None:
    wire.start(WANTS, uri_of(tmp_path))
    assert wire.until("floe/status") == IDLE


def test_it_comes_again_only_when_it_is_another_one(wire: Wire, tmp_path: Path) -> None:
    wire.start(WANTS, uri_of(tmp_path))
    uri = uri_of(tmp_path / "manifest.yaml")
    wire.open(uri, domain("./enterprise-manifest.yaml"))
    told(wire, unavailable=1)
    for version in range(2, 6):
        wire.change(uri, version, domain("./enterprise-manifest.yaml") + "#" * version)
    wire.change(uri, 6, "scope: enterprise\n")
    told(wire, unavailable=0)
    said = [each["params"] for each in wire.notified if each["method"] == "floe/status"]
    assert all(one != other for one, other in pairwise(said))


def test_it_counts_the_parents_that_are_waited_for(
    wire: Wire, tmp_path: Path, faults: FaultServer
) -> None:
    wire.start(WANTS, uri_of(tmp_path))
    for name in ("one", "two"):
        parent = f"oci://{faults.host}/hang:{name}"
        wire.open(uri_of(tmp_path / f"{name}-manifest.yaml"), domain(parent))
    told(wire, resolving=2)
    wire.change(uri_of(tmp_path / "one-manifest.yaml"), 2, "scope: enterprise\n")
    told(wire, resolving=1)


def test_it_says_that_the_network_is_closed(wire: Wire, tmp_path: Path) -> None:
    wire.start(WANTS, uri_of(tmp_path), initializationOptions={"offline": True})
    told(wire, offline=True)
    wire.notify("workspace/didChangeConfiguration", {"settings": {"floe": {"offline": False}}})
    told(wire, offline=False)


def test_the_network_is_closed_by_the_file_of_settings(wire: Wire, tmp_path: Path) -> None:
    (tmp_path / "floe-ls.toml").write_text("offline = true\n")
    wire.start(WANTS, uri_of(tmp_path))
    wire.open(uri_of(tmp_path / "manifest.yaml"), "scope: enterprise\n")
    told(wire, offline=True)


def test_who_does_not_want_it_does_not_get_it(wire: Wire, tmp_path: Path) -> None:
    wire.start({}, uri_of(tmp_path))
    uri = uri_of(tmp_path / "manifest.yaml")
    wire.open(uri, domain("./enterprise-manifest.yaml"))
    wire.request(
        "workspace/executeCommand", {"command": "floe.openParent", "arguments": [uri]}
    )  # all is loaded then
    wire.stop()
    assert "floe/status" not in [each["method"] for each in wire.notified]


def test_the_parent_of_the_first_file_is_shown_as_progress_too(
    wire: Wire, tmp_path: Path, faults: FaultServer
) -> None:
    """It is asked for before anything but findings is loaded."""
    wire.start({"window": {"workDoneProgress": True}}, uri_of(tmp_path))
    wire.open(uri_of(tmp_path / "manifest.yaml"), domain(f"oci://{faults.host}/hang:v1"))
    assert wire.until("$/progress")["value"]["title"] == "Resolving hang:v1"


def test_it_says_which_files_are_not_floes(wire: Wire, tmp_path: Path) -> None:
    wire.start({}, uri_of(tmp_path))
    texts = {
        "manifest.yaml": "scope: enterprise\n",
        "floe.yaml": "name: a\n",
        "cf/manifest.yml": "applications:\n- name: web\n",
        "k8s/web-manifest.yaml": "apiVersion: apps/v1\nkind: Deployment\n",
    }
    for name, text in texts.items():
        wire.open(uri_of(tmp_path / name), text)
    kinds = [wire.request("floe/kind", {"uri": uri_of(tmp_path / name)})["kind"] for name in texts]
    assert kinds == ["manifest", "product", "other", "other"]
    assert wire.request("floe/kind", {"uri": uri_of(tmp_path / "nowhere.yaml")}) is None
