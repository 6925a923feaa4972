"""What domains say of themselves: `domains/same-namespace` and `name/scope-mismatch`."""

from __future__ import annotations

import pytest

from check import check, fixed, found

DOMAINS = """
    #- enterprise-manifest.yaml
    scope: enterprise
    plugins: {compute: duckdb}
    #- sales-domain-manifest.yaml
    scope: domain
    parent_manifest: oci://registry/enterprise-manifest:v1.0.0
    domain:
      name: sales
      namespace: customers
    #            ^^^^^^^^^ warning[domains/same-namespace]: The namespace `customers` is that of \
marketing-domain-manifest.yaml (domain, line 3), too: tables of both domains would mix. Give each domain its own.
    #- marketing-domain-manifest.yaml
    scope: domain
    parent_manifest: oci://registry/enterprise-manifest:v1.0.0
    domain: {name: marketing, namespace: customers}
    #                                    ^^^^^^^^^ warning[domains/same-namespace]
"""


def test_two_domains_with_one_namespace_are_a_warning_on_both() -> None:
    check(DOMAINS, only="domains")


def test_the_same_plugin_is_never_a_finding() -> None:
    check("""
        #- enterprise-manifest.yaml
        scope: enterprise
        #- sales-domain-manifest.yaml
        scope: domain
        parent_manifest: oci://registry/enterprise-manifest:v1.0.0
        plugins: {compute: snowflake}
        #- marketing-domain-manifest.yaml
        scope: domain
        parent_manifest: oci://registry/enterprise-manifest:v1.0.0
        plugins: {compute: snowflake}
    """)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("enterprise-manifest.yaml", "$0scope: domain\n", "domain"),
        ("sales-domain-manifest.yaml", "$0scope: enterprise\n", "enterprise"),
        ("domain-manifest.yaml", "$0plugins: {}\n", "plugins"),
    ],
)
def test_a_file_name_that_says_another_tier_is_a_hint(name: str, text: str, said: str) -> None:
    findings = [d for d in found(text, name=name) if d.code == "name/scope-mismatch"]
    assert [d.severity for d in findings] == ["hint"]
    span = findings[0].span
    assert text.replace("$0", "")[span.start : span.end] == said


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("enterprise-manifest.yaml", "scope: enterprise\n"),
        ("sales-domain-manifest.yaml", "scope: domain\n"),
        ("manifest.yaml", "scope: domain\n"),
        ("manifest.yaml", "plugins: {}\n"),
        ("platform-manifest.yaml", "scope: enterprise\n"),
        ("floe.yaml", "platform: {}\n"),
    ],
)
def test_names_that_say_nothing_or_the_same_are_fine(name: str, text: str) -> None:
    assert "name/scope-mismatch" not in [d.code for d in found(text, name=name)]


def test_the_scope_can_be_set_as_the_name_says() -> None:
    assert fixed("scope: domain\n", "Set `scope: enterprise`", name="enterprise-manifest.yaml") == (
        "scope: enterprise\n"
    )
    assert fixed("plugins: {}\n", "Set `scope: domain`", name="domain-manifest.yaml") == (
        "plugins: {}\nscope: domain\n"
    )
