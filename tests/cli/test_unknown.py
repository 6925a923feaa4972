"""A value is not presented as a fact while a layer that may decide it otherwise is not known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mesh.meshes import floe_ls

REF = "oci://127.0.0.1:9/acme:v1.0.0"
DOUBT = f"as far as known: {REF} is not available"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sales-domain-manifest.yaml").write_text(
        f"scope: domain\nparent_manifest: {REF}\nplugins: {{compute: duckdb}}\n"
        "approved_products: [p]\n"
    )
    (tmp_path / "p").mkdir()
    (tmp_path / "p/floe.yaml").write_text(
        "name: p\nplatform: {ref: ../sales-domain-manifest.yaml}\n"
        "transforms:\n  - {name: a, path: models/}\n"
    )
    return tmp_path


def test_explain_says_so_beside_the_value(folder: Path) -> None:
    first = _first(folder, "p/floe.yaml", "plugins.compute.type")
    assert first == f"plugins.compute.type = duckdb  ({DOUBT})"


def test_what_a_file_says_of_itself_is_a_fact(folder: Path) -> None:
    assert _first(folder, "p/floe.yaml", "metadata.name") == "metadata.name = p"
    parent = _first(folder, "sales-domain-manifest.yaml", "parent_manifest")
    assert parent == f"parent_manifest = {REF}"


def _first(folder: Path, *arguments: str) -> str:
    done = floe_ls(folder, "explain", *arguments, "--offline")
    assert done.returncode == 0, done.stderr
    return done.stdout.split("\n")[0]


def test_effective_says_so_at_each_value(folder: Path) -> None:
    lines = floe_ls(folder, "effective", "p/floe.yaml", "--offline").stdout.split("\n")
    compute = next(line for line in lines if line.strip().startswith("type: duckdb"))
    assert compute.endswith("(override), as far as known")
    own = next(line for line in lines if line.strip().startswith("name: p"))
    assert own.endswith("(local)")
    assert f"# A{DOUBT[1:]}." in lines


def test_json_has_a_field_for_it(folder: Path) -> None:
    done = floe_ls(folder, "effective", "p/floe.yaml", "--offline", "--format", "json")
    said = json.loads(done.stdout)
    unsure = {each["path"] for each in said["values"] if each.get("settled") is False}
    assert "plugins.compute.type" in unsure
    assert "metadata.name" not in unsure
    (why,) = said["unknown"]
    assert REF in why


def test_with_all_layers_known_nothing_is_in_doubt(folder: Path) -> None:
    (folder / "sales-domain-manifest.yaml").write_text("scope: enterprise\nplugins: {}\n")
    done = floe_ls(folder, "effective", "p/floe.yaml", "--offline", "--format", "json")
    said = json.loads(done.stdout)
    assert not any("settled" in each for each in said["values"])
    assert "unknown" not in said
    text = floe_ls(folder, "effective", "p/floe.yaml", "--offline").stdout
    assert "as far as known" not in text
