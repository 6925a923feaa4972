"""The VS Code extension type-checks, builds, and its file holds what it needs and no more."""

from __future__ import annotations

import json
import shutil
import subprocess
import zipfile
from typing import Any

import pytest

from tools import REPOSITORY

EXTENSION = REPOSITORY / "vscode-extension"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def package() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((EXTENSION / "package.json").read_text(encoding="utf-8"))
    return loaded


def test_the_extension_builds_from_source(
    outer_environment: dict[str, str], package: dict[str, Any]
) -> None:
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed: install Node.js 20 or later")
    built = subprocess.run(
        [REPOSITORY / "scripts" / "vsix.sh"],
        env=outer_environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    vsix = zipfile.ZipFile(EXTENSION / "floe.vsix")
    files = {name for name in vsix.namelist() if name.startswith("extension/")}
    assert files == {
        "extension/LICENSE.txt",
        "extension/dist/extension.js",
        "extension/package.json",
        "extension/readme.md",
    }
    assert json.loads(vsix.read("extension/package.json"))["version"] == package["version"]


def test_the_lock_file_names_no_host() -> None:
    lock = json.loads((EXTENSION / "package-lock.json").read_text(encoding="utf-8"))
    assert not [name for name, found in lock["packages"].items() if "resolved" in found]


def test_the_extension_has_the_version_of_the_server(package: dict[str, Any]) -> None:
    import floe_ls

    assert package["version"] == floe_ls.__version__


def test_the_settings_of_the_workspace_cannot_choose_the_program_before_it_is_trusted(
    package: dict[str, Any],
) -> None:
    restricted = package["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"]
    assert "floe.server.path" in restricted
