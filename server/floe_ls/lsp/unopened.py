"""Findings of files that nobody has open: kept, told to clients that ask for them, and worked out again, a little at a
time, where an edit or a change on disk concerns them."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Generator, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from floe_ls.chain.ref import resolve_path
from floe_ls.ide.stirred import Answers, Stirred, stirred
from floe_ls.lsp.judging import NOTHING, Client, judged, judging
from floe_ls.lsp.later import Later, Steps
from floe_ls.lsp.wire import Json, compact
from floe_ls.remote.behind import behind
from floe_ls.remote.workers import answers, cores

if TYPE_CHECKING:
    from floe_ls.ide.snapshot import Snapshot
    from floe_ls.lsp.loop import Timer
    from floe_ls.lsp.server import FloeServer

log = logging.getLogger(__name__)

REST = 0.05
"""Seconds without a change, after which it is looked what it concerns."""
QUIET = 0.3
"""The same, where so much has to be judged that other processes are started for it."""
LINGER = 1.0
"""Seconds for which a client that takes answers in parts may get more of them in the same answer: it asks again only
after a while."""
FEW = 300
"""Files that are judged here."""
PIECE = 50
"""Files that are judged at once elsewhere."""
CHUNK = 50
"""Files that are told at once."""


class Unopened:
    def __init__(self, server: FloeServer) -> None:
        self._server = server
        self._reports: dict[str, tuple[str, str]] = {}
        """What is found, as JSON behind its id, by file. Most files have nothing, and are not here."""
        self._due: dict[str, None] = {}
        """Files that are to be judged."""
        self._base: Snapshot | None = None
        """All that is not due is right for this one."""
        self._answers: Answers = {}
        self._timer: Timer | None = None
        self._steps: Steps | None = None
        self._run: _Run | None = None
        self._listeners: list[_Listener] = []
        self._sending = False
        self._linger: Timer | None = None
        self._owed: dict[str, None] = {}
        """Files that were open until now: what a client knows of them may be of another text."""
        self._answered = False
        """Somebody knows the findings."""
        self._touched: set[str] = set()
        """What changed on disk since it was looked what that concerns."""

    # --- what happens

    def ask(self, params: dict[str, Any]) -> Later:
        """`workspace/diagnostic`: held until there is something to tell, once everything was told."""
        told = {each["uri"]: each["value"] for each in params.get("previousResultIds") or ()}
        asked = _Asked(self._server, told, params.get("partialResultToken"))
        asked.answer.dropped = lambda: self._listeners.remove(asked)
        self._listen(asked)
        return asked.answer

    def publish(self) -> None:
        """For clients that do not ask."""
        if not any(isinstance(each, _Published) for each in self._listeners):
            self._listen(_Published(self._server))

    def changed(self) -> None:
        """Something may be otherwise than before."""
        server = self._server
        if not self._listeners and self._base is None:
            return
        if not server.pulls and not self._listeners:
            return
        if server.snapshot is self._base and not self._due and not self._touched:
            return
        if self._timer is not None:
            self._timer.cancel()
        if self._steps is not None:
            self._steps.cancel()
        self._timer = server.loop.later(REST, self._look)

    def touched(self, uris: Iterable[str]) -> None:
        """Files, also others than ours, changed on disk."""
        if self._base is not None:
            self._touched.update(uris)

    def opened(self, uri: str) -> None:
        """Its findings are told otherwise from now on."""
        self._reports.pop(uri, None)
        self._owed.pop(uri, None)
        for each in self._listeners:
            each.told.pop(uri, None)

    def closed(self, uri: str) -> None:
        if self._base is not None:
            self._owed[uri] = None
            self._due[uri] = None

    @property
    def is_asked(self) -> bool:
        """Whether files that nobody has open are judged."""
        return self._base is not None or bool(self._listeners)

    def counts(self, uri: str) -> tuple[int, int] | None:
        """Errors and warnings of a file that nobody has open; None while they are not known."""
        if self._base is None or self._is_due(uri):
            return None
        body = self._reports.get(uri, (_CLEAN, NOTHING))[1]
        return body.count('"severity":1'), body.count('"severity":2')

    def stop(self) -> None:
        """The session ends."""
        for each in self._listeners:
            each.end()
        self._listeners.clear()
        if self._run is not None:
            self._run.stop.set()

    # --- who listens

    def _listen(self, listener: _Listener) -> None:
        listener.queue.update(dict.fromkeys((*self._reports, *listener.told, *self._owed)))
        self._listeners.append(listener)
        if self._base is None or self._server.snapshot is not self._base:
            self.changed()
        self._send_soon()

    def _send_soon(self) -> None:
        if not self._sending:
            self._sending = True
            self._server.loop.later(0, self._send)

    def _send(self) -> None:
        self._sending = False
        if self._base is None:
            return
        more = False
        for listener in self._listeners:
            items: list[str] = []
            while listener.queue and len(items) < CHUNK:
                uri = next(iter(listener.queue))
                del listener.queue[uri]
                if self._is_due(uri) or uri in self._server.snapshot.opened:
                    continue  # it is told when it is judged, or by itself
                known = self._reports.get(uri, (_CLEAN, NOTHING))
                said = listener.said(uri, *known, owed=uri in self._owed)
                if said:
                    items.append(said)
            listener.tell(items)
            more = more or bool(listener.queue)
        if more:
            self._send_soon()
        elif self._is_settled():
            if self._listeners:
                self._owed.clear()
            self._settled()
        elif not self._is_working():
            self.changed()  # nobody said so

    def _is_due(self, uri: str) -> bool:
        return uri in self._due or (self._run is not None and uri in self._run.left)

    def _is_working(self) -> bool:
        steps = self._steps is not None and not self._steps.ended
        return steps or self._timer is not None or self._run is not None

    def _is_settled(self) -> bool:
        return not self._is_working() and not self._due and self._base is self._server.snapshot

    def _settled(self) -> None:
        """All that is known is told."""
        if self._linger is not None:
            self._linger.cancel()
            self._linger = None
        for listener in [*self._listeners]:
            if not listener.asks or (self._answered and not listener.has_told):
                continue
            if listener.streams and self._answered:
                self._linger = self._server.loop.later(LINGER, self._answer)
            else:
                self._finish(listener)
        if self._base is not None and self._base.scanned:
            self._answered = self._answered or bool(self._listeners)

    def _answer(self) -> None:
        self._linger = None
        if self._is_settled():
            for listener in [*self._listeners]:
                if listener.asks and listener.has_told:
                    self._finish(listener)

    def _finish(self, listener: _Listener) -> None:
        self._listeners.remove(listener)
        self._answered = True
        listener.end()

    # --- what is found

    def _look(self) -> None:
        self._timer = None
        if self._server.snapshot.scanned:
            self._steps = Steps(self._server.loop, self._work(), lambda _: self._send_soon())

    def _work(self) -> Generator[None, None, None]:
        server, session = self._server, self._server.session
        snapshot, base = server.snapshot, self._base
        if base is None:
            self._mark(Stirred(tuple(snapshot.census.by_uri)))
        else:
            for found in stirred(base, snapshot, self._answers, session.whole):
                if found is not None:
                    self._mark(found)
                yield
        yield from self._look_below(snapshot)
        self._base = snapshot
        yield from self._want(snapshot)
        for number, uri in enumerate([*self._due]):
            if number % PIECE == 0:
                yield
            if not self._is_shown(snapshot, uri):
                self._due.pop(uri, None)
                self._take(uri, NOTHING)
        if len(self._due) > FEW:
            self._timer = server.loop.later(0 if base is None else QUIET, self._start)
            return
        aside = snapshot.aside()
        for uri in [*self._due]:
            yield
            document = aside.documents.get(uri)
            body = NOTHING
            if document is not None:
                body = judged(session, aside, document, server.convert)
            self._due.pop(uri, None)
            self._take(uri, body)

    def _look_below(self, snapshot: Snapshot) -> Generator[None, None, None]:
        """Files whose parent is none of the workspace's, and changed."""
        touched = {uri for uri in self._touched if uri not in snapshot.census.by_uri}
        if touched:
            census, parents = snapshot.census, snapshot.family.parents
            for number, (uri, row) in enumerate(census.by_uri.items()):
                if number % FEW == 0:
                    yield
                if row.ref and uri not in parents and resolve_path(uri, row.ref) in touched:
                    self._due[uri] = None
        self._touched.clear()

    def _mark(self, found: Stirred) -> None:
        run = self._run
        for uri in found.uris:
            if found.silent and uri not in self._reports and not self._is_due(uri):
                continue
            self._due[uri] = None
            if run is not None:
                run.left.discard(uri)

    def _want(self, snapshot: Snapshot) -> Iterator[None]:
        """What files that nobody has open inherit from registries is fetched for them, too."""
        census, family = snapshot.census, snapshot.family
        refs: dict[str, str] = {}
        for number, (uri, row) in enumerate(census.by_uri.items()):
            if number % FEW == 0:
                yield
            if not row.ref.startswith("oci://") or row.ref in refs:
                continue
            if family.parents.get(uri, "") not in census.by_uri:
                refs[row.ref] = uri
        self._server.session.want(refs)

    def _is_shown(self, snapshot: Snapshot, uri: str) -> bool:
        if uri in snapshot.opened or uri not in snapshot.census.by_uri:
            return False
        wanted = snapshot.settings_for(uri).workspace_diagnostics
        return wanted == "all" or (wanted == "auto" and self._server.pulls)

    def _take(self, uri: str, body: str) -> None:
        before = self._reports.get(uri, (_CLEAN, NOTHING))
        if body == NOTHING:
            self._reports.pop(uri, None)
        elif body != before[1]:
            self._reports[uri] = identity(body), body
        if body != before[1] or uri in self._owed:
            for listener in self._listeners:
                listener.queue[uri] = None
            self._send_soon()

    # --- in other processes

    def _start(self) -> None:
        self._timer = None
        snapshot = self._base
        if snapshot is None or snapshot is not self._server.snapshot:
            self.changed()
            return
        if self._run is not None:  # what it has not done is to be done anew
            self._run.stop.set()
            self._due.update(dict.fromkeys(self._run.left))
        due, self._due = self._due, {}
        self._run = run = _Run(set(due))
        server = self._server
        client = Client(server.convert.encoding.value, server.capabilities, server.client_name)
        processes = server.session.processes

        def go_on() -> None:
            first = [row.uri for row in snapshot.census.manifests if row.uri in due]
            ordered = [*dict.fromkeys((*first, *due))]
            pieces = [ordered[at : at + PIECE] for at in range(0, len(ordered), PIECE)]
            given = server.session.known(snapshot), client
            count = cores() if processes is None else processes
            try:
                for _, found in answers(judging, given, pieces, count, run.stop):
                    server.loop.post(lambda found=found: self._took(run, found))  # type: ignore[misc]
            except Exception:
                log.exception("judging files that nobody has open")
            finally:
                server.loop.post(lambda: self._ran(run))

        behind(go_on)

    def _took(self, run: _Run, found: Iterable[tuple[str, str]]) -> None:
        snapshot = self._server.snapshot
        for uri, body in found:
            if run is self._run and uri in run.left:
                run.left.discard(uri)
                self._take(uri, body if self._is_shown(snapshot, uri) else NOTHING)

    def _ran(self, run: _Run) -> None:
        if run is not self._run:
            return
        self._run = None
        for uri in run.left:  # they could not be read; they may have gone
            self._take(uri, NOTHING)
        self._send_soon()
        if self._due:
            self.changed()


class _Run:
    def __init__(self, left: set[str]) -> None:
        self.left = left
        self.stop = threading.Event()


def identity(body: str) -> str:
    """The result id of findings as JSON; the same for open files."""
    return hashlib.blake2b(body.encode(), digest_size=12).hexdigest()


_CLEAN = identity(NOTHING)


class _Listener:
    """Somebody who is told."""

    asks = streams = False

    def __init__(self, server: FloeServer, told: dict[str, str]) -> None:
        self._server = server
        self.told = told
        """Ids of what is known there, by file."""
        self.queue: dict[str, None] = {}
        """Files of which something else may be known here."""
        self.has_told = False

    def said(self, uri: str, number: str, body: str, *, owed: bool) -> str:
        """What is to be told of a file; empty where that is known."""
        raise NotImplementedError

    def tell(self, items: list[str]) -> None:
        raise NotImplementedError

    def end(self) -> None: ...


class _Asked(_Listener):
    asks = True

    def __init__(self, server: FloeServer, told: dict[str, str], token: Any) -> None:
        super().__init__(server, told)
        self.answer = Later()
        self.streams = token is not None
        self._token = token
        self._first = dict.fromkeys(told)
        self._items: list[str] = []

    def said(self, uri: str, number: str, body: str, *, owed: bool) -> str:
        first = uri in self._first
        self._first.pop(uri, None)
        at = f'"uri":{compact(uri)},"version":null'
        if self.told.get(uri, _CLEAN) == number and not owed:
            if first and number != _CLEAN:
                return f'{{"kind":"unchanged",{at},"resultId":"{number}"}}'
            return ""
        self.has_told = True
        if number == _CLEAN:  # a client that has no id of it does not name it again
            self.told.pop(uri, None)
            return f'{{"kind":"full",{at},"items":[]}}'
        self.told[uri] = number
        return f'{{"kind":"full",{at},"resultId":"{number}","items":{body}}}'

    def tell(self, items: list[str]) -> None:
        if not self.streams:
            self._items += items
        elif items:
            value = Json(f'{{"items":[{",".join(items)}]}}')
            said = f'"token":{compact(self._token)},"value":{value}'
            self._server.wire.send(f'{{"jsonrpc":"2.0","method":"$/progress","params":{{{said}}}}}')

    def end(self) -> None:
        self.answer.give(Json(f'{{"items":[{",".join(self._items)}]}}'))


class _Published(_Listener):
    """A client that takes what it is told."""

    def __init__(self, server: FloeServer) -> None:
        super().__init__(server, {})

    def said(self, uri: str, number: str, body: str, *, owed: bool) -> str:
        if self.told.get(uri, _CLEAN) == number and not owed:
            return ""
        if number == _CLEAN:
            self.told.pop(uri, None)
        else:
            self.told[uri] = number
        self._server.publish(uri, None, body)
        return uri

    def tell(self, items: list[str]) -> None: ...
