"""A manifest and a product that fill in every field of the released form, for tests that change one at a time."""

from __future__ import annotations

import copy
from typing import Any

SECRET = {"source": "kubernetes", "name": "registry-login", "key": "password"}
ADDRESS = "https://example.com"
SCANNER = {
    "command": "scan ${ARTIFACT_REF}",
    "block_on_severity": ["LOW"],
    "ignore_unfixed": True,
    "scanner_format": "grype",
    "timeout_seconds": 60,
}
PLUGINS = {
    "compute": "duckdb",
    "orchestrator": "dagster",
    "catalog": "polaris",
    "storage": "s3",
    "semantic_layer": "cube",
    "ingestion": "dlt",
    "secrets": "k8s",
    "telemetry_backend": "jaeger",
    "lineage_backend": "marquez",
    "identity": "keycloak",
    "dbt": "core",
}


def plugin(name: str) -> dict[str, Any]:
    return {
        "type": name,
        "version": "1.0.0",
        "config": {"threads": 4},
        "connection_secret_ref": "credentials",
    }


QUALITY = {
    "provider": "soda",
    "quality_gates": {
        tier: {
            "min_test_coverage": 50.5,
            "required_tests": ["unique"],
            "min_score": 10,
            "overridable": False,
        }
        for tier in ("bronze", "silver", "gold")
    },
    "dimension_weights": {
        "completeness": 0.25,
        "accuracy": 0.25,
        "validity": 0.2,
        "consistency": 0.15,
        "timeliness": 0.15,
    },
    "calculation": {
        "baseline_score": 1,
        "max_positive_influence": 2,
        "max_negative_influence": 3,
        "severity_weights": {"critical": 1},
    },
    "thresholds": {"min_score": 1, "warn_score": 2},
    "check_timeout_seconds": 5,
    "enabled": True,
}

GOVERNANCE = {
    "pii_encryption": "required",
    "audit_logging": "enabled",
    "policy_enforcement_level": "warn",
    "data_retention_days": 3,
    "default_ttl_hours": 3,
    "snapshot_keep_last": 3,
    "stale_table_recovery_mode": "repair",
    "naming": {"enforcement": "strict", "pattern": "custom", "custom_patterns": ["^stg_"]},
    "quality_gates": {
        "minimum_test_coverage": 1,
        "require_descriptions": True,
        "require_column_descriptions": True,
        "block_on_failure": True,
        "layer_thresholds": {"bronze": 1, "silver": 2, "gold": 3},
        "zero_column_coverage_behavior": "report_na",
    },
    "custom_rules": [
        {
            "type": "require_tags_for_prefix",
            "prefix": "gold_",
            "required_tags": ["tested"],
            "applies_to": "*",
        },
        {"type": "require_meta_field", "field": "owner", "required": True, "applies_to": "*"},
        {
            "type": "require_tests_of_type",
            "test_types": ["unique"],
            "min_columns": 2,
            "applies_to": "*",
        },
    ],
    "policy_overrides": [
        {
            "pattern": "legacy_*",
            "action": "exclude",
            "reason": "old",
            "expires": "2030-01-01",
            "policy_types": ["naming"],
        }
    ],
    "data_contracts": {
        "enforcement": "warn",
        "auto_generation": {
            "enabled": True,
            "include_descriptions": True,
            "default_classification": "pii",
        },
        "drift_detection": {
            "enabled": True,
            "fail_on_type_mismatch": True,
            "fail_on_missing_column": True,
            "warn_on_extra_column": True,
        },
        "inheritance_mode": "strict",
    },
    "rbac": {"enabled": True, "required_role": "engineer", "allow_principal_fallback": False},
    "secret_scanning": {
        "enabled": True,
        "exclude_patterns": ["tests/*"],
        "custom_patterns": [{"name": "token", "pattern": "tok_", "severity": "warning"}],
        "severity": "error",
    },
    "network_policies": {
        "enabled": True,
        "default_deny": True,
        "custom_egress_rules": [{"to": "anywhere"}],
    },
    "policies": [
        {
            "name": "few",
            "type": "custom",
            "action": "block",
            "message": "too many",
            "config": {"condition": "no"},
        }
    ],
}

REGISTRY = {
    "uri": "oci://registry.example.com/floe",
    "auth": {"type": "basic", "credentials_ref": SECRET},
    "tls_verify": True,
    "cache": {"enabled": True, "path": "/cache", "max_size_gb": 1, "ttl_hours": 1},
    "resilience": {
        "retry": {
            "max_attempts": 1,
            "initial_delay_ms": 100,
            "backoff_multiplier": 1.5,
            "max_delay_ms": 1000,
            "jitter": True,
        },
        "circuit_breaker": {
            "enabled": True,
            "failure_threshold": 1,
            "recovery_timeout_ms": 1000,
            "half_open_requests": 1,
        },
    },
    "signing": {
        "mode": "keyless",
        "oidc_issuer": ADDRESS,
        "rekor_url": ADDRESS,
        "fulcio_url": ADDRESS,
    },
    "verification": {
        "enabled": True,
        "enforcement": "warn",
        "trusted_issuers": [
            {"issuer": ADDRESS, "subject": "repo:acme"},
            {"issuer": ADDRESS, "subject_regex": "repo:.*"},
        ],
        "require_rekor": True,
        "require_sbom": True,
        "public_key_ref": SECRET,
        "environments": {"prod": {"enforcement": "off", "require_sbom": True}},
        "grace_period_days": 1,
        "private_infrastructure": True,
    },
}

PROMOTION = {
    "environments": [
        {
            "name": "dev",
            "gates": {"policy_compliance": True, "security_scan": SCANNER},
            "gate_timeout_seconds": 30,
            "authorization": {
                "allowed_groups": ["release"],
                "allowed_operators": ["anna"],
                "separation_of_duties": True,
            },
            "lock": {
                "locked": True,
                "reason": "freeze",
                "locked_by": "anna",
                "locked_at": "2030-01-01T00:00:00Z",
            },
        }
    ],
    "audit_backend": "s3",
    "default_timeout_seconds": 30,
    "webhooks": [
        {
            "url": ADDRESS,
            "events": ["promote"],
            "headers": {"x-team": "sales"},
            "timeout_seconds": 1,
            "retry_count": 0,
        }
    ],
    "gate_commands": {"tests": "pytest", "scan": SCANNER},
    "signature_enforcement": "off",
    "secondary_registries": ["oci://backup.example.com"],
    "verify_secondary_digests": True,
}

ENTERPRISE: dict[str, Any] = {
    "apiVersion": "floe.dev/v1",
    "kind": "Manifest",
    "metadata": {"name": "acme", "version": "1.0.0", "owner": "platform", "description": "all"},
    "scope": "enterprise",
    "approved_plugins": {"compute": ["duckdb"]},
    "approved_sinks": ["crm"],
    "defaults": {"compute": "duckdb"},
    "plugins": {**{c: plugin(name) for c, name in PLUGINS.items()}, "quality": QUALITY},
    "governance": GOVERNANCE,
    "artifacts": {"registry": REGISTRY, "promotion": PROMOTION},
    "observability": {
        "tracing": {"enabled": True, "exporter": "none", "endpoint": ADDRESS},
        "lineage": {"enabled": True, "transport": "noop", "endpoint": ADDRESS},
        "logging": {"level": "INFO", "format": "text"},
    },
    "resource_presets": {
        "small": {
            "requests": {"cpu": "1", "memory": "1Gi"},
            "limits": {"cpu": "1", "memory": "1Gi"},
        }
    },
}

DOMAIN: dict[str, Any] = {
    "apiVersion": "floe.dev/v1",
    "kind": "Manifest",
    "metadata": {"name": "sales", "version": "1.0.0", "owner": "sales"},
    "scope": "domain",
    "parent_manifest": "oci://registry.example.com/acme:1.0.0",
    "approved_products": ["customer-360"],
    "plugins": {},
    "artifacts": {
        "registry": {
            "uri": "oci://registry.example.com/floe",
            "auth": {"type": "anonymous"},
            "signing": {"mode": "key-based", "private_key_ref": SECRET},
        }
    },
}

PRODUCT: dict[str, Any] = {
    "apiVersion": "floe.dev/v1",
    "kind": "FloeSpec",
    "metadata": {
        "name": "customer-360",
        "version": "1.0.0",
        "description": "all customers",
        "owner": "sales",
        "labels": {"team": "sales"},
    },
    "platform": {"manifest": "oci://registry.example.com/sales:1.0.0"},
    "transforms": [
        {
            "name": "stg_customers",
            "compute": "duckdb",
            "tags": ["daily"],
            "dependsOn": ["raw_customers"],
            "tier": "gold",
            "qualityChecks": [
                {
                    "name": "known",
                    "type": "not_null",
                    "column": "id",
                    "dimension": "accuracy",
                    "severity": "info",
                    "custom_weight": 1.5,
                    "parameters": {"most": 1},
                    "enabled": True,
                }
            ],
        },
        {"name": "raw_customers", "depends_on": [], "quality_checks": []},
    ],
    "schedule": {"cron": "0 6 * * *", "timezone": "UTC", "enabled": True},
    "destinations": [
        {
            "name": "crm",
            "sink_type": "salesforce",
            "connection_secret_ref": "crm-login",
            "source_table": "gold.customers",
            "config": {"object": "Contact"},
            "field_mapping": {"id": "Id"},
            "batch_size": 5,
        }
    ],
    "ingestion": {
        "sources": [
            {
                "name": "orders",
                "sourceType": "filesystem",
                "format": "csv",
                "path": "orders.csv",
                "destinationTable": "raw.orders",
                "writeMode": "merge",
                "schemaContract": "freeze",
                "cursorField": "day",
                "primaryKey": ["id"],
            },
            {
                "name": "items",
                "source_type": "filesystem",
                "format": "csv",
                "path": "items.csv",
                "destination_table": "raw.items",
                "write_mode": "merge",
                "schema_contract": "freeze",
                "cursor_field": "day",
                "primary_key": "id",
            },
        ]
    },
}

COMPLETE: tuple[tuple[str, dict[str, Any]], ...] = (
    ("manifest", ENTERPRISE),
    ("manifest", DOMAIN),
    ("product", PRODUCT),
)
"""The kind and content of three documents that together have every field."""

Path = tuple[str | int, ...]


def paths(value: Any, above: Path = ()) -> list[Path]:
    """Every place in a document below its top."""
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    found: list[Path] = []
    for step, held in inner:
        found += [(*above, step), *paths(held, (*above, step))]
    return found


def template(path: Path) -> str:
    """A path with any item of a list in it: `transforms.*.name`."""
    return ".".join("*" if isinstance(step, int) else step for step in path)


def with_value(document: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    """A copy with another value at a path."""
    out = copy.deepcopy(document)
    _holder(out, path)[path[-1]] = value
    return out


def without(document: dict[str, Any], path: Path) -> dict[str, Any]:
    """A copy without what is at a path."""
    out = copy.deepcopy(document)
    del _holder(out, path)[path[-1]]
    return out


def _holder(document: dict[str, Any], path: Path) -> Any:
    here: Any = document
    for step in path[:-1]:
        here = here[step]
    return here
