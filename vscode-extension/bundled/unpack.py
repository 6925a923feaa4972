"""Unpacks the wheels that fit this Python: `python -I unpack.py BUNDLE PACKAGES [--fetch]`.

Neither pip nor a network is needed where every package has a wheel that fits. With `--fetch`, pip gets what is missing.
"""
# ruff: noqa: INP001

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from pathlib import Path


def main(bundle: Path, packages: Path, fetch: bool) -> str | None:
    """What went wrong, in words."""
    wheels = sorted((bundle / "wheels").glob("*.whl"))
    fitting = {name_of(wheel): wheel for wheel in wheels if fits(wheel)}
    missing = sorted({name_of(wheel) for wheel in wheels} - set(fitting))
    here = f"Python {platform.python_version()} on {sysconfig.get_platform()}"
    if missing and not fetch:
        return f"{', '.join(missing)} must be fetched for {here}, which a trusted workspace may do."
    work = Path(tempfile.mkdtemp(prefix=packages.name, dir=packages.parent))
    try:
        for wheel in fitting.values():
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(work)
        if missing and not fetched(wheels, missing, work):
            return f"pip could not fetch {', '.join(missing)} for {here}."
        try:
            work.rename(packages)  # all or nothing; another window may have been first
        except OSError:
            if not packages.is_dir():
                raise
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return None


def fetched(wheels: list[Path], missing: list[str], into: Path) -> bool:
    """Whether pip got the same versions for this Python, as wheels: nothing is built."""
    versions = {name_of(wheel): wheel.name.split("-")[1] for wheel in wheels}
    pip = [sys.executable, "-I", "-m", "pip", "install", "--disable-pip-version-check", "--no-deps"]
    wanted = [f"{name}=={versions[name]}" for name in missing]
    ran = subprocess.run(  # noqa: S603  this Python, and names from the bundle
        [*pip, "--only-binary=:all:", "--target", into, *wanted],
        stdout=sys.stderr,
        check=False,
    )
    return ran.returncode == 0


def name_of(wheel: Path) -> str:
    return wheel.name.split("-")[0]


def fits(wheel: Path) -> bool:
    """Whether the tags in a wheel's name are this Python's. (`packaging` knows more, and may not be there.)"""
    python, abi, systems = wheel.stem.split("-")[-3:]
    own = f"cp{sys.version_info.major}{sys.version_info.minor}"
    if not {"py3", own} & set(python.split(".")) or abi not in {"none", own}:
        return False
    return any(fits_system(system) for system in systems.split("."))


def fits_system(system: str) -> bool:
    if system == "any":
        return True
    here = (
        sysconfig.get_platform().replace("-", "_").replace(".", "_")
    )  # linux_x86_64, macosx_14_0_arm64, win_amd64
    if system.startswith("manylinux"):
        machine = here.removeprefix("linux_")
        return (
            here.startswith("linux_")
            and platform.libc_ver()[0] == "glibc"
            and system.endswith(machine)
        )
    if system.startswith("macosx"):
        return here.startswith("macosx") and system.endswith((os.uname().machine, "universal2"))
    return system == here


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), "--fetch" in sys.argv[3:]))
