"""Pages of what belongs to manifests: tiers, plugins, policies."""

from __future__ import annotations

from floe_ls.ide.page import page
from floe_ls.ide.rule import Code
from floe_ls.schema.meta import ERROR, INFORMATION, WARNING, By, Severity

_PARENT = "parent_manifest: oci://registry.example.com/enterprise-manifest:v1.0.0"

MANIFEST_CODES: tuple[Code, ...] = (
    # --- tiers
    Code(
        "scope/value",
        ERROR,
        "`scope` is neither `enterprise` nor `domain`.",
        page(
            """
            `scope` says which tier a manifest is. Left out, it is the only manifest of two tiers, with its
            products right below. `enterprise` is the top of three tiers, `domain` the middle of them.
            """,
            "scope: platform",
            "scope: enterprise",
            "Choose one of the two, or remove the key.",
        ),
        "R9; B01",
    ),
    Code(
        "scope/parent-required",
        ERROR,
        "A domain manifest does not name its enterprise manifest.",
        page(
            "A domain inherits the enterprise's policies and chooses among the plugins that it approves, so"
            " it says where that is.",
            """
            scope: domain
            plugins:
              compute: snowflake
            """,
            f"""
            scope: domain
            {_PARENT}
            plugins:
              compute: snowflake
            """,
        ),
        "R20; B03, C002",
    ),
    Code(
        "scope/parent-forbidden",
        ERROR,
        "A manifest that is no domain names a parent.",
        page(
            """
            Only a domain manifest inherits from another manifest. An enterprise manifest is the top, and a
            manifest without scope is the only one above its products.
            """,
            _PARENT,
            f"""
            scope: domain
            {_PARENT}
            """,
            "Remove the key, or make the manifest a domain's by `scope: domain`.",
        ),
        "R21; B02, B04, C001, C003",
    ),
    Code(
        "approved/not-enterprise",
        ERROR,
        "`approved_plugins` stands in a manifest that is not the enterprise's.",
        page(
            "Which plugins domains may choose is the enterprise's decision alone. A domain cannot widen the list.",
            f"""
            scope: domain
            {_PARENT}
            approved_plugins:
              compute: [duckdb]
            """,
            """
            scope: enterprise
            approved_plugins:
              compute: [duckdb]
            """,
            "Remove it, or move it into the enterprise manifest.",
        ),
        "R14; B05, C004",
    ),
    Code(
        "sinks/not-enterprise",
        ERROR,
        "`approved_sinks` stands in a manifest that is not the enterprise's.",
        page(
            "To which sinks products may write is the enterprise's decision alone.",
            f"""
            scope: domain
            {_PARENT}
            approved_sinks: [salesforce]
            """,
            """
            scope: enterprise
            approved_sinks: [salesforce]
            """,
            "Remove it, or move it into the enterprise manifest.",
        ),
        "B07, C006",
    ),
    Code(
        "products/not-domain",
        ERROR,
        "`approved_products` stands in a manifest that is not a domain's.",
        page(
            "Which products are built is decided by the domain that they belong to.",
            """
            scope: enterprise
            approved_products: [customer-360]
            """,
            f"""
            scope: domain
            {_PARENT}
            approved_products: [customer-360]
            """,
            "Remove it, or move it into the domain's manifest.",
        ),
        "R18; B06, C005",
    ),
    Code(
        "parent-domain/not-domain",
        ERROR,
        "`parent_domain` stands in a manifest that is not a domain's.",
        page(
            "The key is known for domains only, and has no meaning even there.",
            """
            scope: enterprise
            parent_domain: sales
            """,
            "scope: enterprise",
            "Remove it.",
        ),
        "R19; B09",
    ),
    Code(
        "parent-domain/unused",
        INFORMATION,
        "`parent_domain` has no effect.",
        page(
            "Domains do not lie in one another: above each is the enterprise, which `parent_manifest` names.",
            f"""
            scope: domain
            {_PARENT}
            parent_domain: sales
            """,
            f"""
            scope: domain
            {_PARENT}
            """,
            "Remove it.",
        ),
        "R19, I4",
    ),
    Code(
        "kind/value",
        ERROR,
        "`kind` is not one of floe's.",
        page(
            "A manifest of any tier is a `Manifest`. A product is a `FloeSpec`; floe's documents write"
            " `DataProduct`.",
            """
            apiVersion: floe.dev/v1
            kind: Manifests
            metadata: {name: acme-platform, version: 1.0.0, owner: data-team}
            plugins: {}
            """,
            """
            apiVersion: floe.dev/v1
            kind: Manifest
            metadata: {name: acme-platform, version: 1.0.0, owner: data-team}
            plugins: {}
            """,
        ),
        "A02, A04",
    ),
    Code(
        "kind/separate-type",
        ERROR,
        "A tier has a kind of its own.",
        page(
            """
            There is one type of manifest for all tiers, so that a company can go from two tiers to three
            without rewriting its files: `scope` alone says which tier it is.
            """,
            """
            apiVersion: floe.dev/v1
            kind: EnterpriseManifest
            metadata: {name: acme-platform, version: 1.0.0, owner: data-team}
            plugins: {}
            """,
            """
            apiVersion: floe.dev/v1
            kind: Manifest
            metadata: {name: acme-platform, version: 1.0.0, owner: data-team}
            scope: enterprise
            plugins: {}
            """,
        ),
        "R79",
    ),
    Code(
        "manifest/environment",
        ERROR,
        "A manifest speaks of environments.",
        page(
            """
            A manifest is the same everywhere: what differs between development and production would be found
            out in production. floe refuses keys such as `environments`, `dev` or `prod` at the top level;
            `FLOE_ENV` chooses at run time.
            """,
            """
            plugins:
              compute: duckdb
            environments:
              prod: {compute: snowflake}
            """,
            """
            plugins:
              compute: snowflake
            """,
            "Remove the key.",
        ),
        "E01",
    ),
    # --- plugins
    Code(
        "plugins/type",
        ERROR,
        "A plugin is neither a name nor a mapping with `type`.",
        page(
            "`plugins` maps each category to one plugin: its name, or a mapping with `type`, `version`,"
            " `config` and a secret.",
            """
            plugins:
              compute: [duckdb, snowflake]
            """,
            """
            plugins:
              compute: duckdb
            """,
            "Which plugins may be chosen is said in the enterprise's `approved_plugins`.",
        ),
        "R11; C02",
    ),
    Code(
        "plugins/no-type",
        ERROR,
        "A plugin's settings name no plugin.",
        page(
            "Settings without the name of a plugin are nobody's.",
            """
            plugins:
              compute:
                config: {threads: 8}
            """,
            """
            plugins:
              compute:
                type: duckdb
                config: {threads: 8}
            """,
        ),
        "C02, C04",
    ),
    Code(
        "plugins/unknown-category",
        ERROR,
        "There is no such category of plugins.",
        page(
            """
            floe knows twelve jobs that plugins do, and in the short form `observability` for two of them. A
            category that it does not know is refused in `plugins`, and without effect in `approved_plugins`.
            """,
            """
            plugins:
              computer: duckdb
            """,
            """
            plugins:
              compute: duckdb
            """,
        ),
        "R12; C01, U9",
    ),
    Code(
        "plugins/default-not-approved",
        WARNING,
        "A manifest chooses a plugin that it does not approve itself.",
        page(
            """
            The list of approved plugins binds the domains below. A choice of the same file that is not in it
            would be refused in every domain that inherits it.
            """,
            """
            scope: enterprise
            approved_plugins:
              compute: [snowflake]
            plugins:
              compute: duckdb
            """,
            """
            scope: enterprise
            approved_plugins:
              compute: [snowflake]
            plugins:
              compute: snowflake
            """,
        ),
        "C16",
    ),
    Code(
        "approved/type",
        ERROR,
        "This is not a list of names.",
        page(
            "What is approved is written as lists of names; `approved_plugins` has one for each category.",
            """
            scope: enterprise
            approved_plugins: [duckdb]
            """,
            """
            scope: enterprise
            approved_plugins:
              compute: [duckdb]
            """,
        ),
        "R13",
    ),
    Code(
        "approved/duplicate",
        WARNING,
        "A name is approved twice.",
        page(
            "The second one changes nothing. Often another name was meant.",
            """
            scope: enterprise
            approved_plugins:
              compute: [duckdb, duckdb]
            """,
            """
            scope: enterprise
            approved_plugins:
              compute: [duckdb, snowflake]
            """,
        ),
        "R17",
    ),
    Code(
        "products/type",
        ERROR,
        "`approved_products` is not a list of names.",
        page(
            "The products that may be built under a domain are listed by name.",
            f"""
            scope: domain
            {_PARENT}
            approved_products: customer-360
            """,
            f"""
            scope: domain
            {_PARENT}
            approved_products: [customer-360]
            """,
        ),
        "R17",
    ),
    # --- policies
    Code(
        "governance/unknown",
        By(Severity.INFORMATION, Severity.ERROR, Severity.ERROR),
        "A policy that floe does not know.",
        page(
            """
            Domains may have policies of their own, which the founding document does not name. They are kept,
            and nothing enforces them. The released compiler, and so a file of its form, refuses them.
            """,
            """
            governance:
              minimum_test_coverage: 80
            """,
            """
            governance:
              quality_gates:
                minimum_test_coverage: 80
            """,
        ),
        "R26; D19",
    ),
    Code(
        "retention/value",
        ERROR,
        "The time that data is kept is not a number of days.",
        page(
            "`data_retention_days` is a whole number of days, at least one.",
            """
            governance:
              data_retention_days: 0
            """,
            """
            governance:
              data_retention_days: 90
            """,
        ),
        "R23; D04",
    ),
    Code(
        "naming/custom-patterns",
        ERROR,
        "Own naming patterns are asked for, and there are none.",
        page(
            "With `pattern: custom` every model name must match one of `custom_patterns`.",
            """
            governance:
              naming:
                pattern: custom
            """,
            """
            governance:
              naming:
                pattern: custom
                custom_patterns: ["^(stg|mart)_[a-z0-9_]+$"]
            """,
        ),
        "D07",
    ),
    Code(
        "naming/unused-patterns",
        INFORMATION,
        "Own naming patterns are not read.",
        page(
            "`custom_patterns` is read with `pattern: custom` only.",
            """
            governance:
              naming:
                pattern: medallion
                custom_patterns: ["^(stg|mart)_[a-z0-9_]+$"]
            """,
            """
            governance:
              naming:
                pattern: custom
                custom_patterns: ["^(stg|mart)_[a-z0-9_]+$"]
            """,
        ),
        "D08",
    ),
    Code(
        "quality/weights",
        ERROR,
        "The weights of the quality dimensions do not add up to 1.",
        page(
            "The five weights share out the whole score. One that is left out keeps its default.",
            """
            plugins:
              quality:
                provider: soda
                dimension_weights: {completeness: 0.5}
            """,
            """
            plugins:
              quality:
                provider: soda
                dimension_weights: {completeness: 0.3, accuracy: 0.2}
            """,
        ),
        "C11",
    ),
    Code(
        "quality/severity",
        ERROR,
        "There is no such severity of a check.",
        page(
            "Checks are `critical`, `warning` or `info`, and each of these has a weight.",
            """
            plugins:
              quality:
                provider: soda
                calculation: {severity_weights: {error: 3}}
            """,
            """
            plugins:
              quality:
                provider: soda
                calculation: {severity_weights: {critical: 3}}
            """,
        ),
        "C12",
    ),
    Code(
        "resources/limit-below-request",
        WARNING,
        "A job asks for more than it may take.",
        page(
            "Kubernetes refuses a job whose request is above its limit.",
            """
            resource_presets:
              small: {cpu_request: "2", memory_request: 1Gi, cpu_limit: "1", memory_limit: 2Gi}
            """,
            """
            resource_presets:
              small: {cpu_request: "1", memory_request: 1Gi, cpu_limit: "2", memory_limit: 2Gi}
            """,
        ),
        "H04",
    ),
)
