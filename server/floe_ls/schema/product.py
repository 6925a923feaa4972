"""A data product, the floe.yaml: what it transforms, on which platform."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from floe_ls.schema import constraints
from floe_ls.schema.design import Owner
from floe_ls.schema.meta import (
    ERROR,
    SHIPPED,
    WARNING,
    By,
    Codes,
    Constraint,
    Dialect,
    DialectOnly,
    Examples,
    ForbiddenKeys,
    Form,
    Is,
    Known,
    Needed,
    Role,
    Rules,
    Severity,
    Single,
    Spelled,
    Unique,
    Unknown,
)
from floe_ls.schema.plugins import COMPUTE
from floe_ls.schema.section import Section

_DESIGN = DialectOnly(frozenset({Dialect.DESIGN}))
_ADR_AND_DESIGN = DialectOnly(frozenset({Dialect.ADR, Dialect.DESIGN}))
_ENVELOPE = Needed(By(None, Severity.ERROR, Severity.ERROR))
_ONE_MANIFEST = Single(
    "product/several-manifests",
    "A product belongs to one domain, so it names one manifest; products of other domains it reads by their data"
    " contracts.",
)
_LOOSE = Unknown(severity=By(Severity.WARNING, Severity.WARNING, Severity.ERROR))
"""Only the released form says what else may stand here."""


class ProductMetadata(Section):
    """What the product is called, and whose it is."""

    name: Annotated[
        str | None,
        Is(Role.NAME),
        Needed(By(None, Severity.ERROR, Severity.ERROR), "product/no-name"),
        Field(min_length=1, max_length=63),
        Form("product-name", By(Severity.WARNING, Severity.ERROR, Severity.ERROR)),
        Examples(("customer-360",)),
    ] = None
    """Name of the product: a lower-case letter, then letters, digits and hyphens. A domain approves
    products by this name."""
    version: Annotated[
        str | None,
        Is(Role.VERSION),
        Needed(By(None, Severity.ERROR, Severity.ERROR), "product/no-version"),
        Form("semver", By(Severity.WARNING, Severity.ERROR, Severity.ERROR)),
        Examples(("1.0.0",)),
    ] = None
    """Release of the product: three numbers, nothing before or behind them. Quoted, since a bare
    `1.0` is a number."""
    description: Annotated[str | None, Field(max_length=500)] = None
    """What the product offers, in 500 characters at most."""
    owner: Annotated[
        str | None, Is(Role.OWNER), Field(min_length=1), Examples(("sales-analytics@example.com",))
    ] = None
    """Team or person that answers for the product."""
    labels: Annotated[dict[str, str] | None, Examples(({"cost-center": "sales"},))] = None
    """Keys and values of your own."""
    domain: Annotated[str | None, _ADR_AND_DESIGN, Examples(("sales",))] = None
    """The domain that owns the product."""
    repository: Annotated[
        str | None, _ADR_AND_DESIGN, Examples(("github.com/acme/customer-360",))
    ] = None
    """Where the product's source is."""

    rules: ClassVar[Rules] = Rules(unknown=_LOOSE)


class Platform(Section):
    """The manifest that the product builds on."""

    manifest: Annotated[
        str | None,
        Is(Role.PLATFORM),
        _ONE_MANIFEST,
        Needed(ERROR, "product/no-platform"),
        Field(min_length=1),
        Form("manifest-ref"),
        Codes(empty="product/no-platform"),
        Examples(("oci://registry.example.com/sales-domain-manifest:v2.0.0",)),
    ] = None
    """The platform or domain manifest from which the product inherits, as
    `oci://host/repository:tag`."""
    version: Annotated[str | None, _DESIGN, Examples((">=1.2.0, <2.0.0",))] = None
    """Releases of the manifest that the product can take: a range, or one tag."""
    cache: Annotated[bool, _DESIGN] = True
    """Whether the manifest is kept locally once it was fetched."""


# --- transforms


class QualityCheck(Section):
    """A check that runs on a model's data."""

    name: Annotated[str, Field(min_length=1), Examples(("orders_have_customers",))]
    """Name of the check."""
    type: Annotated[str, Field(min_length=1), Examples(("not_null",))]
    """Kind of check."""
    column: str | None = None
    """The column that is checked; the whole table when left out."""
    dimension: Literal["completeness", "accuracy", "validity", "consistency", "timeliness"]
    """The dimension of quality for which the check counts."""
    severity: Literal["critical", "warning", "info"] = "warning"
    """How heavily a failed check counts."""
    custom_weight: Annotated[float | None, Field(ge=0.1, le=10.0)] = None
    """Weight in the score, from 0.1 to 10, in place of that of its severity."""
    parameters: dict[str, Any] = {}
    """Settings of this kind of check."""
    enabled: bool = True
    """Whether the check runs."""


class Transform(Section):
    """One model, or one folder of models, that the product builds."""

    name: Annotated[
        str | None,
        Is(Role.TRANSFORM_NAME),
        Needed(SHIPPED),
        Field(min_length=1, max_length=128),
        Form("model-name"),
        Examples(("stg_customers",)),
    ] = None
    """Name of the dbt model; each transform has its own."""
    type: Annotated[
        Literal["dbt"] | None,
        Needed(By(Severity.ERROR, Severity.ERROR, None)),
        _ADR_AND_DESIGN,
    ] = None
    """The tool that runs it. There is one: `dbt`."""
    path: Annotated[
        str | None,
        Is(Role.TRANSFORM_PATH),
        Needed(By(Severity.ERROR, Severity.ERROR, None)),
        _ADR_AND_DESIGN,
        Examples(("models/",)),
    ] = None
    """Folder of the models, from the folder of this file."""
    compute: Annotated[
        str | None, Is(Role.TRANSFORM_COMPUTE), Known(COMPUTE), Examples(("duckdb",))
    ] = None
    """The engine that runs it, among those that are approved; the platform's own when left out."""
    tags: Annotated[list[str] | None, Codes(duplicate="schema/duplicate")] = None
    """Tags of dbt, for choosing what to run."""
    depends_on: Annotated[
        list[str] | None,
        Is(Role.DEPENDS_ON),
        Spelled(("depends_on",)),
        Codes(duplicate="schema/duplicate"),
    ] = Field(default=None, alias="dependsOn")
    """Names of the transforms that must run before this one."""
    tier: Literal["bronze", "silver", "gold"] | None = None
    """Quality tier of the model, which decides what is asked of it."""
    quality_checks: Annotated[list[QualityCheck] | None, Spelled(("quality_checks",))] = Field(
        default=None, alias="qualityChecks"
    )
    """Checks that run on the model's data."""
    profiles_dir: Annotated[str, _ADR_AND_DESIGN] = ".floe/profiles"
    """Folder of the dbt profiles that floe makes."""
    target: Annotated[str | None, _ADR_AND_DESIGN] = None
    """Target of dbt that is used in place of the platform's."""

    rules: ClassVar[Rules] = Rules(unknown=_LOOSE)


class Schedule(Section):
    """When the product runs by itself."""

    cron: Annotated[str | None, Form("cron"), Examples(("0 6 * * *",))] = None
    """Times of the runs, as a cron expression of five fields."""
    timezone: Annotated[str, Form("timezone"), Examples(("Europe/Berlin",))] = "UTC"
    """Time zone in which `cron` is meant, by its IANA name."""
    enabled: bool = True
    """Whether the schedule is on."""


# --- ports


class Column(Section):
    """A column of what the product offers."""

    name: Annotated[
        str, Field(min_length=1, max_length=128), Form("model-name"), Examples(("customer_id",))
    ]
    """Name of the column."""
    type: Annotated[str, Examples(("string", "integer", "timestamp"))]
    """Logical type of its values."""
    description: Annotated[str | None, Field(max_length=500)] = None
    """What the column holds, in 500 characters at most."""
    required: bool = False
    """Whether every row has a value."""
    primary_key: bool = Field(default=False, alias="primaryKey")
    """Whether the column is part of the key."""
    classification: Annotated[
        str | None,
        Known(("public", "internal", "confidential", "pii", "phi", "sensitive", "restricted")),
    ] = None
    """How sensitive its values are."""


class SchemaFile(Section):
    """A schema that is kept in a file of its own."""

    ref: Annotated[str, Examples(("schemas/customers.json",))]
    """The file, from the folder of this one."""


class OutputPort(Section):
    """A table that the product offers to others."""

    name: Annotated[
        str, Field(min_length=1, max_length=128), Form("model-name"), Examples(("customers",))
    ]
    """Name of the port."""
    description: Annotated[str | None, Field(max_length=500)] = None
    """What is offered, in 500 characters at most."""
    owner: Annotated[str | None, Field(min_length=1)] = None
    """Team or person that answers for the port."""
    columns: Annotated[
        Annotated[list[Column], Field(min_length=1)] | Annotated[SchemaFile, _DESIGN] | None,
        Needed(SHIPPED),
    ] = Field(default=None, alias="schema")
    """Columns of the table, at least one. Contracts are made from them."""
    table: Annotated[str | None, _DESIGN, Examples(("sales.gold.customers",))] = None
    """The table that is offered."""
    sla: Annotated[dict[str, Any] | None, _DESIGN] = None
    """What the product promises: freshness, availability, quality."""
    access: Annotated[dict[str, Any] | None, _DESIGN] = None
    """Who may read the port."""


class InputPort(Section):
    """Something that the product reads."""

    name: Annotated[str, Examples(("crm_data",))]
    """Name of the port."""
    description: str | None = None
    """What is read."""
    source: str | dict[str, Any] | None = None
    """Where it comes from: an ingestion, or a port of another product."""
    contract: Any = None
    """The contract under which it is read."""
    freshness_requirement: Annotated[str | None, Examples(("6h",))] = None
    """How old it may be at most."""


class Destination(Section):
    """A system outside to which the product writes back."""

    name: Annotated[str, Field(min_length=1, max_length=100), Examples(("crm",))]
    """Name of the destination; each has its own."""
    sink_type: Annotated[str, Is(Role.SINK_TYPE), Field(min_length=1), Examples(("salesforce",))]
    """Kind of sink, among those that the enterprise approves."""
    connection_secret_ref: Annotated[
        str, Field(max_length=253), Form("secret-name"), Examples(("salesforce-credentials",))
    ]
    """Name of the Kubernetes secret with the credentials. The secret itself never stands here."""
    source_table: Annotated[str | None, Examples(("gold.customers",))] = None
    """The table that is written out."""
    config: dict[str, Any] | None = None
    """Settings of the sink, 50 keys at most."""
    field_mapping: Annotated[dict[str, str] | None, Examples(({"email": "Email__c"},))] = None
    """Which column goes into which field of the destination."""
    batch_size: Annotated[int | None, Field(ge=1, le=100_000)] = None
    """How many rows are sent at once, from 1 to 100,000."""

    rules: ClassVar[Rules] = Rules(
        constraints=(
            Constraint("destination/too-many-keys", constraints.few_config_keys, source="I11"),
        ),
    )


# --- ingestion


class Source(Section):
    """Files that the product loads by itself."""

    name: Annotated[
        str, Field(min_length=1, max_length=100), Form("source-name"), Examples(("orders",))
    ]
    """Name of the source; each has its own."""
    source_type: Annotated[Literal["filesystem"], Spelled(("source_type",))] = Field(
        alias="sourceType"
    )
    """Kind of source. There is one: `filesystem`."""
    format: Literal["csv", "jsonl", "parquet"]
    """Format of the files."""
    path: Annotated[
        str,
        Field(min_length=1),
        Form("source-path"),
        Examples(("data/orders.csv", "s3://landing/orders/")),
    ]
    """Where the files are: a path from the folder of this file, or an address of `s3`, `gs` or
    `az`. No credentials belong in it."""
    destination_table: Annotated[
        str,
        Field(min_length=1),
        Form("table-name"),
        Spelled(("destination_table",)),
        Examples(("raw.orders",)),
    ] = Field(alias="destinationTable")
    """The table that is filled, as `namespace.table`; each source has its own."""
    write_mode: Annotated[Literal["append", "replace", "merge"], Spelled(("write_mode",))] = Field(
        default="append", alias="writeMode"
    )
    """How rows get into the table: added, in place of all that are there, or matched by
    `primaryKey`."""
    schema_contract: Annotated[Literal["evolve", "freeze"], Spelled(("schema_contract",))] = Field(
        default="evolve", alias="schemaContract"
    )
    """Whether new columns are let in (`evolve`) or refused (`freeze`)."""
    cursor_field: Annotated[str | None, Spelled(("cursor_field",)), Examples(("updated_at",))] = (
        Field(default=None, alias="cursorField")
    )
    """Column that tells which rows are new since the last load."""
    primary_key: Annotated[
        str | list[str] | None, Spelled(("primary_key",)), Examples(("order_id",))
    ] = Field(default=None, alias="primaryKey")
    """Column or columns that identify a row; needed where `writeMode` is `merge`."""

    rules: ClassVar[Rules] = Rules(
        constraints=(Constraint("ingestion/merge-key", constraints.merge_has_a_key, source="I14"),),
    )


class Ingestion(Section):
    """What the product loads by itself, with the platform's `dlt` plugin."""

    sources: Annotated[
        list[Source],
        Field(min_length=1),
        Codes(empty="ingestion/no-source"),
        Unique("name", "ingestion/duplicate-source", source="I14"),
        Unique("destinationTable", "ingestion/duplicate-table", source="I14"),
    ]
    """The sources, at least one."""


class Airbyte(Section):
    """Settings of a load by Airbyte."""

    connection_id: str | None = None
    """The connection that Airbyte runs."""


class DltIncremental(Section):
    """Loading only what is new."""

    cursor_column: Annotated[str | None, Examples(("updated_at",))] = None
    """Column that tells which rows are new."""


class Dlt(Section):
    """Settings of a load by dlt."""

    source: Annotated[str | None, Examples(("dlt.sources.sql_database",))] = None
    """The source, by its name in Python."""
    resource: str | None = None
    """What is loaded from the source."""
    write_disposition: Literal["append", "replace", "merge"] | None = None
    """How rows get into the table: added, in place of all that are there, or matched by key."""
    incremental: DltIncremental | None = None
    """Loading only what is new."""


class Load(Section):
    """Data that the product loads by a loader's own settings."""

    name: Annotated[str, Examples(("salesforce_accounts",))]
    """Name of the load."""
    type: Literal["dlt", "airbyte"]
    """The loader."""
    destination: Annotated[str | None, Form("table-name"), Examples(("bronze.accounts",))] = None
    """The table that is filled, as `namespace.table`."""
    dlt: Dlt | None = None
    """Settings for `dlt`."""
    airbyte: Airbyte | None = None
    """Settings for `airbyte`."""
    secret_refs: Annotated[
        dict[str, str] | None, Examples(({"salesforce_token": "salesforce-api-token"},))
    ] = None
    """Names of the secrets that the loader gets."""


# --- only in floe's documents


class ProductQuality(Section):
    """Tests that the product asks of its own models."""

    minimum_coverage: Annotated[int | None, Field(ge=0, le=100)] = None
    """Least share of columns that have tests, in percent. It may be more than the platform asks,
    never less."""
    required_tests: Annotated[
        list[str] | None,
        Codes(duplicate="schema/duplicate"),
        Examples((["not_null", "unique"],)),
    ] = None
    """Tests that every model needs."""


class ProductEnvironment(Section):
    """What is different in one environment. The engine never is."""

    name: Annotated[str, Examples(("development", "staging", "production"))]
    """Name of the environment."""
    schedule: dict[str, Any] | None = None
    """Schedule in that environment."""
    transforms: dict[str, Any] | None = None
    """Settings of dbt in that environment, such as `threads`."""
    quality: dict[str, Any] | None = None
    """Tests that are asked for in that environment."""

    rules: ClassVar[Rules] = Rules(
        forbidden=(
            ForbiddenKeys(
                frozenset({"compute"}),
                "product/environment-compute",
                "what runs on one engine in development and on another in production breaks there",
            ),
        ),
    )


# --- the product


class DataProduct(Section):
    """A data product: what it transforms, and on which platform. All else is inherited from its
    manifest."""

    api_version: Annotated[
        Literal["floe.dev/v1"] | None, Is(Role.API_VERSION), _ENVELOPE, Spelled(("api_version",))
    ] = Field(default=None, alias="apiVersion")
    """Version of the file format. There is one: `floe.dev/v1`."""
    kind: Annotated[
        Literal["FloeSpec", "DataProduct"] | None,
        Is(Role.KIND),
        _ENVELOPE,
        Codes(type="kind/value", choice="kind/value"),
    ] = None
    """Says that this file is a data product. floe's compiler reads `FloeSpec`; its documents write
    `DataProduct`."""
    metadata: Annotated[ProductMetadata | None, _ENVELOPE] = None
    """What the product is called, and whose it is."""
    platform: Annotated[Platform | None, Needed(WARNING, "product/no-platform"), _ONE_MANIFEST] = (
        None
    )
    """The manifest that the product builds on."""
    transforms: Annotated[
        list[Transform] | None,
        Field(min_length=1),
        Unique("name", "product/duplicate-transform", source="I03"),
        Is(Role.TRANSFORMS),
        Needed(By(Severity.WARNING, Severity.WARNING, Severity.ERROR), "product/no-transforms"),
    ] = None
    """What the product builds, at least one transform."""
    schedule: Schedule | None = None
    """When the product runs by itself."""
    output_ports: Annotated[list[OutputPort] | None, Spelled(("output_ports",))] = Field(
        default=None, alias="outputPorts"
    )
    """Tables that the product offers to others."""
    destinations: Annotated[
        list[Destination] | None, Unique("name", "destination/duplicate", source="I11")
    ] = None
    """Systems outside to which the product writes back."""
    ingestion: Annotated[Ingestion | Annotated[list[Load], _DESIGN] | None, Is(Role.INGESTION)] = (
        None
    )
    """What the product loads by itself. The platform's ingestion plugin must be `dlt`."""
    schedules: Annotated[Any, _ADR_AND_DESIGN] = None
    """When the product runs. `schedule` took its place."""
    dependencies: Annotated[Any, _ADR_AND_DESIGN] = None
    """What the product builds on. `dependsOn` of each transform took its place."""
    input_ports: Annotated[list[InputPort] | None, _DESIGN] = None
    """What the product reads."""
    ownership: Annotated[Owner | None, _DESIGN] = None
    """The team that answers for the product."""
    quality: Annotated[ProductQuality | None, _DESIGN] = None
    """Tests that the product asks of its own models."""
    environments: Annotated[list[ProductEnvironment] | None, _DESIGN] = None
    """What is different in some environments."""
    depends_on: Annotated[
        list[str] | None, _ADR_AND_DESIGN, Examples((["marketing.campaigns"],))
    ] = None
    """Products of other domains on which this one builds."""

    rules: ClassVar[Rules] = Rules(
        constraints=(
            Constraint(
                "product/no-name",
                constraints.name_is_missing,
                By(Severity.INFORMATION, None, None),
                source="A10",
            ),
            Constraint(
                "product/no-version",
                constraints.version_is_missing,
                By(Severity.HINT, None, None),
                source="A07",
            ),
            Constraint(
                "product/no-description",
                constraints.description_is_missing,
                By(Severity.HINT, None, None),
                source="A09",
            ),
        ),
        forbidden=(
            ForbiddenKeys(
                frozenset({"scope"}),
                "product/scope",
                "only manifests have a tier; a product is below all of them",
            ),
            ForbiddenKeys(
                frozenset(
                    {
                        "plugins",
                        "governance",
                        "approved_plugins",
                        "approved_sinks",
                        "approved_products",
                        "parent_manifest",
                        "observability",
                        "artifacts",
                        "defaults",
                        "resource_presets",
                    }
                ),
                "product/platform-key",
                "a product inherits it from its manifest",
            ),
            ForbiddenKeys(
                frozenset(
                    {
                        "database",
                        "schema",
                        "host",
                        "port",
                        "username",
                        "password",
                        "credentials",
                        "connection_string",
                        "endpoint",
                        "access_key",
                        "secret_key",
                        "token",
                        "api_key",
                    }
                ),
                "product/environment-key",
                "a product is the same in every environment; connections belong to the platform",
                deep=True,
                ignore_case=True,
            ),
        ),
    )
