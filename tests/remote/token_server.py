"""A token server as registries with bearer tokens have one, signing with the openssl program."""

from __future__ import annotations

import base64
import json
import subprocess
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

ISSUER, SERVICE = "test issuer", "test registry"


class TokenServer:
    """Knows users by name and password, and one refresh token. Anyone may pull from `public/`."""

    def __init__(self, key: Path, certificate: Path, users: dict[str, str], refresh: str) -> None:
        self.key, self.users, self.refresh = key, users, refresh
        lines = certificate.read_text().splitlines()
        self.chain = "".join(line for line in lines if "CERTIFICATE" not in line)
        self.scopes: list[str] = []
        """Of all the tokens that were asked for."""

    def __enter__(self) -> Self:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                """Silent."""

            def do_GET(self) -> None:
                asked = parse_qs(urlsplit(self.path).query)
                kind, _, coded = self.headers.get("Authorization", "").partition(" ")
                if kind != "Basic":
                    return self.answer(*outer.token(asked, None))
                user, _, password = base64.b64decode(coded).decode().partition(":")
                known = outer.users.get(user) == password
                return self.answer(*outer.token(asked, user) if known else (401, {}))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                asked = parse_qs(body)
                known = asked.get("refresh_token") == [outer.refresh]
                return self.answer(*outer.token(asked, "robot") if known else (400, {}))

            def answer(self, status: int, value: dict[str, Any]) -> None:
                data = json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def realm(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/token"

    def token(self, asked: dict[str, list[str]], user: str | None) -> tuple[int, dict[str, Any]]:
        access = []
        for scope in " ".join(asked.get("scope", [])).split():
            self.scopes.append(scope)
            kind, name, actions = scope.split(":", 2)
            allowed = actions.split(",")
            if user is None:
                allowed = [a for a in allowed if a == "pull" and name.startswith("public/")]
            if name.startswith("closed/"):
                allowed = []
            access.append({"type": kind, "name": name, "actions": allowed})
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "sub": user or "",
            "aud": asked.get("service", [""])[0],
            "exp": now + 300,
            "nbf": now - 5,
            "iat": now,
            "jti": uuid.uuid4().hex,
            "access": access,
        }
        return 200, {"token": self._signed(claims), "expires_in": 300}

    def _signed(self, claims: dict[str, Any]) -> str:
        header = {"typ": "JWT", "alg": "RS256", "x5c": [self.chain]}
        text = ".".join(_base64(json.dumps(part).encode()) for part in (header, claims))
        command = ["openssl", "dgst", "-sha256", "-sign", self.key]
        done = subprocess.run(command, input=text.encode(), capture_output=True, check=True)
        return f"{text}.{_base64(done.stdout)}"


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
