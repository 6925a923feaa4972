"""Parents from registries, over the protocol: never in the way, shown while they take long, open as documents."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from floe_ls.lsp.greeting import SCHEMES
from floe_ls.remote.files import uri_of
from remote.conftest import *  # noqa: F403  servers
from remote.fault_server import FaultServer, layer, manifest
from tools import REPOSITORY

UP = """\
scope: enterprise
approved_plugins:
  compute: [duckdb]
plugins:
  compute: duckdb
"""
SECRET = "m4rked-s3cret"


class Client:
    """Speaks the protocol; answers with null whatever the server asks."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self._log = (folder / "log").open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "floe_ls", "serve", "--log", "debug"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env={
                **os.environ,
                "PYTHONPATH": str(REPOSITORY / "server"),
                "FLOE_LS_CACHE": str(folder / "cache"),
                **environment,
            },
        )
        self.seen: list[dict[str, Any]] = []
        self._messages: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._number = 0
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        out = self.process.stdout
        assert out is not None
        length = 0
        while header := out.readline():
            if header.lower().startswith(b"content-length:"):
                length = int(header.split(b":")[1])
            elif not header.strip():
                self._messages.put(json.loads(out.read(length)))
        self._messages.put(None)

    def send(self, message: dict[str, Any]) -> None:
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(data), data))
        self.process.stdin.flush()

    def notify(self, method: str, params: Any) -> None:
        self.send({"method": method, "params": params})

    def ask(self, method: str, params: Any) -> Any:
        self._number += 1
        number = self._number
        self.send({"id": number, "method": method, "params": params})
        message = self.until(lambda m: m.get("id") == number and "method" not in m)
        assert "error" not in message, message
        return message["result"]

    def until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The next message that is as wanted; all are kept in `seen`."""
        while True:
            message = self._messages.get(timeout=30)
            assert message is not None, "the server has ended"
            self.seen.append(message)
            if "id" in message and "method" in message:
                self.send({"id": message["id"], "result": None})
            if wanted(message):
                return message

    def start(self, capabilities: dict[str, Any] | None = None, **options: Any) -> None:
        wanted = {"window": {"workDoneProgress": True}, **(capabilities or {})}
        params = {
            "processId": None,
            "capabilities": wanted,
            "rootUri": uri_of(self.folder),
            "initializationOptions": options,
        }
        self.ask("initialize", params)
        self.notify("initialized", {})

    def uri(self, name: str) -> str:
        return uri_of(self.folder / name)

    def open(self, ref: str, name: str = "manifest.yaml") -> str:
        text = f"scope: domain\nparent_manifest: {ref}\nplugins:\n  compute: snowflake\n"
        return self.open_text(self.uri(name), text)

    def open_text(self, uri: str, text: str) -> str:
        item = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})
        return uri

    def hover(self, uri: str, line: int, character: int) -> Any:
        position = {"line": line, "character": character}
        return self.ask("textDocument/hover", {"textDocument": {"uri": uri}, "position": position})

    def published(self, uri: str, code: str) -> dict[str, Any]:
        """The finding of a code, once it is published."""
        message = self.until(
            lambda m: (
                m.get("method") == "textDocument/publishDiagnostics"
                and m["params"]["uri"] == uri
                and any(d["code"] == code for d in m["params"]["diagnostics"])
            )
        )
        return next(d for d in message["params"]["diagnostics"] if d["code"] == code)

    def progress(self, kind: str) -> dict[str, Any]:
        message = self.until(
            lambda m: m.get("method") == "$/progress" and m["params"]["value"]["kind"] == kind
        )
        found: dict[str, Any] = message["params"]
        return found

    def end(self) -> str:
        """What the server has said on stderr."""
        self.ask("shutdown", None)
        self.notify("exit", None)
        assert self.process.wait(30) == 0
        return (self.folder / "log").read_text()

    def close(self) -> None:
        self.process.kill()
        self._reader.join(10)
        self._log.close()
        with self.process:
            self.process.wait()


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    made = Client(tmp_path)
    yield made
    made.close()


def publishes(faults: FaultServer, repository: str = "up", text: str = UP) -> str:
    return faults.holds(repository, manifest(layer(text.encode())), text.encode())


def test_others_are_answered_while_a_registry_hangs(client: Client, faults: FaultServer) -> None:
    client.start()
    ref = f"oci://{faults.host}/hang:v1.0.0"
    uri = client.open(ref)
    begun = client.progress("begin")
    assert begun["value"] == {
        "kind": "begin",
        "title": "Resolving hang:v1.0.0",
        "cancellable": True,
    }
    other = client.open_text(client.uri("b-manifest.yaml"), "scope: enterprise\nplugins: {}\n")
    for which, line in ((other, 1), (uri, 3), (uri, 1)):
        assert client.hover(which, line, 2) is not None
    at = {"textDocument": {"uri": uri}, "position": {"line": 3, "character": 11}}
    assert client.ask("textDocument/completion", at)["items"]
    assert not [m for m in client.seen if m.get("method") == "$/progress" and m["params"] != begun]
    faults.over.set()
    assert client.progress("end")["token"] == begun["token"]
    told = client.published(uri, "ref/unreachable")
    assert told["severity"] == 2
    assert "closed the connection without an answer." in told["message"]


def test_what_comes_is_published_by_itself(client: Client, faults: FaultServer) -> None:
    client.start()
    uri = client.open(publishes(faults))
    told = client.published(uri, "whitelist/not-approved")
    assert told["range"]["start"] == {"line": 3, "character": 11}
    assert client.published(uri, "ref/newer-version")["severity"] == 4


def test_the_user_may_cancel_what_takes_long(client: Client, faults: FaultServer) -> None:
    client.start()
    uri = client.open(f"oci://{faults.host}/hang:v1.0.0")
    token = client.progress("begin")["token"]
    client.notify("window/workDoneProgress/cancel", {"token": token})
    client.progress("end")
    assert "it was cancelled" in client.published(uri, "ref/unreachable")["message"]


@pytest.mark.parametrize("method", ["floe/textDocumentContent", "workspace/textDocumentContent"])
def test_an_artifact_is_opened_as_a_document_with_hover(
    client: Client, faults: FaultServer, method: str
) -> None:
    supported = {"workspace": {"textDocumentContent": {"dynamicRegistration": True}}}
    related = {"publishDiagnostics": {"relatedInformation": True}}
    client.start({**supported, "textDocument": related})
    registered = client.until(lambda m: "textDocumentContent" in json.dumps(m))
    assert registered["params"]["registrations"][0]["registerOptions"] == {"schemes": SCHEMES}
    uri = client.open(publishes(faults))
    told = client.published(uri, "whitelist/not-approved")
    remote = told["relatedInformation"][0]["location"]["uri"]
    assert remote.startswith(f"floe-oci://{faults.host}/up@sha256:")
    assert client.ask(method, {"uri": remote})["text"] == UP
    client.open_text(remote, UP)
    shown = client.hover(remote, 2, 4)
    assert "compute" in shown["contents"]["value"]
    missing = client.ask(method, {"uri": "floe-oci://x/y@sha256:0/manifest.yaml"})
    assert missing is None or missing["text"].startswith("# This manifest is not here")


def test_tags_are_proposed_once_they_are_known(client: Client, faults: FaultServer) -> None:
    client.start()
    text = f"scope: domain\nparent_manifest: oci://{faults.host}/paged:"
    uri = client.open_text(client.uri("manifest.yaml"), text + "\n")
    at = {"line": 1, "character": len(text.splitlines()[1])}
    ask = {"textDocument": {"uri": uri}, "position": at}
    first = client.ask("textDocument/completion", ask)
    assert first["isIncomplete"] is True
    while (found := client.ask("textDocument/completion", ask))["isIncomplete"]:
        faults.over.wait(0.05)
    labels = [item["label"].rpartition(":")[2] for item in found["items"]]
    assert labels[:5] == ["v1.4.0", "v1.3.0", "v1.2.0", "v1.1.0", "v1.0.0"]


def test_pinning_and_the_newest_tag_are_actions(client: Client, faults: FaultServer) -> None:
    client.start()
    uri = client.open(publishes(faults))
    client.published(uri, "ref/newer-version")
    here = {"start": {"line": 1, "character": 20}, "end": {"line": 1, "character": 20}}
    asked = {"textDocument": {"uri": uri}, "range": here, "context": {"diagnostics": []}}
    actions = client.ask("textDocument/codeAction", asked)
    titles = {action["title"].partition(" sha256")[0]: action["kind"] for action in actions}
    assert titles["Pin to"] == "refactor.rewrite"
    assert "Take the newest version, v1.4.0" in titles
    asked["context"] = {"diagnostics": [], "only": ["quickfix"]}
    kinds = {action["kind"] for action in client.ask("textDocument/codeAction", asked)}
    assert kinds <= {"quickfix"}


def test_an_untrusted_workspace_asks_no_registry(client: Client, faults: FaultServer) -> None:
    client.start(trusted=False)
    uri = client.open(publishes(faults))
    told = client.published(uri, "ref/unreachable")
    assert "this workspace is not trusted" in told["message"]
    assert faults.requests == []
    client.notify("workspace/didChangeConfiguration", {"settings": {"floe": {"trusted": True}}})
    client.published(uri, "whitelist/not-approved")


def test_no_secret_is_in_logs_messages_or_files(tmp_path: Path, faults: FaultServer) -> None:
    docker = tmp_path / "docker"
    docker.mkdir()
    auths = {f"{faults.host}": {"username": "me", "password": SECRET}}
    helped = f"127.0.0.1:{faults.other_port}"
    helpers = {helped: "marked", "podman.localhost": "broken"}
    (docker / "config.json").write_text(json.dumps({"auths": auths, "credHelpers": helpers}))
    for name, code in (("marked", 0), ("broken", 1)):
        helper = docker / f"docker-credential-{name}"
        login = json.dumps({"Username": "me", "Secret": SECRET})
        helper.write_text(f"#!/bin/sh\necho '{login}'\necho {SECRET} >&2\nexit {code}\n")
        helper.chmod(0o755)
    podman = {"auths": {f"localhost:{faults.port}": {"auth": "", "identitytoken": SECRET}}}
    (docker / "auth.json").write_text(json.dumps(podman))
    (tmp_path / "w").mkdir()
    client = Client(
        tmp_path / "w",
        DOCKER_CONFIG=str(docker),
        PATH=f"{docker}{os.pathsep}{os.environ['PATH']}",
        REGISTRY_AUTH_FILE=str(docker / "auth.json"),
        FLOE_REGISTRY_USERNAME="me",
        FLOE_REGISTRY_PASSWORD=SECRET,
        FLOE_REGISTRY_TOKEN=SECRET,
        HTTPS_PROXY=f"http://me:{SECRET}@127.0.0.1:9",
    )
    try:
        client.start()
        names = ("e401basic", "e401again", "e401realm", "e401redirect", "redirectout", "e403",
                 "garbage", "corrupt", "redirect", "truncated")  # fmt: skip
        for number, fault in enumerate(names):
            client.open(f"oci://{faults.host}/{fault}:v1.0.0", f"m{number}-manifest.yaml")
        others = {
            "p-manifest.yaml": "oci://registry.example.com/m:v1.0.0",
            "q-manifest.yaml": f"oci://{helped}/e401basic:v1.0.0",
            "r-manifest.yaml": f"oci://localhost:{faults.port}/e401again:v1.0.0",
        }
        for name, ref in others.items():
            client.open(ref, name)
        for number, fault in enumerate(names):
            if fault != "redirect":
                uri = client.uri(f"m{number}-manifest.yaml")
                if not any(_tells(m, uri) for m in client.seen):
                    client.until(lambda m, uri=uri: _tells(m, uri))  # type: ignore[misc]
        for name in others:
            uri = client.uri(name)
            if not any(_tells(m, uri) for m in client.seen):
                client.until(lambda m, uri=uri: _tells(m, uri))  # type: ignore[misc]
        assert any(SECRET in _decoded(r.authorization) for r in faults.requests)
        log = client.end()
    finally:
        client.close()
    said = json.dumps(client.seen)
    files = b"".join(p.read_bytes() for p in (tmp_path / "w").rglob("*") if p.is_file())
    for text in (log, said, files.decode("utf-8", "replace")):
        assert SECRET not in text
        assert "bTpt" not in text
        assert "bWU6" not in text  # `me:` in base64
        assert "s3cretsignature" not in text


def _tells(message: dict[str, Any], uri: str) -> bool:
    if message.get("method") != "textDocument/publishDiagnostics":
        return False
    found = message["params"]
    return found["uri"] == uri and any(d["code"].startswith("ref/") for d in found["diagnostics"])


def _decoded(authorization: str) -> str:
    import base64

    scheme, _, value = authorization.partition(" ")
    return base64.b64decode(value).decode() if scheme == "Basic" else ""
