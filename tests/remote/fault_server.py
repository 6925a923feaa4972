"""A registry that misbehaves: the repository's name chooses how."""

from __future__ import annotations

import gzip
import io
import json
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

OCI = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
TEXT = "kind: DataProduct\nname: good\n"
BLOB = TEXT.encode()
CHUNK = bytes(1 << 20)


def digest(data: bytes) -> str:
    return "sha256:" + sha256(data).hexdigest()


def layer(data: bytes = BLOB, title: str = "manifest.yaml", **more: Any) -> dict[str, Any]:
    return {
        "mediaType": "application/yaml",
        "digest": digest(data),
        "size": len(data),
        "annotations": {"org.opencontainers.image.title": title},
        **more,
    }


def manifest(*layers: dict[str, Any], **more: Any) -> bytes:
    config = {
        "mediaType": "application/vnd.oci.empty.v1+json",
        "digest": digest(b"{}"),
        "size": 2,
    }
    document = {"schemaVersion": 2, "mediaType": OCI, "config": config, "layers": [*layers]}
    return json.dumps({**document, **more}).encode()


def index(*manifests: dict[str, Any]) -> bytes:
    return json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": [*manifests]}).encode()


def entry(data: bytes, **more: Any) -> dict[str, Any]:
    return {"mediaType": OCI, "digest": digest(data), "size": len(data), **more}


@dataclass(frozen=True)
class Request:
    port: int
    method: str
    path: str
    authorization: str


@dataclass
class FaultServer:
    """Two ports: redirects lead from the first to the second."""

    tls: tuple[Path, Path] | None = None
    """Certificate and key of the first port."""
    requests: list[Request] = field(default_factory=list)
    sent: int = 0
    """Bytes of bodies without end that were taken off our hands."""
    artifacts: dict[str, tuple[bytes, ...]] = field(default_factory=dict)
    """What well-behaved repositories hold: the manifest, then whatever it refers to."""

    def __enter__(self) -> Self:
        self.over = threading.Event()
        self._servers = [self._server(), self._server()]
        self.port, self.other_port = (server.server_address[1] for server in self._servers)
        if self.tls is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*self.tls)
            first = self._servers[0]
            # The handshake belongs to the thread of the connection, or one client stops the others.
            first.socket = context.wrap_socket(
                first.socket, server_side=True, do_handshake_on_connect=False
            )
        for server in self._servers:
            threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.over.set()
        for server in self._servers:
            server.shutdown()
            server.server_close()

    @property
    def host(self) -> str:
        return f"{'localhost' if self.tls else '127.0.0.1'}:{self.port}"

    def holds(self, repository: str, *blobs: bytes) -> str:
        """Lets a repository behave well, with these blobs, the first of which its tags name."""
        self.artifacts[repository] = blobs
        return f"oci://{self.host}/{repository}:v1.0.0"

    def _server(self) -> ThreadingHTTPServer:
        faults = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # or each answer waits 40 ms for the client's system

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                """Silent: the requests are kept."""

            def do_GET(self) -> None:
                authorization = self.headers.get("Authorization", "")
                port = self.server.server_address[1]
                faults.requests.append(Request(port, self.command, self.path, authorization))
                try:
                    Answer(self, faults).give()
                except OSError:  # the client hung up, as it should
                    self.close_connection = True

            def do_HEAD(self) -> None:
                self.do_GET()

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: Any, client_address: Any) -> None:
                """Clients that do not trust us are part of the tests."""

        return Server(("127.0.0.1", 0), Handler)


class Answer:
    """One answer to one request: `/v2/REPOSITORY/KIND/REFERENCE`."""

    def __init__(self, handler: BaseHTTPRequestHandler, faults: FaultServer) -> None:
        self.handler, self.faults = handler, faults

    def give(self) -> None:
        path = urlsplit(self.handler.path)
        parts = path.path.split("/")
        if len(parts) < 5:
            return self.send(200, b"{}")
        fault, kind, reference = parts[2], parts[3], parts[-1]
        for asked in (f"{fault}_{kind}", fault):
            known: Callable[[], None] | None = getattr(self, asked, None)
            if known is not None and fault not in self.faults.artifacts:  # else it was mended
                return known()
        if kind == "tags":
            return self.tags(fault, parse_qs(path.query))
        return self.stored(fault, reference)

    def stored(self, repository: str, reference: str) -> None:
        blobs = self.faults.artifacts.get(repository, (manifest(layer()), BLOB))
        wanted = (blob for blob in blobs if digest(blob) == reference)
        found = next(wanted, None if ":" in reference else blobs[0])
        if found is None:
            return self.error(404, "MANIFEST_UNKNOWN")
        return self.send(200, found, **{"Docker-Content-Digest": digest(found)})

    def send(self, status: int, body: bytes = b"", **headers: str) -> None:
        lengths = {"Content-Length", "Transfer-Encoding"} & headers.keys()
        if not lengths:
            headers["Content-Length"] = str(len(body))
        self.handler.send_response(status)
        for name, value in headers.items():
            self.handler.send_header(name, value)
        self.handler.end_headers()
        if self.handler.command != "HEAD":
            self.handler.wfile.write(body)
            self.handler.wfile.flush()

    def error(self, status: int, code: str, **headers: str) -> None:
        body = json.dumps({"errors": [{"code": code, "message": f"fault {code}"}]}).encode()
        self.send(status, body, **{"Content-Type": "application/json", **headers})

    def lead(self, location: str) -> None:
        self.send(307, Location=location)

    def endless(self, piece: bytes) -> None:
        for _ in range(5 * 1024):
            self.handler.wfile.write(piece)
            self.faults.sent += len(piece)

    def trickle(self, data: bytes) -> None:
        for byte in data:
            self.handler.wfile.write(bytes([byte]))
            self.handler.wfile.flush()
            if self.faults.over.wait(0.1):
                return

    # Statuses

    def e401(self) -> None:
        self.error(401, "UNAUTHORIZED")

    def e401basic(self) -> None:
        self.error(401, "UNAUTHORIZED", **{"WWW-Authenticate": 'Basic realm="x"'})

    def e401realm(self) -> None:
        """Would have the login sent to a stranger, by plain http."""
        challenge = 'Bearer realm="http://tokens.example.com/token",service="x"'
        self.error(401, "UNAUTHORIZED", **{"WWW-Authenticate": challenge})

    def e401again(self) -> None:
        """Gives a token, then does not want it."""
        realm = f"http://127.0.0.1:{self.faults.other_port}/v2/token/get/one"
        challenge = f'Bearer realm="{realm}",service="x",scope="repository:e401again:pull"'
        self.error(401, "DENIED", **{"WWW-Authenticate": challenge})

    def token(self) -> None:
        self.send(200, b'{"token": "a.b.c"}')

    def e401redirect(self) -> None:
        """Wants a login, then leads elsewhere."""
        if not self.handler.headers.get("Authorization"):
            return self.e401basic()
        return self.lead(f"http://127.0.0.1:{self.faults.other_port}/v2/ok/manifests/v1")

    def e403(self) -> None:
        self.error(403, "DENIED")

    def e404(self) -> None:
        self.error(404, "MANIFEST_UNKNOWN")

    def e404name(self) -> None:
        self.error(404, "NAME_UNKNOWN")

    def e429(self) -> None:
        self.error(429, "TOOMANYREQUESTS", **{"Retry-After": "7"})

    def e500(self) -> None:
        self.error(500, "UNKNOWN")

    def e503(self) -> None:
        self.error(503, "UNAVAILABLE", **{"Retry-After": "Wed, 21 Oct 2099 07:28:00 GMT"})

    # Time

    def hang(self) -> None:
        self.faults.over.wait()
        self.handler.close_connection = True

    def drip_blobs(self) -> None:
        self.send(200, **{"Content-Length": str(len(BLOB))})
        self.trickle(BLOB)

    def dripheaders(self) -> None:
        self.trickle(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"." * 10_000)

    def closes(self) -> None:
        self.handler.close_connection = True

    def garbage(self) -> None:
        self.handler.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n" * 3)
        self.handler.close_connection = True

    # Sizes

    def truncated_blobs(self) -> None:
        self.send(200, BLOB[:10], **{"Content-Length": str(len(BLOB))})
        self.handler.close_connection = True

    def truncatedchunks_blobs(self) -> None:
        self.send(200, b"a\r\n" + BLOB[:10] + b"\r\n5", **{"Transfer-Encoding": "chunked"})
        self.handler.close_connection = True

    def longer_blobs(self) -> None:
        self.send(200, BLOB + b"extra: true\n")

    def bomb_blobs(self) -> None:
        self.send(200, **{"Content-Length": str(5 << 30)})
        self.endless(CHUNK)

    def bombchunked_blobs(self) -> None:
        self.send(200, **{"Transfer-Encoding": "chunked"})
        self.endless(b"100000\r\n" + CHUNK + b"\r\n")

    def bombmanifest_manifests(self) -> None:
        self.send(200, **{"Transfer-Encoding": "chunked"})
        self.endless(b"100000\r\n" + CHUNK + b"\r\n")

    def bomberror(self) -> None:
        self.send(500, **{"Transfer-Encoding": "chunked"})
        self.endless(b"100000\r\n" + CHUNK + b"\r\n")

    def gzbomb_blobs(self) -> None:
        """64 MiB of zeros in 64 KiB."""
        packed = io.BytesIO()
        with gzip.GzipFile(fileobj=packed, mode="wb") as file:
            for _ in range(64):
                file.write(CHUNK)
        self.send(200, packed.getvalue(), **{"Content-Encoding": "gzip"})

    def gzipped_blobs(self) -> None:
        packed = gzip.compress(BLOB)[: len(BLOB)]
        self.send(200, packed, **{"Content-Encoding": "gzip"})

    # Contents

    def corrupt_blobs(self) -> None:
        self.send(200, BLOB.replace(b"good", b"evil"))

    def badmanifest_manifests(self) -> None:
        changed = manifest(layer(title="evil.yaml"))
        self.send(200, changed, **{"Docker-Content-Digest": digest(manifest(layer()))})

    def page_manifests(self) -> None:
        promised = {"Docker-Content-Digest": digest(manifest(layer()))}
        self.send(200, b"<!doctype html><title>Log in</title>", **promised)

    def junk_manifests(self) -> None:
        self.send(200, b"[1, 2")

    def deep_manifests(self) -> None:
        self.send(200, b"[" * 200_000)

    def nodigest_manifests(self) -> None:
        """A registry that says no digest, as some proxies do."""
        self.send(200, manifest(layer()))

    # Redirects

    def loop(self) -> None:
        self.lead(self.handler.path)

    def redirect_blobs(self) -> None:
        to = f"http://127.0.0.1:{self.faults.other_port}/v2/ok/blobs/{digest(BLOB)}"
        self.lead(f"{to}?X-Amz-Signature=s3cretsignature")

    def redirecthost_blobs(self) -> None:
        to = f"http://localhost:{self.faults.other_port}/v2/ok/blobs/{digest(BLOB)}"
        self.lead(f"{to}?X-Amz-Signature=s3cretsignature")

    def redirectout_blobs(self) -> None:
        self.lead("http://blobs.example.com/file?X-Amz-Signature=s3cretsignature")

    def redirectfile_blobs(self) -> None:
        self.lead("file:///etc/passwd")

    def redirectin_blobs(self) -> None:
        self.lead(f"http://127.0.0.1:{self.faults.other_port}/latest/meta-data")

    def redirectodd_blobs(self) -> None:
        self.lead("http://[oops")

    def redirectdown_blobs(self) -> None:
        self.lead(f"http://127.0.0.1:{self.faults.other_port}/v2/ok/blobs/{digest(BLOB)}")

    def redirecterror_blobs(self) -> None:
        self.lead(f"http://127.0.0.1:{self.faults.other_port}/v2/e500/blobs/x")

    def redirectbomb_blobs(self) -> None:
        """The body of a redirect has no end either."""
        to = f"http://127.0.0.1:{self.faults.other_port}/v2/ok/blobs/{digest(BLOB)}"
        self.send(307, **{"Location": to, "Transfer-Encoding": "chunked"})
        self.endless(b"100000\r\n" + CHUNK + b"\r\n")

    # Tags

    def tags(self, repository: str, query: dict[str, list[str]]) -> None:
        """Two on a page."""
        everything = [f"v1.{number}.0" for number in range(5)]
        page = int(query.get("page", ["0"])[0])
        answer = {"name": repository, "tags": everything[page * 2 : page * 2 + 2]}
        more = {"Link": f'</v2/{repository}/tags/list?page={page + 1}>; rel="next"'}
        self.send(200, json.dumps(answer).encode(), **(more if page < 2 else {}))

    def endlesstags_tags(self) -> None:
        link = {"Link": '</v2/endlesstags/tags/list?again=1>; rel="next"'}
        self.send(200, b'{"tags": ["v1.0.0"]}', **link)

    def junktags_tags(self) -> None:
        self.send(200, b"[1]")
