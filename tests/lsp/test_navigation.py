"""Going from place to place over the protocol: in editors that know much, little, or nothing of it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import pytest_lsp
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException, JsonRpcMethodNotFound
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

from floe_ls.remote.files import uri_of
from floe_ls.text import Span, TextEdit, apply_edits
from lsp.test_protocol import REFRESHES, Editor
from navigation import DOMAIN, ENTERPRISE, FORECAST, MARKETING, PRODUCT, D, E, F, M, P
from tools import REPOSITORY

FILES = {E: ENTERPRISE, D: DOMAIN, P: PRODUCT, F: FORECAST, M: MARKETING}
NAVIGATION = (
    "definition_provider", "declaration_provider", "implementation_provider", "references_provider",
    "document_highlight_provider", "document_link_provider", "document_symbol_provider", "workspace_symbol_provider",
    "rename_provider", "type_hierarchy_provider", "call_hierarchy_provider",
)  # fmt: skip


def capabilities(name: str) -> lsp.ClientCapabilities:
    """A client of today, one that has each feature in its plainest form, and one that has none."""
    if name == "none":
        return lsp.ClientCapabilities()
    if name == "plain":
        return lsp.ClientCapabilities(
            text_document=lsp.TextDocumentClientCapabilities(
                definition=lsp.DefinitionClientCapabilities(),
                declaration=lsp.DeclarationClientCapabilities(),
                implementation=lsp.ImplementationClientCapabilities(),
                references=lsp.ReferenceClientCapabilities(),
                document_highlight=lsp.DocumentHighlightClientCapabilities(),
                document_link=lsp.DocumentLinkClientCapabilities(),
                document_symbol=lsp.DocumentSymbolClientCapabilities(),
                rename=lsp.RenameClientCapabilities(),
            ),
            workspace=lsp.WorkspaceClientCapabilities(
                symbol=lsp.WorkspaceSymbolClientCapabilities()
            ),
        )
    found = client_capabilities("visual-studio-code")
    assert found.text_document is not None
    found.text_document.type_hierarchy = lsp.TypeHierarchyClientCapabilities()
    found.general = lsp.GeneralClientCapabilities(
        position_encodings=[lsp.PositionEncodingKind.Utf8]
    )
    return found


@pytest_lsp.fixture(
    params=["today", "plain", "none"],
    config=ClientServerConfig(server_command=[sys.executable, "-m", "floe_ls", "serve", "--stdio"],
                              server_env={"PYTHONPATH": str(REPOSITORY / "server")}),
)  # fmt: skip
async def client(
    request: pytest.FixtureRequest, lsp_client: LanguageClient, tmp_path: Path
) -> AsyncIterator[None]:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text.partition("\n")[2])

    @lsp_client.feature(lsp.CLIENT_REGISTER_CAPABILITY)
    def register(params: lsp.RegistrationParams) -> None:
        """Nothing is watched here."""

    for method in REFRESHES:
        lsp_client.feature(method)(lambda *_: None)

    result = await lsp_client.initialize_session(
        lsp.InitializeParams(
            capabilities=capabilities(request.param),
            workspace_folders=[lsp.WorkspaceFolder(uri_of(tmp_path), "w")],
        )
    )
    lsp_client.announced = result.capabilities
    yield
    await lsp_client.shutdown_session()


@pytest.fixture
async def editor(client: Any, tmp_path: Path, request: pytest.FixtureRequest) -> Editor:
    name = request.node.callspec.params["client"]
    made = Editor(client, tmp_path, "utf-8" if name == "today" else "utf-16")
    for file in (E, D, P):
        made.open(file)
    if name != "none":
        await everything_is_read(made)
    return made


async def everything_is_read(editor: Editor) -> None:
    async with asyncio.timeout(20):
        while not await editor.client.workspace_symbol_async(lsp.WorkspaceSymbolParams("forecast")):
            pass


def only(*clients: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("client", clients, indirect=True)


def cursor(editor: Editor, file: str, word: str) -> dict[str, Any]:
    return {
        "text_document": lsp.TextDocumentIdentifier(editor.uri(file)),
        "position": editor.at(file, word, 1),
    }


def shown(editor: Editor, found: Any) -> list[str]:
    """Places as `file:line text`."""
    out = []
    for place in found:
        uri = getattr(place, "target_uri", None) or place.uri
        where = getattr(place, "target_selection_range", None) or place.range
        out.append(
            f"{file_of(editor, uri)}:{where.start.line + 1} {text_at(editor, uri, where)}".rstrip()
        )
    return out


def file_of(editor: Editor, uri: str) -> str:
    return uri.removeprefix(uri_of(editor.folder) + "/")


def text_at(editor: Editor, uri: str, where: lsp.Range) -> str:
    text = text_of(editor, uri)
    return text[offset(editor, text, where.start) : offset(editor, text, where.end)]


def text_of(editor: Editor, uri: str) -> str:
    return editor.texts.get(uri) or (editor.folder / file_of(editor, uri)).read_text()


def offset(editor: Editor, text: str, position: lsp.Position) -> int:
    lines = text.split("\n")
    unit = editor.encoding if editor.encoding == "utf-8" else "utf-16-le"
    size = position.character * (1 if unit == "utf-8" else 2)
    column = len(lines[position.line].encode(unit)[:size].decode(unit))
    return sum(len(line) + 1 for line in lines[: position.line]) + column


@only("today", "plain")
async def test_definition_declaration_implementation(editor: Editor) -> None:
    client = editor.client
    ask = lsp.DefinitionParams(**cursor(editor, D, "../enterprise"))
    found = await client.text_document_definition_async(ask)
    assert shown(editor, found) == [f"{E}:2 acme"]
    links = isinstance(found[0], lsp.LocationLink)
    assert links == (editor.encoding == "utf-8")
    if links:
        assert (
            text_at(editor, editor.uri(D), found[0].origin_selection_range)
            == "../enterprise-manifest.yaml"
        )
        assert found[0].target_range.start == lsp.Position(0, 0)
    found = await client.text_document_definition_async(
        lsp.DefinitionParams(**cursor(editor, D, "pii_encryption"))
    )
    assert shown(editor, found) == [f"{E}:10 pii_encryption"]
    found = await client.text_document_declaration_async(
        lsp.DeclarationParams(**cursor(editor, D, "data_retention_days"))
    )
    assert shown(editor, found) == [f"{E}:11 data_retention_days"]
    found = await client.text_document_implementation_async(
        lsp.ImplementationParams(**cursor(editor, E, "data_retention_days"))
    )
    assert shown(editor, found) == [f"{M}:4 data_retention_days", f"{D}:10 data_retention_days"]
    found = await client.text_document_definition_async(
        lsp.DefinitionParams(**cursor(editor, P, "metadata"))
    )
    assert found is None


@only("today", "plain")
async def test_references_highlights_and_links(editor: Editor) -> None:
    client = editor.client
    for declared, wanted in (
        (True, [f"{P}:2 customer-360", f"{D}:6 customer-360"]),
        (False, [f"{D}:6 customer-360"]),
    ):
        found = await client.text_document_references_async(
            lsp.ReferenceParams(
                context=lsp.ReferenceContext(declared), **cursor(editor, P, "customer-360")
            )
        )
        assert shown(editor, found) == wanted
    marks = await client.text_document_document_highlight_async(
        lsp.DocumentHighlightParams(**cursor(editor, P, "stg"))
    )
    assert marks is not None
    assert [(m.range.start.line, m.kind) for m in marks] == [
        (5, lsp.DocumentHighlightKind.Write),
        (12, lsp.DocumentHighlightKind.Read),
        (16, lsp.DocumentHighlightKind.Read),
    ]
    links = await client.text_document_document_link_async(
        lsp.DocumentLinkParams(lsp.TextDocumentIdentifier(editor.uri(D)))
    )
    assert links is not None
    (link,) = links
    assert link.target == editor.uri(E)
    assert (link.tooltip is not None) == (editor.encoding == "utf-8")


@only("today", "plain")
async def test_symbols(editor: Editor) -> None:
    found = await editor.client.text_document_document_symbol_async(
        lsp.DocumentSymbolParams(lsp.TextDocumentIdentifier(editor.uri(P)))
    )
    assert found
    if editor.encoding == "utf-8":
        (root,) = found
        assert isinstance(root, lsp.DocumentSymbol)
        assert (root.name, root.kind) == ("customer-360", lsp.SymbolKind.Class)
        transforms = next(c for c in root.children or () if c.name == "transforms")
        assert [c.name for c in transforms.children or ()] == ["stg", "fct", "report"]
    else:
        assert all(isinstance(s, lsp.SymbolInformation) for s in found)
        stg = next(s for s in found if s.name == "stg")
        assert isinstance(stg, lsp.SymbolInformation)
        assert stg.container_name == "transforms"
        assert {s.kind.value for s in found} <= set(range(1, 19))
    names = await editor.client.workspace_symbol_async(lsp.WorkspaceSymbolParams("mkt"))
    assert names
    assert [s.name for s in names] == ["marketing-domain-manifest"]


@only("today", "plain")
async def test_a_product_is_renamed_in_two_files(editor: Editor) -> None:
    editor.replace(P, "metadata:", "# 🎉\nmetadata:")
    edit = await editor.client.text_document_rename_async(
        lsp.RenameParams(new_name="customer-720", **cursor(editor, D, "customer-360"))
    )
    assert edit is not None
    by_uri: dict[str, Sequence[Any]] = dict(edit.changes or {})
    for change in edit.document_changes or ():
        assert isinstance(change, lsp.TextDocumentEdit)
        by_uri[change.text_document.uri] = change.edits
        assert change.text_document.version == editor.versions[change.text_document.uri]
    assert set(by_uri) == {editor.uri(P), editor.uri(D)}
    assert bool(edit.document_changes) == (editor.encoding == "utf-8")
    for uri, edits in by_uri.items():
        text = editor.texts[uri]
        made = [
            TextEdit(
                Span(offset(editor, text, e.range.start), offset(editor, text, e.range.end)),
                e.new_text,
            )
            for e in edits
        ]
        assert apply_edits(text, made) == text.replace("customer-360", "customer-720")


@only("today")
async def test_what_can_be_renamed_is_said_before(editor: Editor) -> None:
    found = await editor.client.text_document_prepare_rename_async(
        lsp.PrepareRenameParams(**cursor(editor, P, "stg"))
    )
    assert isinstance(found, lsp.PrepareRenamePlaceholder)
    assert found.placeholder == "stg"
    assert text_at(editor, editor.uri(P), found.range) == "stg"
    with pytest.raises(JsonRpcException, match="which floe gives"):
        await editor.client.text_document_prepare_rename_async(
            lsp.PrepareRenameParams(**cursor(editor, D, "snowflake"))
        )


@only("today", "plain")
async def test_a_new_name_that_is_refused_says_why(editor: Editor) -> None:
    with pytest.raises(
        JsonRpcException, match=r"^A transform is called `fct` already, in line 9\.$"
    ):
        await editor.client.text_document_rename_async(
            lsp.RenameParams(new_name="fct", **cursor(editor, P, "stg"))
        )


@only("today")
async def test_the_hierarchy_of_types_goes_up_and_down(editor: Editor) -> None:
    client = editor.client
    items = await client.text_document_prepare_type_hierarchy_async(
        lsp.TypeHierarchyPrepareParams(**cursor(editor, D, "governance"))
    )
    assert items is not None
    (item,) = items
    assert item.name == "sales-domain-manifest"
    above = await client.type_hierarchy_supertypes_async(lsp.TypeHierarchySupertypesParams(item))
    assert [i.name for i in above or ()] == ["acme"]
    assert (above or [item])[0].detail == f"enterprise 1.0.0 · {E}"
    below = await client.type_hierarchy_subtypes_async(lsp.TypeHierarchySubtypesParams(item))
    assert [i.name for i in below or ()] == ["customer-360", "sales-forecast"]


@only("today")
async def test_the_hierarchy_of_calls_follows_depends_on(editor: Editor) -> None:
    client = editor.client
    items = await client.text_document_prepare_call_hierarchy_async(
        lsp.CallHierarchyPrepareParams(**cursor(editor, P, "fct"))
    )
    assert items is not None
    (item,) = items
    assert item.detail == "customer-360"
    calls = await client.call_hierarchy_outgoing_calls_async(
        lsp.CallHierarchyOutgoingCallsParams(item)
    )
    assert [(c.to.name, c.from_ranges[0].start.line) for c in calls or ()] == [("stg", 12)]
    callers = await client.call_hierarchy_incoming_calls_async(
        lsp.CallHierarchyIncomingCallsParams(item)
    )
    assert [(c.from_.name, c.from_ranges[0].start.line) for c in callers or ()] == [("report", 16)]


async def test_what_a_client_does_not_know_is_not_announced(editor: Editor, request: Any) -> None:
    name = request.node.callspec.params["client"]
    announced = {n for n in NAVIGATION if getattr(editor.client.announced, n)}
    wanted = {
        "today": set(NAVIGATION),
        "plain": set(NAVIGATION) - {"type_hierarchy_provider", "call_hierarchy_provider"},
        "none": set(),
    }
    assert announced == wanted[name]
    provider = editor.client.announced.rename_provider
    assert isinstance(provider, lsp.RenameOptions) == (name == "today")
    if name == "none":
        with pytest.raises(JsonRpcMethodNotFound):
            await editor.client.text_document_definition_async(
                lsp.DefinitionParams(**cursor(editor, D, "scope"))
            )
