"""Security, quality and compliance policies: what a lower layer may tighten and never loosen."""

from __future__ import annotations

import datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from floe_ls.schema import constraints
from floe_ls.schema.meta import (
    DEEP,
    EXTEND,
    INFORMATION,
    OVERRIDE,
    WARNING,
    By,
    Codes,
    Constraint,
    Dialect,
    DialectOnly,
    Examples,
    Form,
    Inherit,
    Known,
    Merge,
    Rules,
    Severity,
    Unknown,
    strengthen,
)
from floe_ls.schema.section import Section

_DESIGN = DialectOnly(frozenset({Dialect.DESIGN}))
_ADR = DialectOnly(frozenset({Dialect.ADR}))
_ADR_AND_DESIGN = DialectOnly(frozenset({Dialect.ADR, Dialect.DESIGN}))
_OFF_WARN_STRICT = strengthen("off", "warn", "strict")
_ON_IS_STRICTER = strengthen(False, True)
_HIGHER_IS_STRICTER = strengthen()
_LOWER_IS_STRICTER = Inherit(Merge.STRENGTHEN, lower_is_stricter=True)

Percent = Annotated[int, Field(ge=0, le=100)]


# --- models and their names


class Naming(Section):
    """How models must be named."""

    enforcement: Annotated[Literal["off", "warn", "strict"], _OFF_WARN_STRICT] = "warn"
    """What a badly named model does: nothing, a warning, or an error that stops compilation."""
    pattern: Literal["medallion", "kimball", "custom"] = "medallion"
    """The convention: `medallion` asks for `bronze_`, `silver_` or `gold_` in front, `kimball` for
    `dim_`, `fact_`, `bridge_`, `hub_`, `link_` or `sat_`, and `custom` for one of
    `custom_patterns`."""
    custom_patterns: (
        list[Annotated[str, Form("safe-regex"), Examples((r"^(stg|mart)_[a-z0-9_]+$",))]] | None
    ) = None
    """Regular expressions, one of which every model name must match from its start. Read only where
    `pattern` is `custom`, and needed there."""

    rules: ClassVar[Rules] = Rules(
        constraints=(
            Constraint("naming/custom-patterns", constraints.custom_patterns_missing, source="D07"),
            Constraint(
                "naming/unused-patterns",
                constraints.custom_patterns_unused,
                INFORMATION,
                source="D08",
            ),
        )
    )


# --- quality


class LayerThresholds(Section):
    """Least test coverage of each medallion layer, in percent of its columns."""

    bronze: Annotated[Percent, _HIGHER_IS_STRICTER] = 50
    """Least coverage of raw models, in percent."""
    silver: Annotated[Percent, _HIGHER_IS_STRICTER] = 80
    """Least coverage of cleaned models, in percent."""
    gold: Annotated[Percent, _HIGHER_IS_STRICTER] = 100
    """Least coverage of models made for consumers, in percent."""


class GoldLayer(Section):
    """What models of the gold layer need."""

    minimum_coverage: Annotated[Percent | None, _HIGHER_IS_STRICTER] = None
    """Least share of the layer's columns that have tests, in percent."""
    required_documentation: Annotated[bool | None, _ON_IS_STRICTER] = None
    """Whether each model of the layer needs a description."""


class QualityGates(Section):
    """Least tests and documentation that models need. Writing the block at all brings in its
    defaults, which count like written values when they are compared with the layer above."""

    minimum_test_coverage: Annotated[Percent, _HIGHER_IS_STRICTER] = 80
    """Least share of columns that have a test, in percent."""
    require_descriptions: Annotated[bool, _ON_IS_STRICTER] = False
    """Whether every model needs a description."""
    require_column_descriptions: Annotated[bool, _ON_IS_STRICTER] = False
    """Whether every column needs a description."""
    block_on_failure: Annotated[bool, _ON_IS_STRICTER] = True
    """Whether a missed gate stops compilation instead of being reported only."""
    layer_thresholds: LayerThresholds | None = None
    """Coverage by medallion layer; where it is given, it stands in for `minimum_test_coverage`."""
    zero_column_coverage_behavior: Literal["report_100_percent", "report_na"] = "report_na"
    """How a model without columns counts: as fully covered, or not at all."""
    required_tests: Annotated[
        list[str] | None,
        EXTEND,
        _DESIGN,
        Codes(duplicate="schema/duplicate"),
        Examples((["not_null", "unique"],)),
    ] = None
    """Tests that every model needs. A lower layer may add to them."""
    gold_layer: Annotated[GoldLayer | None, _DESIGN] = None
    """Requirements of the gold layer beside its coverage."""


# --- model rules and exceptions to them


class TagRule(Section):
    """Models whose name starts with a prefix need certain tags."""

    type: Literal["require_tags_for_prefix"]
    """The form of the rule, which decides what else is written here. It must be written out."""
    prefix: Annotated[str, Field(min_length=1), Examples(("gold_",))]
    """The start of the model names that the rule is about."""
    required_tags: Annotated[list[str], Field(min_length=1), Examples((["tested", "documented"],))]
    """Tags that each such model must carry."""
    applies_to: Annotated[str, Form("glob")] = "*"
    """Glob that narrows down the models the rule looks at."""


class MetaRule(Section):
    """Models need a field in their `meta`."""

    type: Literal["require_meta_field"]
    """The form of the rule, which decides what else is written here. It must be written out."""
    field: Annotated[str, Field(min_length=1), Examples(("owner",))]
    """The key that each model's `meta` must have."""
    required: bool = True
    """Whether the field must also hold a value."""
    applies_to: Annotated[str, Form("glob")] = "*"
    """Glob that narrows down the models the rule looks at."""


class TestRule(Section):
    """Columns of models need certain kinds of tests."""

    __test__: ClassVar[bool] = False  # its name is no invitation to pytest

    type: Literal["require_tests_of_type"]
    """The form of the rule, which decides what else is written here. It must be written out."""
    test_types: Annotated[list[str], Field(min_length=1), Examples((["not_null", "unique"],))]
    """Kinds of tests that columns must have."""
    min_columns: Annotated[int, Field(ge=1)] = 1
    """How many columns of each model need them."""
    applies_to: Annotated[str, Form("glob")] = "*"
    """Glob that narrows down the models the rule looks at."""


CustomRule = Annotated[TagRule | MetaRule | TestRule, Field(discriminator="type")]

PolicyType = Literal[
    "naming",
    "coverage",
    "documentation",
    "semantic",
    "custom",
    "data_contract",
    "rbac",
    "secret_scanning",
    "network_policy",
]


class PolicyOverride(Section):
    """An exception for models that cannot comply yet."""

    pattern: Annotated[str, Field(min_length=1), Form("glob"), Examples(("legacy_*",))]
    """Glob of the model names that are excepted."""
    action: Literal["downgrade", "exclude"]
    """`downgrade` turns errors into warnings, `exclude` leaves the models out of the checks."""
    reason: Annotated[str, Field(min_length=1)]
    """Why the exception exists, for whoever audits it."""
    expires: Annotated[datetime.date | None, Form("date"), Examples(("2030-12-31",))] = None
    """Last day of the exception, as YYYY-MM-DD. Without it the exception does not end."""
    policy_types: Annotated[list[PolicyType] | None, Codes(duplicate="schema/duplicate")] = None
    """The policies that the exception is for; all of them when left out."""


class Policy(Section):
    """A policy written as configuration."""

    name: Annotated[str, Field(min_length=1), Examples(("limit-transforms",))]
    """Name that reports show."""
    type: Literal["required_tags", "naming_convention", "max_transforms", "custom"]
    """What is checked: tags, names, the number of transforms, or a condition of your own."""
    action: Literal["warn", "error", "block"]
    """What a violation does. `block` stops compilation, as `error` does."""
    message: Annotated[str, Field(min_length=1)]
    """Text that is shown on a violation."""
    config: dict[str, Any] = {}
    """Settings of this type: `required_tags`, `pattern` (naming_convention), `threshold`
    (max_transforms) or `condition` (custom)."""


# --- data contracts


class AutoGeneration(Section):
    """Making contracts out of output ports."""

    enabled: Annotated[bool, _ON_IS_STRICTER] = True
    """Whether a contract is made for each output port that has none."""
    include_descriptions: bool = True
    """Whether descriptions of columns are carried over."""
    default_classification: Literal[
        "public", "internal", "confidential", "pii", "phi", "sensitive", "restricted"
    ] = "internal"
    """Sensitivity of the columns for which nothing is said."""


class DriftDetection(Section):
    """Comparing contracts with the tables that are there."""

    enabled: Annotated[bool, _ON_IS_STRICTER] = True
    """Whether tables are compared with their contracts."""
    fail_on_type_mismatch: bool = True
    """Whether a column of another type is an error (FLOE-E530)."""
    fail_on_missing_column: bool = True
    """Whether a column that the table lacks is an error (FLOE-E531)."""
    warn_on_extra_column: bool = True
    """Whether a column that the contract lacks is a warning (FLOE-E532)."""


class DataContracts(Section):
    """How data contracts are made and checked."""

    enforcement: Annotated[Literal["off", "warn", "strict"], _OFF_WARN_STRICT] = "warn"
    """What a violated contract does: nothing, a warning, or an error."""
    auto_generation: AutoGeneration = Field(default_factory=AutoGeneration)
    """Making contracts out of output ports."""
    drift_detection: DriftDetection = Field(default_factory=DriftDetection)
    """Comparing contracts with the real tables."""
    inheritance_mode: Literal["merge", "override", "strict"] = "merge"
    """How a lower contract relates to the one above it: joined with it, in its place, or bound to
    it."""


# --- who and what may get at data


class Rbac(Section):
    """Who may compile a product."""

    enabled: bool = False
    """Whether the caller's role is checked."""
    required_role: Annotated[str | None, Examples(("data-engineer",))] = None
    """Role that the caller needs."""
    allow_principal_fallback: bool = True
    """Whether a principal given by option or environment counts where there is no OIDC token."""


class SecretPattern(Section):
    """A pattern that gives a secret away."""

    name: Annotated[str, Field(min_length=1), Examples(("internal-token",))]
    """Name that findings show."""
    pattern: Annotated[str, Field(min_length=1), Form("regex", WARNING)]
    """Regular expression that a secret matches."""
    severity: Literal["error", "warning"] = "error"
    """How severe a match is."""


class SecretScanning(Section):
    """Looking for secrets in the files of a project."""

    enabled: bool = False
    """Whether files are scanned."""
    exclude_patterns: list[Annotated[str, Form("glob"), Examples(("tests/**",))]] = []
    """Globs of the files that are left out."""
    custom_patterns: list[SecretPattern] | None = None
    """Patterns beside the built-in ones."""
    severity: Literal["error", "warning"] = "error"
    """How severe a match of a built-in pattern is."""


class NetworkPolicies(Section):
    """Kubernetes network policies that are generated for jobs."""

    enabled: Annotated[bool, _ON_IS_STRICTER] = False
    """Whether policies are generated. A lower layer cannot turn them off."""
    default_deny: Annotated[bool, _ON_IS_STRICTER] = True
    """Whether all traffic is refused that no rule lets through. A lower layer cannot open it."""
    custom_egress_rules: Annotated[
        list[dict[str, Any]], EXTEND, Codes(added="security/egress")
    ] = []
    """Egress rules beside the generated ones, in the form of Kubernetes. Each opens a way out, so
    those that a lower layer adds are pointed out."""


# --- only in floe's documents


class Personal(Section):
    """How personal data is treated."""

    requires_encryption: Annotated[bool | None, _ON_IS_STRICTER] = None
    """Whether personal data must be encrypted."""
    retention_max_days: Annotated[int | None, Field(ge=1), _LOWER_IS_STRICTER] = None
    """Most days that personal data may be kept."""
    requires_masking_in_non_prod: Annotated[bool | None, _ON_IS_STRICTER] = None
    """Whether personal data must be masked outside production."""

    rules: ClassVar[Rules] = Rules(
        unknown=Unknown("governance/unknown", By(None, Severity.INFORMATION, Severity.ERROR))
    )


class Classification(Section):
    """Levels of sensitivity and what follows from them."""

    levels: Annotated[
        list[
            Annotated[
                str, Known(("public", "internal", "confidential", "pii", "phi", "restricted"))
            ]
        ]
        | None,
        EXTEND,
        Codes(duplicate="schema/duplicate"),
    ] = None
    """The levels in use. A lower layer may add to them."""
    pii: Personal | None = None
    """What holds for personal data."""

    rules: ClassVar[Rules] = Rules(
        unknown=Unknown("governance/unknown", By(None, Severity.INFORMATION, Severity.ERROR))
    )


class InteroperabilityContracts(Section):
    """Contracts that data shared between domains needs."""

    required: Annotated[bool | None, _ON_IS_STRICTER] = None
    """Whether data that leaves its domain needs a contract."""
    schema_registry: Annotated[bool | None, _ON_IS_STRICTER] = None
    """Whether its schema must be in the registry."""


class Interoperability(Section):
    """Rules for data that is shared between domains."""

    data_contracts: InteroperabilityContracts | None = None
    """Contracts that shared data needs."""
    sla_enforcement: Annotated[bool | None, _ON_IS_STRICTER] = None
    """Whether the promises of output ports are held to account."""


class ProductRegistration(Section):
    """How products come to be registered."""

    mode: Literal["open", "approval_required"] | None = None
    """`open` lets any product register, `approval_required` waits for an approval."""


# --- the block


class Governance(Section):
    """Security, quality and compliance policies. A layer below may keep or tighten them."""

    pii_encryption: Annotated[
        Literal["required", "optional"] | None, strengthen("optional", "required")
    ] = None
    """Whether personal data must be encrypted. Once `required` above, no layer below can make it
    `optional`."""
    audit_logging: Annotated[
        Literal["enabled", "disabled"] | None, strengthen("disabled", "enabled")
    ] = None
    """Whether accesses are written to an audit log. Once `enabled` above, no layer below can
    disable it."""
    policy_enforcement_level: Annotated[
        Literal["off", "warn", "strict"] | None, _OFF_WARN_STRICT
    ] = None
    """What a violated policy does: nothing, a warning, or an error. Unset acts as `warn`; write
    `"off"` in quotes, since floe's compiler reads a bare one as false."""
    data_retention_days: Annotated[
        int | None,
        Field(ge=1),
        Inherit(
            Merge.OVERRIDE,
            ordered=True,
            weakened="retention/lowered",
            weakened_severity=By(Severity.WARNING, Severity.WARNING, Severity.ERROR),
        ),
        Codes(type="retention/value", range="retention/value"),
        Examples((30, 90, 365)),
    ] = None
    """How many days rows are kept. A domain may set its own; fewer days than above are pointed
    out."""
    default_ttl_hours: Annotated[int | None, Field(ge=1)] = None
    """How many hours a table's partitions live."""
    snapshot_keep_last: Annotated[int | None, Field(ge=1)] = None
    """How many Iceberg snapshots of each table are kept at least."""
    stale_table_recovery_mode: Literal["strict", "repair"] | None = None
    """What happens where a table's metadata file is gone but the catalog still lists it: `strict`
    stops, `repair` mends the entry."""
    naming: Naming | None = None
    """How models must be named."""
    quality_gates: QualityGates | None = None
    """Least tests and documentation that models need."""
    custom_rules: Annotated[list[CustomRule], EXTEND] = []
    """Further rules about tags, meta fields and tests of models. A lower layer adds its own and
    removes none."""
    policy_overrides: Annotated[list[PolicyOverride], OVERRIDE] = []
    """Exceptions for models that cannot comply yet. Each layer has its own."""
    data_contracts: DataContracts | None = None
    """How data contracts are made and checked."""
    rbac: Rbac | None = None
    """Who may compile a product."""
    secret_scanning: SecretScanning | None = None
    """Looking for secrets in the files of a project."""
    network_policies: Annotated[
        NetworkPolicies | Annotated[Any, _ADR] | None,
        DEEP,
    ] = None
    """Kubernetes network policies that are generated for jobs. A lower layer cannot get round
    them."""
    policies: Annotated[list[Policy] | None, EXTEND] = None
    """Policies of your own, written as configuration. A lower layer adds its own and removes
    none."""
    classification: Annotated[Classification | None, _DESIGN] = None
    """Levels of sensitivity and what follows from them."""
    interoperability: Annotated[Interoperability | None, _DESIGN] = None
    """Rules for data that is shared between domains."""
    slas: Annotated[dict[str, Any] | None, DEEP, _ADR_AND_DESIGN] = None
    """Least freshness and availability that products promise. A domain may promise more."""
    schema_evolution: Annotated[Literal["strict", "additive", "any"] | None, _DESIGN] = None
    """How schemas may change: not at all, by additions only, or in any way."""
    sensitive_fields: Annotated[
        list[str] | None,
        EXTEND,
        _DESIGN,
        Codes(duplicate="schema/duplicate"),
        Examples((["*_email", "ssn"],)),
    ] = None
    """Patterns of the column names that count as sensitive. A lower layer may add to them."""
    product_registration: Annotated[ProductRegistration | None, _DESIGN] = None
    """How products come to be registered."""

    rules: ClassVar[Rules] = Rules(
        unknown=Unknown(
            "governance/unknown", By(Severity.INFORMATION, Severity.ERROR, Severity.ERROR)
        )
    )
