"""Which plugin does each job of the platform."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from floe_ls.schema import constraints
from floe_ls.schema.meta import (
    DEEP,
    OVERRIDE,
    WARNING,
    By,
    Category,
    Codes,
    Constraint,
    Examples,
    Form,
    Inherit,
    Is,
    Known,
    Merge,
    Needed,
    Role,
    Rules,
    Severity,
    Unknown,
)
from floe_ls.schema.section import Section

# Every name that floe's registry, its plugin packages or its documents have. They disagree, and plugins are open.
COMPUTE = ("duckdb", "snowflake", "spark", "bigquery", "databricks")
ORCHESTRATOR = ("dagster", "airflow", "prefect")
CATALOG = ("polaris", "glue", "hive", "unity", "nessie")
STORAGE = ("s3", "gcs", "azure-blob", "minio", "aws-s3")
SEMANTIC_LAYER = ("cube", "dbt-semantic-layer")
INGESTION = ("dlt", "airbyte")
SECRETS = ("k8s-secrets", "eso", "vault", "k8s", "infisical", "kubernetes", "external-secrets")
TELEMETRY_BACKEND = ("console", "jaeger", "datadog", "grafana-cloud", "aws-xray")
LINEAGE_BACKEND = ("marquez", "atlan", "openmetadata")
IDENTITY = ("k8s-rbac", "custom", "keycloak")
DBT = ("core", "fusion", "local", "cloud")
QUALITY = ("great_expectations", "soda", "dbt_expectations")

_TYPE = Codes(type="plugins/type")
_ENTERPRISE_DECIDES = Inherit(Merge.IMMUTABLE, weakened="observability/immutable")
# A category with `approved` alone says which plugins may be chosen and chooses none.
_CHOSEN = Needed(By(Severity.ERROR, Severity.WARNING, Severity.ERROR), "plugins/no-type")

Percent = Annotated[int, Field(ge=0, le=100)]
Share = Annotated[float, Field(ge=0, le=1.0)]


# --- one choice


class Plugin(Section):
    """The plugin chosen for one job of the platform, with its settings."""

    type: Annotated[
        str | None,
        Is(Role.PLUGIN_NAME),
        _CHOSEN,
        Field(min_length=1),
        Form("nonblank"),
        Codes(empty="plugins/no-type"),
    ] = None
    """Name of the plugin."""
    version: Annotated[str | None, Form("semver"), Examples(("1.0.0",))] = None
    """Version that is pinned: three numbers. Compiled as 0.0.0 when left out."""
    config: dict[str, Any] | None = None
    """Settings that the plugin gets. Which there are is up to the plugin."""
    connection_secret_ref: Annotated[
        str | None,
        Field(min_length=1, max_length=253),
        Form("secret-name"),
        Examples(("snowflake-credentials",)),
    ] = None
    """Name of the Kubernetes secret with the credentials of the connection. The secret itself never
    stands here."""


# --- quality


class QualityGate(Section):
    """What models of one quality tier need."""

    min_test_coverage: Annotated[float, Field(ge=0, le=100)] = 0
    """Least share of columns that have tests, in percent."""
    required_tests: Annotated[
        list[str], Codes(duplicate="schema/duplicate"), Examples((["not_null", "unique"],))
    ] = []
    """Kinds of tests that must be there."""
    min_score: Percent = 0
    """Least quality score, from 0 to 100."""
    overridable: bool = True
    """Whether a layer below may change this gate. False locks it."""


_Gate = Annotated[
    QualityGate, Inherit(Merge.OVERRIDE, lock="overridable", weakened="quality/locked-gate")
]


class TierGates(Section):
    """What models need, by quality tier."""

    bronze: _Gate = Field(default_factory=QualityGate)
    """What raw models need."""
    silver: _Gate = QualityGate.model_construct(
        min_test_coverage=80, required_tests=["not_null", "unique"], min_score=75
    )
    """What cleaned models need."""
    gold: _Gate = QualityGate.model_construct(
        min_test_coverage=100,
        required_tests=["not_null", "unique", "accepted_values", "relationships"],
        min_score=90,
    )
    """What models made for consumers need."""


class DimensionWeights(Section):
    """How much each dimension counts in the quality score. The five add up to 1; one that is left
    out has its default."""

    completeness: Share = 0.25
    """Share of the checks for missing data."""
    accuracy: Share = 0.25
    """Share of the checks that values are right."""
    validity: Share = 0.2
    """Share of the checks that values keep to the rules."""
    consistency: Share = 0.15
    """Share of the checks that sources agree."""
    timeliness: Share = 0.15
    """Share of the checks that data is fresh."""

    rules: ClassVar[Rules] = Rules(
        constraints=(Constraint("quality/weights", constraints.weights_add_up, source="C11"),)
    )


class Calculation(Section):
    """How results of checks move the score."""

    baseline_score: Percent = 70
    """The score before any check counts."""
    max_positive_influence: Percent = 30
    """Most points that passed checks can add."""
    max_negative_influence: Percent = 50
    """Most points that failed checks can take away."""
    severity_weights: Annotated[
        dict[Literal["critical", "warning", "info"], float], Codes(unknown="quality/severity")
    ] = {
        "critical": 3.0,
        "warning": 1.0,
        "info": 0.5,
    }
    """How much a check counts, by its severity."""


class Thresholds(Section):
    """The scores that decide."""

    min_score: Percent = 70
    """Below this score a product is not deployed."""
    warn_score: Percent = 85
    """Below this score there is a warning."""


class Quality(Section):
    """Checks of data quality, and how their results become a score."""

    provider: Annotated[
        str | None,
        Is(Role.PLUGIN_NAME),
        _CHOSEN,
        Field(min_length=1),
        Form("nonblank", WARNING),
        Codes(empty="plugins/no-type"),
    ] = None
    """Name of the quality plugin. Floe's compiler refuses one that it does not know."""
    quality_gates: Annotated[TierGates, DEEP] = Field(default_factory=TierGates)
    """What models need, by quality tier. A layer below replaces a tier's gate as a whole, unless it
    is locked."""
    dimension_weights: Annotated[DimensionWeights, OVERRIDE] = Field(
        default_factory=DimensionWeights
    )
    """How much each dimension counts in the score."""
    calculation: Annotated[Calculation, OVERRIDE] = Field(default_factory=Calculation)
    """How results of checks move the score."""
    thresholds: Annotated[Thresholds, OVERRIDE] = Field(default_factory=Thresholds)
    """The scores that decide."""
    check_timeout_seconds: Annotated[int, Field(ge=1, le=3600)] = 300
    """Most seconds that a check may take."""
    enabled: bool = True
    """Whether quality is checked at all."""


# --- the block


class Plugins(Section):
    """The plugin chosen for each job of the platform. A layer below chooses category by category,
    among what `approved_plugins` allows."""

    compute: Annotated[
        Plugin | None, Category(COMPUTE, missing="plugins/no-compute"), OVERRIDE, _TYPE
    ] = None
    """Engine that runs the transforms. A domain chooses it among the approved ones, and its
    products inherit it."""
    orchestrator: Annotated[
        Plugin | None,
        Category(
            ORCHESTRATOR,
            missing="plugins/no-orchestrator",
            missing_severity=By(None, None, Severity.WARNING),
        ),
        OVERRIDE,
        _TYPE,
    ] = None
    """Scheduler that starts the runs of products."""
    catalog: Annotated[Plugin | None, Category(CATALOG), OVERRIDE, _TYPE] = None
    """Iceberg catalog in which tables are registered."""
    storage: Annotated[Plugin | None, Category(STORAGE), OVERRIDE, _TYPE] = None
    """Object store that holds the files of tables."""
    semantic_layer: Annotated[Plugin | None, Category(SEMANTIC_LAYER), OVERRIDE, _TYPE] = None
    """Metrics and the API that serves them."""
    ingestion: Annotated[Plugin | None, Category(INGESTION), OVERRIDE, _TYPE] = None
    """Loader that brings in data from outside. Products that list sources of their own need
    `dlt`."""
    secrets: Annotated[Plugin | None, Category(SECRETS), OVERRIDE, _TYPE] = None
    """Where credentials are kept and looked up at run time."""
    telemetry_backend: Annotated[
        Plugin | None, Category(TELEMETRY_BACKEND), _ENTERPRISE_DECIDES, _TYPE
    ] = None
    """Where traces, metrics and logs go. What the topmost layer chooses holds for all below it."""
    lineage_backend: Annotated[
        Plugin | None, Category(LINEAGE_BACKEND), _ENTERPRISE_DECIDES, _TYPE
    ] = None
    """Where lineage events go. What the topmost layer chooses holds for all below it."""
    identity: Annotated[Plugin | None, Category(IDENTITY), OVERRIDE, _TYPE] = None
    """Provider that tells who is asking."""
    dbt: Annotated[Plugin, Category(DBT), OVERRIDE, _TYPE] = Plugin.model_construct(type="core")
    """How dbt is run. A choice above holds where this layer writes none."""
    quality: Annotated[
        Quality | None,
        Category(QUALITY, severity=By(Severity.WARNING, Severity.WARNING, Severity.ERROR)),
        DEEP,
        _TYPE,
    ] = None
    """Checks of data quality. Its plugin stands under `provider`, and its settings beside it."""

    rules: ClassVar[Rules] = Rules(
        unknown=Unknown(
            "plugins/unknown-category", By(Severity.WARNING, Severity.ERROR, Severity.ERROR)
        ),
    )


CATEGORIES: tuple[str, ...] = tuple(Plugins.model_fields)
"""The categories of plugins."""
CategoryName = Annotated[str, Known(CATEGORIES, "plugins/unknown-category")]
"""A key that is a category: a list for one that does not exist has no effect (catalogue U9)."""
