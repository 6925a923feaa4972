"""textDocument/semanticTokens: full, as a difference to the last answer, and of a range."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

from floe_ls.forms.document import Document
from floe_ls.ide.semantic import Note, SemanticToken, Word, semantic_tokens
from floe_ls.text import Span

if TYPE_CHECKING:
    from floe_ls.lsp.server import FloeServer

WORDS = {word: index for index, word in enumerate(Word)}
NOTES = {note: 1 << index for index, note in enumerate(Note)}
_KEPT = 64


def register(server: FloeServer) -> None:
    can = server.client_has("textDocument", "semanticTokens")
    if can is None:
        return
    asks = can.get("requests") or {}
    full = asks.get("full")
    delta = isinstance(full, dict) and bool(full.get("delta"))
    answers: dict[str, tuple[str, list[int]]] = {}
    number = 0
    legend = lsp.SemanticTokensLegend([w.value for w in Word], [n.value for n in Note])
    if server.client_has("workspace", "semanticTokens", "refreshSupport"):
        server.refreshes(lsp.WORKSPACE_SEMANTIC_TOKENS_REFRESH)

    def kept(uri: str, data: list[int]) -> str:
        nonlocal number
        number += 1
        answers.pop(uri, None)
        answers[uri] = str(number), data
        while len(answers) > _KEPT:
            del answers[next(iter(answers))]
        return str(number)

    if full:

        @server.feature(lsp.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, legend)
        def on_full(params: lsp.SemanticTokensParams) -> Any:
            document = server.document(params.text_document.uri)
            if document is None:
                return None
            data = encoded(server, document, semantic_tokens(server.snapshot, document))
            return {"resultId": kept(document.uri, data), "data": data}

    if delta:

        @server.feature(lsp.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL_DELTA, legend)
        def on_delta(params: lsp.SemanticTokensDeltaParams) -> Any:
            document = server.document(params.text_document.uri)
            if document is None:
                return None
            known = answers.get(document.uri)
            data = encoded(server, document, semantic_tokens(server.snapshot, document))
            result = kept(document.uri, data)
            if known is None or known[0] != params.previous_result_id:
                return {"resultId": result, "data": data}
            return {"resultId": result, "edits": difference(known[1], data)}

    if asks.get("range"):

        @server.feature(lsp.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE, legend)
        def on_range(params: lsp.SemanticTokensRangeParams) -> Any:
            document = server.document(params.text_document.uri)
            if document is None:
                return None
            within = Span(
                server.convert.offset(document, params.range.start),
                server.convert.offset(document, params.range.end),
            )
            found = semantic_tokens(server.snapshot, document, within)
            return {"data": encoded(server, document, found)}


def encoded(server: FloeServer, document: Document, tokens: Iterable[SemanticToken]) -> list[int]:
    """Five numbers for each: lines and columns further on, width, word, notes."""
    out: list[int] = []
    line = column = 0
    position = document.lines.position
    for token in tokens:
        at, start = position(token.span.start, server.convert.encoding)
        _, end = position(token.span.end, server.convert.encoding)
        notes = sum(NOTES[note] for note in token.notes)
        out += (
            at - line,
            start - column if at == line else start,
            end - start,
            WORDS[token.word],
            notes,
        )
        line, column = at, start
    return out


def difference(before: list[int], after: list[int]) -> list[dict[str, Any]]:
    """One edit in place of what lies between the common start and the common end."""
    if before == after:
        return []
    size = min(len(before), len(after))
    start = next((i for i in range(size) if before[i] != after[i]), size)
    end = next((i for i in range(size - start) if before[-1 - i] != after[-1 - i]), size - start)
    gone = len(before) - start - end
    return [{"start": start, "deleteCount": gone, "data": after[start : len(after) - end]}]
