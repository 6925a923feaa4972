"""What goes wrong between editors and servers, in a real Neovim: line ends, columns, files that are nowhere or gone,
branches that change beneath the editor, another server on the same file."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from editors.neovim import Editor, neovim
from tools import REPOSITORY, missing

ENTERPRISE = """\
scope: enterprise
approved_plugins:
  compute: [duckdb, snowflake]
governance:
  pii_encryption: required
"""
DOMAIN = """\
scope: domain
parent_manifest: ../enterprise-manifest.yaml
plugins:
  compute: snowflake
approved_products: [customer-360]
"""
PRODUCT = """\
name: customer-360
version: 1.0.0
description: Everything about a customer.
platform:
  ref: ../sales-domain-manifest.yaml
transforms:
  - name: staging
    type: dbt
    path: models/
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    root = tmp_path / "acme"
    (root / "sales" / "customer-360" / "models").mkdir(parents=True)
    (root / "enterprise-manifest.yaml").write_text(ENTERPRISE, encoding="utf-8")
    (root / "sales" / "sales-domain-manifest.yaml").write_text(DOMAIN, encoding="utf-8")
    (root / "sales" / "customer-360" / "floe.yaml").write_text(PRODUCT, encoding="utf-8")
    git(root, "init", "--quiet", "--initial-branch", "main")
    return root


@pytest.fixture
def enterprise(workspace: Path) -> Path:
    return workspace / "enterprise-manifest.yaml"


@pytest.fixture
def domain(workspace: Path) -> Path:
    return workspace / "sales" / "sales-domain-manifest.yaml"


@pytest.fixture
def product(workspace: Path) -> Path:
    return workspace / "sales" / "customer-360" / "floe.yaml"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    return home


@pytest.fixture
def editor(home: Path) -> Iterator[Editor]:
    with neovim(home) as running:
        yield running


def git(folder: Path, *arguments: str) -> None:
    author = ["-c", "user.name=Test", "-c", "user.email=test@example.com"]
    subprocess.run(["git", *author, *arguments], cwd=folder, check=True, capture_output=True)


def watched(editor: Editor) -> None:
    """Waits until all folders are watched."""
    editor.until(
        lambda: editor.lua(
            "local id = vim.lsp.get_clients({ name = 'floe_ls' })[1].id"
            " local _, all = require('floe.watch').state(id) return all"
        )
    )


# --- files that change beneath the editor


def test_a_branch_with_another_parent_is_noticed(
    editor: Editor, workspace: Path, enterprise: Path, domain: Path
) -> None:
    git(workspace, "add", ".")
    git(workspace, "commit", "--quiet", "--message", "one")
    git(workspace, "checkout", "--quiet", "-b", "strict")
    enterprise.write_text(ENTERPRISE.replace(", snowflake", ""), encoding="utf-8")
    git(workspace, "commit", "--quiet", "--all", "--message", "two")
    git(workspace, "checkout", "--quiet", "main")

    assert "whitelist/not-approved" not in {found["code"] for found in editor.judged(domain)}
    watched(editor)
    git(workspace, "checkout", "--quiet", "strict")
    editor.until(lambda: "whitelist/not-approved" in editor.codes())
    git(workspace, "checkout", "--quiet", "main")
    editor.until(lambda: "whitelist/not-approved" not in editor.codes())


def test_a_parent_that_is_deleted_is_missed_and_makes_nothing_else_red(
    editor: Editor, enterprise: Path, domain: Path
) -> None:
    domain.write_text(DOMAIN.replace("snowflake", "spark"), encoding="utf-8")
    editor.open(domain)
    editor.until(lambda: "whitelist/not-approved" in editor.codes())
    watched(editor)
    enterprise.unlink()
    found = editor.until(lambda: [f for f in editor.diagnostics() if f["code"] == "ref/not-found"])
    assert found[0]["lnum"] == 1
    assert "whitelist/not-approved" not in editor.codes()
    enterprise.write_text(ENTERPRISE, encoding="utf-8")
    editor.until(lambda: "whitelist/not-approved" in editor.codes())
    assert "ref/not-found" not in editor.codes()


def test_a_folder_that_comes_later_is_watched_too(
    editor: Editor, workspace: Path, domain: Path
) -> None:
    domain.write_text(DOMAIN.replace("../ent", "../late/deep/ent"), encoding="utf-8")
    editor.open(domain)
    editor.until(lambda: "ref/not-found" in editor.codes())
    watched(editor)
    (workspace / "late" / "deep").mkdir(parents=True)
    late = workspace / "late" / "deep" / "enterprise-manifest.yaml"
    late.write_text(ENTERPRISE.replace(", snowflake", ""), encoding="utf-8")
    editor.until(lambda: "whitelist/not-approved" in editor.codes())
    (workspace / "late").rename(workspace / "gone")
    editor.until(lambda: "ref/not-found" in editor.codes())


def test_without_watching_a_refresh_looks_at_the_files(
    home: Path, enterprise: Path, domain: Path
) -> None:
    with neovim(home, "vim.g.floe = { watch = false }") as editor:
        editor.judged(domain)
        enterprise.write_text(ENTERPRISE.replace(", snowflake", ""), encoding="utf-8")
        editor.command("FloeRefresh")
        editor.until(lambda: "whitelist/not-approved" in editor.codes())


def test_findings_of_files_that_nobody_has_open_are_shown_on_demand(
    home: Path, domain: Path, product: Path
) -> None:
    domain.write_text(DOMAIN.replace("snowflake", "spark"), encoding="utf-8")
    with neovim(home) as editor:
        editor.lua(
            "vim.lsp.config('floe_ls', { settings = { floe = { workspace_diagnostics = 'all' } } })"
        )
        editor.open(product)
        listed = """
            vim.diagnostic.setqflist({ open = false })
            return vim.tbl_map(function(item)
              return vim.api.nvim_buf_get_name(item.bufnr) .. ': ' .. item.text
            end, vim.fn.getqflist())
            """
        editor.until(
            lambda: [each for each in editor.lua(listed) if each.startswith(f"{domain}: `spark`")]
        )


# --- files that are nowhere


def test_a_file_outside_of_any_workspace_is_judged(editor: Editor, tmp_path: Path) -> None:
    lone = tmp_path / "lone" / "manifest.yaml"
    lone.parent.mkdir()
    lone.write_text("scope: enterprise\nplugins:\n  compute: 7\n", encoding="utf-8")
    editor.open(lone)
    editor.until(editor.codes)
    root = editor.lua("return vim.lsp.get_clients({ bufnr = 0 })[1].root_dir")
    assert root == str(lone.parent)


def test_a_new_file_is_judged_before_it_is_saved(editor: Editor, workspace: Path) -> None:
    new = workspace / "ops" / "ops-domain-manifest.yaml"
    editor.attached(new)
    editor.lua(
        "vim.api.nvim_buf_set_lines(0, 0, -1, false, ...)",
        DOMAIN.replace("snowflake", "spark").splitlines(),
    )
    found = editor.finding("whitelist/not-approved")
    assert (found["lnum"], found["col"]) == editor.place("spark")
    assert not new.exists()


def test_a_buffer_becomes_a_file_of_floe_when_it_gets_its_name(
    editor: Editor, workspace: Path
) -> None:
    editor.command("enew")
    editor.command("set filetype=yaml")
    lines = DOMAIN.replace("snowflake", "spark").splitlines()
    editor.lua("vim.api.nvim_buf_set_lines(0, 0, -1, false, ...)", lines)
    assert editor.lua("return #vim.lsp.get_clients()") == 0
    editor.command(f"saveas {workspace / 'sales' / 'more-manifest.yaml'}")
    editor.finding("whitelist/not-approved")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("manifest.yaml", "applications:\n  - name: web\nversion: 1\n"),
        ("deployment-manifest.yaml", "apiVersion: apps/v1\nkind: Deployment\n"),
    ],
)
def test_the_manifest_of_somebody_else_is_left_alone(
    editor: Editor, workspace: Path, name: str, text: str
) -> None:
    other = workspace / name
    other.write_text(text, encoding="utf-8")
    assert editor.judged(other) == []
    assert editor.lua("return vim.bo.filetype") == "yaml"


# --- texts


def test_lines_that_end_in_crlf_stay_so(editor: Editor, domain: Path) -> None:
    text = DOMAIN.replace("snowflake", "spark").replace("\n", "\r\n")
    domain.write_bytes(text.encode())
    editor.open(domain)
    assert editor.lua("return vim.bo.fileformat") == "dos"
    found = editor.finding("whitelist/not-approved")
    assert (found["lnum"], found["col"]) == editor.place("spark")
    assert found["end_col"] == found["col"] + len("spark")
    editor.go_to("spark")
    editor.lua(
        "vim.lsp.buf.code_action({ apply = true, filter = function(a) return a.title:match('duckdb') end })"
    )
    editor.until(lambda: "  compute: duckdb" in editor.lines)
    editor.until(lambda: "whitelist/not-approved" not in editor.codes())
    editor.command("write")
    assert domain.read_bytes() == text.replace("spark", "duckdb").encode()


def test_a_fix_behind_characters_of_many_bytes_changes_what_it_should(
    editor: Editor, domain: Path
) -> None:
    domain.write_text(
        "scope: domain\nparent_manifest: ../enterprise-manifest.yaml\n"
        'plugins: {"catalog": "🧊 Größe 👩‍👩‍👧", "compute": spark} # 🎉\n',
        encoding="utf-8",
    )
    editor.open(domain)
    editor.finding("whitelist/not-approved")
    editor.go_to("spark}")
    editor.lua(
        "vim.lsp.buf.code_action({ apply = true, filter = function(a) return a.title:match('duckdb') end })"
    )
    editor.until(
        lambda: editor.lines[2] == 'plugins: {"catalog": "🧊 Größe 👩‍👩‍👧", "compute": duckdb} # 🎉'
    )


def test_the_end_of_a_long_file_is_judged_as_it_is_typed(editor: Editor, product: Path) -> None:
    many = "".join(
        f"  - name: step_{number}\n    type: dbt\n    path: models/\n    dependsOn: [staging]\n"
        for number in range(1250)
    )
    product.write_text(PRODUCT + many, encoding="utf-8")
    editor.open(product)
    assert len(editor.lines) > 5000
    editor.until(lambda: editor.lua("return #vim.lsp.get_clients({ bufnr = 0 })"))
    editor.keys("Go<C-u>  - name: last<CR>type: dbt<CR>path: models/<CR>dependsOn: [stagin]<Esc>")
    found = editor.until(lambda: [f for f in editor.diagnostics() if "stagin`" in f["message"]])
    assert found[0]["lnum"] == len(editor.lines) - 1
    editor.keys(":%s/stagin\\]/staging]/<CR>")
    editor.until(lambda: not [f for f in editor.diagnostics() if "stagin`" in f["message"]])


# --- over files


def test_a_product_is_renamed_in_its_domain_too(
    editor: Editor, domain: Path, product: Path
) -> None:
    editor.attached(product)
    editor.go_to("customer-360")
    uses = {"includeDeclaration": False}
    editor.until(lambda: editor.request("textDocument/references", context=uses))
    editor.lua("vim.lsp.buf.rename('customer-361')")
    editor.until(lambda: editor.lines[0] == "name: customer-361")
    editor.command("wall")
    assert domain.read_text(encoding="utf-8") == DOMAIN.replace("-360", "-361")
    assert product.read_text(encoding="utf-8") == PRODUCT.replace("-360", "-361", 1)


def test_a_reference_leads_to_the_manifest_above(
    editor: Editor, domain: Path, product: Path
) -> None:
    editor.attached(product)
    editor.go_to("../sales")
    editor.until(lambda: editor.request("textDocument/definition"))  # the parent has been read
    editor.keys("<C-]>")
    editor.until(lambda: editor.name == str(domain))


def test_blocks_fold_and_keys_have_the_colour_of_their_tier(editor: Editor, domain: Path) -> None:
    editor.attached(domain)
    editor.lua("vim.wo.foldmethod, vim.wo.foldexpr = 'expr', 'v:lua.vim.lsp.foldexpr()'")
    row, _ = editor.place("compute:")
    editor.until(lambda: editor.lua("return vim.fn.foldlevel(...)", row + 1))
    tokens = editor.until(
        lambda: editor.lua(
            "return vim.lsp.semantic_tokens.get_at_pos(0, ...)", *editor.place("plugins")
        )
    )
    assert tokens[0]["type"] == "property"


# --- beside another server

YAML_SERVER = REPOSITORY / ".tools" / "yaml" / "node_modules" / "yaml-language-server" / "bin"
NODE = REPOSITORY / ".tools" / "vscode" / "bin" / "node"

OTHER = """
vim.lsp.config('yamlls', {{
  cmd = {{ {node!r}, {server!r}, '--stdio' }},
  filetypes = {{ 'yaml', 'yaml.docker-compose', 'yaml.gitlab' }},
  root_markers = {{ '.git' }},
  settings = {{ yaml = {{ schemaStore = {{ enable = false, url = '' }}, kubernetesCRDStore = {{ enable = false }} }} }},
}})
vim.lsp.enable('yamlls')
"""


@pytest.fixture
def other() -> str:
    """Lines of an init.lua that has a server for all YAML, as people write them."""
    server = YAML_SERVER / "yaml-language-server"
    if not (server.exists() and NODE.exists()):
        missing("yaml-language-server is not installed: make test-editors")
    return OTHER.format(node=str(NODE), server=str(server))


def clients(editor: Editor) -> set[str]:
    return set(
        editor.lua(
            "return vim.tbl_map(function(c) return c.name end, vim.lsp.get_clients({ bufnr = 0 }))"
        )
    )


def test_a_server_for_all_yaml_leaves_floes_files_alone(
    home: Path, other: str, workspace: Path, domain: Path
) -> None:
    (workspace / "compose.yaml").write_text("services: {}\n", encoding="utf-8")
    with neovim(home, other) as editor:
        editor.attached(domain)
        assert editor.lua("return vim.bo.filetype") == "yaml.floe"
        assert editor.lua("return vim.bo.syntax") == "yaml.floe"
        assert clients(editor) == {"floe_ls"}
        editor.open(workspace / "compose.yaml")
        editor.until(lambda: clients(editor) == {"yamlls"})


def test_beside_a_server_for_all_yaml_nothing_of_ours_is_said_twice(
    home: Path, other: str, domain: Path
) -> None:
    domain.write_text(
        DOMAIN.replace("snowflake", "spark") + 'description: "open\n', encoding="utf-8"
    )
    with neovim(home, "vim.g.floe = { filetype = 'yaml' }\n" + other) as editor:
        editor.open(domain)
        editor.until(lambda: clients(editor) == {"floe_ls", "yamlls"})
        found = editor.until(
            lambda: (
                (found := editor.diagnostics())
                and {one["source"] for one in found} == {"floe", "YAML"}
                and found
            )
        )
        ours = [(one["code"], one["lnum"], one["col"]) for one in found if one["source"] == "floe"]
        assert len(ours) == len(set(ours))
        editor.go_to("spark")
        editor.keys("K")
        assert "enterprise-manifest.yaml" in editor.until(editor.float_text)
        editor.command("checkhealth floe")
        report = "\n".join(editor.lines)
        assert "yamlls is attached to" in report
        assert "floe-two-servers" in report
