from __future__ import annotations

import pytest

from check import check, fixed, found

ENTERPRISE = """
    #- enterprise-manifest.yaml
    scope: enterprise
    approved_plugins: {compute: [duckdb, snowflake]}
    plugins:
      compute: {type: duckdb}
      catalog: {type: polaris, config: {uri: a}}
    governance:
      pii_encryption: required
      data_retention_days: 90
      quality_gates: {minimum_test_coverage: 90}
    resource_presets:
      small:
        requests: {cpu: 500m, memory: 1Gi}
        limits: {cpu: "1", memory: 2Gi}
    #- sales-domain-manifest.yaml
    $0scope: domain
    parent_manifest: oci://registry/enterprise-manifest:v1.0.0
"""


def test_a_repeated_value_is_a_hint() -> None:
    check(
        ENTERPRISE
        + """
    governance:
      pii_encryption: required
    # ^^^^^^^^^^^^^^^^^^^^^^^^ hint[inherit/redundant]: `governance.pii_encryption` is the same as in \
enterprise-manifest.yaml (enterprise, line 7), and would be inherited.
      data_retention_days: 90
    # ^^^^^^^^^^^^^^^^^^^^^^^ hint[inherit/redundant]
    """,
        hints=True,
    )


@pytest.mark.parametrize(
    "own",
    [
        "plugins: {compute: duckdb}",
        "plugins: {catalog: {config: {uri: a}, type: polaris}}",
        'resource_presets: {small: {requests: {cpu: 500m, memory: 1Gi}, limits: {memory: 2Gi, cpu: "1"}}}',
        "governance: {quality_gates: {minimum_test_coverage: 90}, pii_encryption: required}",
    ],
)
def test_what_is_replaced_as_a_whole_is_compared_as_a_whole(own: str) -> None:
    redundant = [d for d in found(ENTERPRISE + "    " + own) if d.code == "inherit/redundant"]
    assert len(redundant) == 1
    assert redundant[0].tags == ("unnecessary",)


@pytest.mark.parametrize(
    "own",
    [
        "plugins: {compute: snowflake}",
        "plugins: {catalog: polaris}",
        "governance: {data_retention_days: 91}",
        # Without the key the block's default, 80, would speak.
        "governance: {quality_gates: {minimum_test_coverage: 90, require_descriptions: true}}",
        "scope: domain",
    ],
)
def test_what_changes_something_is_not_redundant(own: str) -> None:
    assert not [d for d in found(ENTERPRISE + "    " + own) if d.code == "inherit/redundant"]


def test_the_mend_leaves_no_empty_block_behind() -> None:
    text = fixed(ENTERPRISE + "    plugins:\n      compute: duckdb\n", "Remove `plugins.compute`")
    assert text == "scope: domain\nparent_manifest: oci://registry/enterprise-manifest:v1.0.0\n"


def test_nothing_is_redundant_while_a_layer_is_unknown() -> None:
    fixture = """
        #- middle/domain-manifest.yaml
        scope: domain
        parent_manifest: oci://registry/enterprise-manifest:v1.0.0
        governance: {audit_logging: enabled}
        #- sales-domain-manifest.yaml
        $0scope: domain
        parent_manifest: middle/domain-manifest.yaml
        governance: {audit_logging: enabled}
    """
    assert not [d for d in found(fixture) if d.code == "inherit/redundant"]
