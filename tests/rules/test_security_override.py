from __future__ import annotations

import pytest

from check import check, fixed, found, world
from floe_ls.chain.layers import Unavailable

DOMAIN = """
    #- enterprise-manifest.yaml
    scope: enterprise
    governance:
      pii_encryption: required
      audit_logging: enabled
    #- sales-domain-manifest.yaml
    $0scope: domain
    parent_manifest: oci://registry/enterprise-manifest:v1.0.0
    plugins:
      compute: duckdb
    governance:
      pii_encryption: optional
"""


def test_a_weaker_value_than_the_enterprises_is_an_error() -> None:
    check("""
        #- enterprise-manifest.yaml
        scope: enterprise
        governance:
          pii_encryption: required
        #- sales-domain-manifest.yaml
        scope: domain
        parent_manifest: oci://registry/enterprise-manifest:v1.0.0
        plugins:
          compute: duckdb
        governance:
          pii_encryption: optional
        #                 ^^^^^^^^ error[security/override]: Cannot override security policy \
`governance.pii_encryption`: enterprise-manifest.yaml (enterprise, line 3) sets `required`, and `optional` here is \
weaker. Remove it, or set it to `required`.
    """)


def test_the_same_and_a_stricter_value_are_fine() -> None:
    check(
        """
        #- enterprise-manifest.yaml
        scope: enterprise
        governance:
          pii_encryption: optional
          audit_logging: enabled
        #- sales-domain-manifest.yaml
        scope: domain
        parent_manifest: oci://registry/enterprise-manifest:v1.0.0
        plugins:
          compute: duckdb
        governance:
          pii_encryption: required
          audit_logging: enabled
        """
    )


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ("audit_logging: enabled", "audit_logging: disabled"),
        ("policy_enforcement_level: strict", "policy_enforcement_level: warn"),
        ("policy_enforcement_level: warn", 'policy_enforcement_level: "off"'),
        ("naming: {enforcement: strict}", 'naming: {enforcement: "off"}'),
        (
            "quality_gates: {minimum_test_coverage: 80}",
            "quality_gates: {minimum_test_coverage: 79}",
        ),
        (
            "quality_gates: {require_descriptions: true}",
            "quality_gates: {require_descriptions: false}",
        ),
        (
            "quality_gates: {require_column_descriptions: true}",
            "quality_gates: {require_column_descriptions: false}",
        ),
        ("quality_gates: {block_on_failure: true}", "quality_gates: {block_on_failure: false}"),
        (
            "quality_gates: {layer_thresholds: {silver: 80}}",
            "quality_gates: {layer_thresholds: {silver: 70}}",
        ),
        ("data_contracts: {enforcement: strict}", "data_contracts: {enforcement: warn}"),
        (
            "data_contracts: {auto_generation: {enabled: true}}",
            "data_contracts: {auto_generation: {enabled: false}}",
        ),
        (
            "data_contracts: {drift_detection: {enabled: true}}",
            "data_contracts: {drift_detection: {enabled: false}}",
        ),
        ("network_policies: {enabled: true}", "network_policies: {enabled: false}"),
        ("network_policies: {default_deny: true}", "network_policies: {default_deny: false}"),
        ("network_policies: {enabled: true}", "network_policies: {enabled: no}"),
        ("network_policies: default-deny", "network_policies: open"),
        ("network_policies: {enabled: true}", "network_policies: open"),
        ("network_policies: {enabled: true}", "network_policies: disabled"),
        ("network_policies: enabled", "network_policies: {enabled: false}"),
        ("network_policies: on", "network_policies: off"),
        ("network_policies: yes", 'network_policies: "no"'),
        ("network_policies: {enabled: true}", "network_policies: none"),
        ("network_policies: {enabled: true}", "network_policies: Disabled"),
        ("network_policies: deny-all", "network_policies: allow-all"),
        (
            "network_policies: default-deny",
            "network_policies: {enabled: true, default_deny: false}",
        ),
    ],
)
def test_every_strengthen_only_field_is_compared(above: str, below: str) -> None:
    pair = """
        #- enterprise-manifest.yaml
        scope: enterprise
        governance:
          {above}
        #- sales-domain-manifest.yaml
        $0scope: domain
        parent_manifest: oci://registry/enterprise-manifest:v1.0.0
        plugins:
          compute: duckdb
        governance:
          {below}
    """
    weaker = [
        d for d in found(pair.format(above=above, below=below)) if d.code.startswith("security")
    ]
    assert [(d.code, d.severity) for d in weaker] == [("security/override", "error")]
    assert weaker[0].message.startswith("Cannot override security policy `governance.")
    other = found(pair.format(above=below, below=above))
    assert not [d for d in other if d.code == "security/override"]


def test_all_layers_above_count_and_not_only_the_nearest() -> None:
    check(
        """
        #- enterprise-manifest.yaml
        scope: enterprise
        governance:
          audit_logging: enabled
        #- middle/domain-manifest.yaml
        scope: domain
        parent_manifest: oci://registry/enterprise-manifest:v1.0.0
        governance:
          audit_logging: disabled
        #                ^^^^^^^^ error[security/override]
        #- sales-domain-manifest.yaml
        scope: domain
        parent_manifest: middle/domain-manifest.yaml
        governance:
          audit_logging: disabled
        #                ^^^^^^^^ error[security/override]: Cannot override security policy \
`governance.audit_logging`: enterprise-manifest.yaml (enterprise, line 3) sets `enabled`, and `disabled` here is \
weaker. Remove it, or set it to `enabled`.
        """,
        only="security",
    )


def test_every_weaker_field_is_a_finding_of_its_own() -> None:
    check(
        """
        #- enterprise-manifest.yaml
        scope: enterprise
        governance:
          pii_encryption: required
          audit_logging: enabled
        #- sales-domain-manifest.yaml
        scope: domain
        parent_manifest: oci://registry/enterprise-manifest:v1.0.0
        governance:
          pii_encryption: optional
        #                 ^^^^^^^^ error[security/override]
          audit_logging: disabled
        #                ^^^^^^^^ error[security/override]
        """,
        only="security",
    )


def test_a_product_is_not_red_for_its_domains_value_but_for_its_reference() -> None:
    check(
        DOMAIN.replace(
            "optional", "optional\n    #                 ^^^^^^^^ error[security/override]"
        )
        + """
    #- sales/floe.yaml
    metadata:
      name: customer-360
    platform:
      ref: oci://registry/sales-domain-manifest:v1.0.0
    #      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[ref/invalid]: sales-domain-manifest.yaml has an error \
in line 6: Cannot override security policy `governance.pii_encryption`: enterprise-manifest.yaml (enterprise, line \
3) sets `required`, and `optional` here is weaker. Remove it, or set it to `required`.
    transforms:
      - type: dbt
        path: models/
    """
    )


def test_a_parent_from_a_registry_decides_like_a_file() -> None:
    here = check(
        """
        #- sales-domain-manifest.yaml
        scope: domain
        parent_manifest: oci://registry/enterprise-manifest:v1.0.0
        governance:
          pii_encryption: optional
        #                 ^^^^^^^^ error[security/override]: Cannot override security policy \
`governance.pii_encryption`: oci://registry/enterprise-manifest:v1.0.0 (enterprise, line 3) sets `required`, and \
`optional` here is weaker. Remove it, or set it to `required`.
        #- manifest.yaml @ oci://registry/enterprise-manifest:v1.0.0
        scope: enterprise
        governance:
          pii_encryption: required
        """,
        only="security",
    )
    finding = next(d for d in found(here.text) if d.code == "security/override")
    place = finding.related[0]
    assert place.document.ref == "oci://registry/enterprise-manifest:v1.0.0"
    assert place.document.text[place.span.start : place.span.end] == "pii_encryption: required"


def test_an_unwritten_default_is_named_as_one() -> None:
    check(
        """
        #- enterprise-manifest.yaml
        scope: enterprise
        governance:
          quality_gates:
            minimum_test_coverage: 90
        #- sales-domain-manifest.yaml
        scope: domain
        parent_manifest: oci://registry/enterprise-manifest:v1.0.0
        governance:
          quality_gates:
        # ^^^^^^^^^^^^^ warning[security/override]: Cannot override security policy \
`governance.quality_gates.minimum_test_coverage`: enterprise-manifest.yaml (enterprise, line 4) sets `90`, and \
`governance.quality_gates` here leaves it out, so that its default `80` counts, which is weaker. Write \
`minimum_test_coverage: 90` here.
            require_descriptions: true
        """,
        only="security",
    )


V1 = """
    #- enterprise-manifest.yaml
    apiVersion: floe.dev/v1
    kind: Manifest
    metadata: {name: enterprise, version: 1.0.0, owner: cto@acme.example}
    scope: enterprise
    plugins: {}
    governance:
      data_contracts:
        auto_generation:
          enabled: true
      network_policies:
        enabled: true
    #- sales-domain-manifest.yaml
    $0apiVersion: floe.dev/v1
    kind: Manifest
    metadata: {name: sales, version: 1.0.0, owner: sales@acme.example}
    scope: domain
    parent_manifest: oci://registry/enterprise-manifest:v1.0.0
    plugins: {}
    governance:
      data_contracts: {}
      network_policies: {}
"""


def test_an_unwritten_default_is_an_error_in_the_released_form() -> None:
    findings = [d for d in found(V1) if d.code == "security/override"]
    assert [d.severity for d in findings] == ["error"]
    assert "its default `false` counts" in findings[0].message


def test_a_default_that_the_block_above_implies_is_a_requirement_too() -> None:
    check(
        """
        #- enterprise-manifest.yaml
        scope: enterprise
        governance:
          quality_gates:
            require_descriptions: true
        #- sales-domain-manifest.yaml
        scope: domain
        parent_manifest: oci://registry/enterprise-manifest:v1.0.0
        governance:
          quality_gates:
            require_descriptions: true
            minimum_test_coverage: 60
        #                          ^^ warning[security/override]: Cannot override security policy \
`governance.quality_gates.minimum_test_coverage`: enterprise-manifest.yaml (enterprise, line 3) has the default \
`80`, and `60` here is weaker. Remove it, or set it to `80`.
        """,
        only="security",
    )


def test_removing_the_key_removes_the_block_that_it_empties() -> None:
    assert fixed(DOMAIN, "Remove `pii_encryption` to inherit `required`") == (
        "scope: domain\n"
        "parent_manifest: oci://registry/enterprise-manifest:v1.0.0\n"
        "plugins:\n"
        "  compute: duckdb\n"
    )


def test_the_enterprises_value_can_be_taken() -> None:
    assert fixed(DOMAIN, "Change to `required`").endswith("  pii_encryption: required\n")


def test_a_missing_key_is_written_into_the_block() -> None:
    assert "network_policies: {enabled: true}\n" in fixed(V1, "Write `enabled: true`")


def test_removing_is_not_proposed_where_the_default_is_weaker() -> None:
    fixture = """
        #- enterprise-manifest.yaml
        scope: enterprise
        governance:
          quality_gates: {minimum_test_coverage: 90}
        #- sales-domain-manifest.yaml
        $0scope: domain
        parent_manifest: oci://registry/enterprise-manifest:v1.0.0
        governance:
          quality_gates: {require_descriptions: true, minimum_test_coverage: 60}
    """
    finding = next(d for d in found(fixture) if d.code == "security/override")
    assert [fix.title for fix in finding.fixes] == ["Change to `90`"]


def test_an_unknown_parent_makes_nothing_red() -> None:
    fixture = """
        #- sales-domain-manifest.yaml
        scope: domain
        parent_manifest: oci://registry/enterprise-manifest:v1.0.0
        governance:
          pii_encryption: optional
    """
    check(fixture)  # pending: nobody has looked yet
    target = "oci://registry/enterprise-manifest:v1.0.0"
    gone = Unavailable("timeout", f"{target} could not be had: no answer.", target)
    assert [d.code for d in found(fixture, failures={target: gone})] == ["ref/unreachable"]


def test_a_known_parent_counts_though_its_own_parent_is_unknown() -> None:
    check(
        """
        #- middle/domain-manifest.yaml
        scope: domain
        parent_manifest: oci://registry/enterprise-manifest:v1.0.0
        governance:
          audit_logging: enabled
        #- sales-domain-manifest.yaml
        scope: domain
        parent_manifest: middle/domain-manifest.yaml
        governance:
          audit_logging: disabled
        #                ^^^^^^^^ error[security/override]
        """,
        only="security",
    )


def test_a_comment_does_not_silence_it() -> None:
    silenced = DOMAIN.replace("optional", "optional  # floe-ls: ignore[security/override]")
    assert "security/override" in [d.code for d in found(silenced)]


def test_values_that_are_none_of_the_order_are_left_to_the_schema() -> None:
    here = world(DOMAIN.replace("optional", "sometimes"))
    assert here.document.text.endswith("sometimes\n")
    assert "security/override" not in [
        d.code for d in found(DOMAIN.replace("optional", "sometimes"))
    ]


@pytest.mark.parametrize(
    "governance",
    [
        "governance:\n  *pii : optional\n",
        "governance: {*pii : optional}\n",
        "governance:\n  pii_encryption: required\n  *pii : optional\n",
        "governance:\n  <<: {pii_encryption: required, pii_encryption: optional}\n",
        "governance:\n  <<: [{pii_encryption: optional}, {pii_encryption: required}]\n",
        "governance:\n  <<: *weak\n",
        "governance: {pii_encryption: !!str optional}\n",
        "governance:\n  ? pii_encryption\n  : >-\n    optional\n",
        'governance: {"pii\\x5fencryption":"option\\x61l"}\n',
    ],
)
def test_a_weaker_value_is_found_in_every_spelling_of_yaml(governance: str) -> None:
    files = {
        "enterprise-manifest.yaml": "scope: enterprise\ngovernance: {pii_encryption: required}\n",
        "sales-domain-manifest.yaml": "scope: domain\nparent_manifest: ./enterprise-manifest.yaml\n"
        "notes: [&pii pii_encryption, &weak {pii_encryption: optional}]\n" + governance,
    }
    text = "".join(f"#- {name}\n{body}" for name, body in files.items())
    text = text.replace("scope: domain", "$0scope: domain")
    assert [d.severity for d in found(text) if d.code == "security/override"] == ["error"]


@pytest.mark.parametrize(
    "days", ["!!int 0100", "!!int '0100'", "0100", "1:20", "'30'", "!!float 30", "0x20"]
)
def test_fewer_days_are_found_in_every_spelling_of_a_number(days: str) -> None:
    text = f"""
        #- enterprise-manifest.yaml
        scope: enterprise
        governance: {{data_retention_days: 90}}
        #- sales-domain-manifest.yaml
        $0scope: domain
        parent_manifest: ./enterprise-manifest.yaml
        governance: {{data_retention_days: {days}}}
    """
    assert [d.severity for d in found(text) if d.code == "retention/lowered"] == ["warning"]


def test_a_policy_that_is_null_to_floes_loader_binds_nobody() -> None:
    check(
        """
        #- enterprise-manifest.yaml
        scope: enterprise
        governance: {pii_encryption: !!null required}
        #- sales-domain-manifest.yaml
        scope: domain
        parent_manifest: ./enterprise-manifest.yaml
        governance: {pii_encryption: optional}
        """,
        only="security/",
    )


def test_aliases_that_stand_for_too_much_hide_nothing() -> None:
    """An alias that is passed over may hold anything, so that the file is not called right."""
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n"
    for name, above in ("ba", "cb", "dc", "ed"):
        bomb += f"{name}: &{name} [{', '.join([f'*{above}'] * 9)}]\n"
    domain = "scope: domain\nparent_manifest: ./enterprise-manifest.yaml\n"
    domain += f"weak: &weak {{pii_encryption: optional}}\n{bomb}"
    rest = ["*d"] * 3 + ["*c"] * 3 + ["*b"] * 7 + ["*a"] * 4 + ["*one"] * 5 + ["*e"]
    domain += f"one: &one x\nf: [{', '.join(rest)}]\n"
    text = (
        "#- enterprise-manifest.yaml\nscope: enterprise\ngovernance: {pii_encryption: required}\n"
    )
    text += f"#- sales-domain-manifest.yaml\n$0{domain}governance: *weak\n"
    assert {d.code for d in found(text) if d.severity == "error"} == {"yaml/too-many-aliases"}
