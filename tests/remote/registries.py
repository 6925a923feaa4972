"""A real registry behind four doors: open, TLS, htpasswd, bearer tokens. All share one storage."""

from __future__ import annotations

import json
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from remote.token_server import ISSUER, SERVICE, TokenServer
from tools import needs

USER, PASSWORD, REFRESH = "alice", "s3cret-pass", "s3cret-refresh"


@dataclass(frozen=True)
class Certificates:
    ca: Path
    certificate: Path
    key: Path


@dataclass(frozen=True)
class Registries:
    plain: str
    tls: str
    basic: str
    token: str
    certificates: Certificates
    tokens: TokenServer


@contextmanager
def running(folder: Path) -> Iterator[Registries]:
    """The four, until the block ends."""
    certificates = make_certificates(folder)
    htpasswd = subprocess.run(
        [needs("htpasswd"), "-Bbn", USER, PASSWORD], capture_output=True, check=True
    )
    (folder / "htpasswd").write_bytes(htpasswd.stdout)
    with ExitStack() as stack:
        users = {USER: PASSWORD, "__token__": PASSWORD}
        server = TokenServer(certificates.key, certificates.certificate, users, REFRESH)
        tokens = stack.enter_context(server)
        tls = {"certificate": str(certificates.certificate), "key": str(certificates.key)}
        bearer = {
            "realm": tokens.realm,
            "service": SERVICE,
            "issuer": ISSUER,
            "rootcertbundle": str(certificates.certificate),
        }
        basic = {"realm": "test", "path": str(folder / "htpasswd")}
        yield Registries(
            plain=stack.enter_context(_registry(folder, "plain")),
            tls=stack.enter_context(_registry(folder, "tls", tls=tls)).replace(
                "127.0.0.1", "localhost"
            ),
            basic=stack.enter_context(_registry(folder, "basic", auth={"htpasswd": basic})),
            token=stack.enter_context(_registry(folder, "token", auth={"token": bearer})),
            certificates=certificates,
            tokens=tokens,
        )


@contextmanager
def plain_registry(folder: Path) -> Iterator[str]:
    """One that asks for no login, by plain HTTP."""
    with _registry(folder, "plain") as host:
        yield host


def make_certificates(folder: Path) -> Certificates:
    """An authority, and a certificate of it for `localhost` and 127.0.0.1."""
    needs("openssl")

    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, check=True)

    new = ("-newkey", "rsa:2048", "-nodes", "-days", "30")
    openssl(
        *("req", "-x509", *new, "-subj", "/CN=test authority", "-keyout", "ca.key"),
        *("-out", "ca.pem", "-addext", "basicConstraints=critical,CA:TRUE"),
        *("-addext", "keyUsage=critical,keyCertSign,cRLSign"),
    )
    (folder / "extensions").write_text(
        "subjectAltName=DNS:localhost,IP:127.0.0.1\n"
        "basicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n"
    )
    subject = ("-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.csr")
    openssl("req", "-newkey", "rsa:2048", "-nodes", *subject)
    openssl(
        *("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key"),
        *("-CAcreateserial", "-days", "30", "-extfile", "extensions", "-out", "server.pem"),
    )
    return Certificates(folder / "ca.pem", folder / "server.pem", folder / "server.key")


@contextmanager
def _registry(folder: Path, name: str, **settings: object) -> Iterator[str]:
    """One process; `auth` stands beside `http`, `tls` within it. Its host and port."""
    host = f"127.0.0.1:{free_port()}"
    tls = {"tls": settings.pop("tls")} if "tls" in settings else {}
    config = {
        "version": "0.1",
        "log": {"level": "info", "accesslog": {"disabled": True}},
        "storage": {
            "filesystem": {"rootdirectory": str(folder / "data")},
            "delete": {"enabled": True},
        },
        "http": {"addr": host, **tls},
        **settings,
    }
    path = folder / f"{name}.yml"
    path.write_text(json.dumps(config))  # JSON is YAML
    process = subprocess.Popen(
        [needs("docker-registry"), "serve", path],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stderr is not None
        said = []
        for line in process.stderr:
            said.append(line)
            if "listening on" in line:
                break
        else:
            process.wait()
            raise RuntimeError("".join(said))
        # Read on, or the registry waits for room in the pipe.
        reader = threading.Thread(target=process.stderr.read, daemon=True)
        reader.start()
        try:
            yield host
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
            reader.join(10)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port
