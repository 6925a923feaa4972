"""A real Neovim with the configuration that we ship shows what the server knows."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from editors.neovim import Editor, neovim

WARNING = 2  # as Neovim numbers severities


@pytest.fixture
def workspace(tmp_path: Path, examples: Path) -> Path:
    return Path(shutil.copytree(examples, tmp_path / "examples"))


@pytest.fixture
def editor(tmp_path: Path) -> Iterator[Editor]:
    home = tmp_path / "home"
    home.mkdir()
    with neovim(home) as running:
        yield running


def test_findings_of_the_broken_domain_are_drawn_with_their_codes(
    editor: Editor, workspace: Path
) -> None:
    editor.open(workspace / "broken" / "operations-domain-manifest.yaml")
    expected = {"security/override", "whitelist/not-approved", "observability/immutable"}
    editor.until(lambda: expected <= editor.codes())

    override = next(
        found
        for found in editor.diagnostics()
        if found["code"] == "security/override" and "pii_encryption" in found["message"]
    )
    assert override["message"].startswith("Cannot override security policy")
    assert (override["lnum"], override["col"]) == editor.place("optional ")
    assert override["end_col"] == override["col"] + len("optional")
    assert override["severity"] == 1
    (related, *_) = override["user_data"]["lsp"]["relatedInformation"]
    assert related["location"]["uri"].endswith("/adr/three-tier/enterprise-manifest.yaml")
    assert "Cannot override security policy" in editor.virtual_text()


def test_the_three_tier_example_has_no_errors(editor: Editor, workspace: Path) -> None:
    example = workspace / "adr" / "three-tier"
    for name in (
        "enterprise-manifest.yaml",
        "sales/sales-domain-manifest.yaml",
        "sales/customer-360/floe.yaml",
    ):
        found = editor.judged(example / name)
        assert [one for one in found if one["severity"] <= WARNING] == []


def test_the_hover_tells_the_story_of_a_value(editor: Editor, workspace: Path) -> None:
    editor.open(workspace / "adr" / "three-tier" / "sales" / "sales-domain-manifest.yaml")
    editor.until(lambda: editor.lua("return #vim.lsp.get_clients({ bufnr = 0 })"))
    editor.go_to("data_retention_days")
    editor.until(lambda: "overrides 30" in editor.virtual_text())  # the parent has been read
    editor.keys("K")
    story = editor.until(editor.float_text)
    assert "90" in story
    assert "30" in story
    assert "enterprise-manifest.yaml" in story


def test_completion_offers_what_the_enterprise_approved_first(
    editor: Editor, workspace: Path
) -> None:
    editor.open(workspace / "adr" / "three-tier" / "marketing" / "marketing-domain-manifest.yaml")
    editor.until(lambda: editor.lua("return #vim.lsp.get_clients({ bufnr = 0 })"))
    row, _ = editor.place("compute: duckdb")
    editor.nvim.current.window.cursor = (row + 1, 0)
    editor.keys("C  compute: <C-x><C-o>")
    popup = editor.until(lambda: editor.lua("return vim.fn.complete_info({ 'items' }).items"))
    words = [item["word"] for item in popup]
    assert set(words[:2]) == {"duckdb", "snowflake"}

    editor.keys("<C-n><C-y><Esc>")
    editor.until(lambda: editor.lines[row].startswith("  compute: "))
    editor.until(lambda: editor.lines[row] in {"  compute: duckdb", "  compute: snowflake"})


def test_a_quick_fix_takes_the_enterprises_value(editor: Editor, workspace: Path) -> None:
    editor.open(workspace / "broken" / "operations-domain-manifest.yaml")
    editor.until(lambda: "security/override" in editor.codes())
    editor.go_to("optional ")
    row, _ = editor.place("optional ")
    editor.lua(
        """
        vim.lsp.buf.code_action({
          apply = true,
          filter = function(action) return action.title == 'Change to `required`' end,
        })
        """
    )
    editor.until(lambda: "pii_encryption: required " in editor.lines[row])
    editor.until(
        lambda: (
            not any(
                found["lnum"] == row and found["code"] == "security/override"
                for found in editor.diagnostics()
            )
        )
    )


def test_a_change_of_the_parent_reaches_its_domain_unsaved(editor: Editor, workspace: Path) -> None:
    example = workspace / "adr" / "three-tier"
    editor.open(example / "sales" / "sales-domain-manifest.yaml")
    domain = editor.nvim.current.buffer
    editor.until(lambda: editor.lua("return #vim.lsp.get_clients({ bufnr = 0 })"))
    editor.nvim.command("set hidden")
    editor.open(example / "enterprise-manifest.yaml")
    editor.nvim.command(r'%s/, "snowflake"//')
    editor.until(
        lambda: [
            found
            for found in editor.lua("return vim.diagnostic.get(...)", domain.number)
            if found["code"] == "whitelist/not-approved"
        ]
    )
    assert "snowflake" in (example / "enterprise-manifest.yaml").read_text(encoding="utf-8")


def test_columns_are_right_behind_characters_of_many_bytes(editor: Editor, workspace: Path) -> None:
    file = workspace / "broken" / "operations-domain-manifest.yaml"
    file.write_text(
        """\
scope: domain
parent_manifest: oci://registry/enterprise-manifest:v1.0.0
plugins: {"catalog": "Größe 🧊 水", "compute": spark}
""",
        encoding="utf-8",
    )
    editor.open(file)
    found = editor.finding("whitelist/not-approved")
    assert (found["lnum"], found["col"]) == editor.place("spark}")
    assert found["end_col"] == found["col"] + len("spark")


def test_only_the_files_of_floe_start_a_server(editor: Editor, workspace: Path) -> None:
    other = workspace / "docker-compose.yaml"
    other.write_text("services: {}\n", encoding="utf-8")
    editor.open(other)
    assert editor.lua("return vim.bo.filetype") == "yaml"
    assert editor.lua("return #vim.lsp.get_clients()") == 0
    editor.open(workspace / "adr" / "two-tier" / "manifest.yaml")
    editor.until(lambda: editor.lua("return #vim.lsp.get_clients({ bufnr = 0 })"))


def test_settings_of_the_editor_win(editor: Editor, workspace: Path) -> None:
    editor.lua(
        """
        vim.lsp.config('floe_ls', {
          settings = { floe = { rules = { ['observability/immutable'] = 'hint' } } },
        })
        """
    )
    editor.open(workspace / "broken" / "operations-domain-manifest.yaml")
    assert editor.finding("observability/immutable")["severity"] == 4
