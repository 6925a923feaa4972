"""The language server: documents in, findings and answers out.

What an editor says with every key, and at its start, is handled here as plain JSON; all else by the handlers in
`features`, through pygls, which is loaded once the first findings are out.
"""

from __future__ import annotations

import gc
import hashlib
import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from floe_ls.forms.document import Document
from floe_ls.ide.diagnostics import Shown, diagnostics, shown
from floe_ls.ide.model import Completion, Diagnostic
from floe_ls.ide.snapshot import Snapshot
from floe_ls.lsp import greeting
from floe_ls.lsp.asked import asked
from floe_ls.lsp.convert import Converter
from floe_ls.lsp.later import Later
from floe_ls.lsp.left_out import left_out
from floe_ls.lsp.loop import Loop, Timer
from floe_ls.lsp.radius import Radius
from floe_ls.lsp.wire import Json, Wire, compact
from floe_ls.remote.behind import behind
from floe_ls.session import Change, Fetch, Session, floe_shapes
from floe_ls.text import Encoding

if TYPE_CHECKING:
    from floe_ls.lsp.features.content import Contents
    from floe_ls.lsp.protocol import Protocol, Pygls
    from floe_ls.lsp.unopened import Unopened
    from floe_ls.lsp.watching import Watching

log = logging.getLogger(__name__)

QUIET = 0.3
"""Seconds without a change after which a reference counts as typed, and may be fetched, and after which a client is
told to ask again for what other files decide."""
SOON, LEISURE = 0.02, 0.5
"""Seconds after which everything is loaded: after the first findings, and where no file was opened."""
COLLECT = 50_000
"""New objects after which cycles are looked for. There are hardly any."""
STILL = 0.3
"""Seconds without a message after which the client seems to want nothing at the moment."""
IDLE = 5.0
"""Seconds without a message after which nobody waits."""
CLOSED = 20
"""Files that are closed before cycles are looked for in all there is."""
WATCHED = ("**/*.{yaml,yml}", "**/floe-ls.toml", "**/.gitignore")
DELETED: dict[str, Any] = {"globPattern": "**/*", "kind": 4}
"""Whatever is deleted: of a folder, VS Code does not tell what was in it."""


_decode = json.JSONDecoder().decode

NOT_INITIALIZED, INVALID, INTERNAL = -32002, -32600, -32603
PARSE_ERROR = -32700
CANCELLED = -32800


class FloeServer:
    """Handlers are plain functions, in order, on the session's one snapshot; only fetching waits."""

    def __init__(
        self,
        session: Session,
        loop: Loop,
        write: Callable[[bytes], object],
        greeted: bool = False,
    ) -> None:
        """`greeted`: the client has the answer to `initialize` already."""
        self.session = session
        self.loop = loop
        self.wire = Wire(self.receive, write)
        self.convert = Converter(Encoding.UTF16, {})
        self.capabilities: dict[str, Any] = {}
        self.pulls = False
        """The client asks for findings itself, and can be told to ask again."""
        self.pull_configuration = False
        self.shown: dict[str, tuple[Document, Shown]] = {}
        self.sent: dict[str, str] = {}
        self._mended: tuple[Snapshot, Document, list[Diagnostic]] | None = None
        self.proposed: tuple[Document, list[Completion]] | None = None
        self.flushed: list[Callable[[], None]] = []
        """Called after findings have gone out, when no message is waiting."""
        self.client_name = ""
        self.stopped = self.ended = False
        """The client has said `shutdown`, and `exit`."""
        self._greeted = greeted
        self._initialize: dict[str, Any] | None = None
        """The client's `initialize`, once it has come."""
        self._asked: dict[str, Callable[[Any], object] | None] = {}
        self._number = 0
        self._late: dict[Any, Later] = {}
        """Answers that are not there yet, by the numbers of their requests."""
        self._refreshes: list[str] = []
        self._refresh: Timer | None = None
        self._due: set[str] = set()
        self._all_due = False
        self._scheduled = False
        self._quiet: Timer | None = None
        self._loading = False
        self._complete = False
        """Everything is loaded."""
        self._scanning = False
        self._heard = time.monotonic()
        """When the client last said something."""
        self._closed = 0
        """Files that were closed since cycles were looked for in all there is."""
        self._frozen = False
        self._pygls: Pygls | None = None
        self._making = threading.RLock()
        self.radius = Radius(self)
        self.notified: dict[str, Callable[[Any], object]] = {
            "initialized": self.initialized,
            "textDocument/didOpen": self.did_open,
            "textDocument/didChange": self.did_change,
            "textDocument/didClose": self.did_close,
            "workspace/didChangeConfiguration": self.did_change_configuration,
            "$/cancelRequest": self.cancel,
        }
        """Handlers of notifications, by method; they get plain JSON."""
        self.requested: dict[str, Callable[[Any], Any]] = {
            "initialize": self.initialize,
            "shutdown": self.shutdown,
            **asked(self),
        }
        """Handlers of requests."""

    # --- messages

    def receive(self, body: bytes) -> None:
        """Handles one message. Nothing that a client sends ends the server."""
        self._heard = time.monotonic()
        try:
            message = _decode(body.decode())
        except ValueError as error:
            self.refuse(None, PARSE_ERROR, f"This is no JSON: {error}")
            return
        if not isinstance(message, dict):
            self.refuse(None, INVALID, "A message is an object.")
            return
        method = message.get("method")
        if method is None:
            self._answered(message)
        elif method == "exit":
            self.ended = True
            self.loop.stop()
        elif self._out_of_place(message, method):
            return
        elif not self._handled(message, method):
            pygls = self.pygls
            # Features that were loaded just now may handle it themselves.
            if not self._handled(message, method):
                pygls.handle(message)

    def _handled(self, message: dict[str, Any], method: str) -> bool:
        """Handles what is plain JSON here."""
        if "id" in message:
            if method in self.requested:
                self._answer(message["id"], method, message.get("params") or {})
                return True
        elif method in self.notified:
            try:
                self.notified[method](message.get("params") or {})
            except Exception:
                log.exception("handling %s", method)
            return True
        return False

    def _answer(self, number: Any, method: str, params: Any) -> None:
        try:
            found = self.requested[method](params)
            if isinstance(found, Later):
                self._late[number] = found
                found.then(lambda answer: self._say_late(number, compact(answer)))
                return
            result = compact(found)
        except Exception as error:
            log.exception("answering %s", method)
            self.refuse(number, INTERNAL, f"{type(error).__name__}: {error}")
            return
        if method == "initialize" and self._greeted:
            return
        self._say(number, result)

    def _say_late(self, number: Any, result: str) -> None:
        if self._late.pop(number, None) is not None:
            self._say(number, result)

    def cancel(self, params: dict[str, Any]) -> None:
        """An answer is not wanted any more."""
        late = self._late.pop(params.get("id"), None)
        if late is not None:
            late.dropped()
            self.refuse(params["id"], CANCELLED, "It was cancelled.")
        elif self._pygls is not None:
            self.pygls.handle({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": params})

    def _say(self, number: Any, result: str) -> None:
        self.wire.send(f'{{"jsonrpc":"2.0","id":{compact(number)},"result":{result}}}')

    def _out_of_place(self, message: dict[str, Any], method: str) -> bool:
        """Whether a message comes when it must not; requests are refused then, all else is ignored."""
        if self._initialize is None and method != "initialize":
            code, why = NOT_INITIALIZED, "`initialize` comes first."
        elif self._initialize is not None and method == "initialize":
            code, why = INVALID, "`initialize` comes once."
        elif self.stopped:
            code, why = INVALID, "Nothing but `exit` comes after `shutdown`."
        else:
            return False
        if "id" in message:
            self.refuse(message["id"], code, why)
        return True

    def refuse(self, number: Any, code: int, why: str) -> None:
        error = compact({"code": code, "message": why})
        self.wire.send(f'{{"jsonrpc":"2.0","id":{compact(number)},"error":{error}}}')

    def notify(self, method: str, params: Any) -> None:
        """Tells the client something."""
        said = f'"method":{compact(method)},"params":{compact(params)}'
        self.wire.send(f'{{"jsonrpc":"2.0",{said}}}')

    def ask(
        self, method: str, params: Any = None, answered: Callable[[Any], object] | None = None
    ) -> None:
        """Asks the client something. `answered` gets the result as plain JSON; errors are only logged."""
        self._number += 1
        number = f"floe-{self._number}"
        self._asked[number] = answered
        said = f'"id":"{number}","method":{compact(method)}'
        if params is not None:
            said += f',"params":{compact(params)}'
        self.wire.send(f'{{"jsonrpc":"2.0",{said}}}')

    def _answered(self, message: dict[str, Any]) -> None:
        number = message.get("id")
        if number not in self._asked:
            if self._initialize is not None:
                self.pygls.handle(message)
            return
        answered = self._asked.pop(number)
        if "error" in message:
            log.info("the client did not do what it was asked: %s", message["error"])
        elif answered is not None:
            try:
                answered(message.get("result"))
            except Exception:
                log.exception("handling an answer")

    # --- pygls

    @property
    def pygls(self) -> Pygls:
        """What handles all that is not handled here. It is made on another thread, and is waited for if need be."""
        with self._making:
            if self._pygls is None:
                from floe_ls.lsp.protocol import Pygls

                told = self._initialize or {}
                # All that it needs of the client: it would take as long again to read the rest.
                kept = {key: told.get(key) for key in ("processId", "rootUri", "workspaceFolders")}
                general = (told.get("capabilities") or {}).get("general")
                Pygls(self, {**kept, "capabilities": {"general": general} if general else {}})
            assert self._pygls is not None
            return self._pygls

    def take(self, pygls: Pygls) -> None:
        """It is being made: features register themselves here, and find it."""
        self._pygls = pygls

    @property
    def protocol(self) -> Protocol:
        """pygls's protocol."""
        return self.pygls.protocol

    @property
    def feature(self) -> Callable[..., Callable[[Any], Any]]:
        """Registers a handler of a method; see `features`."""
        return self.pygls.feature

    @property
    def command(self) -> Callable[..., Callable[[Any], Any]]:
        """Registers a command."""
        return self.pygls.command

    @cached_property
    def contents(self) -> Contents:
        """The read-only documents that the server writes itself."""
        from floe_ls.lsp.features.content import Contents

        return Contents(self)

    def answers(self, method: str, answer: Callable[[dict[str, Any]], Any]) -> None:
        """Registers a handler of requests that gets plain JSON, and may answer later."""
        self.requested[method] = answer
        self.pygls.feature(method)(
            lambda _params: None
        )  # announced; the message does not get there

    def load(self) -> None:
        """Loads pygls behind the first findings, so that the first request does not wait for it."""
        if not self._loading:
            self._loading = True
            behind(self._import)

    def _import(self) -> None:
        try:
            import floe_ls.ide.completion
            import floe_ls.ide.hover  # noqa: F401

            _ = self.pygls
        finally:
            self.loop.post(self._loaded)

    def _loaded(self) -> None:
        self._complete = True
        gc.set_threshold(COLLECT)
        try:
            for call in self.flushed:
                call()
        finally:
            gc.freeze()
            self._look_for_cycles()

    def _look_for_cycles(self) -> None:
        """From now on; not while the workspace is read, since all of that stays."""
        if self.snapshot.scanned:
            gc.enable()

    def _settle(self, closed: bool = False) -> None:
        """What is there now stays: the collector of cycles need not look through it, not even once: in the tree of a
        long file that takes a quarter of a second, and finds nothing."""
        if not self._complete:
            return
        if time.monotonic() - self._heard < STILL:  # it would be felt
            self._look_for_cycles()
            self.loop.later(STILL, lambda: self._settle(closed))
            return
        self._closed += closed
        if self._closed >= CLOSED:
            self._closed = 0
            self.loop.later(IDLE, self._collect)
        gc.freeze()
        self._look_for_cycles()

    def _collect(self) -> None:
        """Looks for cycles in all there is: in a large workspace that would be felt while somebody types."""
        if time.monotonic() - self._heard < IDLE:
            self.loop.later(IDLE, self._collect)
            return
        gc.unfreeze()
        gc.collect()
        gc.freeze()

    # --- the session's begin and end

    def initialize(self, params: dict[str, Any]) -> dict[str, Any]:
        self._initialize = params
        session = self.session
        self.capabilities = params.get("capabilities") or {}
        session.encoding = Encoding(greeting.encoding(self.capabilities))
        client = (params.get("clientInfo") or {}).get("name") or ""
        self.client_name = client
        self.convert = Converter(session.encoding, self.capabilities, client)
        session.post = self.loop.post
        session.later = self._later
        session.changed = self.due_all
        self.pulls = greeting.pulls(self.capabilities)
        if self.pulls:
            self.requested["textDocument/diagnostic"] = self.pull
            self.requested["workspace/diagnostic"] = self.pull_workspace
        self.pull_configuration = bool(self.client_has("workspace", "configuration"))
        folders = [folder["uri"] for folder in params.get("workspaceFolders") or []]
        if not folders and params.get("rootUri"):
            folders = [params["rootUri"]]
        session.set_roots(folders)
        self.configure(params.get("initializationOptions"))
        return greeting.greeting(self.capabilities)

    def initialized(self, _: dict[str, Any]) -> None:
        if self.pull_configuration:
            self.ask_configuration()
        registrations: list[dict[str, Any]] = []
        if self.client_has("workspace", "didChangeWatchedFiles", "dynamicRegistration"):
            watchers: list[dict[str, Any]] = [{"globPattern": glob} for glob in WATCHED]
            if self.convert.triggers:
                watchers.append(DELETED)
            registrations.append(
                {
                    "id": "floe-files",
                    "method": "workspace/didChangeWatchedFiles",
                    "registerOptions": {"watchers": watchers},
                }
            )
        if self.client_has("workspace", "didChangeConfiguration", "dynamicRegistration"):
            registrations.append(
                {
                    "id": "floe-settings",
                    "method": "workspace/didChangeConfiguration",
                    "registerOptions": {"section": ["floe", "files.exclude"]},
                }
            )
        if registrations:
            self.ask("client/registerCapability", {"registrations": registrations})
        self.loop.later(LEISURE, self.load)
        if self.pull_configuration and self.session.roots:
            self.loop.later(LEISURE, self._scan)  # should nobody answer
        else:
            self._scan()

    def _later(self, seconds: float, call: Callable[[], None]) -> None:
        self.loop.later(seconds, call)

    def pull_workspace(self, params: dict[str, Any]) -> Later:
        """The findings of files that nobody has open."""
        return self.unopened.ask(params)

    @cached_property
    def unopened(self) -> Unopened:
        """Findings of files that nobody has open; loaded when somebody wants them."""
        from floe_ls.lsp.unopened import Unopened

        return Unopened(self)

    @cached_property
    def watching(self) -> Watching:
        """What changes on disk."""
        from floe_ls.lsp.watching import Watching

        return Watching(self)

    def _tell_unopened(self) -> None:
        if "unopened" not in self.__dict__ and (self.pulls or not self._publishes_all()):
            return
        if not self.pulls and self._publishes_all():
            self.unopened.publish()
        self.unopened.changed()

    def _publishes_all(self) -> bool:
        settings = (self.snapshot.settings, *self.snapshot.settings_of.values())
        return any(each.workspace_diagnostics == "all" for each in settings)

    def shutdown(self, _: dict[str, Any]) -> None:
        self.stopped = True
        if "unopened" in self.__dict__:
            self.unopened.stop()
        self.session.close_all()

    @property
    def snapshot(self) -> Snapshot:
        return self.session.snapshot

    def document(self, uri: str) -> Document | None:
        return self.snapshot.documents.get(uri) or self.snapshot.viewed.get(uri)

    def client_has(self, *keys: str) -> Any:
        """What the client says of one of its capabilities; None where it says nothing."""
        here: Any = self.capabilities
        for key in keys:
            here = here.get(key) if isinstance(here, dict) else None
        return here

    # --- texts

    def did_open(self, params: dict[str, Any]) -> None:
        item = params["textDocument"]
        if greeting.is_view(item["uri"]):
            return  # we wrote it: it is no file of the workspace
        gc.disable()  # it would look in vain through all that is being built
        self.loop.later(LEISURE, self._settle)
        self.session.open(item["uri"], item["text"], item.get("version"))
        if "unopened" in self.__dict__:
            self.unopened.opened(item["uri"])
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
        if before is not None:
            before.facts.clear()  # some know their document: without them it goes when its turn is over
        self.due(uri, others=others)
        self.radius.edited(document)
        if snapshot.pending(document):
            self.demand_when_quiet()

    def did_close(self, params: dict[str, Any]) -> None:
        uri = params["textDocument"]["uri"]
        if greeting.is_view(uri):
            return
        before = self.document(uri)
        self.session.close(uri)
        if "unopened" in self.__dict__:
            self.unopened.closed(uri)
        if before is not None and before is not self.document(uri):
            before.facts.clear()
        self.radius.forget(uri)
        self.shown.pop(uri, None)
        self.convert.forget(uri)
        self.proposed = self._mended = None
        self.loop.later(LEISURE, lambda: self._settle(closed=True))
        self._due.discard(uri)
        if self.sent.pop(uri, None) is not None and not self.pulls:
            self.publish(uri, None, "[]")
        self.due_all()

    def demand_when_quiet(self) -> None:
        """Looks for what is missing after a quiet moment, so that no half-typed reference is fetched."""
        if self._quiet is not None:
            self._quiet.cancel()
        self._quiet = self.loop.later(QUIET, self._demand)

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
            self.loop.soon(self._flush)

    def due_all(self) -> None:
        for uri in self.snapshot.opened:
            self.due(uri, others=True)
        if not self.snapshot.opened:
            self._tell_unopened()
        if self.snapshot.scanned and self._complete and not self._frozen:
            self._frozen = True
            gc.freeze()  # the rows of a large workspace
            gc.enable()

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
        self._tell_unopened()
        for call in self.flushed:
            call()
        if not self._loading:
            self.loop.later(SOON, self.load)

    def refresh(self) -> None:
        """Asks a client that pulls to ask again: an edit of one document changed others."""
        self.ask("workspace/diagnostic/refresh")

    def refreshes(self, method: str) -> None:
        """Sends a request that makes the client ask again whenever other files may have changed its answer."""
        self._refreshes.append(method)

    def _refresh_when_quiet(self) -> None:
        if self._refreshes and self._refresh is None:
            self._refresh = self.loop.later(QUIET, self._send_refreshes)

    def _send_refreshes(self) -> None:
        self._refresh = None
        for method in self._refreshes:
            self.ask(method)

    def findings(self, document: Document) -> Shown:
        """What is shown of a document: without fixes, which are made when they are asked for."""
        found = shown(self.snapshot, document, self.radius.of(document))
        self.shown[document.uri] = document, found
        return found

    def mended(self, document: Document) -> list[Diagnostic]:
        """The findings with their fixes."""
        known = self._mended
        if known is None or known[0] is not self.snapshot or known[1] is not document:
            found = diagnostics(self.snapshot, document)
            known = self._mended = self.snapshot, document, found
        return known[2]

    def check_and_publish(self, uri: str, only_new: bool = False) -> None:
        document = self.document(uri)
        if document is None or uri not in self.snapshot.opened:
            return
        body = self.convert.diagnostics(document, self.findings(document))
        if only_new and self.sent.get(uri) == body:
            return
        self.sent[uri] = body
        self.publish(uri, document.version, body)

    def publish(self, uri: str, version: int | None, items: str) -> None:
        at = "" if version is None else f'"version":{version},'
        self.wire.send(
            '{"jsonrpc":"2.0","method":"textDocument/publishDiagnostics","params":{"uri":'
            f'{compact(uri)},{at}"diagnostics":{items}}}}}'
        )

    def pull(self, params: dict[str, Any]) -> Json:
        """The findings of a document for a client that asks for them."""
        document = self.document(params["textDocument"]["uri"])
        if document is None:
            return Json('{"kind":"full","items":[]}')
        items = self.convert.diagnostics(document, self.findings(document))
        result = hashlib.blake2b(items.encode(), digest_size=12).hexdigest()
        if result == params.get("previousResultId"):
            return Json(f'{{"kind":"unchanged","resultId":"{result}"}}')
        return Json(f'{{"kind":"full","resultId":"{result}","items":{items}}}')

    # --- settings

    def did_change_configuration(self, params: dict[str, Any]) -> None:
        if self.pull_configuration:
            self.ask_configuration()
            return
        self.configure(params.get("settings"))

    def ask_configuration(self) -> None:
        """Asks for the settings, and, where there are several roots, for those of each."""
        roots = [*self.session.roots] if len(self.session.roots) > 1 else []
        scopes = [{"scopeUri": root.rstrip("/"), "section": "floe"} for root in roots]

        def told(result: Any) -> None:
            if isinstance(result, list) and result:
                self.configure(result[0], dict(zip(roots, result[1:], strict=False)))

        self.ask("workspace/configuration", {"items": [{"section": "floe"}, *scopes]}, told)
        self._ask_left_out()

    def _ask_left_out(self) -> None:
        """Asks what of each root the editor itself does not show; what it shows is read then."""
        roots = self.session.roots
        items = [{"scopeUri": root.rstrip("/"), "section": "files.exclude"} for root in roots]

        def told(result: Any) -> None:
            found = result if isinstance(result, list) else []
            patterns = {
                root: of for root, each in zip(roots, found, strict=False) if (of := left_out(each))
            }
            self.session.leave_out(patterns)
            self._scan()

        if items:
            self.ask("workspace/configuration", {"items": items}, told)

    def _scan(self) -> None:
        """Reads the workspace for the first time."""
        if not self._scanning:
            self._scanning = True
            self.session.scan()

    def configure(self, settings: Any, of_roots: Mapping[str, Any] | None = None) -> None:
        inner = _floe_section(settings)
        if inner is not None:
            known = {root: _floe_section(of) for root, of in (of_roots or {}).items()}
            self.session.configure(
                inner, {root: of for root, of in known.items() if of is not None}
            )
            self.due_all()


def create_server(
    loop: Loop,
    write: Callable[[bytes], object],
    fetcher: Fetch | None = None,
    greeted: bool = False,
) -> FloeServer:
    """A server for one client. `fetcher` is what fetches artifacts; without one there is no network."""
    return FloeServer(Session(floe_shapes(), fetcher), loop, write, greeted)


def _floe_section(settings: Any) -> dict[str, Any] | None:
    """The settings, also where a client sends them with their section's name."""
    if not isinstance(settings, dict):
        return None
    inner = settings.get("floe")
    return inner if isinstance(inner, dict) else settings


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
