"""What another version of a parent would do to a file, over the protocol: fetched behind, then told."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from lsp.test_remote import Client, client, publishes
from remote.conftest import *  # noqa: F403  servers
from remote.fault_server import FaultServer

__all__ = ["client"]
OTHER = "scope: enterprise\napproved_plugins:\n  compute: [snowflake]\n"


def known(client: Client, uri: str, ref: str) -> dict[str, Any]:
    """The answer once it is not pending any more."""
    while True:
        found = client.ask("floe/whatIf", {"uri": uri, "ref": ref})
        if not found["pending"]:
            return dict(found)
        client.until(lambda m: m.get("method") == "floe/whatIfChanged")


def test_the_other_version_is_fetched_behind_and_then_told(
    client: Client, faults: FaultServer
) -> None:
    client.start()
    present, other = publishes(faults), publishes(faults, "other", OTHER)
    uri = client.open(present)
    client.published(uri, "whitelist/not-approved")
    first = client.ask("floe/whatIf", {"uri": uri, "ref": other})
    assert first["pending"] is True
    assert (first["from"], first["to"], first["trouble"]) == (present, other, None)
    assert (first["changes"], first["new"], first["gone"]) == ([], [], [])
    assert "is being fetched" in first["text"]
    told = client.until(lambda m: m.get("method") == "floe/whatIfChanged")
    assert told["params"] == {"uri": uri}
    found = client.ask("floe/whatIf", {"uri": uri, "ref": other})
    assert found["pending"] is False
    assert {"path": "approved_plugins.compute", "before": "[duckdb]", "after": "[snowflake]"} in (
        found["changes"]
    )
    assert [each["code"] for each in found["gone"]] == ["whitelist/not-approved"]
    assert found["gone"][0]["line"] == 3
    led = {origin["uri"].partition("@")[0] for origin in found["origins"]}
    assert f"floe-oci://{faults.host}/other" in led
    lines = found["text"].split("\n")
    assert all(lines[origin["line"]].startswith("  ") for origin in found["origins"])


def test_a_tag_stands_for_the_present_repository(client: Client, faults: FaultServer) -> None:
    client.start()
    uri = client.open(publishes(faults))
    found = known(client, uri, "v1.4.0")
    assert found["to"] == f"oci://{faults.host}/up:v1.4.0"
    assert found["changes"] == []


def test_what_cannot_be_had_is_said(client: Client, faults: FaultServer) -> None:
    client.start()
    uri = client.open(publishes(faults))
    client.published(uri, "whitelist/not-approved")
    found = known(client, uri, f"oci://{faults.host}/e403:v1.0.0")
    assert "e403" in found["trouble"]
    assert (found["changes"], found["new"], found["gone"]) == ([], [], [])


def test_the_view_follows(client: Client, faults: FaultServer) -> None:
    content = {"workspace": {"textDocumentContent": {}}}
    client.start({**content, "window": {"showDocument": {"support": True}}})
    uri = client.open(publishes(faults))
    client.published(uri, "ref/newer-version")
    run = {"command": "floe.whatIf", "arguments": [uri]}
    view = client.ask("workspace/executeCommand", run)["uri"]
    assert view.startswith("floe-whatif:/")
    assert view.endswith(f"/manifest.yaml%20with%20v1.4.0?{quote(uri, safe='/')}&v1.4.0")
    assert [
        m["params"]["uri"] for m in client.seen if m.get("method") == "window/showDocument"
    ] == [view]
    other = publishes(faults, "other", OTHER)
    view = client.ask(
        "workspace/executeCommand", {"command": "floe.whatIf", "arguments": [uri, other]}
    )["uri"]
    text = client.ask("workspace/textDocumentContent", {"uri": view})["text"]
    if "is being fetched" in text:
        client.until(lambda m: m.get("method") == "workspace/textDocumentContent/refresh")
        text = client.ask("workspace/textDocumentContent", {"uri": view})["text"]
    assert "approved_plugins.compute: [duckdb] → [snowflake]" in text
    client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    client.open(other)
    refreshed = client.until(lambda m: m.get("method") == "workspace/textDocumentContent/refresh")
    assert refreshed["params"] == {"uri": view}


def test_a_file_without_a_parent_has_no_answer(client: Client) -> None:
    client.start()
    uri = client.open_text(client.uri("manifest.yaml"), "scope: enterprise\n")
    assert client.ask("floe/whatIf", {"uri": uri, "ref": "v2.0.0"}) is None
    run = {"command": "floe.whatIf", "arguments": [uri]}
    assert client.ask("workspace/executeCommand", run) is None


def test_versions_that_may_be_tried(client: Client, faults: FaultServer) -> None:
    client.start()
    uri = client.open(publishes(faults))
    client.published(uri, "ref/newer-version")  # the tags are known
    found = client.ask("floe/versions", {"uri": uri})
    assert found["ref"] == f"oci://{faults.host}/up:v1.0.0"
    assert "v1.4.0" in found["tags"]
    assert "v1.0.0" not in found["tags"]


def test_a_file_without_a_reference_has_no_versions(client: Client) -> None:
    client.start()
    uri = client.open_text(client.uri("manifest.yaml"), "scope: enterprise\n")
    assert client.ask("floe/versions", {"uri": uri}) is None


def test_newer_versions_are_offered_where_the_reference_is(
    client: Client, faults: FaultServer
) -> None:
    client.start()
    uri = client.open(publishes(faults))
    client.published(uri, "ref/newer-version")

    def previews(line: int, character: int, **context: Any) -> list[dict[str, Any]]:
        here = {"line": line, "character": character}
        asked = {"textDocument": {"uri": uri}, "range": {"start": here, "end": here}}
        context = {"diagnostics": [], **context}
        found = client.ask("textDocument/codeAction", {**asked, "context": context})
        return [each for each in found if each["kind"] == "refactor.preview"]

    offered = previews(1, 20)
    assert [each["title"] for each in offered] == [
        f"What would change with v1.{minor}.0?" for minor in (4, 3, 2)
    ]
    assert "edit" not in offered[0]
    assert offered[0]["command"]["command"] == "floe.whatIf"
    assert offered[0]["command"]["arguments"] == [uri, "v1.4.0"]
    assert previews(3, 4) == []
    assert previews(1, 20, only=["quickfix"]) == []
    assert len(previews(1, 20, only=["refactor"])) == 3
    run = {"command": "floe.whatIf", "arguments": offered[0]["command"]["arguments"]}
    assert client.ask("workspace/executeCommand", run)["uri"].startswith("floe-whatif:")
    told = next(m for m in client.seen if m.get("method") == "window/showMessage")["params"]
    assert told["message"].startswith("manifest.yaml: up v1.0.0 → v1.4.0: ")


def test_a_proposed_version_says_what_it_would_change_once_it_is_at_hand(
    client: Client, faults: FaultServer
) -> None:
    client.start()
    present = publishes(faults)
    uri = client.open(present)
    client.published(uri, "ref/newer-version")
    (client.folder / "manifest.yaml").write_text(
        f"scope: domain\nparent_manifest: {present}\nplugins:\n  compute: snowflake\n"
    )
    typed = f"parent_manifest: {present.removesuffix('v1.0.0')}"
    change = {"text": f"scope: domain\n{typed}\nplugins:\n  compute: snowflake\n"}
    client.notify(
        "textDocument/didChange",
        {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [change]},
    )
    at = {"textDocument": {"uri": uri}, "position": {"line": 1, "character": len(typed)}}

    def newest() -> dict[str, Any]:
        items = client.ask("textDocument/completion", at)["items"]
        item = next(each for each in items if each["label"].endswith(":v1.4.0"))
        return dict(client.ask("completionItem/resolve", item))

    assert "In place of" not in str(newest().get("documentation", ""))
    while "documentation" not in (found := newest()):
        faults.over.wait(0.05)
    assert "**In place of `v1.0.0`:** nothing changes" in found["documentation"]["value"]
    assert [r.path for r in faults.requests if "v1.4.0" in r.path] != []
