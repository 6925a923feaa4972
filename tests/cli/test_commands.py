"""The command line as people and CI use it: output, exit codes, one-line errors."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tools import REPOSITORY

ENTERPRISE = """\
scope: enterprise
approved_plugins:
  compute: [duckdb, snowflake]
governance:
  pii_encryption: required
"""
DOMAIN = """\
scope: domain
parent_manifest: enterprise-manifest.yaml
plugins:
  compute: spark
governance:
  pii_encryption: optional
"""


def run(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(REPOSITORY / "server"), **environment}
    command = [sys.executable, "-m", "floe_ls", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, env=env, check=False)


@pytest.fixture
def mesh(tmp_path: Path) -> Path:
    (tmp_path / "enterprise-manifest.yaml").write_text(ENTERPRISE)
    (tmp_path / "sales-domain-manifest.yaml").write_text(DOMAIN)
    return tmp_path


def checked(folder: Path, *arguments: str) -> dict[str, Any]:
    done = run("check", "--format", "json", *arguments, cwd=folder)
    assert done.stderr == ""
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_compliant_tree_ends_with_0(examples: Path) -> None:
    done = run("check", "adr/three-tier", "v1/three-tier", cwd=examples)
    assert done.returncode == 0, done.stdout
    assert "No errors" in done.stdout


def test_errors_end_with_1_and_name_place_code_and_the_line_that_decided(mesh: Path) -> None:
    done = run("check", cwd=mesh)
    assert done.returncode == 1
    assert (
        "sales-domain-manifest.yaml:6:19: error[security/override] Cannot override security policy"
        in done.stdout
    )
    assert "enterprise-manifest.yaml:5:" in done.stdout
    assert "    6 |   pii_encryption: optional\n" in done.stdout
    assert "fix:" in done.stdout
    assert "\x1b" not in done.stdout


def test_the_underline_is_under_the_range(mesh: Path) -> None:
    lines = run("check", cwd=mesh).stdout.splitlines()
    at = next(i for i, line in enumerate(lines) if "[whitelist/not-approved]" in line)
    source, marks = lines[at + 1], lines[at + 2]
    assert source[marks.index("^") : marks.rindex("^") + 1] == "spark"


def test_json_has_the_fixed_form(mesh: Path) -> None:
    out = checked(mesh)
    assert set(out) == {"files", "summary"}
    assert [f["path"] for f in out["files"]] == [
        "enterprise-manifest.yaml",
        "sales-domain-manifest.yaml",
    ]
    domain = out["files"][1]
    assert (domain["kind"], domain["dialect"]) == ("manifest", "adr")
    found = next(d for d in domain["diagnostics"] if d["code"] == "security/override")
    assert set(found) == {"code", "severity", "message", "range", "related", "href"}
    assert found["severity"] == "error"
    assert found["range"]["start"]["line"] == 5
    related = found["related"][0]
    assert related["path"] == "enterprise-manifest.yaml"
    assert related["range"]["start"]["line"] == 4
    assert found["href"].endswith("security/override")
    errors = [d for f in out["files"] for d in f["diagnostics"] if d["severity"] == "error"]
    assert out["summary"]["files"] == 2
    assert out["summary"]["errors"] == len(errors) == 2


def test_characters_are_utf_16_units(tmp_path: Path) -> None:
    (tmp_path / "manifest.yaml").write_text(
        "scope: enterprise\ngovernance: {x🎉: 1, pii_encryption: never}\n"
    )
    out = checked(tmp_path)
    found = next(d for d in out["files"][0]["diagnostics"] if "never" in d["message"])
    line = "governance: {x🎉: 1, pii_encryption: never}"
    assert found["range"]["start"]["character"] == line.index("never") + 1


def test_github_annotations_are_one_line_each(mesh: Path) -> None:
    done = run("check", "--format", "github", cwd=mesh)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert all(line.startswith(("::error ", "::warning ", "::notice ")) for line in lines)
    security = next(line for line in lines if "security/override" in line)
    assert "file=sales-domain-manifest.yaml,line=6," in security
    assert "%0Aenterprise-manifest.yaml:5" in security


def test_sarif_names_rules_and_places(mesh: Path) -> None:
    out = json.loads(run("check", "--format", "sarif", cwd=mesh).stdout)
    assert out["version"] == "2.1.0"
    one = out["runs"][0]
    rules = [rule["id"] for rule in one["tool"]["driver"]["rules"]]
    for result in one["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
    found = next(r for r in one["results"] if r["ruleId"] == "security/override")
    assert found["level"] == "error"
    assert found["locations"][0]["physicalLocation"]["region"]["startLine"] == 6


def test_a_path_that_is_not_there_ends_with_2_and_one_line(tmp_path: Path) -> None:
    done = run("check", "nowhere", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "floe-ls: There is no file nowhere\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("effective", "nowhere.yaml"),
        ("explain", "nowhere.yaml", "plugins"),
        ("explain", "other.yaml", "plugins"),
        ("publish", "nowhere.yaml", "oci://localhost:1/x:v1.0.0"),
        ("publish", "manifest.yaml", "oci://localhost:1/x"),
        ("rule", "no/such-code"),
        ("effective", "."),
    ],
)
def test_what_cannot_run_says_why_in_one_line(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "other.yaml").write_text("just: a file\n")
    (tmp_path / "manifest.yaml").write_text("plugins: {compute: duckdb}\n")
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("floe-ls: ")
    assert "Traceback" not in done.stderr


def test_wrong_usage_ends_with_2(tmp_path: Path) -> None:
    assert run("chekc", cwd=tmp_path).returncode == 2
    assert run("check", "--format", "xml", cwd=tmp_path).returncode == 2


def test_the_help_teaches() -> None:
    done = run("--help", cwd=REPOSITORY)
    assert done.returncode == 0
    for word in (
        "check",
        "effective",
        "explain",
        "publish",
        "schema",
        "rule",
        "serve",
        "exit codes",
        "examples",
    ):
        assert word in done.stdout


def test_a_closed_pipe_is_no_error(examples: Path) -> None:
    command = f"{sys.executable} -m floe_ls check --format json . | head -1"
    env = {**os.environ, "PYTHONPATH": str(REPOSITORY / "server")}
    done = subprocess.run(
        ["sh", "-c", command], cwd=examples, capture_output=True, text=True, env=env, check=False
    )
    assert done.stdout == "{\n"
    assert "Traceback" not in done.stderr


def test_an_unreachable_parent_is_reported_once_and_nothing_else_is_red(tmp_path: Path) -> None:
    text = DOMAIN.replace(
        "enterprise-manifest.yaml", "oci://127.0.0.1:9/enterprise-manifest:v1.0.0"
    )
    (tmp_path / "sales-domain-manifest.yaml").write_text(text)
    done = run("check", "--format", "json", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    found = json.loads(done.stdout)["files"][0]["diagnostics"]
    assert [d["code"] for d in found if d["code"].startswith("ref/")] == ["ref/unreachable"]
    assert "not checked" in found[0]["message"]


def test_effective_json_has_the_fixed_form(mesh: Path) -> None:
    domain = DOMAIN.replace("spark", "duckdb").replace("optional", "required")
    (mesh / "sales-domain-manifest.yaml").write_text(domain)
    done = run("effective", "--format", "json", "sales-domain-manifest.yaml", cwd=mesh)
    assert done.returncode == 0, done.stderr
    out = json.loads(done.stdout)
    assert set(out) == {"file", "dialect", "tiers", "values"}
    assert out["tiers"] == [
        {"tier": "enterprise", "file": "enterprise-manifest.yaml"},
        {"tier": "domain", "file": "sales-domain-manifest.yaml"},
    ]
    values = {v["path"]: v for v in out["values"]}
    assert values["plugins.compute.type"] | {"overridden": []} == {
        "path": "plugins.compute.type",
        "value": "duckdb",
        "tier": "domain",
        "file": "sales-domain-manifest.yaml",
        "line": 3,
        "rule": "whitelist",
        "overridden": [],
    }
    pii = values["governance.pii_encryption"]
    assert (pii["tier"], pii["rule"], pii["line"]) == ("enterprise", "strengthen", 4)
    assert pii["overridden"] == [
        {"tier": "domain", "value": "required", "file": "sales-domain-manifest.yaml", "line": 5}
    ]


def test_effective_yaml_is_yaml_with_an_origin_on_each_leaf(examples: Path) -> None:
    from ruamel.yaml import YAML

    product = "adr/three-tier/sales/customer-360/floe.yaml"
    done = run("effective", product, cwd=examples)
    assert done.returncode == 0
    data = YAML(typ="safe").load(done.stdout)
    assert data["plugins"]["compute"]["type"] == "snowflake"
    line = next(line for line in done.stdout.splitlines() if "pii_encryption" in line)
    assert line.endswith("# enterprise, adr/three-tier/enterprise-manifest.yaml:8 (strengthen)")


def test_explain_and_effective_agree_on_every_leaf(
    examples: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from floe_ls.cli import main

    monkeypatch.chdir(examples)
    for name in [
        "adr/three-tier/sales/customer-360/floe.yaml",
        "v1/three-tier/sales/customer-360/floe.yaml",
        "adr/two-tier/daily-orders/floe.yaml",
        "v1/three-tier/finance/finance-domain-manifest.yaml",
        "broken/operations-domain-manifest.yaml",
    ]:
        assert main(["effective", "--format", "json", name]) == 0
        out = json.loads(capsys.readouterr().out)
        assert out["values"]
        for value in out["values"]:
            assert main(["explain", name, value["path"]]) == 0, value["path"]
            told = capsys.readouterr().out.splitlines()
            expected = value["value"]
            shown = (
                expected if isinstance(expected, str) else json.dumps(expected, ensure_ascii=False)
            )
            assert told[0] == f"{value['path']} = {shown}"
            if value["line"] is not None:
                place = f"{value.get('file') or value['ref']}:{value['line'] + 1}"
                winner = next(line for line in told if line.startswith("  * "))
                assert place in winner
            losers = [line for line in told if line.startswith("    ")]
            assert len(losers) == len(value["overridden"])


def test_rule_explains_every_code_it_lists() -> None:
    listed = run("rule", cwd=REPOSITORY).stdout.splitlines()
    assert len(listed) > 50
    done = run("rule", "security/override", cwd=REPOSITORY)
    assert done.returncode == 0
    assert "neither silenced nor lowered" in done.stdout


def test_publish_to_a_layout_folder_and_read_it_back_through_a_mirror(mesh: Path) -> None:
    done = run("publish", "enterprise-manifest.yaml", "oci/enterprise-manifest:v1.0.0", cwd=mesh)
    assert done.returncode == 0, done.stderr
    assert "sha256:" in done.stdout
    (mesh / "enterprise-manifest.yaml").unlink()
    domain = DOMAIN.replace(
        "enterprise-manifest.yaml", "oci://registry.example.com/enterprise-manifest:v1.0.0"
    )
    (mesh / "sales-domain-manifest.yaml").write_text(domain)
    (mesh / "floe-ls.toml").write_text(
        '[registries."registry.example.com"]\nmirror = "oci/enterprise-manifest"\n'
    )
    out = checked(mesh)
    found = next(d for d in out["files"][0]["diagnostics"] if d["code"] == "security/override")
    assert found["related"][0]["ref"] == "oci://registry.example.com/enterprise-manifest:v1.0.0"


def test_a_manifest_with_errors_is_not_published(mesh: Path) -> None:
    done = run("publish", "sales-domain-manifest.yaml", "oci/sales:v1.0.0", cwd=mesh)
    assert done.returncode == 2
    assert "not published" in done.stderr
    assert not (mesh / "oci").exists()


def test_schemas_are_written_where_asked(tmp_path: Path) -> None:
    done = run("schema", "--write", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    made = json.loads((tmp_path / "schemas" / "manifest.schema.json").read_text())
    assert made["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    shown = json.loads(run("schema", "floe", cwd=tmp_path).stdout)
    assert shown == json.loads((tmp_path / "schemas" / "floe.schema.json").read_text())


@pytest.mark.parametrize(
    ("typed", "meant"), [("plugin.compute", "plugins.compute"), ("goverance", "governance")]
)
def test_explain_proposes_the_nearest_path(mesh: Path, typed: str, meant: str) -> None:
    done = run("explain", "sales-domain-manifest.yaml", typed, cwd=mesh)
    assert done.returncode == 2
    assert done.stderr.endswith(f"did you mean {meant}?\n")


def test_manifests_of_something_else_are_not_called_good(tmp_path: Path) -> None:
    (tmp_path / "manifest.yml").write_text("applications:\n  - name: shop\n    memory: 1G\n")
    done = run("check", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "No manifests or data products here.\n")
    assert checked(tmp_path) == {"files": [], "summary": {"files": 0, "errors": 0, "warnings": 0}}


def test_a_file_of_something_else_that_is_named_is_said_to_be_none_of_ours(tmp_path: Path) -> None:
    (tmp_path / "notes.yaml").write_text("just: notes\n")
    done = run("check", "notes.yaml", cwd=tmp_path)
    assert "No errors" not in done.stdout
