"""The language server: documents in, findings and answers out."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable
from typing import Any

from lsprotocol import types as lsp

import floe_ls
from floe_ls.forms.document import Document
from floe_ls.ide.diagnostics import diagnostics
from floe_ls.ide.model import Completion, Diagnostic
from floe_ls.ide.snapshot import Snapshot
from floe_ls.lsp.convert import Converter
from floe_ls.lsp.features import FEATURES
from floe_ls.lsp.protocol import Protocol, Server, compact
from floe_ls.session import Change, Fetch, Session, floe_shapes
from floe_ls.text import Encoding

log = logging.getLogger(__name__)

QUIET = 0.3
"""Seconds without a change after which a reference counts as typed, and may be fetched, and after which a client is
told to ask again for what other files decide."""
WATCHED = ("**/*.{yaml,yml}", "**/floe-ls.toml")


class FloeServer(Server):
    """Handlers are plain functions, in order, on the session's one snapshot; only fetching waits."""

    def __init__(self, session: Session) -> None:
        super().__init__(
            "floe-language-server",
            floe_ls.__version__,
            text_document_sync_kind=lsp.TextDocumentSyncKind.Incremental,
            protocol_cls=Protocol,
        )
        self.session = session
        self.convert = Converter(Encoding.UTF16, {})
        self.capabilities: dict[str, Any] = {}
        self.pulls = False
        """The client asks for findings itself, and can be told to ask again."""
        self.pull_configuration = False
        self.shown: dict[str, tuple[Document, list[Diagnostic]]] = {}
        self.sent: dict[str, str] = {}
        self.proposed: tuple[Document, list[Completion]] | None = None
        self.flushed: list[Callable[[], None]] = []
        """Called after findings have gone out, when no message is waiting."""
        self._refreshes: list[str] = []
        self._refresh: asyncio.TimerHandle | None = None
        self._due: set[str] = set()
        self._all_due = False
        self._scheduled = False
        self._quiet: asyncio.TimerHandle | None = None
        self.protocol.raw = {
            lsp.TEXT_DOCUMENT_DID_OPEN: self.did_open,
            lsp.TEXT_DOCUMENT_DID_CHANGE: self.did_change,
            lsp.TEXT_DOCUMENT_DID_CLOSE: self.did_close,
            lsp.WORKSPACE_DID_CHANGE_CONFIGURATION: self.did_change_configuration,
        }

    @property
    def snapshot(self) -> Snapshot:
        return self.session.snapshot

    def document(self, uri: str) -> Document | None:
        return self.snapshot.documents.get(uri)

    def client_has(self, *keys: str) -> Any:
        """What the client says of one of its capabilities; None where it says nothing."""
        here: Any = self.capabilities
        for key in keys:
            here = here.get(key) if isinstance(here, dict) else None
        return here

    # --- texts

    def did_open(self, params: dict[str, Any]) -> None:
        item = params["textDocument"]
        self.session.open(item["uri"], item["text"], item.get("version"))
        self.due(item["uri"], others=True)

    def did_change(self, params: dict[str, Any]) -> None:
        item = params["textDocument"]
        uri = item["uri"]
        before = self.document(uri)
        changes = [_change(change) for change in params["contentChanges"]]
        document = self.session.change(uri, item.get("version"), changes)
        if document is None:
            return
        snapshot = self.snapshot
        others = before is None or _matters_to_others(snapshot, before, document)
        self.due(uri, others=others)
        if snapshot.pending(document):
            self.demand_when_quiet()

    def did_close(self, params: dict[str, Any]) -> None:
        uri = params["textDocument"]["uri"]
        self.session.close(uri)
        self.shown.pop(uri, None)
        self._due.discard(uri)
        if self.sent.pop(uri, None) is not None and not self.pulls:
            self.publish(uri, None, "[]")
        self.due_all()

    def demand_when_quiet(self) -> None:
        """Looks for what is missing after a quiet moment, so that no half-typed reference is fetched."""
        if self._quiet is not None:
            self._quiet.cancel()
        self._quiet = asyncio.get_running_loop().call_later(QUIET, self._demand)

    def _demand(self) -> None:
        self._quiet = None
        before = self.snapshot
        self.session.demand()
        if self.snapshot is not before:
            self.due_all()

    # --- findings

    def due(self, uri: str, others: bool = False) -> None:
        """Findings of a document are due as soon as no further message is waiting."""
        self._due.add(uri)
        self._all_due = self._all_due or others
        if not self._scheduled:
            self._scheduled = True
            # The reader does not give way while whole messages are in its buffer: this runs after them.
            asyncio.get_running_loop().call_soon(self._flush)

    def due_all(self) -> None:
        for uri in self.snapshot.opened:
            self.due(uri, others=True)

    def _flush(self) -> None:
        self._scheduled = False
        due, self._due = self._due, set()
        everything, self._all_due = self._all_due, False
        if self.pulls and everything:
            self.refresh()
        if not self.pulls:
            for uri in due:
                self.check_and_publish(uri)
            if everything:
                for uri in self.snapshot.opened - due:
                    self.check_and_publish(uri, only_new=True)
        if everything:
            self._refresh_when_quiet()
        for call in self.flushed:
            call()

    def refresh(self) -> None:
        """Asks a client that pulls to ask again: an edit of one document changed others."""
        self.protocol.send_request(lsp.WORKSPACE_DIAGNOSTIC_REFRESH, None)

    def refreshes(self, method: str) -> None:
        """Sends a request that makes the client ask again whenever other files may have changed its answer."""
        self._refreshes.append(method)

    def _refresh_when_quiet(self) -> None:
        if self._refreshes and self._refresh is None:
            self._refresh = asyncio.get_running_loop().call_later(QUIET, self._send_refreshes)

    def _send_refreshes(self) -> None:
        self._refresh = None
        for method in self._refreshes:
            self.protocol.send_request(method, None)

    def findings(self, document: Document) -> list[Diagnostic]:
        found = diagnostics(self.snapshot, document)
        self.shown[document.uri] = document, found
        return found

    def check_and_publish(self, uri: str, only_new: bool = False) -> None:
        document = self.document(uri)
        if document is None or uri not in self.snapshot.opened:
            return
        found = self.findings(document)
        body = compact([self.convert.diagnostic(document, d) for d in found])
        if only_new and self.sent.get(uri) == body:
            return
        self.sent[uri] = body
        self.publish(uri, document.version, body)

    def publish(self, uri: str, version: int | None, items: str) -> None:
        at = "" if version is None else f'"version":{version},'
        self.protocol.send_json(
            '{"jsonrpc":"2.0","method":"textDocument/publishDiagnostics","params":{"uri":'
            f'{compact(uri)},{at}"diagnostics":{items}}}}}'
        )

    def pull(self, uri: str, previous: str | None) -> dict[str, Any]:
        document = self.document(uri)
        if document is None:
            return {"kind": "full", "items": []}
        items = [self.convert.diagnostic(document, d) for d in self.findings(document)]
        result = hashlib.blake2b(compact(items).encode(), digest_size=12).hexdigest()
        if result == previous:
            return {"kind": "unchanged", "resultId": result}
        return {"kind": "full", "resultId": result, "items": items}

    # --- settings

    def did_change_configuration(self, params: dict[str, Any]) -> None:
        if self.pull_configuration:
            self.ask_configuration()
            return
        self.configure(params.get("settings"))

    def ask_configuration(self) -> None:
        params = lsp.ConfigurationParams(items=[lsp.ConfigurationItem(section="floe")])

        def answered(result: Any) -> None:
            self.configure(_plain(result[0]) if result else None)

        self.protocol.send_request(lsp.WORKSPACE_CONFIGURATION, params, answered)

    def configure(self, settings: Any) -> None:
        settings = _plain(settings)
        if isinstance(settings, dict):
            inner = settings.get("floe")
            self.session.configure(inner if isinstance(inner, dict) else settings)
            self.due_all()


def create_server(fetcher: Fetch | None = None) -> FloeServer:
    """A server with its handlers. `fetcher` is what fetches artifacts; without one there is no network."""
    session = Session(floe_shapes(), fetcher)
    server = FloeServer(session)
    feature = server.feature

    @feature(lsp.INITIALIZE)
    def initialize(ls: FloeServer, params: lsp.InitializeParams) -> None:
        loop = asyncio.get_running_loop()
        ls.capabilities = ls.protocol.plain(params.capabilities) or {}
        encoding = ls.protocol.workspace.position_encoding or "utf-16"
        session.encoding = Encoding(getattr(encoding, "value", encoding))
        client = params.client_info.name if params.client_info else ""
        ls.convert = Converter(session.encoding, ls.capabilities, client)
        session.post = lambda call: _post(loop, call)
        session.changed = ls.due_all
        workspace = ls.capabilities.get("workspace") or {}
        text = ls.capabilities.get("textDocument") or {}
        refresh = (workspace.get("diagnostics") or {}).get("refreshSupport")
        ls.pulls = bool(text.get("diagnostic")) and bool(refresh)
        ls.pull_configuration = bool(workspace.get("configuration"))
        for register in FEATURES:
            register(ls)
        folders = [f.uri for f in params.workspace_folders or []]
        if not folders and params.root_uri:
            folders = [params.root_uri]
        session.set_roots(folders)
        ls.configure(params.initialization_options)

    @feature(lsp.INITIALIZED)
    def initialized(ls: FloeServer, _: lsp.InitializedParams) -> None:
        workspace = ls.capabilities.get("workspace") or {}
        if ls.pull_configuration:
            ls.ask_configuration()
        _register(ls, workspace)
        session.scan()

    @feature(lsp.SHUTDOWN)
    def shutdown(_: Any) -> None:
        session.close_all()

    return server


def _register(server: FloeServer, workspace: dict[str, Any]) -> None:
    """Asks the client to watch files and settings, where it can be asked."""
    registrations = []
    if (workspace.get("didChangeWatchedFiles") or {}).get("dynamicRegistration"):
        watchers = [lsp.FileSystemWatcher(glob_pattern=glob) for glob in WATCHED]
        registrations.append(
            lsp.Registration(
                "floe-files",
                lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES,
                lsp.DidChangeWatchedFilesRegistrationOptions(watchers=watchers),
            )
        )
    if (workspace.get("didChangeConfiguration") or {}).get("dynamicRegistration"):
        registrations.append(
            lsp.Registration(
                "floe-settings", lsp.WORKSPACE_DID_CHANGE_CONFIGURATION, {"section": "floe"}
            )
        )
    if registrations:
        server.protocol.send_request(
            lsp.CLIENT_REGISTER_CAPABILITY, lsp.RegistrationParams(registrations)
        )


def _matters_to_others(snapshot: Snapshot, before: Document, after: Document) -> bool:
    """Whether other open documents may have other findings after this edit."""
    if len(snapshot.opened) < 2:
        return False
    if after.kind != before.kind or snapshot.row(after) != before.facts.get("row"):
        return True
    return after.kind == "manifest"


def _change(change: dict[str, Any]) -> Change:
    where = change.get("range")
    if where is None:
        return Change(change["text"])
    start, end = where["start"], where["end"]
    return Change(
        change["text"], (start["line"], start["character"]), (end["line"], end["character"])
    )


def _post(loop: asyncio.AbstractEventLoop, call: Any) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(call)


def _plain(value: Any) -> Any:
    """pygls gives free-form parameters as named tuples; here they are JSON again."""
    if hasattr(value, "_asdict"):
        return {k: _plain(v) for k, v in value._asdict().items()}
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value
