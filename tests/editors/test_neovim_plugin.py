"""The Neovim plugin: its commands, its views, its help, in a real Neovim."""

from __future__ import annotations

import os
import re
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from editors.neovim import PLUGIN, Editor, neovim, neovim_with_package


@pytest.fixture
def workspace(tmp_path: Path, examples: Path) -> Path:
    return Path(shutil.copytree(examples / "adr" / "three-tier", tmp_path / "acme"))


@pytest.fixture
def home(tmp_path: Path, workspace: Path) -> Path:
    (workspace / ".git").mkdir()  # the workspace is the repository
    home = tmp_path / "home"
    home.mkdir()
    return home


@pytest.fixture
def editor(home: Path) -> Iterator[Editor]:
    with neovim(home) as running:
        yield running


@pytest.fixture
def product(workspace: Path) -> Path:
    return workspace / "sales" / "customer-360" / "floe.yaml"


def test_the_effective_view_follows_edits_and_leads_to_origins(
    editor: Editor, workspace: Path, product: Path
) -> None:
    domain = workspace / "sales" / "sales-domain-manifest.yaml"
    editor.attached(domain)
    editor.attached(product)
    editor.command("FloeEffective")
    assert editor.name.startswith("floe-effective:/")
    assert "Effective floe.yaml" in editor.name.replace("%20", " ")
    assert editor.lua("return vim.bo.modifiable") is False
    assert editor.lua("return #vim.api.nvim_tabpage_list_wins(0)") == 2
    editor.until(lambda: [line for line in editor.lines if "compute" in line])
    view = editor.nvim.current.buffer

    editor.go_to("data_retention_days")
    assert "90" in editor.line
    editor.keys("<CR>")
    editor.until(lambda: editor.name == str(domain))
    assert "data_retention_days" in editor.line

    editor.command("s/90/120/")  # not saved
    editor.until(lambda: [line for line in view[:] if "data_retention_days: 120" in line])


def test_a_hover_in_the_effective_view_is_that_of_the_origin(editor: Editor, product: Path) -> None:
    editor.attached(product)
    editor.command("FloeEffective")
    editor.until(lambda: [line for line in editor.lines if "data_retention_days" in line])
    editor.go_to("data_retention_days")
    editor.keys("K")
    story = editor.until(editor.float_text)
    assert "enterprise-manifest.yaml" in story
    assert "this file, line 11" in story


def test_a_line_that_nobody_wrote_says_so(editor: Editor, product: Path) -> None:
    editor.attached(product)
    editor.command("FloeEffective")
    editor.nvim.current.window.cursor = (1, 0)
    editor.keys("<CR>")
    editor.until(lambda: "this line leads nowhere" in editor.messages())


def test_explain_tells_the_story(editor: Editor, workspace: Path) -> None:
    editor.attached(workspace / "sales" / "sales-domain-manifest.yaml")
    editor.go_to("data_retention_days")
    editor.until(lambda: "overrides 30" in editor.virtual_text())  # the parent has been read
    editor.command("FloeExplain")
    assert "enterprise-manifest.yaml" in editor.until(editor.float_text)


def test_the_files_that_inherit_are_in_the_quickfix_list(editor: Editor, workspace: Path) -> None:
    editor.attached(workspace / "enterprise-manifest.yaml")

    def listed() -> list[str]:
        editor.command("FloeInheritors")
        return list(
            editor.lua(
                "return vim.tbl_map(function(i) return vim.api.nvim_buf_get_name(i.bufnr) end, vim.fn.getqflist())"
            )
        )

    names = editor.until(lambda: [n for n in listed() if n.endswith("floe.yaml")] and listed())
    assert str(workspace / "sales" / "sales-domain-manifest.yaml") in names
    assert editor.lua("return vim.fn.getqflist({ title = true }).title") == (
        "Inherit from enterprise-manifest.yaml"
    )


def test_lenses_are_shown_and_run(editor: Editor, workspace: Path) -> None:
    manifest = workspace / "enterprise-manifest.yaml"
    editor.attached(manifest)
    drawn = editor.until(
        lambda: (
            (text := editor.virtual_text()) and re.search(r"domains? · .* inherit", text) and text
        )
    )
    assert "Show effective configuration" in drawn
    editor.lua(
        "vim.ui.select = function(choices, _, choose)"
        " for _, c in ipairs(choices) do if c.lens.command.title:match(wanted) then return choose(c) end end"
        " end"
    )
    editor.nvim.current.window.cursor = (int(first_key(editor)) + 1, 0)
    editor.lua("wanted = 'inherit'; vim.lsp.codelens.run()")
    editor.until(lambda: editor.lua("return #vim.fn.getqflist()"))
    editor.command("cclose")
    editor.lua("wanted = 'effective'; vim.lsp.codelens.run()")
    editor.until(lambda: editor.name.startswith("floe-effective:/"))


def first_key(editor: Editor) -> int:
    return next(row for row, line in enumerate(editor.lines) if re.match(r"\w+:", line))


def test_hints_are_there_and_can_be_switched_off(editor: Editor, workspace: Path) -> None:
    editor.attached(workspace / "sales" / "sales-domain-manifest.yaml")
    editor.until(
        lambda: "inherits" in editor.virtual_text() or "overrides" in editor.virtual_text()
    )
    editor.command("FloeHints off")
    assert "overrides" not in editor.virtual_text()
    editor.command("FloeHints")
    editor.until(
        lambda: "overrides" in editor.virtual_text() or "inherits" in editor.virtual_text()
    )


def test_the_graph_is_a_tree_whose_lines_open_files(
    editor: Editor, workspace: Path, product: Path
) -> None:
    domain = workspace / "sales" / "sales-domain-manifest.yaml"
    domain.write_text(domain.read_text(encoding="utf-8") + "unknown_key: 1\n", encoding="utf-8")
    editor.attached(product)
    editor.command("FloeGraph")
    editor.until(
        lambda: [line for line in editor.lines if line.startswith("    customer-360 product")]
    )
    depth = {line.split()[0]: (len(line) - len(line.lstrip())) // 2 for line in editor.lines}
    assert depth["enterprise-manifest"] == 0
    assert depth["sales-domain-manifest"] == 1
    editor.until(
        lambda: [
            line
            for line in editor.lines
            if line.startswith("  sales-domain-manifest domain  ")
            and ("1 error" in line or "1 warning" in line)
        ]
    )
    editor.go_to("customer-360")
    editor.keys("<CR>")
    editor.until(lambda: editor.name == str(product))


def test_a_killed_server_is_started_again_by_its_command(editor: Editor, product: Path) -> None:
    editor.attached(product)
    editor.command("FloeEffective")
    view = editor.nvim.current.buffer
    process = editor.lua("return vim.lsp.get_clients({ name = 'floe_ls' })[1].rpc.pid or nil")
    process = process or server_process(editor)
    os.kill(process, signal.SIGKILL)
    editor.until(
        lambda: not editor.lua("return #vim.lsp.get_clients({ name = 'floe_ls' })"), may_end=True
    )
    editor.command("FloeRestart")
    editor.until(
        lambda: editor.lua("return #vim.lsp.get_clients({ name = 'floe_ls' })"), may_end=True
    )
    editor.command("wincmd p")
    editor.lua("vim.api.nvim_buf_set_lines(0, 0, 0, false, { 'unknown_key: 1' })")
    editor.until(editor.diagnostics, may_end=True)
    assert view.valid


def server_process(editor: Editor) -> int:
    """The process that Neovim started: the only one it has."""
    parent = editor.nvim.funcs.getpid()
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split()
    return int(children[0])


def test_a_restart_ends_one_server_and_starts_another(editor: Editor, product: Path) -> None:
    editor.attached(product)
    before = editor.lua("return vim.lsp.get_clients({ name = 'floe_ls' })[1].id")
    editor.command("FloeRestart")
    editor.until(
        lambda: editor.lua(
            "local c = vim.lsp.get_clients({ name = 'floe_ls', bufnr = 0 }) return #c == 1 and c[1].id ~= ...",
            before,
        )
    )


def test_health_tells_of_the_server_and_of_others_on_the_same_buffer(
    editor: Editor, product: Path
) -> None:
    editor.attached(product)
    editor.command("checkhealth floe")
    report = "\n".join(editor.lines)
    assert re.search(r"floe-language-server \d+\.\d+", report)
    assert "ERROR" not in report
    assert "1 file" in report


def test_health_says_what_to_do_where_the_program_is_missing(home: Path, product: Path) -> None:
    with neovim(home) as editor:
        editor.lua("vim.lsp.config('floe_ls', { cmd = { 'no-such-floe-ls', 'serve' } })")
        editor.open(product)
        editor.until(lambda: "there is no program no-such-floe-ls" in editor.messages())
        editor.command("checkhealth floe")
        report = "\n".join(editor.lines)
        assert "pipx install floe-language-server" in report


def test_every_command_is_in_the_help(home: Path) -> None:
    doc = shutil.copytree(PLUGIN, home / "plugin")
    with neovim(home) as editor:
        editor.command(f"helptags {doc / 'doc'}")
        commands = set(editor.lua("return vim.tbl_keys(vim.api.nvim_get_commands({}))"))
    tags = {
        line.split("\t")[0]
        for line in (doc / "doc" / "tags").read_text(encoding="utf-8").splitlines()
    }
    ours = {command for command in commands if command.startswith("Floe")}
    assert len(ours) >= 10
    assert {f":{command}" for command in ours} <= tags


def test_a_name_that_leads_to_a_path_of_odd_characters_is_kept(
    editor: Editor, tmp_path: Path
) -> None:
    folder = tmp_path / "ünï code & 100%"
    folder.mkdir()
    file = folder / "manifest.yaml"
    file.write_text("scope: enterprise\nplugins:\n  compute: duckdb\n", encoding="utf-8")
    editor.lua("vim.cmd.edit(vim.fn.fnameescape(...))", str(file))
    editor.until(lambda: editor.lua("return #vim.lsp.get_clients({ bufnr = 0 })"))
    editor.command("FloeEffective")
    editor.go_to("compute")
    editor.keys("<CR>")
    editor.until(lambda: editor.name == str(file))


def test_the_impact_of_an_edit_is_a_view_that_follows(editor: Editor, workspace: Path) -> None:
    manifest = workspace / "enterprise-manifest.yaml"
    editor.attached(manifest)
    editor.command("FloeImpact")
    assert editor.name.startswith("floe-impact:/")
    view = editor.nvim.current.buffer
    editor.until(lambda: [line for line in view[:] if "nothing changes" in line])
    editor.command("wincmd p")
    editor.command(r'%s/, "snowflake"//')  # not saved
    editor.until(
        lambda: [line for line in view[:] if "would break" in line and "sales" not in line]
    )
    editor.until(lambda: [line for line in view[:] if "whitelist/not-approved" in line])
    editor.command("wincmd p")
    editor.go_to("- sales-domain")
    editor.keys("<CR>")
    editor.until(lambda: editor.name.endswith("sales-domain-manifest.yaml"))
    assert "snowflake" in editor.line


def test_another_version_of_the_parent_is_tried(editor: Editor, workspace: Path) -> None:
    second = (workspace / "enterprise-manifest.yaml").read_text(encoding="utf-8")
    (workspace / "enterprise-manifest-v2.yaml").write_text(
        second.replace(', "snowflake"', ""), encoding="utf-8"
    )
    (workspace / "floe-ls.toml").write_text(
        "[sources]\n"
        '"oci://registry/enterprise-manifest:v1.0.0" = "enterprise-manifest.yaml"\n'
        '"oci://registry/enterprise-manifest:v2.0.0" = "enterprise-manifest-v2.yaml"\n',
        encoding="utf-8",
    )
    domain = workspace / "sales" / "sales-domain-manifest.yaml"
    editor.attached(domain)
    offered = editor.until(
        lambda: [
            tag
            for tag in editor.lua("return vim.fn.getcompletion('FloeWhatIf ', 'cmdline')")
            if tag == "v2.0.0"
        ]
    )
    assert offered == ["v2.0.0"]
    editor.command("FloeWhatIf v2.0.0")
    assert editor.name.startswith("floe-whatif:/")
    assert "with%20v2.0.0" in editor.name
    editor.until(lambda: [line for line in editor.lines if "whitelist/not-approved" in line])
    editor.go_to("whitelist/not-approved")
    editor.keys("<CR>")
    editor.until(lambda: editor.name == str(domain))
    assert "compute: snowflake" in editor.line

    editor.command("only")
    editor.go_to("oci://registry")
    editor.lua(
        "vim.lsp.buf.code_action({ apply = true,"
        " filter = function(action) return action.title:match('change with v2.0.0') end })"
    )
    editor.until(lambda: editor.name.startswith("floe-whatif:/"))


def test_a_file_that_inherits_nothing_has_nothing_to_try(editor: Editor, workspace: Path) -> None:
    editor.attached(workspace / "enterprise-manifest.yaml")
    editor.command("FloeWhatIf v2.0.0")
    assert "names no parent" in "\n".join(editor.lines)


def test_the_status_says_what_could_not_be_had(editor: Editor, workspace: Path) -> None:
    domain = workspace / "sales" / "sales-domain-manifest.yaml"
    (workspace / "floe-ls.toml").write_text("offline = true\n", encoding="utf-8")
    text = domain.read_text(encoding="utf-8")
    domain.write_text(
        text.replace("registry/enterprise", "registry.example.com/other"), encoding="utf-8"
    )
    editor.attached(domain)
    status = "return require('floe').status()"
    editor.until(lambda: editor.lua(status) == "floe: 1 not available, offline")
    editor.command("checkhealth floe")
    assert "1 parent of open files could not be had" in "\n".join(editor.lines)


def test_the_graph_is_a_picture_in_the_browser(editor: Editor, product: Path) -> None:
    editor.attached(product)
    editor.lua("vim.ui.open = function(path) opened = path end")
    editor.command("FloeGraph!")
    page = Path(editor.until(lambda: editor.lua("return opened")))
    assert "customer-360" in page.read_text(encoding="utf-8")


def test_the_log_has_what_the_server_wrote(home: Path, product: Path) -> None:
    with neovim(home) as editor:
        program = "echo first line >&2; echo second line >&2; exit 3"
        editor.lua("vim.lsp.config('floe_ls', { cmd = { 'sh', '-c', ... } })", program)
        editor.open(product)
        editor.until(lambda: ":FloeRestart starts it again" in editor.messages(), may_end=True)
        editor.command("FloeLog")
        assert editor.lines[-2:] == ["first line", "second line"]


def test_nothing_is_loaded_before_it_is_used(editor: Editor) -> None:
    loaded = "vim.tbl_filter(function(name) return vim.startswith(name, 'floe') end, vim.tbl_keys(package.loaded))"
    editor.command("edit notes.txt")
    assert editor.lua(f"return {loaded}") in ([], {})


def test_the_server_alone_needs_one_file(home: Path, workspace: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    (alone / "lsp").mkdir(parents=True)
    shutil.copy(PLUGIN / "lsp" / "floe_ls.lua", alone / "lsp")
    with neovim(home, "vim.lsp.enable('floe_ls')", plugin=alone) as editor:
        domain = workspace / "sales" / "sales-domain-manifest.yaml"
        editor.attached(domain)
        assert editor.lua("return vim.bo.filetype") == "yaml"
        assert editor.lua("return vim.fn.exists(':FloeEffective')") == 0
        editor.go_to("snowflake")
        editor.until(lambda: "enterprise-man" in str(editor.request("textDocument/hover")))
        editor.keys("K")
        assert "enterprise-manifest.yaml" in editor.until(editor.float_text)


def test_as_a_package_it_needs_no_word_in_the_settings(home: Path, workspace: Path) -> None:
    domain = workspace / "sales" / "sales-domain-manifest.yaml"
    with neovim_with_package(home, domain) as editor:
        assert editor.lua("return vim.bo.filetype") == "yaml.floe"
        editor.until(lambda: editor.lua("return #vim.lsp.get_clients({ bufnr = 0 })"))
        editor.until(lambda: "overrides 30" in editor.virtual_text())
