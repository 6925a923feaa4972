"""What people install: the wheel has everything, in an environment that has nothing."""

from __future__ import annotations

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tools import REPOSITORY, missing

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory, outer_environment: dict[str, str]) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-q"]
    run([*build, "-w", str(folder), str(REPOSITORY)], outer_environment)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(
    wheel: Path, tmp_path_factory: pytest.TempPathFactory, outer_environment: dict[str, str]
) -> Path:
    """The `bin` folder of an environment with the wheel and what it depends on."""
    folder = tmp_path_factory.mktemp("empty")
    venv.create(folder, with_pip=True)
    programs = folder / ("Scripts" if sys.platform == "win32" else "bin")
    install = [str(programs / "python"), "-m", "pip", "install", "-q", str(wheel)]
    done = subprocess.run(
        install, env=outer_environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        missing(f"pip cannot install the dependencies here: {done.stderr.strip()[-300:]}")
    return programs


def test_the_wheel_holds_the_package_its_types_and_its_licence(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    sources = {
        path.relative_to(REPOSITORY / "server").as_posix()
        for path in (REPOSITORY / "server" / "floe_ls").rglob("*.py")
    }
    assert sources <= names
    assert "floe_ls/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_installed_command_tells_its_version(
    installed: Path, outer_environment: dict[str, str]
) -> None:
    for command in (["floe-ls"], ["python", "-m", "floe_ls"]):
        told = run([str(installed / command[0]), *command[1:], "--version"], outer_environment)
        assert "0.1.0" in told


def test_the_installed_package_needs_neither_protocol_nor_network_to_be_imported(
    installed: Path, outer_environment: dict[str, str]
) -> None:
    program = (
        "import sys, floe_ls\n"
        "from floe_ls import DataProduct, Manifest, merge_manifests, resolve_manifest\n"
        "print(sorted({'pygls', 'lsprotocol', 'oras', 'requests'} & set(sys.modules)))"
    )
    assert run([str(installed / "python"), "-c", program], outer_environment).strip() == "[]"


def run(command: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
