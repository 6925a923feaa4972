"""The servers that are compared, installed into .tools/bench when they are not there."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from client import Server

REPOSITORY = Path(__file__).resolve().parent.parent
TOOLS = REPOSITORY / ".tools" / "bench"
PEER, NODE = "yaml-language-server@2.0.0", "node@22"
"""The peer asks for Node 22.13 or later, which the package `node` carries."""


def install() -> None:
    """Asks npm for the peer and its Node."""
    if (TOOLS / "node_modules" / "yaml-language-server").is_dir() and _node().is_file():
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
    peer = TOOLS / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
    ours = [str(Path(sys.executable).parent / "floe-ls"), "serve", "--stdio"]
    empty = [sys.executable, str(Path(__file__).parent / "empty_server.py")]
    found = (
        Server("yaml-language-server", [str(_node()), str(peer), "--stdio"], settings),
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
