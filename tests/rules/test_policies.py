"""Lists that layers add to: `policy/removed` and `security/egress`."""

from __future__ import annotations

import pytest

from check import check, effective, fixed, found

ENTERPRISE = """
    #- enterprise-manifest.yaml
    scope: enterprise
    governance:
      policies:
        - {name: tags, type: required_tags, action: warn, message: Tag it.}
        - {name: few, type: max_transforms, action: warn, message: Split it.}
      network_policies:
        enabled: true
        custom_egress_rules:
          - to: [{ipBlock: {cidr: 198.51.100.0/24}}]
"""
DOMAIN = """
    #- sales-domain-manifest.yaml
    $0scope: domain
    parent_manifest: oci://registry/enterprise-manifest:v1.0.0
    plugins: {compute: duckdb}
"""


def test_an_emptied_list_is_an_error_and_names_what_stays() -> None:
    check(
        ENTERPRISE
        + """
    #- sales-domain-manifest.yaml
    scope: domain
    parent_manifest: oci://registry/enterprise-manifest:v1.0.0
    governance:
      policies: []
    #           ^^ error[policy/removed]: `governance.policies` is empty here, but 2 items of \
enterprise-manifest.yaml (enterprise, line 3) stay: a lower layer adds to this list and removes nothing.
    """,
        only="policy",
    )


@pytest.mark.parametrize("value", ["[]", "null", "~", ""])
def test_nothing_behind_the_key_reads_as_removed_too(value: str) -> None:
    fixture = f"{DOMAIN}    governance:\n      policies: {value}\n" + ENTERPRISE
    assert [d.code for d in found(fixture) if d.code == "policy/removed"] == ["policy/removed"]
    assert "governance" not in fixed(fixture, "Remove `governance.policies`")


def test_a_policy_of_ones_own_is_joined() -> None:
    own = "      policies:\n        - {name: own, type: custom, action: warn, message: m}\n"
    fixture = f"{DOMAIN}    governance:\n{own}" + ENTERPRISE
    check(fixture, only="policy")
    names = [line for line in effective(fixture).split("\n") if "governance.policies" in line]
    assert ["'tags'" in names[0], "'few'" in names[1], "'own'" in names[2]] == [True] * 3


def test_an_empty_list_below_none_is_fine() -> None:
    check(f"{DOMAIN}    governance:\n      custom_rules: []\n" + ENTERPRISE, only="policy")


def test_an_unknown_parent_makes_nothing_red() -> None:
    check(f"{DOMAIN}    governance:\n      policies: []\n", only="policy")


def test_each_egress_rule_of_ones_own_is_pointed_out() -> None:
    check(
        ENTERPRISE
        + """
    #- sales-domain-manifest.yaml
    scope: domain
    parent_manifest: oci://registry/enterprise-manifest:v1.0.0
    governance:
      network_policies:
        enabled: true
        custom_egress_rules:
          - to: [{ipBlock: {cidr: 198.51.100.0/24}}]
          - to:
    #       ^^^ warning[security/egress]: This egress rule opens a way out that `governance.network_policies` of \
enterprise-manifest.yaml (enterprise, line 6) does not have. Make sure that it is meant.
              - ipBlock: {cidr: 203.0.113.0/24}
          - {}
    #       ^^ warning[security/egress]
    """,
        only="security",
    )


def test_egress_rules_of_the_top_layer_or_below_no_network_policies_are_fine() -> None:
    check(ENTERPRISE, only="security")
    rules = "    governance:\n      network_policies:\n        custom_egress_rules: [{to: []}]\n"
    check(
        DOMAIN + rules + "    #- enterprise-manifest.yaml\n    scope: enterprise\n", only="security"
    )
    check(DOMAIN + rules, only="security")
