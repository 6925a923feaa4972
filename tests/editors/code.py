"""A real VS Code: its server (code-server) on loopback, and Chromium as its window."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tools import REPOSITORY, missing, needs

EXTENSION = REPOSITORY / "vscode-extension"
SCRIPTS = Path(__file__).parent / "vscode"
FAKES = SCRIPTS / "extensions"
"""Extensions that behave as those of others do."""
INSTALLED = REPOSITORY / ".tools" / "vscode"

WORKSPACE = {
    "files.autoSave": "off",  # the page's default saves what tests only type
    "chat.disableAIFeatures": True,
    "editor.minimap.enabled": False,
    "window.commandCenter": False,
    "workbench.reduceMotion": "on",  # a picture shows a box, and not how it appears
}
USER = {
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "workbench.startupEditor": "none",
    "telemetry.telemetryLevel": "off",
    "extensions.autoCheckUpdates": False,
    "extensions.autoUpdate": False,
    "security.workspace.trust.startupPrompt": "never",
    "security.workspace.trust.banner": "never",
}


@dataclass(frozen=True)
class Code:
    """A running VS Code and where it lives."""

    url: str
    home: Path
    workspace: Path
    environment: Mapping[str, str]
    program: Sequence[str | Path]
    """VS Code's server, with the state of this one."""

    def install(self, name: str, folder: Path = FAKES) -> None:
        """An extension of `FAKES`, for windows that are opened from now on."""
        vsix = packed(folder / name, self.home / f"{name}.vsix")
        command = [*self.program, "--install-extension", vsix]
        subprocess.run(command, env=self.environment, check=True, capture_output=True)

    def run(self, script: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Runs a script of this folder in a browser."""
        command = [INSTALLED / "bin" / "node", SCRIPTS / script, self.url, *arguments]
        return subprocess.run(
            command,
            env={**self.environment, "PATH": os.environ["PATH"]},  # the browser's own
            capture_output=True,
            text=True,
            timeout=280,
            check=False,
        )


def installed() -> Path:
    """The program, or a skip that says how to get it."""
    program = INSTALLED / "code" / "node_modules" / ".bin" / "code-server"
    return program if program.exists() else missing("VS Code is not installed: make test-editors")


@contextlib.contextmanager
def code(
    home: Path,
    workspace: Path,
    *,
    environment: Mapping[str, str] | None = None,
    settings: Mapping[str, Any] | None = None,
    user: Mapping[str, Any] | None = None,
    vsix: Sequence[Path] = (),
    example: str = ".",
    trusted: bool = True,
    beside: Mapping[str, Mapping[str, Any]] | None = None,
) -> Iterator[Code]:
    """VS Code with state of its own in `home`, on a copy of an example (of all) in `workspace`. `beside`: the names of
    more folders in the same window, each a copy with the settings of its own."""
    program, chromium = installed(), needs("chromium")
    folders = [workspace, *(workspace.parent / name for name in beside or {})]
    for folder in folders:
        shutil.copytree(REPOSITORY / "examples" / example, folder, dirs_exist_ok=True)
        (folder / ".vscode").mkdir(exist_ok=True)
    shots = home / "shots"
    user_folder = home / "data" / "User"
    for folder in (shots, user_folder, home / "extensions"):
        folder.mkdir(parents=True, exist_ok=True)
    window = WORKSPACE | dict(settings or {})
    if beside:
        opened = home / "several.code-workspace"
        dump(opened, {"folders": [{"path": str(each)} for each in folders], "settings": window})
        for folder, own in zip(folders[1:], beside.values(), strict=True):
            dump(folder / ".vscode" / "settings.json", own)
    else:
        opened = workspace
        dump(workspace / ".vscode" / "settings.json", window)
    dump(user_folder / "settings.json", USER | dict(user or {}))
    (home / "config.yaml").write_text("auth: none\ncert: false\n", encoding="utf-8")
    variables = {
        **os.environ,
        "HOME": str(home),
        **{f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("CACHE", "CONFIG", "DATA")},
        "PATH": f"{INSTALLED / 'bin'}:{os.environ['PATH']}",
        "PLAYWRIGHT": str(INSTALLED / "browser" / "node_modules" / "playwright-core" / "index.mjs"),
        "CHROMIUM": str(chromium),
        "SHOTS": str(shots),
        "FLOE_TEST_RESULTS": str(home / "results.json"),
        **(environment or {}),
    }
    places = ["--config", home / "config.yaml", "--user-data-dir", home / "data"]
    command = [program, *places, "--extensions-dir", home / "extensions"]
    for extension in vsix:
        subprocess.run(
            [*command, "--install-extension", extension],
            env=variables,
            check=True,
            capture_output=True,
        )
    port = free_port()
    quiet = ["--disable-telemetry", "--disable-update-check", "--disable-getting-started-override"]
    trust = ["--disable-workspace-trust"] if trusted else []
    # Without this option VS Code ignores the tests that a page's address names, and waits for ever.
    tests = ["--vscode-option", "enable-smoke-test-driver"]
    listen = ["--auth", "none", "--bind-addr", f"127.0.0.1:{port}"]
    with (home / "log.txt").open("wb") as log:
        server = subprocess.Popen(
            [*command, *listen, *quiet, *trust, *tests, opened],
            env=variables,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz", server)
        kind = "workspace" if beside else "folder"
        url = f"http://127.0.0.1:{port}/?{kind}={quote(str(opened))}"
        yield Code(url, home, workspace, variables, command)
    finally:
        end(server)


def packed(folder: Path, vsix: Path) -> Path:
    """An extension as a file that can be installed."""
    about = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    identity = (
        '<Identity Language="en-US" Id="{name}" Version="{version}" Publisher="{publisher}"/>'
    )
    schema = "http://schemas.microsoft.com/developer/vsx-schema/2011"
    with zipfile.ZipFile(vsix, "w") as archive:
        archive.writestr(
            "extension.vsixmanifest",
            f'<PackageManifest Version="2.0.0" xmlns="{schema}"><Metadata>{identity.format(**about)}'
            "</Metadata></PackageManifest>",
        )
        for file in folder.rglob("*"):
            archive.write(file, f"extension/{file.relative_to(folder).as_posix()}")
    return vsix


NEWER = {'"snowflake"': '"snowflake", "spark"', "datadog": "grafana", "days: 30": "days: 60"}
"""What the newer version of a published manifest says otherwise."""


def add_domain_with_remote_parent(domain: Path, repository: str) -> None:
    """A domain whose parent is an artifact, in `oci://HOST/NAME` or in the OCI layout folder `mirror` beside it. There
    are two versions of the parent; the newer one approves what the domain has chosen."""
    folder = domain.parent
    folder.mkdir(parents=True)
    source = REPOSITORY / "examples" / "adr" / "three-tier" / "enterprise-manifest.yaml"
    text = source.read_text(encoding="utf-8")
    published = folder / "published"
    published.mkdir()
    for version, changes in (("v1.0.0", {}), ("v2.0.0", NEWER)):
        for old, new in changes.items():
            assert old in text
            text = text.replace(old, new)
        file = published / source.name
        file.write_text(text, encoding="utf-8")
        publish = [sys.executable, "-m", "floe_ls", "publish", file, f"{repository}:{version}"]
        variables = {**os.environ, "PYTHONPATH": str(REPOSITORY / "server")}
        subprocess.run(publish, cwd=folder, env=variables, check=True, capture_output=True)
    shutil.rmtree(published)
    if not repository.startswith("oci:"):
        host = "registry.example.com/platform"
        mirrored = f'[registries."{host}"]\nmirror = "{repository}/"\n'
        (folder / "floe-ls.toml").write_text(mirrored, encoding="utf-8")
        repository = f"oci://{host}/enterprise-manifest"
    domain.write_text(
        f"scope: domain\nparent_manifest: {repository}:v1.0.0\nplugins:\n  compute: spark\n",
        encoding="utf-8",
    )


def python_of_this_checkout() -> dict[str, str]:
    """Settings under which the server is the code that is tested."""
    return {"floe.server.path": sys.executable}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(url: str, server: subprocess.Popen[bytes], seconds: float = 60) -> None:
    end_at = time.monotonic() + seconds
    while time.monotonic() < end_at and server.poll() is None:
        with contextlib.suppress(OSError, urllib.error.URLError), urllib.request.urlopen(url):
            return
        time.sleep(0.1)
    raise AssertionError("VS Code's server did not come up")


def end(server: subprocess.Popen[bytes]) -> None:
    """Ends the server and what it started: the extension host, and in that our own server."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(server.pid, 15)
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, 9)
        server.wait(10)


def dump(file: Path, what: object) -> None:
    file.write_text(json.dumps(what), encoding="utf-8")
