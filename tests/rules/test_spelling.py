# ruff: noqa: E501  a mark stands on one line with its message
from check import check, fixed


def test_the_short_forms_spellings_are_right_in_the_short_form() -> None:
    check(
        """
        scope: enterprise
        plugins: {compute: duckdb, observability: datadog}
        approved_plugins: {compute: [duckdb]}
        """
    )


def test_the_released_form_is_told_what_its_compiler_does_not_read() -> None:
    check(
        """
        apiVersion: floe.dev/v1
        kind: Manifest
        metadata: {name: a, version: 1.0.0, owner: b}
        scope: enterprise
        plugins:
          compute: {type: duckdb}
          orchestrator: dagster
        #               ^^^^^^^ error[spelling/not-shipped]: The released form names a plugin by `type`, and its compiler refuses a name alone.
          observability: {type: jaeger}
        # ^^^^^^^^^^^^^ error[spelling/not-shipped]: `observability` is the ADR's word; the released form has `telemetry_backend` and `lineage_backend`.
        approved_plugins:
          compute: duckdb
        #          ^^^^^^ error[approved/scalar]: `approved_plugins.compute` is a list; one name is read as a list of one.
        """
    )
    check(
        """
        #- floe.yaml
        apiVersion: floe.dev/v1
        kind: FloeSpec
        metadata: {name: a, version: 1.0.0}
        platform: {ref: oci://r.example.com/m:v1.0.0}
        #          ^^^ error[spelling/not-shipped]
        transforms: [{name: a}]
        """
    )


def test_one_name_in_place_of_a_list_is_a_hint_in_the_short_form() -> None:
    check(
        """
        scope: enterprise
        approved_plugins:
          compute: duckdb
        #          ^^^^^^ hint[approved/scalar]
        """
    )


def test_both_references_are_an_error_when_they_differ() -> None:
    check(
        """
        #- floe.yaml
        name: a
        platform:
          ref: oci://r.example.com/m:v1.0.0
        # ^^^ error[spelling/twice]
          manifest: oci://r.example.com/n:v1.0.0
        transforms: [{type: dbt, path: a}]
        """
    )


def test_the_released_spelling_is_put_in_place() -> None:
    head = "apiVersion: floe.dev/v1\nkind: Manifest\nmetadata: {owner: a}\n"
    assert fixed(f"{head}plugins: {{compute: 'duckdb'}}\n", "Write it as `{type: 'duckdb'}`") == (
        f"{head}plugins: {{compute: {{type: 'duckdb'}}}}\n"
    )
    assert fixed(
        f"{head}plugins: {{observability: {{type: marquez}}}}\n", "Rename to `lineage_backend`"
    ) == (f"{head}plugins: {{lineage_backend: {{type: marquez}}}}\n")
