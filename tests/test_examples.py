"""The examples say what the founding document says, and the same thing in both forms."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools import oracle

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
MANIFESTS = sorted(EXAMPLES.glob("**/*manifest.yaml"))
PRODUCTS = sorted(EXAMPLES.glob("**/floe.yaml"))


def load(path: Path) -> dict[str, Any]:
    loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def adr_blocks(shared: Path) -> list[dict[str, Any]]:
    """The YAML files of the founding document: its blocks, split at `# name.yaml` comments."""
    text = (shared / "spec" / "adr-0038-data-mesh.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    parts = [part for block in blocks for part in re.split(r"(?m)^# [\w-]+\.yaml.*$", block)]
    return [loaded for part in parts if (loaded := yaml.safe_load(part))]


@pytest.mark.parametrize(
    "example",
    [
        "two-tier/manifest.yaml",
        "two-tier/daily-orders/floe.yaml",
        "migration/phase-1/manifest.yaml",
        "migration/phase-1/customer-360/floe.yaml",
        "migration/phase-2/enterprise-manifest.yaml",
        "migration/phase-2/manifest.yaml",
        "migration/phase-2/customer-360/floe.yaml",
        "migration/phase-3/sales-domain-manifest.yaml",
        "migration/phase-3/marketing-domain-manifest.yaml",
        "migration/phase-3/customer-360/floe.yaml",
    ],
)
def test_an_example_is_the_founding_documents_own(example: str, shared_dir: Path) -> None:
    assert load(EXAMPLES / "adr" / example) in adr_blocks(shared_dir)


def test_the_enterprise_file_stays_the_same_from_phase_2_to_phase_3() -> None:
    for form in ("adr", "v1"):
        migration = EXAMPLES / form / "migration"
        assert load(migration / "phase-2" / "enterprise-manifest.yaml") == load(
            migration / "phase-3" / "enterprise-manifest.yaml"
        )


def test_a_product_does_not_change_when_an_enterprise_is_put_over_its_platform() -> None:
    for form in ("adr", "v1"):
        before, after = (
            EXAMPLES / form / "migration" / phase / "customer-360" / "floe.yaml"
            for phase in ("phase-1", "phase-2")
        )
        assert before.read_bytes() == after.read_bytes()


def test_only_the_reference_of_a_product_changes_when_it_joins_a_domain() -> None:
    before, after = (
        load(EXAMPLES / "v1" / "migration" / phase / "customer-360" / "floe.yaml")
        for phase in ("phase-2", "phase-3")
    )
    assert before.pop("platform") != after.pop("platform")
    assert before == after


def test_both_forms_have_the_same_files() -> None:
    def files(form: str) -> set[Path]:
        return {p.relative_to(EXAMPLES / form) for p in (EXAMPLES / form).rglob("*.yaml")}

    assert files("adr") == files("v1")


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda p: str(p.relative_to(EXAMPLES)))
def test_models_of_a_product_are_there(product: Path) -> None:
    for transform in load(product).get("transforms", []):
        if "path" in transform:
            assert list((product.parent / transform["path"]).glob("*.sql"))
        else:
            assert (product.parent / "models" / f"{transform['name']}.sql").is_file()


def test_every_approved_product_exists() -> None:
    for manifest in MANIFESTS:
        for name in load(manifest).get("approved_products", []):
            assert (manifest.parent / name / "floe.yaml").is_file()


def test_the_shipped_compiler_takes_every_v1_example() -> None:
    program = """
import sys
from pathlib import Path
from floe_core.compilation.loader import load_floe_spec, load_manifest
for path in map(Path, sys.argv[1:]):
    (load_floe_spec if path.name == "floe.yaml" else load_manifest)(path)
"""
    files = sorted((EXAMPLES / "v1").rglob("*.yaml"))
    ran = subprocess.run(
        [oracle(), "-c", program, *files], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr


def check(path: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "floe_ls", "check", "--offline", "--format", "json", path]
    environment = {**os.environ, "PYTHONPATH": str(EXAMPLES.parent / "server")}
    ran = subprocess.run(
        command, cwd=EXAMPLES, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.stderr == ""
    told: dict[str, Any] = json.loads(ran.stdout)
    return told


@pytest.mark.parametrize(
    ("example", "warnings"),
    [
        ("adr/two-tier", set()),
        ("adr/three-tier", set()),
        ("adr/migration/phase-1", {"product/no-transforms"}),
        ("adr/migration/phase-2", {"product/no-transforms"}),
        ("adr/migration/phase-3", set()),
        ("v1", set()),
    ],
)
def test_nothing_is_wrong_with_an_example(example: str, warnings: set[str]) -> None:
    found = [one for file in check(example)["files"] for one in file["diagnostics"]]
    assert [one for one in found if one["severity"] == "error"] == []
    assert {one["code"] for one in found if one["severity"] == "warning"} == warnings


def test_all_examples_together_are_as_right_as_each_alone() -> None:
    """Four domains of four workspaces are called sales; they are not one another's business."""
    assert check(".")["summary"] | {"files": 0} == {"files": 0, "errors": 4, "warnings": 3}


def test_the_broken_domain_breaks_what_its_comments_say() -> None:
    (file,) = check("broken")["files"]
    text = (EXAMPLES / file["path"]).read_text(encoding="utf-8").splitlines()
    found = {
        text[one["range"]["start"]["line"]].split(":")[0].strip(): one
        for one in file["diagnostics"]
    }
    assert {key: (one["code"], one["severity"]) for key, one in found.items()} == {
        "compute": ("whitelist/not-approved", "error"),
        "observability": ("observability/immutable", "error"),
        "pii_encryption": ("security/override", "error"),
        "audit_logging": ("security/override", "error"),
        "data_retention_days": ("retention/lowered", "warning"),
    }
    for one in found.values():
        assert one["related"][0]["path"] == "adr/three-tier/enterprise-manifest.yaml"


def test_the_demo_ends_well_and_shows_the_story() -> None:
    programs = Path(sys.executable).parent
    ran = subprocess.run(
        [EXAMPLES.parent / "scripts" / "demo.sh"],
        env={**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "Cannot override security policy" in ran.stdout
    assert "The domain sets 90, in place of the enterprise's 30." in ran.stdout
