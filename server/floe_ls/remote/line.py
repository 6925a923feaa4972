"""The connections of one conversation: bounded in time, and kept out of our own network."""

from __future__ import annotations

import queue
import socket
import threading
import time
from typing import Any

from requests.adapters import HTTPAdapter

from floe_ls.remote.address import is_private, numeric
from floe_ls.remote.failure import Failed, printable
from floe_ls.remote.stop import Stop


class Line:
    """The connections of one conversation, and the moment when all of them are cut."""

    def __init__(self, total: float, connect: float, stop: Stop | None = None) -> None:
        self.guarded = False
        """The request at hand may not lead to an address inside our own network."""
        self.refused = False
        self._total, self._connect = total, connect
        self._end = time.monotonic() + total
        self._public: dict[str, bool] = {}
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        # A timeout of a socket begins anew with each byte, so headers in a trickle never end.
        self._timer = threading.Timer(total, self._cut)
        self._timer.daemon = True
        self._timer.start()
        if stop is not None:
            stop.on(self.end)

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self._end

    def timeouts(self) -> tuple[float, float]:
        left = max(self._end - time.monotonic(), 0.001)
        return min(self._connect, left), left

    def timeout(self, host: str) -> Failed:
        if self.is_over:
            return Failed("timeout", f"{host} did not finish its answer within {self._total:g} s.")
        return Failed("timeout", f"{host} did not answer within {self._connect:g} s.")

    def is_public(self, hostname: str) -> bool:
        """As far as we know: behind a proxy nothing is looked up, and a name counts as public."""
        return self._public.get(hostname, not is_private(hostname))

    def dial(self, host: str, port: int, *, guarded: bool = False) -> socket.socket:
        """A connection by the first address that answers; together they have the time for one."""
        end = time.monotonic() + self.timeouts()[0]
        addresses = self._addresses(host, port, end)
        public = not any(is_private(str(address[4][0])) for address in addresses)
        if guarded and not public:
            raise inward("The registry", host)
        self._public.setdefault(host, public)
        error: OSError = OSError()
        for left, (family, kind, protocol, _, address) in zip(
            range(len(addresses), 0, -1), addresses, strict=True
        ):
            dialled = socket.socket(family, kind, protocol)
            try:
                dialled.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                dialled.settimeout(max((end - time.monotonic()) / left, 0.001))
                dialled.connect(address)
                dialled.settimeout(max(end - time.monotonic(), 0.001))
                self._watch(dialled)
                if self.is_over:  # cut, perhaps a moment before this one could be
                    raise TimeoutError
            except OSError as failed:
                dialled.close()
                error = failed
            else:
                return dialled
        where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        if isinstance(error, TimeoutError):
            raise self.timeout(where)
        if isinstance(error, ConnectionRefusedError):
            self.refused = True
            message = f"{where} refused the connection: nothing listens there."
            raise Failed("unreachable", message)
        self.refused = True
        raise Failed("unreachable", f"No way leads to {host} from here: are you on its network?")

    def end(self) -> None:
        """Now, on whichever thread."""
        self._end = time.monotonic()
        self._cut()

    def close(self) -> None:
        self._timer.cancel()
        with self._lock:
            for each in self._open:
                each.close()
            self._open.clear()

    def _addresses(self, host: str, port: int, end: float) -> list[tuple[Any, ...]]:
        """The system's look-up knows no time limit, so it is left behind on a thread of its own."""
        answers: queue.SimpleQueue[list[tuple[Any, ...]] | OSError | UnicodeError]
        answers = queue.SimpleQueue()

        def look_up() -> None:
            try:
                answers.put([*socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)])
            except (OSError, UnicodeError) as error:
                answers.put(error)

        if numeric(host) is not None:
            look_up()
        else:
            threading.Thread(target=look_up, name="look-up", daemon=True).start()
        try:
            answer = answers.get(timeout=max(end - time.monotonic(), 0.001))
        except queue.Empty:
            raise Failed("timeout", f"The look-up of the host {host} took too long.") from None
        if isinstance(answer, list) and answer:
            return answer
        self.refused = True
        raise Failed(
            "unreachable",
            f"There is no host {host}, as far as this machine knows: check the name and the"
            " network.",
        )

    def _watch(self, dialled: socket.socket) -> None:
        with self._lock:
            self._open.append(dialled.dup())  # TLS takes the socket itself away

    def _cut(self) -> None:
        with self._lock:
            for each in self._open:
                try:
                    each.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # the other side was quicker


class Adapter(HTTPAdapter):
    """Makes every connection by the line, straight or by a proxy, and never tries twice."""

    def __init__(self, line: Line) -> None:
        self._line = line
        super().__init__(max_retries=0)

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        if not hasattr(pool.ConnectionCls, "line"):
            pool.ConnectionCls = _dialling(pool.ConnectionCls, self._line)
        return pool


def _dialling(base: Any, via: Line) -> Any:
    class Connection(base):  # type: ignore[misc]
        line = via

        def _new_conn(self) -> socket.socket:
            # A proxy inside our network is ours; where it leads is its own to judge.
            guarded = self.line.guarded and not self.proxy
            return self.line.dial(self._dns_host, self.port, guarded=guarded)

    return Connection


def inward(host: str, target: str) -> Failed:
    return Failed(
        "blocked",
        f"{host} sends on to {printable(target)}, which is inside your own network: that was not followed.",
    )
