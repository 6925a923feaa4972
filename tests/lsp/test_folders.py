"""Several folders in one window: each file is judged by the settings of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from floe_ls.remote.files import uri_of
from wire import Wire, stdio

ENTERPRISE = "scope: enterprise\ngovernance:\n  data_retention_days: 30\n"
DOMAIN = """\
scope: domain
parent_manifest: ./enterprise-manifest.yaml
governance:
  data_retention_days: 30
"""
CODE = "inherit/redundant"
ASKS = {"workspace": {"configuration": True, "workspaceFolders": True}}


class Window:
    """A client with two folders, which knows the settings of each."""

    def __init__(self, wire: Wire, folder: Path) -> None:
        self.wire = wire
        self.settings: dict[str | None, Any] = {None: {}}
        self.folders = [folder / "one", folder / "two"]
        wire.answers["workspace/configuration"] = self.configuration
        for each in self.folders:
            each.mkdir()
            (each / "enterprise-manifest.yaml").write_text(ENTERPRISE)

    def configuration(self, params: Any) -> list[Any]:
        scopes = [item.get("scopeUri") for item in params["items"]]
        return [self.settings.get(scope, self.settings[None]) for scope in scopes]

    def set(self, folder: Path | None, settings: dict[str, Any]) -> None:
        self.settings[uri_of(folder) if folder else None] = settings

    def start(self) -> None:
        folders = [{"uri": uri_of(each), "name": each.name} for each in self.folders]
        self.wire.start(ASKS, uri_of(self.folders[0]), workspaceFolders=folders)

    def changed(self) -> None:
        self.wire.notify("workspace/didChangeConfiguration", {"settings": None})

    def open(self, folder: Path) -> str:
        uri = uri_of(folder / "domain-manifest.yaml")
        self.wire.open(uri, DOMAIN)
        return uri

    def severity(self, uri: str, *expected: int | None) -> int | None:
        """That of the rule, as soon as it is the expected one; None where it does not speak."""
        while True:
            told = self.wire.until("textDocument/publishDiagnostics")
            if told["uri"] != uri:
                continue
            found = [d["severity"] for d in told["diagnostics"] if d["code"] == CODE]
            if (found[0] if found else None) in expected:
                return found[0] if found else None


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Window]:
    with stdio() as (wire, _):
        yield Window(wire, tmp_path)


def test_each_folder_has_the_settings_that_the_client_has_for_it(window: Window) -> None:
    one, two = window.folders
    window.set(two, {"rules": {CODE: "error"}})
    window.start()
    in_one, in_two = window.open(one), window.open(two)
    assert window.severity(in_two, 1) == 1
    window.set(one, {"rules": {CODE: "warning"}})
    window.set(two, {"rules": {CODE: "off"}})
    window.changed()
    assert window.severity(in_one, 2) == 2
    window.set(two, {"rules": {CODE: "information"}})
    window.changed()
    assert window.severity(in_two, 3) == 3


def test_they_win_over_the_folders_file_and_the_rest_of_that_holds(window: Window) -> None:
    one, two = window.folders
    for each in (one, two):
        (each / "floe-ls.toml").write_text(f'[rules]\n"{CODE}" = "warning"\n')
    window.set(two, {"rules": {CODE: "error"}})
    window.start()
    in_one, in_two = window.open(one), window.open(two)
    assert window.severity(in_two, 1) == 1
    assert window.severity(in_one, 2) == 2


def test_a_file_above_both_folders_holds_in_each_below_its_own(
    window: Window, tmp_path: Path
) -> None:
    one, two = window.folders
    (tmp_path / "floe-ls.toml").write_text(f'[rules]\n"{CODE}" = "warning"\n')
    window.set(two, {"hints": {"overrides": False}})
    window.start()
    in_one, in_two = window.open(one), window.open(two)
    assert window.severity(in_one, 2) == 2
    assert window.severity(in_two, 2) == 2


def test_a_folder_that_comes_later_has_its_own_too(window: Window, tmp_path: Path) -> None:
    three = tmp_path / "three"
    three.mkdir()
    (three / "enterprise-manifest.yaml").write_text(ENTERPRISE)
    window.set(three, {"rules": {CODE: "error"}})
    window.start()
    uri = window.open(three)
    added = [{"uri": uri_of(three), "name": "three"}]
    window.wire.notify(
        "workspace/didChangeWorkspaceFolders", {"event": {"added": added, "removed": []}}
    )
    assert window.severity(uri, 1) == 1


def said_of_the_parent(wire: Wire, uri: str, words: str) -> None:
    """Waits until it is said of a file's parent."""
    while True:
        told = wire.until("textDocument/publishDiagnostics")
        if told["uri"] == uri and any(words in d["message"] for d in told["diagnostics"]):
            return


def test_the_network_may_be_closed_for_one_folder(window: Window) -> None:
    """A reference is asked for as the folder of its file wants it, also where another folder wants it otherwise."""
    one, two = window.folders
    window.set(two, {"offline": True})
    window.start()
    text = "scope: domain\nparent_manifest: oci://127.0.0.1:1/up:v1\n"
    in_one, in_two = (uri_of(each / "domain-manifest.yaml") for each in (one, two))
    window.wire.open(in_two, text)
    said_of_the_parent(window.wire, in_two, "offline")
    window.wire.open(in_one, text)
    said_of_the_parent(window.wire, in_one, "refused")
