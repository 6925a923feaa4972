"""Pages of what belongs to products."""

from __future__ import annotations

from floe_ls.ide.page import page
from floe_ls.ide.rule import Code
from floe_ls.schema.meta import ERROR, HINT, WARNING, By, Severity

_START = """
            # floe.yaml
            apiVersion: floe.dev/v1
            kind: FloeSpec
            metadata: {name: customer-360, version: 1.0.0}"""
_MODEL = f"{_START}\n            transforms: [{{name: stg_customers}}]"
_PLATFORM = "platform: {ref: oci://registry.example.com/sales-manifest:v1.0.0}"


def _two(start: str, wrong: str, right: str) -> tuple[str, str]:
    return f"{start}\n            {wrong}", f"{start}\n            {right}"


_ERROR_WHEN_SHIPPED = By(Severity.INFORMATION, Severity.ERROR, Severity.ERROR)

PRODUCT_CODES: tuple[Code, ...] = (
    Code(
        "product/scope",
        ERROR,
        "A product has a scope.",
        page(
            "Only manifests have a tier. A product is below all of them, however many there are.",
            *_two(
                "\n            # floe.yaml", f"scope: domain\n            {_PLATFORM}", _PLATFORM
            ),
            "Remove it. Which domain the product belongs to is said by `platform`.",
        ),
        "R5",
    ),
    Code(
        "product/platform-key",
        ERROR,
        "A product decides what its manifest decides.",
        page(
            """
            Plugins, policies and what is approved are inherited: a product says what it builds, and its
            manifest says on what. So the same `floe.yaml` runs on one platform or in a data mesh.
            """,
            *_two(
                "\n            # floe.yaml",
                f"{_PLATFORM}\n            plugins: {{compute: duckdb}}",
                _PLATFORM,
            ),
            "Remove it, or change the manifest. Hover over the key to see what is inherited, and from where.",
        ),
        "R33",
    ),
    Code(
        "product/environment-key",
        ERROR,
        "A product says where something runs.",
        page(
            """
            A product is the same in every environment. floe refuses keys such as `host`, `database`, `password`
            or `token` in it, at any depth: connections belong to the platform.
            """,
            *_two(_MODEL, "database: sales", "schedule: {cron: 0 5 * * *}"),
            "Remove it.",
        ),
        "E02, U2",
    ),
    Code(
        "product/environment-compute",
        ERROR,
        "A product runs on another engine in some environment.",
        page(
            "What runs on one engine in development and on another in production breaks in production.",
            *_two(
                _START.replace("FloeSpec", "DataProduct"),
                "environments: [{name: dev, compute: duckdb}]",
                "transforms: [{name: stg_customers, type: dbt, path: models/}]",
            ),
        ),
        "E03",
    ),
    Code(
        "product/no-platform",
        WARNING,
        "A product does not say which manifest it builds on.",
        page(
            """
            Everything that a product does not say itself comes from the manifest that `platform` names: the
            engine, the policies, the domain.
            """,
            *_two(
                "\n            # floe.yaml",
                "transforms: [{type: dbt, path: models/}]",
                f"{_PLATFORM}\n            transforms: [{{type: dbt, path: models/}}]",
            ),
        ),
        "R28, I21",
    ),
    Code(
        "product/several-manifests",
        ERROR,
        "A product names several manifests.",
        page(
            """
            A product belongs to one domain, whose manifest it names. What it needs of other domains it reads by
            their data contracts, as their products offer it.
            """,
            *_two(
                "\n            # floe.yaml",
                "platform: {ref: [sales-manifest, marketing-manifest]}",
                "platform: {ref: sales-manifest}",
            ),
        ),
        "R67, R68",
    ),
    Code(
        "product/no-transforms",
        By(Severity.WARNING, Severity.WARNING, Severity.ERROR),
        "A product builds nothing.",
        page(
            "A product without transforms offers nothing. The released compiler refuses it.",
            *_two(
                "\n            # floe.yaml",
                f"{_PLATFORM}\n            transforms: []",
                f"{_PLATFORM}\n            transforms: [{{type: dbt, path: models/}}]",
            ),
        ),
        "R29, I21; I01, C003",
    ),
    Code(
        "product/no-name",
        _ERROR_WHEN_SHIPPED,
        "A product has no name.",
        page(
            """
            A domain approves products by name. In the short form a product without one is called as its folder
            is; the released form needs the name.
            """,
            *_two(
                "\n            # floe.yaml",
                _PLATFORM,
                f"name: customer-360\n            version: 1.0.0\n            {_PLATFORM}",
            ),
        ),
        "R31, I20; A10",
    ),
    Code(
        "product/no-version",
        By(Severity.HINT, Severity.ERROR, Severity.ERROR),
        "A product has no version.",
        page(
            "A version tells one release of the product from the next. The released form needs it.",
            *_two(
                "\n            # floe.yaml",
                f"name: customer-360\n            {_PLATFORM}",
                f"name: customer-360\n            version: 1.0.0\n            {_PLATFORM}",
            ),
        ),
        "R31; A07",
    ),
    Code(
        "product/no-description",
        HINT,
        "A product has no description.",
        page(
            "Others find a product by what it says of itself.",
            *_two(
                "\n            # floe.yaml",
                f"name: customer-360\n            {_PLATFORM}",
                f"name: customer-360\n            description: Customers from all sides\n            {_PLATFORM}",
            ),
        ),
        "R31; A09",
    ),
    Code(
        "product/duplicate-transform",
        ERROR,
        "Two transforms have the same name.",
        page(
            "A transform's name is that of its table, and what others name in `dependsOn`.",
            *_two(
                _START,
                "transforms: [{name: customers}, {name: customers}]",
                "transforms: [{name: stg_customers}, {name: customers}]",
            ),
        ),
        "I03",
    ),
    Code(
        "destination/duplicate",
        ERROR,
        "Two destinations have the same name.",
        page(
            "Each destination has its own name.",
            *_two(
                _MODEL,
                "destinations: [{name: crm, sink_type: a, connection_secret_ref: a},"
                " {name: crm, sink_type: b, connection_secret_ref: b}]",
                "destinations: [{name: crm, sink_type: a, connection_secret_ref: a},"
                " {name: erp, sink_type: b, connection_secret_ref: b}]",
            ),
        ),
        "I11",
    ),
    Code(
        "destination/too-many-keys",
        ERROR,
        "A destination has more than 50 settings.",
        page(
            "floe refuses a destination with more than 50 keys under `config`.",
            *_two(
                _MODEL,
                "destinations: [{name: crm, sink_type: a, connection_secret_ref: a, config: {"
                + ", ".join(f"k{n}: {n}" for n in range(51))
                + "}}]",
                "destinations: [{name: crm, sink_type: a, connection_secret_ref: a, config: {k0: 0}}]",
            ),
        ),
        "I11",
    ),
    Code(
        "ingestion/no-source",
        ERROR,
        "A product that loads data names no source.",
        page(
            "`ingestion` lists what is loaded, at least one source.",
            *_two(_MODEL, "ingestion: {sources: []}", "schedule: {cron: 0 5 * * *}"),
        ),
        "I14",
    ),
    Code(
        "ingestion/duplicate-source",
        ERROR,
        "Two sources have the same name.",
        page(
            "Each source has its own name.",
            *_two(
                _MODEL,
                "ingestion: {sources: ["
                "{name: a, sourceType: filesystem, format: csv, path: a.csv, destinationTable: raw.a},"
                " {name: a, sourceType: filesystem, format: csv, path: b.csv, destinationTable: raw.b}]}",
                "ingestion: {sources: ["
                "{name: a, sourceType: filesystem, format: csv, path: a.csv, destinationTable: raw.a},"
                " {name: b, sourceType: filesystem, format: csv, path: b.csv, destinationTable: raw.b}]}",
            ),
        ),
        "I14",
    ),
    Code(
        "ingestion/duplicate-table",
        ERROR,
        "Two sources fill the same table.",
        page(
            "Each source has a table of its own: the second would write over what the first has loaded.",
            *_two(
                _MODEL,
                "ingestion: {sources: ["
                "{name: a, sourceType: filesystem, format: csv, path: a.csv, destinationTable: raw.a},"
                " {name: b, sourceType: filesystem, format: csv, path: b.csv, destinationTable: raw.a}]}",
                "ingestion: {sources: ["
                "{name: a, sourceType: filesystem, format: csv, path: a.csv, destinationTable: raw.a},"
                " {name: b, sourceType: filesystem, format: csv, path: b.csv, destinationTable: raw.b}]}",
            ),
        ),
        "I14",
    ),
    Code(
        "ingestion/merge-key",
        ERROR,
        "Rows are to be merged, and nothing says which are the same.",
        page(
            "`writeMode: merge` replaces the rows whose `primaryKey` is there already, so it needs one.",
            *_two(
                _MODEL,
                "ingestion: {sources: [{name: a, sourceType: filesystem, format: csv, path: a.csv,"
                " destinationTable: raw.a, writeMode: merge}]}",
                "ingestion: {sources: [{name: a, sourceType: filesystem, format: csv, path: a.csv,"
                " destinationTable: raw.a, writeMode: merge, primaryKey: id}]}",
            ),
        ),
        "I14",
    ),
)
