"""Searches over a whole workspace are answered between other messages, and end when nobody wants them any more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from floe_ls.remote.files import uri_of
from mesh.meshes import written
from wire import Wire, framed, stdio

PRODUCTS = 90


def started(wire: Wire, folder: Path) -> tuple[str, str]:
    """A server that has counted a mesh, with its enterprise manifest open."""
    made = written(folder, PRODUCTS, domains=1)
    wire.start(
        {
            "textDocument": {"references": {}, "hover": {}, "publishDiagnostics": {}},
            "workspace": {"symbol": {}},
        },
        folder=uri_of(folder),
    )
    name = "domains/sales/sales-domain-manifest.yaml"
    uri, text = uri_of(folder / name), made.files[name]
    wire.open(uri, text)
    while len(wire.request("workspace/symbol", {"query": "0"})) < PRODUCTS:
        pass
    return uri, text


def at_its_name(uri: str, text: str, number: int) -> dict[str, Any]:
    lines = text.splitlines()
    line = next(n for n, each in enumerate(lines) if "name: " in each)
    return {
        "id": number,
        "method": "textDocument/references",
        "params": {
            "textDocument": {"uri": uri},
            "position": {"line": line, "character": len(lines[line]) - 1},
            "context": {"includeDeclaration": False},
        },
    }


def answers(wire: Wire, *numbers: int) -> list[dict[str, Any]]:
    """In the order in which they come."""
    out: list[dict[str, Any]] = []
    while len(out) < len(numbers):
        message = wire.read()
        if "method" not in message and message.get("id") in numbers:
            out.append(message)
    return out


def test_others_are_answered_before_a_search_is_done(tmp_path: Path) -> None:
    with stdio() as (wire, _):
        search = at_its_name(*started(wire, tmp_path), 1001)
        place = {key: search["params"][key] for key in ("textDocument", "position")}
        hover = {"id": 1002, "method": "textDocument/hover", "params": place}
        wire.writer.write(framed(search) + framed(hover))
        wire.writer.flush()
        first, second = answers(wire, 1001, 1002)
        assert first["id"] == 1002
        not_found = PRODUCTS // 25 // 4 + 1  # those whose parent is planted to be missing
        assert len(second["result"]) == PRODUCTS - not_found
        wire.stop()


def test_a_search_that_nobody_wants_any_more_ends(tmp_path: Path) -> None:
    with stdio() as (wire, _):
        search = at_its_name(*started(wire, tmp_path), 1001)
        symbols = {"id": 1002, "method": "workspace/symbol", "params": {"query": "curated"}}
        drop = [{"method": "$/cancelRequest", "params": {"id": n}} for n in (1001, 1002)]
        wire.writer.write(b"".join(framed(each) for each in (search, symbols, *drop)))
        wire.writer.flush()
        codes = [each["error"]["code"] for each in answers(wire, 1001, 1002)]
        assert codes == [-32800, -32800]
        again = wire.request("workspace/symbol", {"query": "curated"})
        assert len(again) == PRODUCTS
        wire.stop()
