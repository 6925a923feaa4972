# ruff: noqa: E501  a mark stands on one line with its message
"""The walk over a document's shape: what is said, where, and that an edit changes it as a fresh start would."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from check import check, fixed
from fixture import real_shapes
from floe_ls.forms.document import Document, read_document
from floe_ls.ide.validate import findings
from floe_ls.text import Span

SHAPES = real_shapes()


# --- what is said, and where


def test_a_wrong_type_says_what_is_there_and_what_belongs_there() -> None:
    check(
        """
        governance:
          data_retention_days: ninety
        #                      ^^^^^^ error[retention/value]: `data_retention_days` is the text `ninety`, but must be a whole number, 1 or more.
          quality_gates: [80]
        #                ^^^^ error[schema/type]: `quality_gates` is a list, but must be a mapping with keys such as `minimum_test_coverage`, `require_descriptions`, `require_column_descriptions`, `block_on_failure` and `layer_thresholds`.
          network_policies:
            enabled: perhaps
        #            ^^^^^^^ error[schema/type]: `enabled` is the text `perhaps`, but must be true or false.
        """
    )


def test_a_choice_says_which_there_are() -> None:
    check(
        """
        scope: platform
        #      ^^^^^^^^ error[scope/value]: `scope` is `platform`, but must be `enterprise` or `domain`.
        governance:
          pii_encryption: requird
        #                 ^^^^^^^ error[schema/choice]: `pii_encryption` is `requird`, but must be `required` or `optional`. Did you mean `required`?
        """,
        only="s",
    )


def test_a_number_out_of_bounds_says_the_bounds() -> None:
    check(
        """
        governance:
          data_retention_days: 0
        #                      ^ error[retention/value]: `data_retention_days` is 0, but must be 1 or more.
          quality_gates:
            minimum_test_coverage: 120
        #                          ^^^ error[schema/range]: `minimum_test_coverage` is 120, but must be from 0 to 100.
        """
    )


def test_a_truth_value_is_no_choice_and_no_number_of_days() -> None:
    check(
        """
        governance:
          pii_encryption: yes
        #                 ^^^ error[schema/choice]: `pii_encryption` is true, but must be `required` or `optional`.
          policy_enforcement_level: off
        #                           ^^^ error[yaml/ambiguous-scalar]: Unquoted `off` is false to floe's loader, which reads YAML 1.1; `policy_enforcement_level` must be `off`, `warn` or `strict`.
          data_retention_days: true
        #                      ^^^^ error[retention/value]: `data_retention_days` is true, which floe counts as 1; it must be a whole number, 1 or more.
        """
    )


@pytest.mark.parametrize(("value", "read"), [("010", 8), ("1:30", 90)])
def test_a_number_that_floes_loader_reads_otherwise_is_pointed_out(value: str, read: int) -> None:
    document = read_document(
        "file:///w/manifest.yaml", f"governance:\n  data_retention_days: {value}\n"
    )
    (found,) = findings(document, SHAPES[document.kind])
    assert (found.code, found.severity) == ("yaml/ambiguous-scalar", "warning")
    assert f"the number {read} to floe's loader" in found.message


def test_numbers_of_a_plugins_own_settings_are_looked_at_too() -> None:
    check(
        """
        plugins:
          compute: {type: duckdb, config: {mode: 0755, port: 5432, start: 12:30, ratio: -1.5}}
        #                                        ^^^^ warning[yaml/ambiguous-scalar]: `0755` is the number 493 to floe's loader, which reads YAML 1.1; today's YAML reads the number 755.
        #                                                                 ^^^^^ warning[yaml/ambiguous-scalar]: `12:30` is the number 750 to floe's loader, which reads YAML 1.1; today's YAML reads `12:30`.
          orchestrator: dagster
        """
    )


def test_what_floe_takes_is_taken() -> None:
    check(
        """
        governance:
          data_retention_days: "90"
          network_policies: {enabled: yes, default_deny: "off"}
          quality_gates: {minimum_test_coverage: 80.0}
        """
    )


def test_an_unknown_key_names_the_nearest_that_is_not_taken() -> None:
    check(
        """
        governance:
          naming:
            enforcment: warn
        #   ^^^^^^^^^^ error[schema/unknown-key]: `enforcment` is not a known key in `governance.naming`. Did you mean `enforcement`?
          rbac:
            enabled: true
            enable: true
        #   ^^^^^^ error[schema/unknown-key]: `enable` is not a known key in `governance.rbac`. Known: `enabled`, `required_role` and `allow_principal_fallback`.
        """
    )


def test_a_missing_key_is_shown_on_the_first_line_of_what_lacks_it() -> None:
    check(
        """
        governance:
          policy_overrides:
            - pattern: legacy_*
        #     ^^^^^^^^^^^^^^^^^ error[schema/required]: Each entry of `governance.policy_overrides` needs `reason`: why the exception exists, for whoever audits it.
              action: exclude
          rbac: {}
        artifacts:
        #^^^^^^^^ error[schema/required]: `artifacts` needs `registry`: the registry that holds them.
          promotion: {}
        """
    )


def test_a_later_key_of_the_same_name_is_the_one_that_counts() -> None:
    check(
        """
        governance:
          data_retention_days: 0
          data_retention_days: 9
        # ^^^^^^^^^^^^^^^^^^^ warning[yaml/duplicate-key]
        """
    )


def test_two_spellings_of_one_key_are_one_too_many() -> None:
    check(
        """
        #- floe.yaml
        apiVersion: floe.dev/v1
        api_version: floe.dev/v1
        #^^^^^^^^^^ error[spelling/twice]: `api_version` and `apiVersion` are two spellings of `apiVersion`, which belongs here once.
        kind: FloeSpec
        metadata: {name: a, version: 1.0.0}
        platform: {manifest: oci://r.example.com/m:v1.0.0}
        transforms: [{name: a}]
        """
    )


def test_items_that_must_differ_are_compared() -> None:
    check(
        """
        scope: domain
        parent_manifest: oci://r.example.com/m:v1.0.0
        approved_products: [a, b, a]
        #                         ^ warning[approved/duplicate]: `a` stands in `approved_products` already.
        """
    )
    check(
        """
        #- floe.yaml
        platform: {ref: oci://r.example.com/m:v1.0.0}
        metadata: {name: a, version: 1.0.0}
        transforms:
          - {name: a, type: dbt, path: a}
          - {name: a, type: dbt, path: b}
        #          ^ error[product/duplicate-transform]: `a` is the `name` of an entry above; in `transforms` each entry has its own.
        """
    )


def test_a_kind_of_its_own_becomes_a_scope() -> None:
    text = "apiVersion: floe.dev/v1\nkind: DomainManifest # ours\nmetadata: {}\n"
    assert fixed(text, "Change to `Manifest`, add `scope: domain`") == (
        "apiVersion: floe.dev/v1\nkind: Manifest # ours\nscope: domain\nmetadata: {}\n"
    )


def test_a_version_that_is_a_number_is_quoted_and_completed() -> None:
    text = "apiVersion: floe.dev/v1\nkind: Manifest\nmetadata: {name: a, version: 1.0, owner: b}\n"
    assert 'version: "1.0.0"' in fixed(text, 'Change to `"1.0.0"`')


def test_a_secret_in_the_open_is_told_wherever_it_stands() -> None:
    check(
        """
        plugins:
          catalog:
            type: polaris
            config:
              oauth2:
                client_secret: hunter2-Zq81
        #                      ^^^^^^^^^^^^ warning[security/plain-secret]
                client_id: floe
        """
    )


def test_keys_that_are_no_words_are_told() -> None:
    check(
        """
        plugins:
          catalog: {type: polaris, config: {1: a}}
        #                                   ^ error[schema/key]: floe's loader reads the key `1` as the number 1, and keys are texts: quote it.
        on: 1
        #^ error[schema/key]: floe's loader reads the key `on` as true, and keys are texts: quote it.
        """,
        only="schema/key",
    )


def test_a_list_of_manifests_is_one_too_many() -> None:
    check(
        """
        #- floe.yaml
        name: a
        platform:
          ref: [a, b]
        #      ^^^^^^ error[product/several-manifests]: `ref` is a list. A product belongs to one domain, so it names one manifest; products of other domains it reads by their data contracts.
        transforms: [{type: dbt, path: a}]
        """
    )


# --- an edit changes what a fresh start would


def told(document: Document) -> list[tuple[Span, str, str, str | None]]:
    found = findings(document, SHAPES[document.kind]) if document.is_ours else ()
    return sorted((f.span, f.code, f.message, f.severity) for f in found)


START = """\
apiVersion: floe.dev/v1
kind: FloeSpec
metadata: {name: a, version: 1.0.0}
transforms:
""" + "".join(
    f"  - name: step_{n}\n    tier: {tier}\n    tags: [a, b{', b' * (n % 3 == 0)}]\n    dependsOn:\n      - step_{n - 1}\n"
    for n, tier in enumerate(["gold", "silver", "platin", "bronze"] * 12)
)
PIECES = [
    "",
    "x",
    "\n",
    "  ",
    "- ",
    "name: step_1\n",
    "    teir: gold\n",
    ": ",
    "[",
    "]",
    '"',
    "  - name: a\n",
    "#",
    "&a ",
    "*cfg",
    "<<: *cfg\n",
]


LAYER = """\
scope: enterprise
metadata: &meta {name: a, version: 1.0}
plugins:
  compute: snowflak
  observability: datadog
  catalog: {approved: [glue], default: polaris, config: &cfg {password: hunter2-Zq81}}
  storage: {type: s3, config: *cfg}
approved_plugins:
  compute: duckdb
  catalog: [glue, glue]
governance:
  pii_encryption: yes
  <<: *meta
  naming: {pattern: custom}
resource_presets:
  small: {cpu_request: 2, memory_request: 1Gi, cpu_limit: "1", memory_limit: 1Gi}
"""


@settings(max_examples=80, deadline=None, print_blob=True)
@given(
    st.integers(0, 2**32),
    st.sampled_from([("floe.yaml", START), ("manifest.yaml", START), ("manifest.yaml", LAYER)]),
)
def test_what_is_told_after_edits_is_what_a_fresh_start_tells(
    seed: int, start: tuple[str, str]
) -> None:
    rng = random.Random(seed)
    uri = f"file:///w/{start[0]}"
    document = read_document(uri, start[1])
    told(document)
    for _ in range(6):
        text = document.text
        at = rng.randrange(len(text))
        end = min(len(text), at + rng.choice([0, 0, 1, 1, 5, 60]))
        text = text[:at] + rng.choice(PIECES) + text[end:]
        document = read_document(uri, text, old=document)
        assert told(document) == told(read_document(uri, text)), f"seed {seed}"
