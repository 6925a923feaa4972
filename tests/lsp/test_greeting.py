"""What the server says to `initialize` before pygls is there is what pygls would say."""

from __future__ import annotations

import json
from typing import Any

import pytest
from lsprotocol.converters import get_converter
from pytest_lsp import client_capabilities

from floe_ls.lsp.greeting import SCHEMES, greeting
from floe_ls.lsp.loop import Loop
from floe_ls.lsp.protocol import Pygls
from floe_ls.lsp.server import create_server

DYNAMIC = {"dynamicRegistration": True}
EMACS: dict[str, Any] = {
    "general": {"positionEncodings": ["utf-32", "utf-8", "utf-16"]},
    "workspace": {
        "applyEdit": True,
        "symbol": DYNAMIC,
        "configuration": True,
        "workspaceFolders": True,
    },
    "textDocument": {
        "synchronization": {
            "dynamicRegistration": False,
            "willSave": True,
            "willSaveWaitUntil": True,
            "didSave": True,
        },
        "completion": {"completionItem": {"snippetSupport": True}},
        "hover": {"contentFormat": ["markdown", "plaintext"]},
        "definition": {"linkSupport": True},
        "declaration": {},
        "implementation": {},
        "typeDefinition": {},
        "references": {},
        "documentHighlight": {},
        "documentSymbol": {"hierarchicalDocumentSymbolSupport": True},
        "codeAction": {"resolveSupport": {"properties": ["edit"]}, "dataSupport": True},
        "formatting": {},
        "rangeFormatting": {},
        "rename": {},
        "inlayHint": {},
        "callHierarchy": {},
        "typeHierarchy": {},
        "publishDiagnostics": {"relatedInformation": False},
    },
}
PULLS: dict[str, Any] = {
    "textDocument": {"diagnostic": {"relatedInformation": True}},
    "workspace": {"diagnostics": {"refreshSupport": True}},
}
TOKENS = {"tokenTypes": ["property"], "tokenModifiers": [], "formats": ["relative"]}


def _known(name: str) -> dict[str, Any]:
    found: dict[str, Any] = get_converter().unstructure(client_capabilities(name))
    return found


CLIENTS: dict[str, dict[str, Any]] = {
    "one that says nothing": {},
    "Neovim": _known("neovim"),
    "VS Code": _known("visual-studio-code"),
    "Emacs": EMACS,
    "one that pulls": PULLS,
    "one that pulls and cannot be told to": {"textDocument": {"diagnostic": {"x": 1}}},
    "one with tokens of ranges": {
        "textDocument": {"semanticTokens": {"requests": {"range": True, "full": True}, **TOKENS}}
    },
    "one with tokens that it never asks for": {
        "textDocument": {"semanticTokens": {"requests": {}, **TOKENS}}
    },
    "one of other units": {"general": {"positionEncodings": ["utf-7", "utf-8"]}},
    "one that resolves": {
        "textDocument": {
            "inlayHint": {"resolveSupport": {"properties": ["tooltip"]}},
            "rename": {"prepareSupport": True},
            "synchronization": {"willSave": False},
        }
    },
}


def _announced(capabilities: dict[str, Any]) -> dict[str, Any]:
    """What pygls makes of the features."""
    server = create_server(Loop(), lambda _: None)
    params = {"processId": None, "rootUri": None, "capabilities": capabilities}
    server.initialize(params)
    return Pygls(server, params).answered


@pytest.mark.parametrize("client", CLIENTS)
def test_it_is_what_pygls_would_say(client: str) -> None:
    """Where this fails after a feature was added: announce it in floe_ls/lsp/greeting.py."""
    capabilities = CLIENTS[client]
    assert json.loads(json.dumps(greeting(capabilities))) == _announced(capabilities)


@pytest.mark.parametrize(
    "capabilities",
    [
        {"textDocument": None},
        {"general": {"positionEncodings": None}},
        {"workspace": {"symbol": {}}},
    ],
)
def test_odd_capabilities_are_no_obstacle(capabilities: dict[str, Any]) -> None:
    assert greeting(capabilities)["capabilities"]["positionEncoding"] == "utf-16"


def test_documents_of_our_own_are_announced_once() -> None:
    """pygls does not know of them."""
    schemes = {"schemes": SCHEMES}
    plain = greeting({"workspace": {"textDocumentContent": {}}})
    assert plain["capabilities"]["workspace"]["textDocumentContent"] == schemes
    dynamic = greeting({"workspace": {"textDocumentContent": DYNAMIC}})
    assert "textDocumentContent" not in dynamic["capabilities"]["workspace"]
