# ruff: noqa: E501  a mark stands on one line with its message
from check import check, fixed, found


def test_an_unknown_plugin_is_a_warning_with_the_nearest_name() -> None:
    check(
        """
        plugins:
          compute: snowflak
        #          ^^^^^^^^ warning[plugins/unknown-plugin]: `snowflak` is no known plugin of `compute`. Did you mean `snowflake`?
          orchestrator: our-own
        #               ^^^^^^^ warning[plugins/unknown-plugin]: `our-own` is no known plugin of `orchestrator`. Known: `dagster`, `airflow` and `prefect`.
        """
    )


def test_the_adrs_observability_knows_the_plugins_of_both_backends() -> None:
    check(
        """
        plugins:
          compute: duckdb
          orchestrator: dagster
          observability: marquez
        """
    )
    check(
        """
        plugins:
          compute: duckdb
          orchestrator: dagster
          observability: datadogg
        #                ^^^^^^^^ warning[plugins/unknown-plugin]: `datadogg` is no known plugin of `observability`. Did you mean `datadog`?
        """
    )


def test_in_a_list_of_approved_plugins_only_slips_are_told() -> None:
    check(
        """
        scope: enterprise
        approved_plugins:
          compute: [duckdb, our-own, snowflak]
        #                            ^^^^^^^^ warning[plugins/unknown-plugin]
        """
    )


def test_a_quality_plugin_that_the_compiler_does_not_know_is_an_error_there() -> None:
    text = "apiVersion: floe.dev/v1\nkind: Manifest\nplugins: {quality: {provider: soad}}\n"
    (unknown,) = [d for d in found(text) if d.code == "plugins/unknown-plugin"]
    assert unknown.severity == "error"


def test_a_comment_silences_a_plugin_of_ones_own() -> None:
    check(
        """
        plugins:
          compute: our-own # floe-ls: ignore[plugins/unknown-plugin]
          orchestrator: dagster
        """
    )


def test_the_nearest_name_is_put_in_place() -> None:
    assert fixed("plugins: {compute: 'snowflak'}\n", "Change to `snowflake`") == (
        "plugins: {compute: snowflake}\n"
    )
