"""Puts the server into the VS Code extension: its wheel, and those of what it needs, in bundled/wheels there.

Packages that are pure Python fit everywhere. Those that are not are there for this machine's system and each Python in
PYTHONS; elsewhere the extension fetches them on its first start. Fetched wheels are kept in .tools/wheels, so a second
run needs no network.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
BUNDLED = REPOSITORY / "vscode-extension" / "bundled"
PINNED = BUNDLED / "requirements.txt"
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
NATIVE = ("pydantic-core", "rpds-py")
PIP = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]


def main() -> None:
    wheels = BUNDLED / "wheels"
    shutil.rmtree(wheels, ignore_errors=True)
    shutil.copytree(dependencies(), wheels)
    run("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", wheels, REPOSITORY)
    found = sorted(wheels.glob("*.whl"))
    digest = hashlib.sha256(b"".join(wheel.read_bytes() for wheel in found)).hexdigest()
    (wheels / "digest").write_text(
        digest[:16], encoding="ascii"
    )  # another bundle is unpacked elsewhere
    size = sum(wheel.stat().st_size for wheel in found) / 1e6
    print(f"{len(found)} wheels in the extension, {size:.1f} MB")


def dependencies() -> Path:
    """The folder that has the wheels of exactly the pinned versions."""
    lines = PINNED.read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    key = hashlib.sha256("\n".join([*pins, *PYTHONS, *systems()]).encode()).hexdigest()[:16]
    folder = REPOSITORY / ".tools" / "wheels" / key
    if folder.is_dir():
        return folder
    work = folder.with_name(f"{key}.{os.getpid()}")
    native = [pin for pin in pins if pin.split("==")[0] in NATIVE]
    pure = [pin for pin in pins if pin not in native]
    fetch = ("download", "--no-deps", "--only-binary=:all:", "--dest", work)
    # Tags that no machine has but those of pure Python: charset-normalizer has wheels of both kinds.
    run(*fetch, "--platform", "any", "--implementation", "py", "--abi", "none", *pure)
    platforms = [part for system in systems() for part in ("--platform", system)]
    for python in PYTHONS:
        run(*fetch, *platforms, "--implementation", "cp", "--python-version", python, *native)
    work.rename(folder)
    return folder


def systems() -> list[str]:
    """The names that wheels for this machine's system have."""
    machine = platform.machine()
    if sys.platform == "win32":
        return [f"win_{machine.lower()}"]
    if sys.platform == "darwin":
        return [f"macosx_11_0_{machine}", f"macosx_10_12_{machine}"]
    return [f"manylinux_2_17_{machine}", f"manylinux2014_{machine}"]


def run(*arguments: str | Path) -> None:
    subprocess.run([*PIP, *arguments], check=True)


if __name__ == "__main__":
    main()
