from __future__ import annotations

from check import check, fixed, found

PAIR = """
    #- enterprise-manifest.yaml
    scope: enterprise
    governance:
      data_retention_days: 90
    #- sales-domain-manifest.yaml
    $0scope: domain
    parent_manifest: oci://registry/enterprise-manifest:v1.0.0
    plugins:
      compute: duckdb
    governance:
      data_retention_days: 30
"""


def test_fewer_days_than_above_are_a_warning() -> None:
    check("""
        #- enterprise-manifest.yaml
        scope: enterprise
        governance:
          data_retention_days: 90
        #- sales-domain-manifest.yaml
        scope: domain
        parent_manifest: oci://registry/enterprise-manifest:v1.0.0
        plugins:
          compute: duckdb
        governance:
          data_retention_days: 30
        #                      ^^ warning[retention/lowered]: `governance.data_retention_days` is `30` here, less \
than above: enterprise-manifest.yaml (enterprise, line 3) sets `90`.
    """)


def test_more_days_and_days_of_ones_own_are_fine() -> None:
    check(PAIR.replace(": 30", ": 365"))
    check(PAIR.replace("data_retention_days: 90", "audit_logging: enabled"))


def test_the_released_compiler_refuses_fewer_days() -> None:
    fixture = PAIR
    for scope in ("enterprise", "domain"):
        head = "apiVersion: floe.dev/v1\n    kind: Manifest\n    metadata: {name: a, version: 1.0.0, owner: b}"
        fixture = fixture.replace(f"scope: {scope}", f"{head}\n    scope: {scope}")
    fixture = fixture.replace(
        "compute: duckdb", "compute: {type: duckdb}\n      orchestrator: {type: dagster}"
    )
    fixture = fixture.replace(
        "governance:\n      data_retention_days: 90",
        "plugins: {}\n    governance:\n      data_retention_days: 90",
    )
    finding = next(d for d in found(fixture) if d.code == "retention/lowered")
    assert finding.severity == "error"
    assert finding.message == (
        "`governance.data_retention_days` is `30` here, less than above: enterprise-manifest.yaml (enterprise, line 7) "
        "sets `90`. floe's compiler refuses that. Remove it, or set it to `90`."
    )
    # A key of the design documents, which the compiler passes over, makes it no better.
    fixture = fixture.replace("$0apiVersion", "$0security: {}\n    apiVersion")
    assert "error" in [d.severity for d in found(fixture) if d.code == "retention/lowered"]


def test_both_mends() -> None:
    assert fixed(PAIR, "Change to `90`").endswith("  data_retention_days: 90\n")
    assert "governance" not in fixed(PAIR, "Remove `data_retention_days` to inherit `90`")


def test_a_comment_silences_it() -> None:
    check(PAIR.replace(": 30", ": 30  # floe-ls: ignore[retention/lowered]"))


def test_an_unknown_parent_makes_no_warning() -> None:
    check("#- sales" + PAIR.partition("#- sales")[2])
    assert found("#- sales" + PAIR.partition("#- sales")[2]) == []
