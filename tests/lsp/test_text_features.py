"""Features of one text over the protocol, and how they follow what other files say."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

import pytest
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcMethodNotFound

from floe_ls.lsp.convert import as_json
from floe_ls.lsp.features.semantic import difference
from lsp.test_protocol import DOMAIN, ENTERPRISE, PRODUCT, D, E, Editor, P, client, editor
from lsp.test_protocol import _edits as edits_of

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


async def hints_of(editor: Editor, name: str) -> list[lsp.InlayHint]:
    whole = lsp.Range(lsp.Position(0, 0), lsp.Position(1000, 0))
    params = lsp.InlayHintParams(document(editor, name), whole)
    answer = editor.client.text_document_inlay_hint_async(params)
    return list(await asked(editor, "inlay_hint", answer) or [])


async def test_a_line_tells_what_it_overrides_and_the_tooltip_follows(editor: Editor) -> None:
    editor.open(D)
    found = await hints_of(editor, D)
    if not found:
        return
    assert [h.label for h in found if "overrides" in str(h.label)] == ["overrides 30 (enterprise)"]
    hint = next(h for h in found if "overrides" in str(h.label))
    assert hint.position == editor.at(D, "90", 2)
    if hint.tooltip is None:
        hint = await editor.client.inlay_hint_resolve_async(hint)
    assert isinstance(hint.tooltip, lsp.MarkupContent)
    assert "in place of" in hint.tooltip.value


async def test_hints_follow_the_settings_and_an_edit_of_the_parent(editor: Editor) -> None:
    editor.open(E)
    editor.open(D)
    if not await hints_of(editor, D):
        return
    told = asyncio.Event()
    refresh = lsp.WORKSPACE_INLAY_HINT_REFRESH
    editor.client.protocol.fm.features[refresh] = lambda *_: told.set()
    editor.replace(E, "data_retention_days: 30", "data_retention_days: 14")
    await asyncio.wait_for(told.wait(), 20)
    found = await hints_of(editor, D)
    assert "overrides 14 (enterprise)" in [h.label for h in found]
    settings = {"hints": {"overrides": False, "inherited": False}}
    if hasattr(editor.client, "set_configuration"):
        editor.client.set_configuration({"floe": settings})
    else:
        editor.client._configuration[""].update({"floe": settings})
    params = lsp.DidChangeConfigurationParams(settings={"floe": settings})
    editor.client.workspace_did_change_configuration(params)
    async with asyncio.timeout(20):
        while await hints_of(editor, D):
            pass  # until the server has asked for the settings


async def test_lenses_tell_who_inherits_and_lead_to_commands(editor: Editor) -> None:
    editor.open(D)
    editor.open(P)
    await editor.shows_codes(P)
    ask = editor.client.text_document_code_lens_async
    found = await asked(editor, "code_lens", ask(lsp.CodeLensParams(document(editor, D))))
    if found is None:
        return
    commands = [lens.command for lens in found if lens.command]
    assert [c.title for c in commands] == [
        "1 product inherits",
        "Show effective configuration",
        "Resolves enterprise-manifest",
    ]
    places = await run(editor, commands[0].command, *(commands[0].arguments or ()))
    assert [place["uri"] for place in places] == [editor.uri(P)]
    parent = await run(editor, commands[2].command, *(commands[2].arguments or ()))
    assert parent["uri"] == editor.uri(E)


async def run(editor: Editor, command: str, *arguments: Any) -> Any:
    params = lsp.ExecuteCommandParams(command, list(arguments))
    return as_json(await editor.client.workspace_execute_command_async(params))


async def request(editor: Editor, method: str, params: Any) -> Any:
    return as_json(await editor.client.protocol.send_request_async(method, params))


async def test_the_effective_text_leads_to_origins_and_says_when_it_is_stale(
    editor: Editor,
) -> None:
    editor.open(E)
    editor.open(P)
    await editor.shows_codes(P)
    stale: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    @editor.client.feature("floe/effectiveChanged")
    def changed(params: Any) -> None:
        stale.set_result(params.uri)

    view = await request(editor, "floe/effective", {"uri": editor.uri(P)})
    lines = view["text"].split("\n")
    line = next(i for i, text in enumerate(lines) if "pii_encryption: required" in text)
    origin = next(o for o in view["origins"] if o["line"] == line)
    assert origin["uri"] == editor.uri(E)
    assert origin["range"]["start"]["line"] == ENTERPRISE[
        : ENTERPRISE.index("pii_encryption")
    ].count("\n")
    editor.replace(E, "data_retention_days: 30", "data_retention_days: 31")
    assert await asyncio.wait_for(stale, 20) == editor.uri(P)
    shown = await run(editor, "floe.showEffective", editor.uri(P))
    again = await request(editor, "floe/effective", {"uri": shown["uri"]})
    assert again["text"] == view["text"]  # the domain's value holds, whatever the enterprise's is


async def test_a_value_is_explained(editor: Editor) -> None:
    editor.open(D)
    at = editor.at(D, "data_retention_days")
    where = {"line": at.line, "character": at.character}
    told = await run(editor, "floe.explain", editor.uri(D), where)
    assert "in place of" in told["markdown"]
    assert told["range"]["start"]["line"] == at.line
    assert await run(editor, "floe.explain", editor.uri(D), {"line": 900, "character": 0}) is None


async def test_the_mesh_as_a_graph(editor: Editor) -> None:
    editor.open(D, DOMAIN.replace("snowflake", "spark"))
    await editor.shows_codes(D, "whitelist/not-approved")
    async with asyncio.timeout(20):
        while True:  # the workspace is read meanwhile
            found = await request(editor, "floe/graph", {})
            if len(found["nodes"]) == 3:
                break
    nodes = {node["uri"]: node for node in found["nodes"]}
    assert nodes[editor.uri(D)]["errors"] == 1
    assert nodes[editor.uri(P)]["tier"] == "product"
    edges = {tuple(edge.values()) for edge in found["edges"]}
    assert (editor.uri(D), editor.uri(P)) in edges
    assert (editor.uri(E), editor.uri(D)) in edges

    stale = asyncio.Event()

    @editor.client.feature("floe/graphChanged")
    def changed(_: Any) -> None:
        stale.set()

    new = editor.folder / "new" / "floe.yaml"
    new.parent.mkdir()
    new.write_text((editor.folder / P).read_text(encoding="utf-8"), encoding="utf-8")
    events = [lsp.FileEvent(new.as_uri(), lsp.FileChangeType.Created)]
    editor.client.workspace_did_change_watched_files(lsp.DidChangeWatchedFilesParams(events))
    async with asyncio.timeout(20):
        while len((await request(editor, "floe/graph", {}))["nodes"]) != 4:
            await stale.wait()
            stale.clear()


async def action(editor: Editor, name: str, at: lsp.Position, title: str) -> lsp.CodeAction:
    """What a chosen action is to do, worked out where the server leaves that for later."""
    params = lsp.CodeActionParams(
        document(editor, name), lsp.Range(at, at), lsp.CodeActionContext([])
    )
    answers = await editor.client.text_document_code_action_async(params)
    titles = [a.title for a in answers or ()]
    assert title in titles, titles
    chosen = next(a for a in answers or () if a.title == title)
    assert isinstance(chosen, lsp.CodeAction)
    if chosen.edit is None:
        chosen = await editor.client.code_action_resolve_async(chosen)
    assert chosen.edit is not None
    return chosen


async def test_a_product_moves_to_another_domain_and_is_approved_there(editor: Editor) -> None:
    other = DOMAIN.replace("customer-360", "campaign-analytics")
    editor.open("marketing-domain-manifest.yaml", other.replace("../", "./"))
    editor.open(P)
    await editor.shows_codes(P)
    title = (
        "Build this product under marketing-domain-manifest.yaml, and approve `customer-360` there"
    )
    chosen = await action(editor, P, editor.at(P, "ref:"), title)
    assert chosen.edit is not None
    (own,) = edits_of(chosen.edit, editor.uri(P))
    assert own.new_text == "../../marketing-domain-manifest.yaml"
    assert not isinstance(own, lsp.AnnotatedTextEdit)
    (far,) = edits_of(chosen.edit, editor.uri("marketing-domain-manifest.yaml"))
    assert "customer-360" in far.new_text
    if workspace_edits(editor).change_annotation_support is None:
        assert not isinstance(far, lsp.AnnotatedTextEdit)
        return
    assert isinstance(far, lsp.AnnotatedTextEdit)
    assert chosen.edit.change_annotations is not None
    mark = chosen.edit.change_annotations[far.annotation_id]
    assert mark.label == "Change marketing-domain-manifest.yaml"


def workspace_edits(editor: Editor) -> lsp.WorkspaceEditClientCapabilities:
    capabilities = editor.client.capabilities
    assert capabilities is not None
    assert capabilities.workspace is not None
    assert capabilities.workspace.workspace_edit is not None
    return capabilities.workspace.workspace_edit


async def test_a_manifest_gets_an_enterprise_manifest_in_a_new_file(editor: Editor) -> None:
    editor.open(E, "plugins: {}\n")
    editor.open("manifest.yaml", "plugins:\n  compute: duckdb\n")
    able = workspace_edits(editor)
    operations = able.resource_operations or ()
    if not able.document_changes or lsp.ResourceOperationKind.Create not in operations:
        return
    title = "Put this manifest under a new enterprise-2-manifest.yaml"
    chosen = await action(editor, "manifest.yaml", lsp.Position(0, 0), title)
    assert chosen.edit is not None
    changes = chosen.edit.document_changes or []
    assert isinstance(changes[0], lsp.CreateFile)
    assert changes[0].uri == editor.uri("enterprise-2-manifest.yaml")
    texts = [c.edits[0].new_text for c in changes if isinstance(c, lsp.TextDocumentEdit)]  # type: ignore[union-attr]
    assert texts[0] == "scope: enterprise\napproved_plugins:\n  compute: [duckdb]\n"
    assert texts[1] == "scope: domain\nparent_manifest: ./enterprise-2-manifest.yaml\n"


async def test_all_safe_fixes_on_saving(editor: Editor) -> None:
    text = PRODUCT + "    tags: [a, a]\n"
    editor.open(P, text)
    start = lsp.Range(lsp.Position(0, 0), lsp.Position(0, 0))
    context = lsp.CodeActionContext([], only=[lsp.CodeActionKind.SourceFixAll])
    answers = await editor.client.text_document_code_action_async(
        lsp.CodeActionParams(document(editor, P), start, context)
    )
    assert {a.kind for a in answers or () if isinstance(a, lsp.CodeAction)} <= {
        "source.fixAll.floe"
    }
