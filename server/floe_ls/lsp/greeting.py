"""The answer to `initialize`: what is announced to a client of certain capabilities.

pygls would work it out of the registered features. But it takes a third of a second to load, and editors wait for this
answer: so it is here in plain words, and a test compares it with what pygls says.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import floe_ls

TRIGGERS = [":", " ", "-", '"', "'", "/", "[", ","]
COMMANDS = [
    "floe.showEffective",
    "floe.explain",
    "floe.showInheritors",
    "floe.openParent",
    "floe.refreshParents",
    "floe.showImpact",
    "floe.whatIf",
]
SCHEMES = ["floe-oci", "floe-effective", "floe-impact", "floe-whatif"]
"""Of the read-only documents that the server writes itself; the first are artifacts, the others views of files."""
ACTIONS = [
    "quickfix",
    "source.fixAll.floe",
    "source.quoteAmbiguous.floe",
    "source.removeRedundant.floe",
    "refactor.rewrite",
    "refactor.move",
    "refactor.preview",
]
TOKENS = {
    "tokenTypes": ["property", "class", "namespace", "function"],
    "tokenModifiers": ["own", "inherited", "immutable", "readonly", "deprecated"],
}
ENCODINGS = ("utf-8", "utf-16", "utf-32")

Has = Callable[..., Any]
"""What a client says of a capability, by the keys that lead to it; None where it says nothing."""

PLAIN = {
    "declaration": ("declarationProvider", True),
    "definition": ("definitionProvider", True),
    "implementation": ("implementationProvider", True),
    "references": ("referencesProvider", True),
    "documentHighlight": ("documentHighlightProvider", True),
    "documentSymbol": ("documentSymbolProvider", True),
    "codeLens": ("codeLensProvider", {"resolveProvider": False}),
    "documentLink": ("documentLinkProvider", {"resolveProvider": False}),
    "formatting": ("documentFormattingProvider", True),
    "rangeFormatting": ("documentRangeFormattingProvider", True),
    "onTypeFormatting": ("documentOnTypeFormattingProvider", {"firstTriggerCharacter": "\n"}),
    "foldingRange": ("foldingRangeProvider", True),
    "selectionRange": ("selectionRangeProvider", True),
    "linkedEditingRange": ("linkedEditingRangeProvider", True),
    "callHierarchy": ("callHierarchyProvider", True),
    "typeHierarchy": ("typeHierarchyProvider", True),
}
"""What is offered to whoever knows it: by the client's key below `textDocument`."""


def greeting(capabilities: dict[str, Any]) -> dict[str, Any]:
    """The whole answer."""

    def has(*keys: str) -> Any:
        here: Any = capabilities
        for key in keys:
            here = here.get(key) if isinstance(here, dict) else None
        return here

    out: dict[str, Any] = {
        "positionEncoding": encoding(capabilities),
        "textDocumentSync": _sync(has),
        "completionProvider": {"triggerCharacters": TRIGGERS, "resolveProvider": True},
        "hoverProvider": True,
        "codeActionProvider": {
            "codeActionKinds": ACTIONS,
            "resolveProvider": bool(has("textDocument", "codeAction", "dataSupport"))
            and "edit" in _properties(has, "codeAction"),
        },
        "executeCommandProvider": {"commands": COMMANDS},
        "workspace": {
            "workspaceFolders": {"supported": True, "changeNotifications": True},
            "fileOperations": {},
        },
    }
    content = has("workspace", "textDocumentContent")
    if isinstance(content, dict) and not content.get("dynamicRegistration"):
        out["workspace"]["textDocumentContent"] = {"schemes": SCHEMES}
    for key, (name, offered) in PLAIN.items():
        if has("textDocument", key) is not None:
            out[name] = offered
    if has("textDocument", "rename") is not None:
        prepares = bool(has("textDocument", "rename", "prepareSupport"))
        out["renameProvider"] = {"prepareProvider": True} if prepares else True
    if has("textDocument", "inlayHint") is not None:
        lazy = "tooltip" in _properties(has, "inlayHint")
        out["inlayHintProvider"] = {"resolveProvider": lazy}
    if has("workspace", "symbol") is not None:
        out["workspaceSymbolProvider"] = {"resolveProvider": False}
    if tokens := _tokens(has):
        out["semanticTokensProvider"] = tokens
    if pulls(capabilities):
        out["diagnosticProvider"] = {
            "interFileDependencies": True,
            "workspaceDiagnostics": True,
            "identifier": "floe",
        }
    return {
        "capabilities": out,
        "serverInfo": {"name": "floe-language-server", "version": floe_ls.__version__},
    }


def encoding(capabilities: dict[str, Any]) -> str:
    """The first of the units that a client offers for columns, of those that are known."""
    general = capabilities.get("general")
    offered = general.get("positionEncodings") if isinstance(general, dict) else None
    return next((unit for unit in offered or () if unit in ENCODINGS), "utf-16")


def is_view(uri: str) -> bool:
    """Whether it is a read-only view of a file, not a file or an artifact."""
    return uri.partition(":")[0] in SCHEMES[1:]


def pulls(capabilities: dict[str, Any]) -> bool:
    """Whether a client asks for findings itself, and can be told to ask again."""
    text, workspace = capabilities.get("textDocument"), capabilities.get("workspace")
    asks = text.get("diagnostic") if isinstance(text, dict) else None
    told = workspace.get("diagnostics") if isinstance(workspace, dict) else None
    return bool(asks) and isinstance(told, dict) and bool(told.get("refreshSupport"))


def _sync(has: Has) -> dict[str, Any]:
    out: dict[str, Any] = {"openClose": True, "change": 2, "save": True}
    for key in ("willSave", "willSaveWaitUntil"):
        if has("textDocument", "synchronization", key) is not None:
            out[key] = False
    return out


def _tokens(has: Has) -> dict[str, Any]:
    asks = has("textDocument", "semanticTokens", "requests")
    if not isinstance(asks, dict):
        return {}
    full, part = asks.get("full"), asks.get("range")
    out: dict[str, Any] = {"legend": TOKENS}
    if full:
        delta = isinstance(full, dict) and bool(full.get("delta"))
        out["full"] = {"delta": True} if delta else True
    if part:
        out["range"] = True
    return out if len(out) > 1 else {}


def _properties(has: Has, key: str) -> Any:
    """What a client can have resolved later."""
    return has("textDocument", key, "resolveSupport", "properties") or ()
