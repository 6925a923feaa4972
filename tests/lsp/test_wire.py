"""What a full client hides: pulled findings, TCP, the end of the process, messages that make no sense."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from floe_ls.remote.files import uri_of
from wire import ENVIRONMENT, Wire, stdio, tcp

PULLS = {
    "textDocument": {"diagnostic": {"relatedInformation": True}},
    "workspace": {"diagnostics": {"refreshSupport": True}},
}
BAD = "scope: galaxy\n"
GOOD = "scope: enterprise\n"


@pytest.fixture
def server() -> Iterator[Wire]:
    with stdio("--stdio") as (wire, _):
        yield wire


def codes(report: dict[str, Any]) -> list[str]:
    return [d["code"] for d in report["items"] if d["severity"] < 3]


def pull(wire: Wire, uri: str, previous: str | None = None) -> dict[str, Any]:
    params = {"textDocument": {"uri": uri}, "previousResultId": previous}
    found: dict[str, Any] = wire.request("textDocument/diagnostic", params)
    return found


def test_a_client_that_pulls_gets_result_ids_and_nothing_pushed(server: Wire) -> None:
    result = server.start(PULLS)
    assert result["capabilities"]["diagnosticProvider"]["interFileDependencies"] is True
    uri = "file:///w/manifest.yaml"
    server.open(uri, BAD)
    first = pull(server, uri)
    assert (first["kind"], codes(first)) == ("full", ["scope/value"])
    again = pull(server, uri, first["resultId"])
    assert again == {"kind": "unchanged", "resultId": first["resultId"]}
    server.change(uri, 2, GOOD)
    mended = pull(server, uri, first["resultId"])
    assert (mended["kind"], codes(mended)) == ("full", [])
    assert not [m for m in server.notified if m["method"] == "textDocument/publishDiagnostics"]


def test_a_client_that_pulls_is_told_to_ask_again_when_a_parent_changes(
    server: Wire, tmp_path: Path
) -> None:
    enterprise, domain = (
        uri_of(tmp_path / "enterprise-manifest.yaml"),
        uri_of(tmp_path / "domain-manifest.yaml"),
    )
    above = "scope: enterprise\ngovernance: {pii_encryption: optional}\n"
    below = (
        "scope: domain\nparent_manifest: ./enterprise-manifest.yaml\n"
        "plugins: {compute: duckdb}\ngovernance: {pii_encryption: optional}\n"
    )
    server.start(PULLS, uri_of(tmp_path))
    server.open(enterprise, above)
    server.open(domain, below)
    assert codes(pull(server, domain)) == []
    server.asked.clear()
    server.change(enterprise, 2, above.replace("optional", "required"))
    while not any(m["method"] == "workspace/diagnostic/refresh" for m in server.asked):
        server.read()
    assert codes(pull(server, domain)) == ["security/override"]


def test_a_client_that_cannot_be_told_to_ask_again_is_pushed(server: Wire) -> None:
    result = server.start({"textDocument": {"diagnostic": {}}})
    assert "diagnosticProvider" not in result["capabilities"]
    server.open("file:///w/manifest.yaml", BAD)
    pushed = server.until("textDocument/publishDiagnostics")
    assert pushed["version"] == 1
    assert [d["code"] for d in pushed["diagnostics"]] == ["scope/value"]


def test_positions_are_counted_as_the_client_asks(server: Wire) -> None:
    result = server.start({"general": {"positionEncodings": ["utf-32", "utf-16"]}})
    assert result["capabilities"]["positionEncoding"] in ("utf-32", "utf-16")
    server.open("file:///w/manifest.yaml", "governance: {x🎉: 1, pii_encryption: never}\n")
    pushed = server.until("textDocument/publishDiagnostics")
    found = next(d for d in pushed["diagnostics"] if "never" in d["message"])
    extra = {"utf-32": 0, "utf-16": 1}[result["capabilities"]["positionEncoding"]]
    line = "governance: {x🎉: 1, pii_encryption: never}"
    assert found["range"]["start"]["character"] == line.index("never") + extra


def test_the_process_ends_with_0_after_shutdown_and_exit() -> None:
    with stdio() as (wire, process):
        wire.start({})
        wire.stop()
        assert process.wait(20) == 0


def test_the_process_ends_when_the_client_hangs_up() -> None:
    with stdio() as (wire, process):
        wire.start({})
        assert process.stdin
        process.stdin.close()
        assert process.wait(20) == 0


def test_an_unknown_request_is_refused_and_the_next_one_answered(server: Wire) -> None:
    server.start({})
    server.send({"id": "x", "method": "floe/noSuchThing", "params": {}})
    while (message := server.read()).get("id") != "x":
        pass
    assert message["error"]["code"] == -32601
    server.open("file:///w/manifest.yaml", BAD)
    hover = server.request(
        "textDocument/hover",
        {
            "textDocument": {"uri": "file:///w/manifest.yaml"},
            "position": {"line": 0, "character": 1},
        },
    )
    assert "enterprise" in hover["contents"]["value"]


def test_questions_about_unopened_and_foreign_files_are_answered_with_nothing(server: Wire) -> None:
    server.start({})
    where = {
        "textDocument": {"uri": "file:///nowhere.yaml"},
        "position": {"line": 3, "character": 9},
    }
    assert server.request("textDocument/hover", where) is None
    assert server.request("textDocument/completion", where) is None
    server.open("file:///w/other.yaml", "just: [some, file]\n")
    pushed = server.until("textDocument/publishDiagnostics")
    assert pushed["diagnostics"] == []


def test_an_unsaved_new_file_is_understood(server: Wire) -> None:
    server.start({})
    server.open("untitled:Untitled-1", "scope: domain\nplugins: {compute: duckdb}\n")
    pushed = server.until("textDocument/publishDiagnostics")
    assert "scope/parent-required" in [d["code"] for d in pushed["diagnostics"]]


def test_over_tcp() -> None:
    with tcp() as wire:
        wire.start({})
        wire.open("file:///w/manifest.yaml", BAD)
        pushed = wire.until("textDocument/publishDiagnostics")
        assert [d["code"] for d in pushed["diagnostics"]] == ["scope/value"]


def test_serve_explains_itself() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "floe_ls", "serve", "--help"],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "--tcp" in done.stdout
