"""Rules between the fields of one object: each broken and kept, and shown where its author would look."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floe_ls.schema import constraints
from floe_ls.schema.kinds import KINDS
from floe_ls.schema.meta import Breach, Constraint, Dialect, Severity
from floe_ls.schema.shape import shape_of

Check = Callable[[Mapping[Any, Any]], Iterator[Breach]]
Path = tuple[str | int, ...]

REF = {"name": "registry-login"}
WEIGHTS = dict.fromkeys(("completeness", "accuracy", "validity", "consistency", "timeliness"), 0.2)


def every_constraint() -> dict[Check, Constraint]:
    return {
        rule.check: rule
        for model in KINDS.values()
        for shape in shape_of(model).walk()
        for rule in shape.rules.constraints
    }


KEPT: list[tuple[Check, dict[str, Any]]] = [
    (constraints.custom_patterns_missing, {}),
    (constraints.custom_patterns_missing, {"pattern": "medallion"}),
    (constraints.custom_patterns_missing, {"pattern": "custom", "custom_patterns": ["^stg_"]}),
    (constraints.custom_patterns_unused, {"pattern": "custom", "custom_patterns": ["^stg_"]}),
    (constraints.custom_patterns_unused, {"pattern": "kimball"}),
    (constraints.custom_patterns_unused, {"custom_patterns": []}),
    (constraints.weights_add_up, {}),
    (constraints.weights_add_up, WEIGHTS),
    (constraints.weights_add_up, {"completeness": "0.25"}),
    (constraints.weights_add_up, {"completeness": 0.3, "accuracy": 0.2}),
    (constraints.weights_add_up, {"completeness": "much"}),
    (constraints.choices_are_approved, {"plugins": {"compute": {"type": "spark"}}}),
    (
        constraints.choices_are_approved,
        {
            "scope": "domain",
            "approved_plugins": {"compute": ["spark"]},
            "plugins": {"compute": {"type": "duckdb"}},
        },
    ),
    (
        constraints.choices_are_approved,
        {
            "approved_plugins": {"compute": ["spark"], "quality": ["soda"], "catalog": "polaris"},
            "plugins": {"compute": {"type": "spark"}, "quality": {"provider": "soda"}},
            "defaults": {"compute": "spark", "catalog": "glue"},
        },
    ),
    (constraints.credentials_unused, {"type": "basic", "credentials_ref": REF}),
    (constraints.credentials_unused, {"type": "aws-irsa", "credentials_ref": None}),
    (constraints.credentials_unused, {"type": "anonymous"}),
    (constraints.credentials_missing, {"type": "token", "credentials_ref": REF}),
    (constraints.credentials_missing, {"type": "token", "token_ref": "registry"}),
    (constraints.credentials_missing, {"type": "anonymous"}),
    (constraints.delays_in_order, {}),
    (constraints.delays_in_order, {"initial_delay_ms": 1000, "max_delay_ms": 1000}),
    (
        constraints.signing_fits_mode,
        {"mode": "keyless", "oidc_issuer": "https://issuer.example.com"},
    ),
    (constraints.signing_fits_mode, {"mode": "key-based", "private_key_ref": REF}),
    (
        constraints.signing_fits_mode,
        {"mode": "key-based", "private_key_ref": REF, "oidc_issuer": "https://issuer.example.com"},
    ),
    (constraints.someone_is_trusted, {"enabled": False}),
    (constraints.someone_is_trusted, {"enabled": "off"}),
    (constraints.someone_is_trusted, {"public_key_ref": REF}),
    (
        constraints.someone_is_trusted,
        {"trusted_issuers": [{"issuer": "https://issuer.example.com"}]},
    ),
    (constraints.one_subject, {"subject": "repo:acme/floe"}),
    (constraints.one_subject, {"subject_regex": "repo:acme/.*"}),
    (constraints.mandatory_gate_is_on, {"gates": {}}),
    (constraints.mandatory_gate_is_on, {"gates": {"policy_compliance": True}}),
    (constraints.mandatory_gate_is_on, {"gates": {"policy_compliance": {"command": "check"}}}),
    (
        constraints.limits_hold_requests,
        {
            "requests": {"cpu": "500m", "memory": "1Gi"},
            "limits": {"cpu": "1", "memory": "1073741824"},
        },
    ),
    (constraints.limits_hold_requests, {"requests": {"cpu": "lots"}, "limits": {"cpu": "1"}}),
    (constraints.name_is_missing, {"metadata": {"name": "sales"}}),
    (constraints.version_is_missing, {"metadata": {"version": "1.0.0"}}),
    (constraints.description_is_missing, {"metadata": {"description": "All sales"}}),
    (constraints.few_config_keys, {"config": {str(n): n for n in range(50)}}),
    (constraints.merge_has_a_key, {"writeMode": "append"}),
    (constraints.merge_has_a_key, {"writeMode": "merge", "primaryKey": "id"}),
    (constraints.merge_has_a_key, {"writeMode": "merge", "primaryKey": ["id", "day"]}),
]

BROKEN: list[tuple[Check, dict[str, Any], list[Path]]] = [
    (constraints.custom_patterns_missing, {"pattern": "custom"}, [("pattern",)]),
    (
        constraints.custom_patterns_missing,
        {"pattern": "custom", "custom_patterns": []},
        [("custom_patterns",)],
    ),
    (
        constraints.custom_patterns_unused,
        {"pattern": "kimball", "custom_patterns": ["^stg_"]},
        [("custom_patterns",)],
    ),
    (constraints.weights_add_up, {"completeness": 0.5}, [()]),
    (constraints.weights_add_up, {**WEIGHTS, "accuracy": 0.2000001}, [()]),
    (
        constraints.choices_are_approved,
        {
            "approved_plugins": {"compute": ["duckdb"], "quality": []},
            "plugins": {"compute": {"type": "spark"}, "quality": {"provider": "soda"}},
            "defaults": {"compute": "snowflake"},
        },
        [
            ("plugins", "compute", "type"),
            ("defaults", "compute"),
            ("plugins", "quality", "provider"),
        ],
    ),
    (
        constraints.credentials_unused,
        {"type": "anonymous", "credentials_ref": REF},
        [("credentials_ref",)],
    ),
    (constraints.credentials_missing, {"type": "basic"}, [("type",)]),
    (
        constraints.credentials_missing,
        {"type": "token", "credentials_ref": None},
        [("credentials_ref",)],
    ),
    (constraints.delays_in_order, {"initial_delay_ms": 60000}, [("initial_delay_ms",)]),
    (
        constraints.delays_in_order,
        {"max_delay_ms": 1000, "initial_delay_ms": 2000},
        [("initial_delay_ms",)],
    ),
    (constraints.signing_fits_mode, {"mode": "keyless"}, [("mode",)]),
    (
        constraints.signing_fits_mode,
        {"mode": "keyless", "oidc_issuer": None, "private_key_ref": REF},
        [("oidc_issuer",), ("private_key_ref",)],
    ),
    (constraints.signing_fits_mode, {"mode": "key-based"}, [("mode",)]),
    (
        constraints.signing_fits_mode,
        {"mode": "key-based", "private_key_ref": None},
        [("private_key_ref",)],
    ),
    (constraints.someone_is_trusted, {}, [()]),
    (constraints.someone_is_trusted, {"enabled": True, "trusted_issuers": []}, [()]),
    (constraints.one_subject, {"subject": "a", "subject_regex": "b"}, [("subject_regex",)]),
    (constraints.one_subject, {"issuer": "https://issuer.example.com"}, [()]),
    (constraints.one_subject, {"subject": "", "subject_regex": None}, [()]),
    (
        constraints.mandatory_gate_is_on,
        {"gates": {"policy_compliance": False}},
        [("gates", "policy_compliance")],
    ),
    (
        constraints.mandatory_gate_is_on,
        {"gates": {"policy_compliance": "off"}},
        [("gates", "policy_compliance")],
    ),
    (
        constraints.limits_hold_requests,
        {"requests": {"cpu": "2", "memory": "1Gi"}, "limits": {"cpu": "1500m", "memory": "1G"}},
        [("limits", "cpu"), ("limits", "memory")],
    ),
    (constraints.name_is_missing, {}, [()]),
    (constraints.name_is_missing, {"metadata": {"name": None}}, [()]),
    (constraints.version_is_missing, {"metadata": {}}, [()]),
    (constraints.description_is_missing, {"metadata": None}, [()]),
    (constraints.few_config_keys, {"config": {str(n): n for n in range(51)}}, [("config",)]),
    (constraints.merge_has_a_key, {"writeMode": "merge"}, [("writeMode",)]),
    (constraints.merge_has_a_key, {"writeMode": "merge", "primaryKey": ""}, [("primaryKey",)]),
    (constraints.merge_has_a_key, {"writeMode": "merge", "primaryKey": []}, [("primaryKey",)]),
    (constraints.merge_has_a_key, {"primaryKey": ["id", " "]}, [("primaryKey", 1)]),
]


@pytest.mark.parametrize(("check", "data"), KEPT)
def test_a_kept_rule_is_silent(check: Check, data: dict[str, Any]) -> None:
    assert list(check(data)) == []


@pytest.mark.parametrize(("check", "data", "paths"), BROKEN)
def test_a_broken_rule_is_shown_where_it_is_broken(
    check: Check, data: dict[str, Any], paths: list[Path]
) -> None:
    breaches = list(check(data))
    assert [breach.path for breach in breaches] == paths
    for breach in breaches:
        assert breach.message.endswith(".")
        assert "  " not in breach.message


def test_every_rule_is_tried_both_ways() -> None:
    rules = set(every_constraint())
    assert rules == {check for check, _ in KEPT} == {check for check, _, _ in BROKEN}


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=4) | st.integers() | st.none(), inner, max_size=3)
    ),
    max_leaves=8,
)
KEYS = sorted({key for _, data, _ in BROKEN for key in data} | {"name", "type", "gates"})
WORDS = sorted({v for _, data, _ in BROKEN for v in data.values() if isinstance(v, str)})
NESTED = st.dictionaries(
    st.sampled_from([*KEYS, "cpu", "memory", "compute", "policy_compliance"]),
    ANYTHING | st.sampled_from(WORDS),
    max_size=4,
)


@given(
    st.dictionaries(
        st.sampled_from(KEYS) | st.integers(),
        ANYTHING | st.sampled_from(WORDS) | NESTED | st.lists(NESTED, max_size=3),
        max_size=6,
    )
)
def test_no_rule_ever_raises(data: dict[Any, Any]) -> None:
    for check in every_constraint():
        for breach in check(data):
            assert breach.message


def severity_of(check: Check, dialect: Dialect) -> Severity | None:
    return every_constraint()[check].severity[dialect]


def test_what_floe_refuses_is_an_error() -> None:
    for check in (
        constraints.custom_patterns_missing,
        constraints.weights_add_up,
        constraints.credentials_unused,
        constraints.signing_fits_mode,
        constraints.someone_is_trusted,
        constraints.one_subject,
        constraints.mandatory_gate_is_on,
        constraints.few_config_keys,
        constraints.merge_has_a_key,
    ):
        assert severity_of(check, Dialect.V1) is Severity.ERROR


def test_missing_credentials_that_floe_misses_are_a_warning() -> None:
    """floe's compiler notices an explicit null only (U5)."""
    (absent,) = constraints.credentials_missing({"type": "basic"})
    assert absent.severity is Severity.WARNING
    (null,) = constraints.credentials_missing({"type": "basic", "credentials_ref": None})
    assert null.severity is None


def test_a_product_without_a_name_is_told_so_in_the_adr_alone() -> None:
    check = constraints.name_is_missing
    assert severity_of(check, Dialect.ADR) is Severity.INFORMATION
    assert severity_of(check, Dialect.V1) is None


def test_weights_name_the_defaults_that_count() -> None:
    (breach,) = constraints.weights_add_up({"completeness": 0.5, "accuracy": 0.25})
    assert "validity 0.2" in breach.message
    assert "1.25" in breach.message


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (1, 1.0),
        (0.5, 0.5),
        (" 0.5 ", 0.5),
        ("x", None),
        (None, None),
        (float("nan"), None),
        ([], None),
    ],
)
def test_numbers_are_read_as_floe_reads_them(value: Any, number: float | None) -> None:
    assert constraints.number(value) == number


@pytest.mark.parametrize(
    ("value", "truth"),
    [
        (True, True),
        ("yes", True),
        ("ON", True),
        (1, True),
        (0.0, False),
        ("f", False),
        ("maybe", None),
        (2, None),
        (None, None),
        ([], None),
    ],
)
def test_words_are_read_as_floe_reads_them(value: Any, truth: bool | None) -> None:
    assert constraints.truth(value) is truth
