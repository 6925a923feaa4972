"""The blast radius of an unsaved edit as data and as a read-only view."""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from fixture import world
from floe_ls.forms.document import read_document
from floe_ls.ide.impact import Baseline, impact
from floe_ls.lsp.features.impact import as_data, as_text
from floe_ls.remote.files import uri_of
from mesh.meshes import written
from wire import Wire, stdio

SHOWS = {"window": {"showDocument": {"support": True}}}


def scanned(wire: Wire, uri: str, products: int) -> dict[str, Any]:
    """The impact, once all products are known."""
    while True:
        found = wire.request("floe/impact", {"uri": uri})
        if found["products"] == products:
            return dict(found)


def test_an_edit_is_told_by_groups_of_files_with_values_before_and_after(tmp_path: Path) -> None:
    made = written(tmp_path, 12)
    uri = uri_of(tmp_path / "enterprise-manifest.yaml")
    text = made.files["enterprise-manifest.yaml"]
    with stdio("--stdio") as (wire, _):
        wire.start({}, uri_of(tmp_path))
        wire.open(uri, text)
        quiet = scanned(wire, uri, 12)
        assert (quiet["domains"], quiet["changed"], quiet["broken"]) == (3, 0, 0)
        assert quiet["groups"] == []
        wire.change(uri, 2, text.replace("duckdb, snowflake", "snowflake"))
        assert wire.until("floe/impactChanged") == {"uri": uri}
        found = wire.request("floe/impact", {"uri": uri})
        assert (found["domains"], found["products"], found["changed"]) == (3, 12, 15)
        assert found["broken"] == sum(
            len(group["files"])
            for group in found["groups"]
            if any(new["severity"] == "error" for new in group["new"])
        )
        assert sum(len(group["files"]) for group in found["groups"]) == 15
        (change,) = found["groups"][0]["changes"]
        assert change["path"] == "approved_plugins.compute"
        assert change["before"].replace("duckdb, ", "") == change["after"]
        broken = found["groups"][0]["new"][0]
        assert {"code", "severity", "message", "line"} == set(broken)
        assert {"uri", "name", "tier"} == set(found["groups"][0]["files"][0])


@pytest.mark.parametrize("method", ["floe/textDocumentContent", "workspace/textDocumentContent"])
def test_the_view_is_a_text_that_is_asked_for_again(tmp_path: Path, method: str) -> None:
    made = written(tmp_path, 6)
    uri = uri_of(tmp_path / "enterprise-manifest.yaml")
    text = made.files["enterprise-manifest.yaml"]
    content = {"workspace": {"textDocumentContent": {}}}
    with stdio("--stdio") as (wire, _):
        said = wire.start({**SHOWS, **content}, uri_of(tmp_path))
        assert "floe-impact" in said["capabilities"]["workspace"]["textDocumentContent"]["schemes"]
        wire.open(uri, text)
        scanned(wire, uri, 6)
        shown = wire.request(
            "workspace/executeCommand", {"command": "floe.showImpact", "arguments": [uri]}
        )
        view = shown["uri"]
        assert view.startswith("floe-impact:/")
        assert "Impact%20of%20enterprise-manifest.yaml?" in view
        (asked,) = [each for each in wire.asked if each["method"] == "window/showDocument"]
        assert asked["params"] == {"uri": view, "takeFocus": True}
        first = wire.request(method, {"uri": view})
        assert "nothing changes for them" in first["text"]
        wire.change(uri, 2, text.replace("duckdb, snowflake", "snowflake"))
        wire.until("floe/impactChanged")
        again = wire.request(method, {"uri": view})
        assert "3 domains and 6 products inherit" in again["text"]
        assert "would break" in again["text"]
        refreshed = [e for e in wire.asked if e["method"].endswith("textDocumentContent/refresh")]
        if method.startswith("floe"):
            lines = again["text"].split("\n")
            assert all("yaml" in lines[o["line"]] or "error" in lines[o["line"]]
                       or "warning" in lines[o["line"]] for o in again["origins"])  # fmt: skip
            assert {o["uri"] for o in again["origins"]} >= {
                uri_of(tmp_path / "domains/sales/sales-domain-manifest.yaml")
            }
        else:
            assert [e["params"] for e in refreshed] == [{"uri": view}]


def test_what_is_no_manifest_has_no_impact(tmp_path: Path) -> None:
    made = written(tmp_path, 3)
    name = next(name for name in made.files if name.endswith("floe.yaml"))
    with stdio("--stdio") as (wire, _):
        wire.start({}, uri_of(tmp_path))
        wire.open(uri_of(tmp_path / name), made.files[name])
        assert wire.request("floe/impact", {"uri": uri_of(tmp_path / name)}) is None
        assert wire.request("floe/impact", {"uri": "file:///nowhere"}) is None
        assert wire.request("floe/textDocumentContent", {"uri": "floe-impact:/x?file:///n"}) is None


def test_what_is_written_in_steps_is_what_is_meant() -> None:
    here = world(
        """
        #- enterprise-manifest.yaml
        scope: enterprise
        approved_plugins: {compute: [duckdb]}
        #- a/a-manifest.yaml
        scope: domain
        parent_manifest: ../enterprise-manifest.yaml
        plugins: {compute: duckdb}
        #- b/b-manifest.yaml
        scope: domain
        parent_manifest: ../enterprise-manifest.yaml
        """
    )
    before = here.file("enterprise-manifest.yaml")
    after = here.snapshot.trying(
        read_document(before.uri, before.text.replace("duckdb", "snowflake"))
    )
    found = impact(Baseline(here.snapshot), after, before.uri)
    said = drained(as_text(found))
    assert json.loads(said) == as_data(found)
    assert len(as_data(found)["groups"]) == 2


def drained(steps: Generator[None, None, str]) -> str:
    while True:
        try:
            next(steps)
        except StopIteration as done:
            return str(done.value)


def test_a_view_that_is_opened_is_no_file_of_the_workspace(tmp_path: Path) -> None:
    made = written(tmp_path, 3)
    name = "enterprise-manifest.yaml"
    uri = uri_of(tmp_path / name)
    with stdio("--stdio") as (wire, _):
        wire.start(SHOWS, uri_of(tmp_path))
        wire.open(uri, made.files[name])
        before = scanned(wire, uri, 3)
        run = {"command": "floe.showEffective", "arguments": [uri]}
        view = wire.request("workspace/executeCommand", run)["uri"]
        text = wire.request("floe/textDocumentContent", {"uri": view})["text"]
        wire.open(view, text)
        wire.change(view, 2, text + "\n")
        at = {"textDocument": {"uri": view}, "position": {"line": 3, "character": 1}}
        assert wire.request("textDocument/hover", at) is None
        wire.notify("textDocument/didClose", {"textDocument": {"uri": view}})
        assert wire.request("floe/impact", {"uri": uri}) == before
        assert all(m["params"].get("uri") != view for m in wire.notified if m.get("params"))
