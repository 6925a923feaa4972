"""Parents from a registry in a real Neovim: a buffer that cannot be changed, with hover."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from editors.neovim import Editor, neovim
from remote.conftest import *  # noqa: F403  servers
from remote.fault_server import FaultServer, layer, manifest

UP = "scope: enterprise\napproved_plugins:\n  compute: [duckdb]\nplugins:\n  compute: duckdb\n"


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Editor]:
    monkeypatch.setenv("FLOE_LS_CACHE", str(tmp_path / "cache"))
    home = tmp_path / "home"
    home.mkdir()
    with neovim(home) as running:
        yield running


def test_a_parent_from_a_registry_opens_as_a_buffer_with_hover(
    editor: Editor, tmp_path: Path, faults: FaultServer
) -> None:
    ref = faults.holds("up", manifest(layer(UP.encode())), UP.encode())
    (tmp_path / "w").mkdir()
    path = tmp_path / "w" / "manifest.yaml"
    path.write_text(f"scope: domain\nparent_manifest: {ref}\nplugins:\n  compute: snowflake\n")
    editor.open(path)
    editor.until(lambda: "whitelist/not-approved" in editor.codes())
    found = editor.finding("whitelist/not-approved")
    (related, *_) = found["user_data"]["lsp"]["relatedInformation"]
    uri = related["location"]["uri"]
    assert uri.startswith(f"floe-oci://{faults.host}/up@sha256:")
    editor.go_to("oci://")
    editor.keys("<C-]>")
    editor.until(lambda: editor.name == uri and "\n".join(editor.lines) == UP)
    assert editor.lua("return vim.bo.readonly and not vim.bo.modifiable") is True
    editor.until(lambda: editor.lua("return #vim.lsp.get_clients({ bufnr = 0 })"))
    editor.go_to("compute: duckdb")
    editor.keys("K")
    assert "compute" in editor.until(editor.float_text)

    editor.nvim.command("FloeRestart")
    editor.nvim.command("bfirst")
    editor.until(lambda: "whitelist/not-approved" in editor.codes())
    editor.nvim.command("bnext")
    assert editor.name == uri
    editor.until(lambda: editor.lua("return #vim.lsp.get_clients({ bufnr = 0 })"))
    assert "\n".join(editor.lines) == UP
