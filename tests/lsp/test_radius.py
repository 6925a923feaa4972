"""An unsaved edit of a manifest names the closed files that it would break."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from floe_ls.remote.files import uri_of
from mesh.meshes import written
from wire import Wire, stdio

CLIENT = {"textDocument": {"publishDiagnostics": {"relatedInformation": True}}}


def published(wire: Wire, uri: str) -> list[dict[str, Any]]:
    while True:
        params = wire.until("textDocument/publishDiagnostics")
        if params["uri"] == uri:
            return list(params["diagnostics"])


def breaks(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [d for d in found if d["code"] == "impact/breaks"]


def test_an_unsaved_edit_names_what_it_would_break(tmp_path: Path) -> None:
    made = written(tmp_path, 12)
    uri = uri_of(tmp_path / "enterprise-manifest.yaml")
    text = made.files["enterprise-manifest.yaml"]
    with stdio("--stdio") as (wire, _):
        wire.start(CLIENT, uri_of(tmp_path))
        wire.open(uri, text)
        while breaks(published(wire, uri)):
            pass
        wire.change(uri, 2, text.replace("duckdb, snowflake", "snowflake"))
        while not (found := breaks(published(wire, uri))):
            pass
        (finding,) = found
        assert finding["severity"] == 3
        assert "15 files inherit from this manifest, 15 would change, and " in finding["message"]
        assert "`sales-domain`" in finding["message"]
        assert finding["range"]["start"]["line"] == text[: text.index("  compute")].count("\n")
        where = {related["location"]["uri"] for related in finding["relatedInformation"]}
        assert uri_of(tmp_path / "domains/sales/sales-domain-manifest.yaml") in where
        wire.change(uri, 3, text)
        while breaks(published(wire, uri)):
            pass


def test_a_saved_edit_is_no_longer_told(tmp_path: Path) -> None:
    made = written(tmp_path, 6)
    path = tmp_path / "enterprise-manifest.yaml"
    uri, text = uri_of(path), made.files["enterprise-manifest.yaml"]
    edited = text.replace("duckdb, snowflake", "snowflake")
    with stdio("--stdio") as (wire, _):
        wire.start(CLIENT, uri_of(tmp_path))
        wire.open(uri, text)
        wire.change(uri, 2, edited)
        while not breaks(published(wire, uri)):
            pass
        path.write_text(edited)
        wire.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
        while breaks(published(wire, uri)):
            pass


def test_the_edited_key_has_a_lens_until_it_is_saved(tmp_path: Path) -> None:
    made = written(tmp_path, 12)
    path = tmp_path / "enterprise-manifest.yaml"
    uri, text = uri_of(path), made.files["enterprise-manifest.yaml"]
    edited = text.replace("duckdb, snowflake", "snowflake")
    client = {
        "textDocument": {"codeLens": {}},
        "workspace": {"codeLens": {"refreshSupport": True}},
    }
    with stdio("--stdio") as (wire, _):
        wire.start(client, uri_of(tmp_path))
        wire.open(uri, text)

        def of_keys() -> list[dict[str, Any]]:
            found = wire.request("textDocument/codeLens", {"textDocument": {"uri": uri}})
            return [lens for lens in found if lens["command"]["command"] == "floe.showImpact"]

        assert of_keys() == []
        wire.change(uri, 2, edited)
        while not (lenses := of_keys()):
            wire.until("workspace/codeLens/refresh")
        (lens,) = lenses
        assert lens["command"]["title"].startswith("12 products inherit · ")
        assert "would break" in lens["command"]["title"]
        assert lens["command"]["arguments"] == [uri]
        line = lens["range"]["start"]["line"]
        assert "[snowflake" in edited.split("\n")[line]
        # A line above: the lens goes where its key goes, before anybody has looked again.
        wire.change(uri, 3, f"# by hand\n{edited}")
        assert of_keys()[0]["range"]["start"]["line"] == line + 1
        path.write_text(f"# by hand\n{edited}")
        wire.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
        while of_keys():
            wire.until("workspace/codeLens/refresh")


def test_what_other_files_made_untrue_is_looked_at_again(tmp_path: Path) -> None:
    made = written(tmp_path, 12)
    uri, text = (
        uri_of(tmp_path / "enterprise-manifest.yaml"),
        made.files["enterprise-manifest.yaml"],
    )
    name = "domains/sales/sales-domain-manifest.yaml"
    with stdio("--stdio") as (wire, _):
        wire.start(CLIENT, uri_of(tmp_path))
        wire.open(uri, text)
        wire.change(uri, 2, text.replace("duckdb, snowflake", "snowflake"))
        while not (found := breaks(published(wire, uri))):
            pass
        assert "`sales-domain`" in found[0]["message"]
        mended = made.files[name].replace("duckdb", "snowflake")
        (tmp_path / name).write_text(mended)
        changes = {"changes": [{"uri": uri_of(tmp_path / name), "type": 2}]}
        wire.notify("workspace/didChangeWatchedFiles", changes)
        while "`sales-domain`" in breaks(published(wire, uri))[0]["message"]:
            pass


def test_a_manifest_that_is_closed_has_no_radius_any_more(tmp_path: Path) -> None:
    made = written(tmp_path, 6)
    uri, text = (
        uri_of(tmp_path / "enterprise-manifest.yaml"),
        made.files["enterprise-manifest.yaml"],
    )
    with stdio("--stdio") as (wire, _):
        wire.start(CLIENT, uri_of(tmp_path))
        wire.open(uri, text)
        wire.change(uri, 2, text.replace("duckdb, snowflake", "snowflake"))
        while not breaks(published(wire, uri)):
            pass
        assert wire.request("floe/impact", {"uri": uri})["broken"] > 0
        wire.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        assert wire.until("floe/impactChanged") == {"uri": uri}
        found = wire.request("floe/impact", {"uri": uri})
        assert (found["products"], found["changed"], found["broken"]) == (6, 0, 0)
