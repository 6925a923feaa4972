"""Pages of the forms of texts: names, versions, addresses, patterns, times."""

from __future__ import annotations

from floe_ls.ide.page import page
from floe_ls.ide.rule import Code
from floe_ls.schema.meta import ERROR, WARNING

TEXT_CODES: tuple[Code, ...] = (
    Code(
        "name/form",
        ERROR,
        "A name is not of the form that names have here.",
        page(
            """
            A manifest's and a product's name become parts of names in Kubernetes and in the registry, and a
            transform's name that of a table. So each has its own form: small letters, digits and hyphens for
            the first two, letters, digits and underscores for models. `default`, `system`, `floe`, `admin` and
            `root` are taken.
            """,
            """
            apiVersion: floe.dev/v1
            kind: Manifest
            metadata: {name: Acme Platform, version: 1.0.0, owner: data-team}
            plugins: {}
            """,
            """
            apiVersion: floe.dev/v1
            kind: Manifest
            metadata: {name: acme-platform, version: 1.0.0, owner: data-team}
            plugins: {}
            """,
            "Where one name is clearly meant, it is proposed.",
        ),
        "A05, A06, A10, I02",
    ),
    Code(
        "version/form",
        ERROR,
        "A version is not three numbers.",
        page(
            "floe compares versions as three numbers with dots between: no `v`, no `-beta`. Write it as a text.",
            """
            apiVersion: floe.dev/v1
            kind: Manifest
            metadata: {name: acme-platform, version: v1.0, owner: data-team}
            plugins: {}
            """,
            """
            apiVersion: floe.dev/v1
            kind: Manifest
            metadata: {name: acme-platform, version: 1.0.0, owner: data-team}
            plugins: {}
            """,
        ),
        "A07, C06",
    ),
    Code(
        "secret/name",
        ERROR,
        "This cannot be the name of a secret.",
        page(
            """
            The field names a secret of Kubernetes: small letters, digits and hyphens, 253 characters at most.
            The secret itself never stands here.
            """,
            """
            plugins:
              compute:
                type: snowflake
                connection_secret_ref: Snowflake_Credentials
            """,
            """
            plugins:
              compute:
                type: snowflake
                connection_secret_ref: snowflake-credentials
            """,
        ),
        "C07",
    ),
    Code(
        "date/form",
        ERROR,
        "A day or moment that the calendar does not have.",
        page(
            "A day is written as YYYY-MM-DD. A day that is over is pointed out where it ends something.",
            """
            governance:
              policy_overrides:
                - {pattern: "legacy_*", action: exclude, reason: Moved soon, expires: 31.12.2030}
            """,
            """
            governance:
              policy_overrides:
                - {pattern: "legacy_*", action: exclude, reason: Moved soon, expires: 2030-12-31}
            """,
        ),
        "D15",
    ),
    Code(
        "endpoint/address",
        ERROR,
        "An endpoint that floe refuses.",
        page(
            """
            Traces and lineage events go to an address over http or https that a job can reach from where it
            runs. floe refuses addresses of the own machine and of private networks.
            """,
            """
            observability:
              tracing:
                endpoint: http://localhost:4317
            """,
            """
            observability:
              tracing:
                endpoint: https://otel.example.com:4317
            """,
        ),
        "H01, H02",
    ),
    Code(
        "url/form",
        ERROR,
        "This is no web address.",
        page(
            "An address over http or https belongs here.",
            """
            artifacts:
              registry:
                uri: oci://registry.example.com/floe
                auth: {type: anonymous}
                signing: {mode: keyless, oidc_issuer: token.example.com}
            """,
            """
            artifacts:
              registry:
                uri: oci://registry.example.com/floe
                auth: {type: anonymous}
                signing: {mode: keyless, oidc_issuer: "https://token.example.com"}
            """,
        ),
        "G05, G07, G10",
    ),
    Code(
        "path/form",
        ERROR,
        "A source's path that floe refuses.",
        page(
            """
            A product loads files from its own folder, by a path that stays in it, or from an object store, by
            an address of `s3`, `gs` or `az` without credentials in it.
            """,
            """
            # floe.yaml
            ingestion:
              sources:
                - name: orders
                  sourceType: filesystem
                  format: csv
                  path: /data/orders.csv
                  destinationTable: raw.orders
            """,
            """
            # floe.yaml
            ingestion:
              sources:
                - name: orders
                  sourceType: filesystem
                  format: csv
                  path: data/orders.csv
                  destinationTable: raw.orders
            """,
        ),
        "I14",
    ),
    Code(
        "table/form",
        ERROR,
        "A table is named by its namespace and its name.",
        page(
            "Tables are written as `namespace.table`, with one dot.",
            """
            # floe.yaml
            ingestion:
              sources:
                - name: orders
                  sourceType: filesystem
                  format: csv
                  path: data/orders.csv
                  destinationTable: orders
            """,
            """
            # floe.yaml
            ingestion:
              sources:
                - name: orders
                  sourceType: filesystem
                  format: csv
                  path: data/orders.csv
                  destinationTable: raw.orders
            """,
        ),
        "I14",
    ),
    Code(
        "pattern/syntax",
        ERROR,
        "A regular expression that does not compile.",
        page(
            "The pattern is read by Python's `re`. One that does not compile finds nothing.",
            """
            governance:
              secret_scanning:
                custom_patterns:
                  - {name: internal token, pattern: "acme_[a-z"}
            """,
            """
            governance:
              secret_scanning:
                custom_patterns:
                  - {name: internal token, pattern: "acme_[a-z]+"}
            """,
        ),
        "D08, D17",
    ),
    Code(
        "pattern/unsafe",
        ERROR,
        "A regular expression that could take forever, or does not compile.",
        page(
            """
            A repetition within a repetition, such as `(a+)+`, can take longer than anybody waits for a text
            that nearly matches. floe refuses such patterns, and those of more than 500 characters, some of them
            only when they are used.
            """,
            """
            governance:
              naming:
                pattern: custom
                custom_patterns: ["^(stg_)+([a-z]+_?)+$"]
            """,
            """
            governance:
              naming:
                pattern: custom
                custom_patterns: ["^stg_[a-z_]+$"]
            """,
        ),
        "D08, D09, G07, U12",
    ),
    Code(
        "pattern/glob",
        WARNING,
        "A glob that hardly does what was meant.",
        page(
            "Here `*` stands for any text and `?` for one character, and brackets for a choice of characters.",
            """
            governance:
              policy_overrides:
                - {pattern: "legacy_[ab", action: exclude, reason: These models are replaced in June}
            """,
            """
            governance:
              policy_overrides:
                - {pattern: "legacy_[ab]*", action: exclude, reason: These models are replaced in June}
            """,
        ),
        "D13",
    ),
    Code(
        "registry/uri",
        ERROR,
        "The registry is not written as `oci://host/path`.",
        page(
            "Artifacts are kept under one address of a registry: host and path, without a tag, since each"
            " artifact has its own.",
            """
            artifacts:
              registry:
                uri: https://registry.example.com/floe:v1
                auth: {type: anonymous}
            """,
            """
            artifacts:
              registry:
                uri: oci://registry.example.com/floe
                auth: {type: anonymous}
            """,
        ),
        "G02",
    ),
    Code(
        "resources/quantity",
        WARNING,
        "This is no amount that Kubernetes understands.",
        page(
            """
            Processors are counted in cores (`"2"`) or thousandths (`500m`), memory in bytes with a unit such as
            `Mi` or `Gi`. floe does not look; Kubernetes refuses the job.
            """,
            """
            resource_presets:
              small: {cpu_request: 500 m, memory_request: 1 GB, cpu_limit: "1", memory_limit: 2Gi}
            """,
            """
            resource_presets:
              small: {cpu_request: 500m, memory_request: 1Gi, cpu_limit: "1", memory_limit: 2Gi}
            """,
        ),
        "H05",
    ),
    Code(
        "schedule/cron",
        WARNING,
        "The schedule is no cron expression.",
        page(
            """
            Five fields say when the product runs: minute, hour, day of the month, month and day of the week.
            floe does not look; the scheduler refuses it, or runs at other times than you think.
            """,
            """
            # floe.yaml
            schedule:
              cron: "0 25 * * *"
            """,
            """
            # floe.yaml
            schedule:
              cron: "0 5 * * *"
            """,
            "Hover over the expression to read it in words.",
        ),
        "I09",
    ),
    Code(
        "schedule/timezone",
        WARNING,
        "There is no such time zone.",
        page(
            "Time zones are named as IANA names them, by a region and a city. Abbreviations such as `CEST`"
            " are no zones.",
            """
            # floe.yaml
            schedule:
              cron: "0 5 * * *"
              timezone: Europe/Berlim
            """,
            """
            # floe.yaml
            schedule:
              cron: "0 5 * * *"
              timezone: Europe/Berlin
            """,
        ),
        "I09",
    ),
    Code(
        "text/spaces",
        WARNING,
        "Spaces around a name.",
        page(
            "The name is quoted with spaces at its ends. floe cuts them off in some places and not in others.",
            """
            plugins:
              compute: {type: " duckdb"}
            """,
            """
            plugins:
              compute: {type: duckdb}
            """,
        ),
    ),
)
