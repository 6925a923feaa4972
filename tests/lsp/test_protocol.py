"""The server over stdio, as Neovim (columns in UTF-8 units) and as VS Code (UTF-16) speak to it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import pytest_lsp
from lsprotocol import types as lsp
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

from floe_ls.remote.files import uri_of
from tools import REPOSITORY

ENTERPRISE = """\
scope: enterprise
approved_plugins:
  compute: [duckdb, snowflake]
plugins:
  observability: datadog
governance:
  pii_encryption: required
  data_retention_days: 30
"""
DOMAIN = """\
scope: domain
parent_manifest: ../enterprise-manifest.yaml
plugins:
  compute: snowflake
approved_products: [customer-360]
governance:
  data_retention_days: 90
"""
PRODUCT = """\
name: customer-360
version: 1.0.0
description: Everything about a customer. 🎉
platform:
  ref: ../sales-domain-manifest.yaml
transforms:
  - type: dbt
    path: models/
"""


class Editor:
    """What an editor does, and what it shows."""

    def __init__(self, client: LanguageClient, folder: Path, encoding: str) -> None:
        self.client = client
        self.folder = folder
        self.encoding = encoding
        self.versions: dict[str, int] = {}
        self.texts: dict[str, str] = {}

    def uri(self, name: str) -> str:
        return uri_of(self.folder / name)

    def open(self, name: str, text: str | None = None) -> None:
        uri = self.uri(name)
        text = (self.folder / name).read_text() if text is None else text
        self.versions[uri], self.texts[uri] = 1, text
        item = lsp.TextDocumentItem(uri, "yaml", 1, text)
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))

    def position(self, text: str, offset: int) -> lsp.Position:
        line = text.count("\n", 0, offset)
        before = text[text.rfind("\n", 0, offset) + 1 : offset]
        units = (
            len(before.encode("utf-8"))
            if self.encoding == "utf-8"
            else len(before.encode("utf-16-le")) // 2
        )
        return lsp.Position(line, units)

    def replace(self, name: str, old: str, new: str) -> None:
        """Types: one incremental change in place of the first occurrence."""
        uri = self.uri(name)
        text = self.texts[uri]
        start = text.index(old)
        where = lsp.Range(self.position(text, start), self.position(text, start + len(old)))
        self.texts[uri] = text[:start] + new + text[start + len(old) :]
        self.versions[uri] += 1
        self.client.text_document_did_change(
            lsp.DidChangeTextDocumentParams(
                lsp.VersionedTextDocumentIdentifier(uri=uri, version=self.versions[uri]),
                [lsp.TextDocumentContentChangePartial(range=where, text=new)],
            )
        )

    def close(self, name: str) -> None:
        uri = self.uri(name)
        self.client.text_document_did_close(
            lsp.DidCloseTextDocumentParams(lsp.TextDocumentIdentifier(uri))
        )

    async def shows(
        self, name: str, wanted: Callable[[Sequence[lsp.Diagnostic]], bool]
    ) -> Sequence[lsp.Diagnostic]:
        """The findings of a file once they are as wanted."""
        uri = self.uri(name)
        async with asyncio.timeout(20):
            while uri not in self.client.diagnostics or not wanted(self.client.diagnostics[uri]):
                await self.client.wait_for_notification(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        return self.client.diagnostics[uri]

    async def shows_codes(self, name: str, *codes: str) -> Sequence[lsp.Diagnostic]:
        """The findings once the errors and warnings are exactly these."""
        return await self.shows(name, lambda found: sorted(grave(found)) == sorted(codes))

    async def hover(self, name: str, word: str, skip: int = 0) -> str:
        found = await self.client.text_document_hover_async(
            lsp.HoverParams(lsp.TextDocumentIdentifier(self.uri(name)), self.at(name, word, skip))
        )
        assert found is not None
        assert isinstance(found.contents, lsp.MarkupContent)
        return found.contents.value

    def at(self, name: str, word: str, skip: int = 0) -> lsp.Position:
        text = self.texts[self.uri(name)]
        return self.position(text, text.index(word) + skip)


def grave(found: Sequence[lsp.Diagnostic]) -> list[Any]:
    graves = (lsp.DiagnosticSeverity.Error, lsp.DiagnosticSeverity.Warning)
    return [d.code for d in found if d.severity in graves]


REFRESHES = (
    lsp.WORKSPACE_INLAY_HINT_REFRESH,
    lsp.WORKSPACE_CODE_LENS_REFRESH,
    lsp.WORKSPACE_SEMANTIC_TOKENS_REFRESH,
)
"""Requests by which the server makes an editor ask again."""


@pytest_lsp.fixture(
    params=["neovim", "visual-studio-code"],
    config=ClientServerConfig(server_command=[sys.executable, "-m", "floe_ls", "serve", "--stdio"],
                              server_env={"PYTHONPATH": str(REPOSITORY / "server")}),
)  # fmt: skip
async def client(
    request: pytest.FixtureRequest, lsp_client: LanguageClient, tmp_path: Path
) -> AsyncIterator[None]:
    (tmp_path / "sales" / "customer-360" / "models").mkdir(parents=True)
    (tmp_path / "enterprise-manifest.yaml").write_text(ENTERPRISE)
    (tmp_path / "sales" / "sales-domain-manifest.yaml").write_text(DOMAIN)
    (tmp_path / "sales" / "customer-360" / "floe.yaml").write_text(PRODUCT)

    @lsp_client.feature(lsp.CLIENT_REGISTER_CAPABILITY)
    def register(params: lsp.RegistrationParams) -> None:
        registered = {r.method for r in params.registrations}
        assert lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES in registered

    for method in REFRESHES:
        lsp_client.feature(method)(lambda *_: None)

    await lsp_client.initialize_session(
        lsp.InitializeParams(
            capabilities=client_capabilities(request.param),
            client_info=lsp.ClientInfo(
                "Neovim" if request.param == "neovim" else "Visual Studio Code"
            ),
            workspace_folders=[lsp.WorkspaceFolder(uri_of(tmp_path), "w")],
        )
    )
    yield
    await lsp_client.shutdown_session()


@pytest.fixture
def editor(client: LanguageClient, tmp_path: Path, request: pytest.FixtureRequest) -> Editor:
    name = request.node.callspec.params["client"]
    return Editor(client, tmp_path, "utf-8" if name == "neovim" else "utf-16")


D = "sales/sales-domain-manifest.yaml"
E = "enterprise-manifest.yaml"
P = "sales/customer-360/floe.yaml"


async def test_a_compliant_chain_is_green(editor: Editor) -> None:
    editor.open(D)
    editor.open(P)
    await editor.shows_codes(D)
    await editor.shows_codes(P)


async def test_typing_a_violation_shows_it_and_mending_it_takes_it_away(editor: Editor) -> None:
    editor.open(D)
    await editor.shows_codes(D)
    editor.replace(
        D, "data_retention_days: 90", "data_retention_days: 90\n  pii_encryption: optional"
    )
    found = await editor.shows_codes(D, "security/override")
    finding = next(d for d in found if d.code == "security/override")
    assert finding.message.startswith("Cannot override security policy")
    assert finding.severity == lsp.DiagnosticSeverity.Error
    assert finding.source == "floe"
    assert finding.range.start.line == 7
    assert finding.related_information
    related = finding.related_information[0]
    assert related.location.uri == editor.uri(E)
    assert related.location.range.start.line == 6
    editor.replace(D, "pii_encryption: optional", "pii_encryption: required")
    await editor.shows_codes(D)


async def test_breaking_the_text_and_mending_it(editor: Editor) -> None:
    editor.open(D)
    await editor.shows_codes(D)
    editor.replace(D, "[customer-360]", "[customer-360")
    await editor.shows(D, lambda found: any(str(d.code).startswith("yaml/") for d in found))
    editor.replace(D, "[customer-360", "[customer-360]")
    await editor.shows_codes(D)


async def test_an_unsaved_edit_of_a_parent_re_checks_its_open_children(editor: Editor) -> None:
    editor.open(E)
    editor.open(D)
    editor.open(P)
    await editor.shows_codes(D)
    editor.replace(E, "[duckdb, snowflake]", "[duckdb]")
    await editor.shows_codes(D, "whitelist/not-approved")
    editor.replace(E, "[duckdb]", "[duckdb, snowflake]")
    await editor.shows_codes(D)
    assert (editor.folder / E).read_text() == ENTERPRISE


async def test_columns_after_characters_beyond_the_first_plane(editor: Editor) -> None:
    text = PRODUCT.replace(
        "transforms:", "schedule: {cron: '0 6 * * *', tmezone: UTC} # 🎉\ntransforms:"
    )
    text = text.replace("description: Everything about a customer. 🎉", "description: '🎉 é'")
    text = text.replace("schedule: {cron", "schedule: {timezone: '🎉', cron")
    editor.open(P, text)
    found = await editor.shows(P, lambda ds: any("tmezone" in d.message for d in ds))
    finding = next(d for d in found if "tmezone" in d.message)
    uri = editor.uri(P)
    assert finding.range.start == editor.position(text, text.index("tmezone"))
    assert finding.range.end == editor.position(text, text.index("tmezone") + len("tmezone"))
    editor.replace(P, "tmezone", "enabled")
    await editor.shows(P, lambda ds: not any("tmezone" in d.message for d in ds))
    assert editor.texts[uri].count("enabled") == 1


async def test_hover_tells_the_story(editor: Editor) -> None:
    editor.open(D)
    await editor.shows_codes(D)
    text = await editor.hover(D, "compute")
    assert "snowflake" in text
    assert "enterprise-manifest.yaml" in text


async def test_completion_is_drawn_from_the_whitelist(editor: Editor) -> None:
    editor.open(D)
    await editor.shows_codes(D)
    editor.replace(D, "compute: snowflake", "compute: ")
    answer = await editor.client.text_document_completion_async(
        lsp.CompletionParams(
            lsp.TextDocumentIdentifier(editor.uri(D)), editor.at(D, "compute: ", len("compute: "))
        )
    )
    assert isinstance(answer, lsp.CompletionList)
    ordered = [item.label for item in sorted(answer.items, key=lambda i: i.sort_text or "")]
    assert ordered[:2] == ["duckdb", "snowflake"]
    other = next(item for item in answer.items if item.label == "spark")
    resolved = await editor.client.completion_item_resolve_async(other)
    said = f"{resolved.detail} {resolved.documentation}"
    assert "not approved" in said.lower()


async def test_a_quick_fix_mends_the_text(editor: Editor) -> None:
    editor.open(D, DOMAIN.replace("snowflake", "spark"))
    found = await editor.shows_codes(D, "whitelist/not-approved")
    finding = next(d for d in found if d.code == "whitelist/not-approved")
    actions = await editor.client.text_document_code_action_async(
        lsp.CodeActionParams(
            lsp.TextDocumentIdentifier(editor.uri(D)),
            finding.range,
            lsp.CodeActionContext(diagnostics=[finding]),
        )
    )
    assert actions
    edits = [
        e.new_text
        for a in actions
        if isinstance(a, lsp.CodeAction) and a.edit
        for e in _edits(a.edit, editor.uri(D))
    ]
    assert "duckdb" in edits
    assert "snowflake" in edits


def _edits(edit: lsp.WorkspaceEdit, uri: str) -> list[Any]:
    if edit.changes:
        return list(edit.changes.get(uri, []))
    return [
        e
        for change in edit.document_changes or []
        if isinstance(change, lsp.TextDocumentEdit) and change.text_document.uri == uri
        for e in change.edits
    ]


async def test_a_closed_file_counts_as_it_is_on_disk(editor: Editor) -> None:
    editor.open(E)
    editor.open(D)
    editor.replace(E, "[duckdb, snowflake]", "[duckdb]")
    await editor.shows_codes(D, "whitelist/not-approved")
    editor.close(E)
    await editor.shows_codes(D)


async def test_a_parent_that_is_renamed_on_disk_is_missed(editor: Editor) -> None:
    editor.open(D)
    await editor.shows_codes(D)
    (editor.folder / E).rename(editor.folder / "other.yaml")
    changes = [
        lsp.FileEvent(editor.uri(E), lsp.FileChangeType.Deleted),
        lsp.FileEvent(editor.uri("other.yaml"), lsp.FileChangeType.Created),
    ]
    editor.client.workspace_did_change_watched_files(lsp.DidChangeWatchedFilesParams(changes))
    await editor.shows_codes(D, "ref/not-found")
    (editor.folder / "other.yaml").rename(editor.folder / E)
    changes = [lsp.FileEvent(editor.uri(E), lsp.FileChangeType.Created)]
    editor.client.workspace_did_change_watched_files(lsp.DidChangeWatchedFilesParams(changes))
    await editor.shows_codes(D)


async def test_settings_change_while_the_server_runs(editor: Editor) -> None:
    text = DOMAIN.replace("data_retention_days: 90", "data_retention_days: 7")
    editor.open(D, text)
    await editor.shows_codes(D, "retention/lowered")
    settings = {"rules": {"retention/lowered": "off", "whitelist/not-approved": "off"}}
    editor.client.set_configuration({"floe": settings}) if hasattr(
        editor.client, "set_configuration"
    ) else editor.client._configuration[""].update({"floe": settings})
    editor.client.workspace_did_change_configuration(
        lsp.DidChangeConfigurationParams(settings={"floe": settings})
    )
    await editor.shows_codes(D)
    editor.replace(D, "snowflake", "spark")  # security and whitelist cannot be switched off
    await editor.shows_codes(D, "whitelist/not-approved")


async def test_a_comment_silences_a_finding_but_no_security_finding(editor: Editor) -> None:
    text = DOMAIN.replace(
        "data_retention_days: 90", "data_retention_days: 7 # floe-ls: ignore[retention/lowered]"
    )
    text = text.replace("snowflake", "spark # floe-ls: ignore[whitelist/not-approved]")
    editor.open(D, text)
    await editor.shows_codes(D, "whitelist/not-approved")


async def test_a_burst_of_edits_ends_in_the_newest_text(editor: Editor) -> None:
    editor.open(D)
    await editor.shows_codes(D)
    name = "snowflake"
    for typed in ("s", "sp", "spa", "spar", "spark"):
        editor.replace(D, f"compute: {name}", f"compute: {typed}")
        name = typed
    found = await editor.shows(D, lambda ds: any(d.message.startswith("`spark`") for d in ds))
    assert grave(found) == ["whitelist/not-approved"]
