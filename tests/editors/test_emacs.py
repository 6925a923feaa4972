"""A real Emacs with the mode that we ship shows what the server knows."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools import REPOSITORY, needs


def test_eglot_shows_what_the_server_knows(tmp_path: Path, examples: Path) -> None:
    """Findings, hover, completion, fixes, definitions, views, rename: each fact is in emacs.el."""
    workspace = Path(shutil.copytree(examples, tmp_path / "examples"))
    subprocess.run(["git", "init", "--quiet", workspace], check=True)  # a project of Emacs
    remote = workspace / "remote" / "x-domain-manifest.yaml"
    remote.parent.mkdir()
    source = examples / "adr" / "three-tier" / "enterprise-manifest.yaml"
    server = {**os.environ, "PYTHONPATH": str(REPOSITORY / "server")}
    newer = workspace / "newer.yaml"
    newer.write_text(source.read_text(encoding="utf-8").replace("days: 30", "days: 60"))
    for file, tag in ((source, "v1.0.0"), (newer, "v2.0.0")):
        publish = [sys.executable, "-m", "floe_ls", "publish", file, f"mirror:{tag}"]
        subprocess.run(publish, cwd=remote.parent, env=server, check=True, capture_output=True)
    (remote.parent / "floe-ls.toml").write_text(
        '[registries."registry.example.com"]\nmirror = "mirror/"\n', encoding="utf-8"
    )
    parent = "oci://registry.example.com/enterprise-manifest:v1.0.0"
    remote.write_text(f"scope: domain\nparent_manifest: {parent}\n", encoding="utf-8")
    domain = workspace / "renamed" / "domain-manifest.yaml"
    product = workspace / "renamed" / "product" / "floe.yaml"
    product.parent.mkdir(parents=True)
    domain.write_text("scope: domain\napproved_products: [customer-360]\n", encoding="utf-8")
    product.write_text(
        "name: customer-360\nversion: 1.0.0\nplatform:\n  ref: ../domain-manifest.yaml\n",
        encoding="utf-8",
    )
    files = [
        workspace / "broken" / "operations-domain-manifest.yaml",
        remote,
        domain,
        product,
    ]
    command = [needs("emacs"), "--batch", "-Q", "-l", Path(__file__).with_name("emacs.el")]
    ran = subprocess.run(
        [*command, REPOSITORY / "editors" / "emacs", sys.executable, *files],
        env={**server, "FLOE_LS_CACHE": str(tmp_path / "cache")},
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
