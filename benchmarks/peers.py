"""The servers that are compared, installed into .tools/bench when they are not there."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from client import Server

REPOSITORY = Path(__file__).resolve().parent.parent
TOOLS = REPOSITORY / ".tools" / "bench"
PEER, JSON_PEER, NODE = (
    "yaml-language-server@2.0.0",
    "vscode-langservers-extracted@4.10.0",
    "node@22",
)
"""The peer asks for Node 22.13 or later, which the package `node` carries."""


def install() -> None:
    """Asks npm for the peer and its Node."""
    packages = [package.partition("@")[0] for package in (PEER, JSON_PEER)]
    if all((TOOLS / "node_modules" / name).is_dir() for name in packages) and _node().is_file():
        return
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm is not installed: install Node.js 20 or later to measure the peer")
    TOOLS.mkdir(parents=True, exist_ok=True)
    command = [
        npm,
        "install",
        "--silent",
        "--no-fund",
        "--no-audit",
        "--prefix",
        str(TOOLS),
        PEER,
        JSON_PEER,
        NODE,
    ]
    subprocess.run(command, check=True)
    if not _node().is_file():
        sys.exit(f"npm did not install {NODE} into {TOOLS}")


def servers() -> dict[str, Server]:
    """By name; the peer first, since all others are compared with it."""
    schemas = {
        (REPOSITORY / "schemas" / f"{kind}.schema.json").as_uri(): f"{kind}.yaml"
        for kind in ("floe", "manifest")
    }
    settings = {
        "yaml": {
            "validate": True,
            "hover": True,
            "completion": True,
            "schemas": schemas,
            "schemaStore": {"enable": False, "url": ""},
            "kubernetesCRDStore": {"enable": False},
            "maxItemsComputed": 50_000,
        },
        "http": {"proxy": "", "proxyStrictSSL": False},
    }
    modules = TOOLS / "node_modules"
    peer = modules / "yaml-language-server" / "bin" / "yaml-language-server"
    ours = [str(Path(sys.executable).parent / "floe-ls"), "serve", "--stdio"]
    empty = [sys.executable, str(Path(__file__).parent / "empty_server.py")]
    json_server = modules / "vscode-langservers-extracted" / "bin" / "vscode-json-language-server"
    json_schema = json.loads((REPOSITORY / "schemas" / "floe.schema.json").read_text())
    json_settings = {
        "json": {
            "validate": {"enable": True},
            "schemas": [{"fileMatch": ["floe.json"], "url": "floe:///floe", "schema": json_schema}],
            "resultLimit": 50_000,
        }
    }
    found = (
        Server("yaml-language-server", [str(_node()), str(peer), "--stdio"], settings),
        Server(
            "vscode-json-language-server",
            [str(_node()), str(json_server), "--stdio"],
            json_settings,
            kinds=("json",),
            language="json",
        ),
        Server("floe-ls", ours),
        Server("floe-ls, pulled", ours, pull=True),
        Server("empty pygls server", empty, real=False),
    )
    return {server.name: server for server in found}


def _node() -> Path:
    return TOOLS / "node_modules" / "node" / "bin" / "node"


def node_version() -> str:
    """What the peer's Node calls itself."""
    said = subprocess.run([_node(), "--version"], check=True, capture_output=True, text=True)
    return said.stdout.strip()
