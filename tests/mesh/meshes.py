"""Generated meshes for tests: those of `benchmarks/mesh.py`, and what is planted in them."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from tools import REPOSITORY

Finding = tuple[str, int, str]
"""File, line from 0, code."""


def benchmark(name: str) -> ModuleType:
    """A module of `benchmarks/`."""
    path = REPOSITORY / "benchmarks" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"benchmark_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


mesh = benchmark("mesh").mesh


def written(folder: Path, products: int, dialect: str = "v1", domains: int | None = None) -> Any:
    made = mesh(products, dialect, domains)
    made.write(folder)
    return made


def planted(made: Any, hints: bool = False) -> set[Finding]:
    every = (*made.planted, *made.hinted) if hints else made.planted
    return {(each.file, each.line, each.code) for each in every}


def floe_ls(
    folder: Path, *arguments: str, home: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """The command line, in a folder, without a network and with a cache of its own."""
    env = {
        "PYTHONPATH": str(REPOSITORY / "server"),
        "HOME": str(home or folder),
        "XDG_CACHE_HOME": str((home or folder) / ".cache"),
        "PATH": os.environ.get("PATH", ""),
    }
    command = [sys.executable, "-m", "floe_ls", *arguments]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def checked(folder: Path, *arguments: str, hints: tuple[str, ...] = ()) -> set[Finding]:
    """What `check` finds; of hints, those of some codes."""
    done = floe_ls(folder, "check", "--format", "json", "--offline", *arguments)
    assert done.returncode in (0, 1), done.stderr
    return {
        (file["path"], found["range"]["start"]["line"], found["code"])
        for file in json.loads(done.stdout)["files"]
        for found in file["diagnostics"]
        if found["severity"] != "hint" or found["code"] in hints
    }
