"""Files that are made from others are as their sources would make them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_generated_files_are_fresh(repository: Path) -> None:
    generator = repository / "scripts" / "generate.py"
    ran = subprocess.run(
        [sys.executable, generator, "--check"], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
