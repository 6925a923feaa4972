"""A real Emacs with the mode that we ship shows what the server knows."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools import REPOSITORY, needs


def test_eglot_shows_findings_hover_and_completion(tmp_path: Path, examples: Path) -> None:
    workspace = Path(shutil.copytree(examples, tmp_path / "examples"))
    command = [needs("emacs"), "--batch", "-Q", "-l", Path(__file__).with_name("emacs.el")]
    file = workspace / "broken" / "operations-domain-manifest.yaml"
    ran = subprocess.run(
        [*command, REPOSITORY / "editors" / "emacs", sys.executable, file],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY / "server")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_mode_compiles_without_a_warning(tmp_path: Path) -> None:
    source = shutil.copy(REPOSITORY / "editors" / "emacs" / "floe-ls.el", tmp_path)
    packages = '(directory-files "/usr/share/emacs/site-lisp/elpa" t "^[a-z]")'
    known = f"(setq load-path (append {packages} load-path))"
    strict = "(setq byte-compile-error-on-warn t)"
    command = [needs("emacs"), "--batch", "-Q", "--eval", known, "--eval", strict]
    ran = subprocess.run(
        [*command, "-f", "batch-byte-compile", source],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
