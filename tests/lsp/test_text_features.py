"""Features of one text over the protocol, and how they follow what other files say."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any, TypeVar

import pytest
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcMethodNotFound

from floe_ls.lsp.features.semantic import difference
from lsp.test_protocol import DOMAIN, PRODUCT, D, Editor, P, client, editor

__all__ = ["client", "editor"]
T = TypeVar("T")


def document(editor: Editor, name: str) -> lsp.TextDocumentIdentifier:
    return lsp.TextDocumentIdentifier(editor.uri(name))


def applied(editor: Editor, name: str, edits: Any) -> str:
    """A file's text after edits, as a client applies them."""
    lines = editor.texts[editor.uri(name)].splitlines(keepends=True)
    made = sorted(edits, key=lambda e: (e.range.start.line, e.range.start.character), reverse=True)
    text = "".join(lines)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))

    def offset(position: lsp.Position) -> int:
        unit = "utf-8" if editor.encoding == "utf-8" else "utf-16-le"
        size = position.character if unit == "utf-8" else 2 * position.character
        line = lines[position.line] if position.line < len(lines) else ""
        return starts[position.line] + len(line.encode(unit)[:size].decode(unit))

    for edit in made:
        text = text[: offset(edit.range.start)] + edit.new_text + text[offset(edit.range.end) :]
    return text


async def asked(editor: Editor, capability: str, answer: Awaitable[T]) -> T | None:
    """The answer to an editor that has a capability; to another one the server does not offer it."""
    capabilities = editor.client.capabilities
    assert capabilities is not None
    if getattr(capabilities.text_document, capability) is not None:
        return await answer
    with pytest.raises(JsonRpcMethodNotFound):
        await answer
    return None


OPTIONS = lsp.FormattingOptions(tab_size=2, insert_spaces=True)


async def test_blocks_fold(editor: Editor) -> None:
    editor.open(D)
    found = await editor.client.text_document_folding_range_async(
        lsp.FoldingRangeParams(document(editor, D))
    )
    assert found is not None
    assert [(f.start_line, f.end_line) for f in found] == [(2, 3), (5, 6)]


async def test_a_selection_grows(editor: Editor) -> None:
    editor.open(P)
    at = editor.at(P, "dbt", 1)
    ask = editor.client.text_document_selection_range_async
    params = lsp.SelectionRangeParams(document(editor, P), [at])
    answers = await asked(editor, "selection_range", ask(params))
    if answers is None:
        return
    starts = []
    here: lsp.SelectionRange | None = answers[0]
    while here is not None:
        starts.append(here.range.start)
        here = here.parent
    assert starts[0] == editor.at(P, "dbt")
    assert starts[1] == editor.at(P, "type: dbt")
    assert starts[-1] == lsp.Position(0, 0)


async def test_an_anchor_and_its_alias_are_edited_together(editor: Editor) -> None:
    text = "# 🎉\nscope: &🎉s domain\nnote: [é🎉, *🎉s]\n"
    editor.open(D, text)
    ask = editor.client.text_document_linked_editing_range_async
    params = lsp.LinkedEditingRangeParams(document(editor, D), editor.at(D, "&🎉s", 1))
    found = await asked(editor, "linked_editing_range", ask(params))
    if found is None:
        return
    assert [r.start for r in found.ranges] == [editor.at(D, "🎉s domain"), editor.at(D, "🎉s]")]


async def test_a_text_is_formatted(editor: Editor) -> None:
    editor.open(P, PRODUCT.replace("  - type", "    -   type").replace("    path", "        path"))
    edits = await editor.client.text_document_formatting_async(
        lsp.DocumentFormattingParams(document(editor, P), OPTIONS)
    )
    assert edits
    assert applied(editor, P, edits) == PRODUCT


async def test_a_broken_text_is_not_formatted(editor: Editor) -> None:
    editor.open(D, DOMAIN.replace("[customer-360]", "[customer-360"))
    edits = await editor.client.text_document_formatting_async(
        lsp.DocumentFormattingParams(document(editor, D), OPTIONS)
    )
    assert not edits


async def test_a_new_line_below_a_key_stands_further_in(editor: Editor) -> None:
    editor.open(D, DOMAIN + "observability:\n")
    ask = editor.client.text_document_on_type_formatting_async
    at = lsp.Position(DOMAIN.count("\n") + 1, 0)
    params = lsp.DocumentOnTypeFormattingParams(document(editor, D), at, "\n", OPTIONS)
    edits = await asked(editor, "on_type_formatting", ask(params))
    if edits is None:
        return
    assert [e.new_text for e in edits] == ["  "]


async def test_words_have_colours_and_edits_send_what_changed(editor: Editor) -> None:
    editor.open(D)
    ask = editor.client.text_document_semantic_tokens_full_async
    params = lsp.SemanticTokensParams(document(editor, D))
    first = await asked(editor, "semantic_tokens", ask(params))
    if first is None:
        return
    assert list(first.data[:5]) == [0, 0, len("scope"), 0, 1]
    editor.replace(D, "scope: domain", "# note\nscope: domain")
    again = await editor.client.text_document_semantic_tokens_full_delta_async(
        lsp.SemanticTokensDeltaParams(document(editor, D), first.result_id or "")
    )
    assert isinstance(again, lsp.SemanticTokensDelta)
    (edit,) = again.edits
    before, start = list(first.data), edit.start
    after = before[:start] + list(edit.data or []) + before[start + edit.delete_count :]
    whole = await ask(params)
    assert whole is not None
    assert after == list(whole.data)
    assert len(edit.data or []) < len(after)


def test_the_difference_of_two_answers_makes_one_of_the_other() -> None:
    for before, after in (
        ([1, 2, 3], [1, 3]),
        ([], [1]),
        ([1, 1], [1, 1, 1]),
        ([1], [1]),
        ([1], []),
    ):
        edits = difference(before, after)
        for edit in edits:
            end = edit["start"] + edit["deleteCount"]
            before = [*before[: edit["start"]], *edit["data"], *before[end:]]
        assert before == after
