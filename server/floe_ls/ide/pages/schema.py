"""Pages of what can be wrong with any field."""

from __future__ import annotations

from floe_ls.ide.page import page
from floe_ls.ide.rule import Code
from floe_ls.schema.meta import ERROR, WARNING

SCHEMA_CODES: tuple[Code, ...] = (
    Code(
        "schema/not-a-mapping",
        ERROR,
        "The file holds something else than `key: value` lines.",
        page(
            "A manifest and a product are mappings: each line of the top level is a key with what it holds.",
            """
            - compute: duckdb
            """,
            """
            plugins:
              compute: duckdb
            """,
        ),
        "A14",
    ),
    Code(
        "schema/key",
        ERROR,
        "A key is not a text.",
        page(
            """
            Keys of floe's files are texts. Unquoted, `on`, `2024` and `1.0` are a truth value and numbers to
            floe's loader, and its compiler refuses a manifest, and stops without a word at a product, that has
            such a key.
            """,
            """
            resource_presets:
              1: {cpu_request: "1", memory_request: 1Gi, cpu_limit: "1", memory_limit: 1Gi}
            """,
            """
            resource_presets:
              "1": {cpu_request: "1", memory_request: 1Gi, cpu_limit: "1", memory_limit: 1Gi}
            """,
            "Quote the key.",
        ),
        "A17, U4",
    ),
    Code(
        "schema/type",
        ERROR,
        "A value is of another type than its field.",
        page(
            """
            Each field holds a text, a number, a truth value, a list or a mapping. floe's compiler takes `"5"`
            for a number and `yes` for true, and refuses what it cannot read as what belongs there. A bare `1.0`
            is a number, not a text.
            """,
            """
            metadata:
              description: [All, sales]
            """,
            """
            metadata:
              description: All sales
            """,
            "Hover over the key to see what belongs there.",
        ),
        "E103",
    ),
    Code(
        "schema/choice",
        ERROR,
        "A value is none of those that its field knows.",
        page(
            "Some fields know a handful of words, and the compiler refuses any other. Case counts.",
            """
            governance:
              pii_encryption: mandatory
            """,
            """
            governance:
              pii_encryption: required
            """,
            "Take one of the words that the finding lists.",
        ),
        "R24; D01-D06, H03",
    ),
    Code(
        "schema/range",
        ERROR,
        "A number, a text or a list is outside of the limits of its field.",
        page(
            "A share of more than 100 percent or a wait of no seconds has no meaning, and the compiler refuses it.",
            """
            governance:
              quality_gates:
                minimum_test_coverage: 120
            """,
            """
            governance:
              quality_gates:
                minimum_test_coverage: 90
            """,
        ),
        "C12, D04, D05, D10, G12",
    ),
    Code(
        "schema/empty",
        ERROR,
        "A field is there and holds nothing.",
        page(
            "A key without a value, or a list without items, says less than the field needs.",
            """
            governance:
              custom_rules:
                - type: require_tags_for_prefix
                  prefix: gold_
                  required_tags: []
            """,
            """
            governance:
              custom_rules:
                - type: require_tags_for_prefix
                  prefix: gold_
                  required_tags: [tested]
            """,
            "Fill it in, or remove the key.",
        ),
        "E103",
    ),
    Code(
        "schema/required",
        ERROR,
        "A key is missing.",
        page(
            "Without this key the file, or this block of it, has no meaning to the compiler, which refuses it.",
            """
            governance:
              policy_overrides:
                - pattern: legacy_*
                  action: exclude
            """,
            """
            governance:
              policy_overrides:
                - pattern: legacy_*
                  action: exclude
                  reason: These models are replaced in June
            """,
            "Add the key. The short form of ADR-0038 needs no `apiVersion`, `kind` and `metadata`; with one"
            " of them, the"
            " released form needs them all.",
        ),
        "E103",
    ),
    Code(
        "schema/unknown-key",
        ERROR,
        "A key that nobody reads.",
        page(
            """
            A key that floe does not know is mostly a slip of the keyboard. At the top level of a manifest floe
            passes over it with a warning; anywhere else it refuses the file.
            """,
            """
            artifacts:
              registry:
                uri: oci://registry.example.com/floe
                auth: {type: anonymous}
                tls_verfy: true
            """,
            """
            artifacts:
              registry:
                uri: oci://registry.example.com/floe
                auth: {type: anonymous}
                tls_verify: true
            """,
            "Take the name that is proposed, or remove the key.",
        ),
        "F01-F03",
    ),
    Code(
        "schema/duplicate",
        WARNING,
        "An item stands in a list twice.",
        page(
            "The second one changes nothing. Often another word was meant.",
            """
            governance:
              policy_overrides:
                - pattern: legacy_*
                  action: exclude
                  reason: These models are replaced in June
                  policy_types: [naming, naming]
            """,
            """
            governance:
              policy_overrides:
                - pattern: legacy_*
                  action: exclude
                  reason: These models are replaced in June
                  policy_types: [naming, coverage]
            """,
        ),
    ),
    Code(
        "schema/not-shipped",
        ERROR,
        "A key of another of floe's dialects.",
        page(
            """
            floe's founding document, its design documents and its released compiler do not write the same keys.
            This one belongs to another form than the rest of the file, so the compiler does not read it here.
            In a file of the design documents it is an error where the released compiler refuses it, since such
            a file cannot be compiled as it is.
            """,
            """
            # floe.yaml
            apiVersion: floe.dev/v1
            kind: FloeSpec
            metadata: {name: customer-360, version: 1.0.0}
            transforms:
              - name: stg_customers
                path: models/
            """,
            """
            # floe.yaml
            apiVersion: floe.dev/v1
            kind: FloeSpec
            metadata: {name: customer-360, version: 1.0.0}
            transforms:
              - name: stg_customers
            """,
        ),
        "X1-X33",
    ),
    Code(
        "security/plain-secret",
        WARNING,
        "A secret stands in the open.",
        page(
            """
            A manifest is committed, published as an artifact and read by everybody who builds on it. A
            password, key or token in it is known to all of them, and stays in the history of the file when it
            is removed. Secrets are kept in Kubernetes (or a vault) and named in the file.
            """,
            """
            plugins:
              catalog:
                type: polaris
                config:
                  oauth2: {client_id: floe, client_secret: s3cr3t-Wq7x}
            """,
            """
            plugins:
              catalog:
                type: polaris
                connection_secret_ref: polaris-credentials
            """,
            "Change the secret where it is used: who has seen the file knows it. Then name where it is kept."
            " This code cannot be"
            " silenced.",
        ),
        "K07, K08",
    ),
)
