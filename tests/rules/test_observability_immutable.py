from __future__ import annotations

import pytest

from check import check, effective, fixed, found

PAIR = """
    #- enterprise-manifest.yaml
    scope: enterprise
    plugins:
      observability: datadog
    #- sales-domain-manifest.yaml
    $0scope: domain
    parent_manifest: oci://registry/enterprise-manifest:v1.0.0
    plugins:
      compute: duckdb
      observability: jaeger
"""


def test_another_backend_than_the_enterprises_is_an_error() -> None:
    check("""
        #- enterprise-manifest.yaml
        scope: enterprise
        plugins:
          observability: datadog
        #- sales-domain-manifest.yaml
        scope: domain
        parent_manifest: oci://registry/enterprise-manifest:v1.0.0
        plugins:
          compute: duckdb
          observability: jaeger
        #                ^^^^^^ error[observability/immutable]: `plugins.observability` cannot be `jaeger` here: \
enterprise-manifest.yaml (enterprise, line 3) sets `datadog` for all below it. Remove it.
    """)


def test_the_result_keeps_the_enterprises_backend() -> None:
    assert (
        "plugins.telemetry_backend.type = 'datadog'  <- enterprise-manifest.yaml (immutable)"
        in effective(PAIR)
    )


def test_a_backend_is_the_domains_where_the_enterprise_chooses_none() -> None:
    check(PAIR.replace("observability: datadog", "catalog: polaris"))


def test_the_released_forms_backends_are_fixed_in_the_same_way() -> None:
    findings = found(PAIR.replace("observability: jaeger", "telemetry_backend: {type: jaeger}"))
    assert [(d.code, d.message.split(":")[0]) for d in findings] == [
        ("observability/immutable", "`plugins.telemetry_backend.type` cannot be `jaeger` here")
    ]


def test_settings_beside_the_enterprises_choice_have_no_effect() -> None:
    own = "observability: {type: datadog, config: {site: eu}}"
    findings = found(PAIR.replace("observability: jaeger", own))
    assert [d.message for d in findings] == [
        (
            "`plugins.observability.config` has no effect here: enterprise-manifest.yaml (enterprise, line 3) sets "
            "`plugins.observability` for all below it. Remove it."
        )
    ]


@pytest.mark.parametrize("own", ["observability: datadog", "observability: {type: datadog}"])
def test_the_same_backend_is_only_repeated(own: str) -> None:
    findings = found(PAIR.replace("observability: jaeger", own))
    assert {(d.code, d.severity) for d in findings} == {("inherit/redundant", "hint")}


def test_both_mends() -> None:
    assert fixed(PAIR, "Remove `plugins.observability` to inherit it").endswith(
        "plugins:\n  compute: duckdb\n"
    )
    assert fixed(PAIR, "Change to `datadog`").endswith("  observability: datadog\n")


def test_an_artifact_decides_and_an_unknown_parent_does_not() -> None:
    domain = "    #- sales" + PAIR.partition("#- sales")[2]
    check(domain)
    target = "oci://registry/enterprise-manifest:v1.0.0"
    artifact = PAIR.partition("    #- sales")[0].replace(".yaml", f".yaml @ {target}", 1)
    findings = found(domain + artifact)
    assert [d.code for d in findings] == ["observability/immutable"]
    assert findings[0].related[0].document.ref == target
