"""textDocument/codeAction: the fixes of the findings in a range, and what else can be done there; codeAction/resolve
works out what was chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

from floe_ls.chain.layers import reference
from floe_ls.forms.document import Document
from floe_ls.ide.actions import Action, ActionKind, actions
from floe_ls.ide.freshness import fixes
from floe_ls.ide.model import Fix
from floe_ls.ide.what_if import versions
from floe_ls.lsp.convert import as_json
from floe_ls.text import Span

if TYPE_CHECKING:
    from floe_ls.lsp.server import FloeServer

QUICK_FIX, REWRITE = "quickfix", "refactor.rewrite"
PREVIEW = "refactor.preview"
"""Shows what an edit would do, and edits nothing."""


def register(server: FloeServer) -> None:
    support = server.client_has("textDocument", "codeAction") or {}
    lazy = bool(support.get("dataSupport")) and "edit" in (
        (support.get("resolveSupport") or {}).get("properties") or ()
    )
    offered: list[tuple[Document, list[Action]]] = []
    """The actions of the last answer."""
    kinds = list(dict.fromkeys([QUICK_FIX, *(kind.value for kind in ActionKind), PREVIEW]))

    def edit(document: Document, action: Action) -> dict[str, Any]:
        made = action.make()
        return server.convert.workspace_edit(made.edits, document, made.created)

    @server.feature(
        lsp.TEXT_DOCUMENT_CODE_ACTION,
        lsp.CodeActionOptions(code_action_kinds=kinds, resolve_provider=lazy),
    )
    def on_code_action(params: lsp.CodeActionParams) -> Any:
        document = server.document(params.text_document.uri)
        only = [str(getattr(kind, "value", kind)) for kind in params.context.only or ()]
        if document is None:
            return None
        span = Span(
            server.convert.offset(document, params.range.start),
            server.convert.offset(document, params.range.end),
        )
        found = server.mended(document)
        out: list[dict[str, Any]] = []
        if _wants(only, QUICK_FIX):
            out += [
                server.convert.code_action(document, fix, d)
                for d in found
                if d.span.start <= span.end and span.start <= d.span.end
                for fix in d.fixes
            ]
        known = {action["title"] for action in out}
        if _wants(only, REWRITE):
            out += [
                server.convert.code_action(document, fix, None, REWRITE)
                for fix in _of_reference(server, document, span)
                if fix.title not in known
            ]
        more = [
            action
            for action in actions(server.snapshot, document, span, found)
            if _wants(only, action.kind) and action.title not in known
            if server.convert.creates or not action.creates
        ]
        if _wants(only, PREVIEW):
            out += _previews(server, document, span)
        offered[:] = [(document, more)]
        for index, action in enumerate(more):
            made: dict[str, Any] = {"title": action.title, "kind": action.kind.value}
            if lazy:
                made["data"] = {"uri": document.uri, "index": index}
            else:
                made["edit"] = edit(document, action)
            out.append(made)
        return out

    if not lazy:
        return

    @server.feature(lsp.CODE_ACTION_RESOLVE)
    def on_resolve(params: lsp.CodeAction) -> Any:
        made: dict[str, Any] = server.pygls.protocol.plain(params)
        data = as_json(params.data)
        index = data.get("index") if isinstance(data, dict) else None
        for document, known in offered:
            if not isinstance(index, int) or not 0 <= index < len(known):
                continue
            if data.get("uri") == document.uri and known[index].title == params.title:
                made["edit"] = edit(document, known[index])
        return made


def _wants(only: list[str], kind: str) -> bool:
    return not only or any(f"{kind}.".startswith(f"{wanted}.") for wanted in only)


def _previews(server: FloeServer, document: Document, span: Span) -> list[dict[str, Any]]:
    """What newer versions of the reference at a place would change."""
    if not _on_reference(server, document, span):
        return []
    out: list[dict[str, Any]] = []
    for tag in versions(server.snapshot, document):
        title = f"What would change with {tag}?"
        command = {"title": title, "command": "floe.whatIf", "arguments": [document.uri, tag]}
        out.append({"title": title, "kind": PREVIEW, "command": command})
    return out


def _of_reference(server: FloeServer, document: Document, span: Span) -> tuple[Fix, ...]:
    """What may be done to the reference at a place: take the newest tag, pin to the digest."""
    return fixes(server.snapshot, document) if _on_reference(server, document, span) else ()


def _on_reference(server: FloeServer, document: Document, span: Span) -> bool:
    here = reference(document, server.snapshot.shapes)
    return here is not None and here.span.end >= span.start and span.end >= here.span.start
