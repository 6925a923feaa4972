"""Messages out of place, and ones that make no sense: each is refused or ignored, and the next is answered."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from wire import Wire, stdio, tcp

HOVER = {
    "textDocument": {"uri": "file:///w/manifest.yaml"},
    "position": {"line": 0, "character": 1},
}


@pytest.fixture
def process() -> Iterator[tuple[Wire, subprocess.Popen[bytes]]]:
    with stdio() as found:
        yield found


def answer(wire: Wire, number: Any) -> dict[str, Any]:
    while (message := wire.read()).get("id") != number or "method" in message:
        pass
    return message


def raw(wire: Wire, data: bytes) -> None:
    wire.writer.write(data)
    wire.writer.flush()


def works(wire: Wire) -> None:
    """The server does what it is there for."""
    wire.open("file:///w/manifest.yaml", "scope: galaxy\n")
    pushed = wire.until("textDocument/publishDiagnostics")
    assert [found["code"] for found in pushed["diagnostics"]] == ["scope/value"]
    assert wire.request("textDocument/hover", HOVER) is not None


def test_ids_may_be_texts(process: tuple[Wire, Any]) -> None:
    wire, _ = process
    wire.send({"id": "é/1", "method": "initialize", "params": {"capabilities": {}}})
    assert answer(wire, "é/1")["result"]["serverInfo"]["name"] == "floe-language-server"
    wire.notify("initialized", {})
    works(wire)


def test_what_comes_before_initialize_is_refused(process: tuple[Wire, Any]) -> None:
    wire, _ = process
    wire.notify("textDocument/didOpen", {"textDocument": {"uri": "file:///a.yaml", "text": ""}})
    wire.send({"id": 7, "method": "textDocument/hover", "params": HOVER})
    assert answer(wire, 7)["error"]["code"] == -32002
    wire.start({})
    works(wire)


def test_initialize_comes_once(process: tuple[Wire, Any]) -> None:
    wire, _ = process
    wire.start({})
    wire.send({"id": "again", "method": "initialize", "params": {"capabilities": {}}})
    assert answer(wire, "again")["error"]["code"] == -32600
    works(wire)


@pytest.mark.parametrize("body", [b"{not json", b"[]", b'"text"', b"\xff\xfe"])
def test_a_first_message_that_makes_no_sense_is_refused(
    process: tuple[Wire, Any], body: bytes
) -> None:
    wire, _ = process
    raw(wire, b"Content-Length: %d\r\n\r\n" % len(body) + body)
    assert answer(wire, None)["error"]["code"] in (-32700, -32600)
    wire.start({})
    works(wire)


def test_bytes_between_messages_are_passed_over(process: tuple[Wire, Any]) -> None:
    wire, _ = process
    raw(wire, b"hello\r\n\r\nContent-Type: x\r\n\r\n")
    wire.start({})
    raw(wire, b"more of it\r\n")
    works(wire)


def test_a_message_may_come_in_pieces_and_together_with_others(process: tuple[Wire, Any]) -> None:
    wire, _ = process
    sent = b""
    for message in (
        {"id": 1, "method": "initialize", "params": {"capabilities": {}}},
        {"method": "initialized", "params": {}},
        {"id": 2, "method": "shutdown"},
    ):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        sent += (
            b"Content-Length: %d\r\nContent-Type: application/vscode-jsonrpc\r\n\r\n" % len(body)
            + body
        )
    for at in range(0, len(sent), 50):
        raw(wire, sent[at : at + 50])
    assert "result" in answer(wire, 1)
    assert answer(wire, 2)["result"] is None


def test_shutdown_right_after_initialize(process: tuple[Wire, subprocess.Popen[bytes]]) -> None:
    wire, server = process
    wire.request("initialize", {"capabilities": {}})
    wire.request("shutdown")
    wire.send({"id": 9, "method": "textDocument/hover", "params": HOVER})
    assert answer(wire, 9)["error"]["code"] == -32600
    wire.notify("exit")
    assert server.wait(20) == 0


def test_exit_without_shutdown_is_a_failure(
    process: tuple[Wire, subprocess.Popen[bytes]],
) -> None:
    wire, server = process
    wire.start({})
    wire.notify("exit")
    assert server.wait(20) == 1


def test_parameters_of_another_shape_are_refused(process: tuple[Wire, Any]) -> None:
    wire, _ = process
    wire.start({})
    for number, params in enumerate((None, [], {"textDocument": 7}, {"position": {}})):
        wire.send({"id": f"bad {number}", "method": "textDocument/hover", "params": params})
        assert "error" in answer(wire, f"bad {number}")
    wire.notify("textDocument/didChange", {"textDocument": {}})
    wire.notify("textDocument/didOpen", None)
    works(wire)


def test_capabilities_of_another_shape(process: tuple[Wire, Any]) -> None:
    wire, _ = process
    wire.start({"textDocument": [], "workspace": 3, "general": {"positionEncodings": None}})
    works(wire)


def test_over_tcp_the_same_holds() -> None:
    with tcp() as wire:
        wire.send({"id": 7, "method": "textDocument/hover", "params": HOVER})
        assert answer(wire, 7)["error"]["code"] == -32002
        wire.start({})
        works(wire)
