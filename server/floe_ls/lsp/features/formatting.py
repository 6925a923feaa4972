"""textDocument/formatting, rangeFormatting and onTypeFormatting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

from floe_ls.forms.document import Document
from floe_ls.ide.formatting import formatted
from floe_ls.ide.on_type import indented
from floe_ls.text import Span, TextEdit

if TYPE_CHECKING:
    from floe_ls.lsp.server import FloeServer


def register(server: FloeServer) -> None:
    def edits(document: Document, made: list[TextEdit]) -> Any:
        return [{"range": server.convert.range(document, e.span), "newText": e.new} for e in made]

    if server.client_has("textDocument", "formatting") is not None:

        @server.feature(lsp.TEXT_DOCUMENT_FORMATTING)
        def on_formatting(params: lsp.DocumentFormattingParams) -> Any:
            document = server.document(params.text_document.uri)
            if document is None or not document.is_ours:
                return None
            return edits(document, formatted(document, params.options.tab_size))

    if server.client_has("textDocument", "rangeFormatting") is not None:

        @server.feature(lsp.TEXT_DOCUMENT_RANGE_FORMATTING)
        def on_range(params: lsp.DocumentRangeFormattingParams) -> Any:
            document = server.document(params.text_document.uri)
            if document is None or not document.is_ours:
                return None
            within = Span(
                server.convert.offset(document, params.range.start),
                server.convert.offset(document, params.range.end),
            )
            return edits(document, formatted(document, params.options.tab_size, within))

    if server.client_has("textDocument", "onTypeFormatting") is not None:

        @server.feature(
            lsp.TEXT_DOCUMENT_ON_TYPE_FORMATTING,
            lsp.DocumentOnTypeFormattingOptions(first_trigger_character="\n"),
        )
        def on_type(params: lsp.DocumentOnTypeFormattingParams) -> Any:
            document = server.document(params.text_document.uri)
            if document is None or not document.is_ours:
                return None
            offset = server.convert.offset(document, params.position)
            return edits(document, indented(document, offset, params.options.tab_size))
