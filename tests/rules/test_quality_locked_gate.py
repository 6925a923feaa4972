from __future__ import annotations

import pytest

from check import check, effective, fixed, found

ENTERPRISE = """
    #- enterprise-manifest.yaml
    scope: enterprise
    plugins:
      quality:
        provider: soda
        quality_gates:
          gold:
            min_score: 90
            overridable: false
          silver:
            min_score: 80
"""
DOMAIN = """
    #- sales-domain-manifest.yaml
    $0scope: domain
    parent_manifest: oci://registry/enterprise-manifest:v1.0.0
    plugins:
      compute: duckdb
      quality:
        quality_gates:
          gold:
            min_score: 70
"""


def test_a_locked_gate_may_not_be_changed() -> None:
    check(
        ENTERPRISE
        + """
    #- sales-domain-manifest.yaml
    scope: domain
    parent_manifest: oci://registry/enterprise-manifest:v1.0.0
    plugins:
      quality:
        quality_gates:
          gold:
            min_score: 70
    #                  ^^ error[quality/locked-gate]: `plugins.quality.quality_gates.gold` is locked by \
enterprise-manifest.yaml (enterprise, line 6), which sets `min_score` to `90`; here it is `70`. Remove the block to \
inherit it.
    """,
        only="quality",
    )


@pytest.mark.parametrize("gate", ["{min_score: 95, overridable: false}", "{min_score: 90}", "{}"])
def test_neither_to_more_nor_to_a_default_nor_unlocked(gate: str) -> None:
    findings = found(DOMAIN.replace("\n            min_score: 70", f" {gate}") + ENTERPRISE)
    assert [d.code for d in findings if d.code.startswith("quality")] == ["quality/locked-gate"]


def test_the_same_gate_and_one_that_is_not_locked_are_fine() -> None:
    same = DOMAIN.replace("min_score: 70", "min_score: 90\n            overridable: false")
    check(same + ENTERPRISE, only="quality/")
    check(DOMAIN.replace("gold", "silver") + ENTERPRISE, only="quality/")


def test_the_locked_gate_is_the_one_that_holds() -> None:
    lines = effective(DOMAIN + ENTERPRISE)
    gate = "plugins.quality.quality_gates.gold"
    assert f"{gate}.min_score = 90  <- enterprise-manifest.yaml (immutable)" in lines


def test_the_mend_removes_the_gate() -> None:
    title = "Remove `plugins.quality.quality_gates.gold` to inherit it"
    assert fixed(DOMAIN + ENTERPRISE, title).strip().endswith("plugins:\n  compute: duckdb")


def test_an_unknown_parent_locks_nothing() -> None:
    check(DOMAIN, only="quality/")
