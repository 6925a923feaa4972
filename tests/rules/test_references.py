"""How references are written, and what they lead to."""

from __future__ import annotations

import pytest

from check import check, fixed, found, world
from floe_ls.chain.layers import Unavailable
from floe_ls.forms.document import read_document
from floe_ls.ide.diagnostics import diagnostics
from floe_ls.ide.model import Diagnostic
from floe_ls.settings import Registry, Settings

TARGET = "oci://registry/enterprise-manifest:v1.0.0"
DOMAIN = f"""
    #- sales-domain-manifest.yaml
    $0scope: domain
    parent_manifest: {TARGET}
    plugins: {{compute: duckdb}}
"""
ENTERPRISE = """
    #- enterprise-manifest.yaml
    scope: enterprise
"""


def grave(findings: list[Diagnostic]) -> list[Diagnostic]:
    return [d for d in findings if d.severity != "hint"]


# --- how they are written


def test_the_wrong_part_of_a_reference_is_shown() -> None:
    check("""
        scope: domain
        parent_manifest: oci://registry/Enterprise/manifest:v1.0.0
        #                               ^^^^^^^^^^ error[ref/syntax]: Repositories are written in small letters: \
`enterprise`.
    """)
    check("""
        scope: domain
        parent_manifest: "oci://registry/enterprise:"
        #                                          ^ error[ref/syntax]: The tag is missing after the `:`, such as \
`v1.0.0`.
    """)


def test_a_sure_mend_of_a_reference_is_proposed() -> None:
    fixture = 'scope: domain\nparent_manifest: "oci://registry/Enterprise:v1"\n'
    assert fixed(fixture, "Change to `oci://registry/enterprise:v1`") == (
        "scope: domain\nparent_manifest: oci://registry/enterprise:v1\n"
    )


def test_a_reference_without_version_is_a_warning() -> None:
    check("""
        scope: domain
        parent_manifest: oci://registry/enterprise-manifest
        #                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[ref/no-version]: \
`oci://registry/enterprise-manifest` names no version, so it means `latest`, whatever that is. Name a tag or digest.
    """)


@pytest.mark.parametrize("tag", ["latest", "latest-prod", "dev", "snapshot-1"])
def test_a_tag_that_moves_is_a_hint(tag: str) -> None:
    findings = found(DOMAIN.replace("v1.0.0", tag))
    assert [(d.code, d.severity) for d in findings] == [("ref/mutable-tag", "hint")]
    assert f"The tag `{tag}` is moved" in findings[0].message


@pytest.mark.parametrize("tag", ["v1.0.0", "stable", "v1"])
def test_other_tags_and_digests_are_fine(tag: str) -> None:
    check(DOMAIN.replace("v1.0.0", tag), hints=True)
    check(DOMAIN.replace(":v1.0.0", "@sha256:" + "0" * 64), hints=True)


def test_a_name_or_path_leads_to_the_workspace_and_is_pointed_out() -> None:
    check(
        ENTERPRISE
        + """
    #- sales-domain-manifest.yaml
    scope: domain
    parent_manifest: enterprise-manifest
    #                ^^^^^^^^^^^^^^^^^^^ information[ref/not-oci]: `enterprise-manifest` is looked for among the \
manifests of this workspace only. floe's references are `oci://host/repository:tag`.
    plugins: {compute: duckdb}
    #- marketing-domain-manifest.yaml
    scope: domain
    parent_manifest: ./enterprise-manifest.yaml
    #                ^^^^^^^^^^^^^^^^^^^^^^^^^^ information[ref/not-oci]: `./enterprise-manifest.yaml` is a path: it \
leads nowhere once this file is published. floe's references are `oci://host/repository:tag`.
    plugins: {compute: duckdb}
    """
    )


def test_the_reference_that_others_use_is_proposed_for_a_path() -> None:
    other = DOMAIN.replace("$0", "")
    path = DOMAIN.replace("sales-", "marketing-").replace(TARGET, "./enterprise-manifest.yaml")
    assert f"parent_manifest: {TARGET}\n" in fixed(
        ENTERPRISE + other + path, f"Change to `{TARGET}`"
    )
    settings = Settings(
        folder="file:///w/",
        sources={"oci://registry/enterprise-manifest": "enterprise-manifest.yaml"},
    )
    stated = ENTERPRISE.replace("scope", "metadata: {version: 1.0.0}\n    scope")
    assert f"parent_manifest: {TARGET}\n" in fixed(
        stated + path, f"Change to `{TARGET}`", settings=settings
    )


def test_a_product_of_the_released_form_may_name_a_path() -> None:
    check(
        """
    #- manifest.yaml
    plugins: {compute: duckdb}
    #- orders/floe.yaml
    apiVersion: floe.dev/v1
    kind: FloeSpec
    metadata: {name: orders, version: 1.0.0}
    platform: {manifest: ../manifest.yaml}
    transforms: [{name: orders}]
    """,
        only="ref/",
    )


# --- what they lead to


def test_a_file_that_is_not_there_is_an_error() -> None:
    path = DOMAIN.replace(TARGET, "../platform/enterprise-manifest.yaml")
    uri = "file:///platform/enterprise-manifest.yaml"
    gone = Unavailable("not-found", "There is no file ../platform/enterprise-manifest.yaml.", uri)
    findings = [d for d in found(path, failures={uri: gone}) if d.severity != "information"]
    assert [(d.code, d.severity, d.message) for d in findings] == [
        ("ref/not-found", "error", "There is no file ../platform/enterprise-manifest.yaml.")
    ]


def test_a_name_that_nobody_has_is_an_error_once_all_files_are_known() -> None:
    name = DOMAIN.replace(TARGET, "enterprise")
    assert [d.code for d in found(name)] == ["ref/not-found", "ref/not-oci"]
    assert [d.code for d in found(name, scanned=False)] == ["ref/not-oci"]


@pytest.mark.parametrize("kind", ["timeout", "unreachable", "auth", "forbidden", "tls", "offline"])
def test_an_unreachable_registry_is_one_warning_that_says_what_was_not_checked(kind: str) -> None:
    gone = Unavailable(kind, f"{TARGET} could not be had: no answer within 10 seconds.", TARGET)
    findings = found(DOMAIN + "    governance: {pii_encryption: optional}", failures={TARGET: gone})
    assert [(d.code, d.severity, d.message) for d in findings] == [
        (
            "ref/unreachable",
            "warning",
            (
                f"{TARGET} could not be had: no answer within 10 seconds. "
                "So the policies of the layers above were not checked."
            ),
        )
    ]


def test_what_is_no_manifest_is_an_error() -> None:
    findings = found("""
        #- orders/floe.yaml
        transforms: []
        platform: {ref: x}
        #- sales-domain-manifest.yaml
        $0scope: domain
        parent_manifest: ./orders/floe.yaml
    """)
    assert [(d.code, d.message) for d in findings if d.severity == "error"] == [
        (
            "ref/not-manifest",
            "`./orders/floe.yaml` leads to orders/floe.yaml, which is a data product; a manifest belongs here.",
        )
    ]


def test_only_the_file_that_holds_a_reference_tells_of_its_trouble() -> None:
    gone = Unavailable("not-found", f"There is no {TARGET}.", TARGET)
    check(
        f"""
        #- sales-domain-manifest.yaml
        scope: domain
        parent_manifest: {TARGET}
        #                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[ref/not-found]: There is no {TARGET}.
        plugins: {{compute: duckdb}}
        #- sales/floe.yaml
        metadata: {{name: customer-360}}
        platform: {{ref: "oci://registry/sales-domain-manifest:v1.0.0"}}
        transforms: [{{type: dbt, path: models/}}]
        """,
        failures={TARGET: gone},
    )


def test_what_an_artifact_lacks_is_told_where_it_is_used_and_is_never_red() -> None:
    gone = Unavailable("not-found", f"There is no {TARGET}.", TARGET)
    findings = found(
        f"""
        #- sales/floe.yaml
        metadata: {{name: customer-360}}
        platform: {{ref: "oci://registry/sales-domain-manifest:v1.0.0"}}
        transforms: [{{type: dbt, path: models/}}]
        #- manifest.yaml @ oci://registry/sales-domain-manifest:v1.0.0
        scope: domain
        parent_manifest: {TARGET}
        plugins: {{compute: duckdb}}
        """,
        failures={TARGET: gone},
    )
    assert [(d.code, d.severity) for d in grave(findings)] == [("ref/unreachable", "warning")]
    assert grave(findings)[0].message == (
        f"The parent of oci://registry/sales-domain-manifest:v1.0.0 cannot be had: There is no {TARGET}."
    )


def test_an_old_copy_that_could_not_be_renewed_is_an_information() -> None:
    here = world(DOMAIN)
    artifact = read_document(
        "floe-oci://registry/enterprise-manifest@sha256/manifest.yaml",
        "scope: enterprise\n",
        ref=TARGET,
        fetched_at=1_767_225_600.0,
        stale="registry did not answer.",
    )
    snapshot = here.snapshot.with_artifact(TARGET, artifact)
    findings = diagnostics(snapshot, here.document)
    assert [(d.code, d.severity, d.message) for d in findings] == [
        (
            "ref/stale",
            "information",
            f"A copy of `{TARGET}` of 2026-01-01 00:00 UTC is in use: registry did not answer.",
        )
    ]


def test_a_mirror_is_asked_in_place_of_the_workspace() -> None:
    settings = Settings(folder="file:///w/", registries={"registry": Registry(mirror="mirror")})
    assert found(ENTERPRISE + DOMAIN, settings=settings) == []
    here = world(ENTERPRISE + DOMAIN, settings=settings)
    assert here.snapshot.pending(here.document) == TARGET


# --- manifests with errors of their own


def test_a_reference_to_a_manifest_with_errors_has_its_first_error() -> None:
    check(
        """
        #- enterprise-manifest.yaml
        scope: enterprise
        approved_plugins: {compute: [duckdb]}
        governance: {audit_logging: enabled}
        #- sales-domain-manifest.yaml
        scope: domain
        parent_manifest: oci://registry/enterprise-manifest:v1.0.0
        plugins: {compute: spark}
        #                  ^^^^^ error[whitelist/not-approved]
        governance: {audit_logging: disabled}
        #                           ^^^^^^^^ error[security/override]
        #- sales/floe.yaml
        metadata: {name: customer-360}
        platform: {ref: "oci://registry/sales-domain-manifest:v1.0.0"}
        #               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[ref/invalid]: sales-domain-manifest.yaml \
has an error in line 3: `spark` is not approved for `compute`: enterprise-manifest.yaml (enterprise, line 2) \
approves `duckdb`. Choose it, or ask the enterprise team to approve it. (1 more there.)
        transforms: [{type: dbt, path: models/}]
        """
    )


def test_warnings_of_a_manifest_and_what_its_comments_silence_do_no_harm_below() -> None:
    check(
        """
        #- enterprise-manifest.yaml
        scope: enterprise
        governance:
          data_retention_days: 90
          policies: [{name: a, type: custom, action: warn, message: m}]
        #- sales-domain-manifest.yaml
        scope: domain
        parent_manifest: oci://registry/enterprise-manifest:v1.0.0
        plugins: {compute: duckdb}
        governance:
          data_retention_days: 30
        #                      ^^ warning[retention/lowered]
          policies: []  # floe-ls: ignore[policy/removed]
        #- sales/floe.yaml
        metadata: {name: customer-360}
        platform: {ref: "oci://registry/sales-domain-manifest:v1.0.0"}
        transforms: [{type: dbt, path: models/}]
        """
    )


def test_an_error_two_layers_up_is_told_one_layer_below_it_only() -> None:
    codes = {}
    fixture = """
        #- enterprise-manifest.yaml
        scope: enterprise
        governance: {policies: []}
        #- middle-domain-manifest.yaml
        scope: domain
        parent_manifest: oci://registry/enterprise-manifest:v1.0.0
        plugins: {compute: duckdb}
        #- sales/floe.yaml
        metadata: {name: customer-360}
        platform: {ref: "oci://registry/middle-domain-manifest:v1.0.0"}
        transforms: [{type: dbt, path: models/}]
    """.replace("policies: []", "pii_encryption: sometimes")
    here = world(fixture)
    for _, document, _ in here.files:
        codes[document.label] = [d.code for d in grave(diagnostics(here.snapshot, document))]
    assert codes["sales/floe.yaml"] == []
    assert codes["enterprise-manifest.yaml"] == ["schema/choice"]
    assert codes["middle-domain-manifest.yaml"] == ["ref/invalid"]


def test_mending_the_manifest_mends_the_reference() -> None:
    here = world("""
        #- enterprise-manifest.yaml
        scope: enterprise
        governance: {audit_logging: enabled}
        #- sales-domain-manifest.yaml
        scope: domain
        parent_manifest: oci://registry/enterprise-manifest:v1.0.0
        plugins: {compute: duckdb}
        governance: {audit_logging: disabled}
        #- sales/floe.yaml
        $0metadata: {name: customer-360}
        platform: {ref: "oci://registry/sales-domain-manifest:v1.0.0"}
        transforms: [{type: dbt, path: models/}]
    """)
    before = diagnostics(here.snapshot, here.document)
    domain = here.file("sales-domain-manifest.yaml")
    mended = read_document(domain.uri, domain.text.replace("disabled", "enabled"), 2, domain)
    after = diagnostics(here.snapshot.with_document(mended), here.document)
    assert [d.code for d in grave(before)] == ["ref/invalid"]
    assert grave(after) == []


PUBLISHED = """
    #- orders/floe.yaml
    $0metadata: {name: orders, version: 1.0.0, description: All orders}
    platform: {ref: "oci://registry/sales-domain:v1.0.0"}
    transforms: [{type: dbt, path: models/}]
    #- domain.yaml @ oci://registry/sales-domain:v1.0.0
    scope: domain
    parent_manifest: oci://registry/enterprise:v1.0.0
    plugins: {compute: spark}
    #- enterprise.yaml @ oci://registry/enterprise:v1.0.0
"""


@pytest.mark.parametrize(
    ("enterprise", "message"),
    [
        (
            "scope: enterprise\n    approved_plugins: [duckdb]\n",
            "oci://registry/sales-domain:v1.0.0 inherits from oci://registry/enterprise:v1.0.0, which has an",
        ),
        (
            "plugins: {compute: spark}\n",
            "oci://registry/sales-domain:v1.0.0 has an error in line 2: The parent of a domain manifest",
        ),
        (
            "scope: domain\n    parent_manifest: oci://registry/enterprise:v1.0.0\n    plugins: {compute: spark}\n",
            "oci://registry/enterprise:v1.0.0 has an error in line 2: oci://registry/enterprise:v1.0.0 names itself",
        ),
    ],
)
def test_what_is_wrong_above_an_artifact_is_told_where_it_is_used(
    enterprise: str, message: str
) -> None:
    (finding,) = found(PUBLISHED + "    " + enterprise)
    assert (finding.code, finding.severity) == ("ref/invalid", "error")
    assert finding.message.startswith(f"{message} ")


def test_what_is_wrong_above_a_file_is_told_in_that_file() -> None:
    check(
        """
        #- orders/floe.yaml
        metadata: {name: orders, version: 1.0.0, description: All orders}
        platform: {ref: "oci://registry/sales-domain:v1.0.0"}
        transforms: [{type: dbt, path: models/}]
        #- sales-domain.yaml
        scope: domain
        parent_manifest: oci://registry/enterprise:v1.0.0
        #                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[ref/invalid]
        plugins: {compute: spark}
        #- enterprise.yaml @ oci://registry/enterprise:v1.0.0
        scope: enterprise
        approved_plugins: [duckdb]
        """
    )
