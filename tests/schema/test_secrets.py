"""Values that look like secrets, and values that do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floe_ls.schema.secrets import looks_secret

OPEN = "stands in the open under a key for secrets"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N"
RANDOM = "a8f5f167f44f4964e6c998dee827110c"


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("password", "hunter2", OPEN),
        ("password", "changeme", OPEN),
        ("password", "P@ss word", OPEN),
        ("password", " hunter2 ", OPEN),
        ("db_password", "x1", OPEN),
        ("dbPassword", "x1", OPEN),
        ("client_secret", "demo-secret", OPEN),
        ("clientSecret", "s3cr3t", OPEN),
        ("client-secret", "s3cr3t", OPEN),
        ("credential", "demo-admin:demo-secret", OPEN),
        ("api_key", "some_value", OPEN),
        ("apiKey", "abc123", OPEN),
        ("X-Api-Key", "abc", OPEN),
        ("api_secret", "abcdef", OPEN),
        ("access_key", "some_value", OPEN),
        ("access_key_id", "minioadmin", OPEN),
        ("secret_access_key", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", OPEN),
        ("private_key", "MIIEvQIBADANBg", OPEN),
        ("connection_string", "Server=db;Password=x", OPEN),
        ("Authorization", "Bearer abcdefghijklmnop", OPEN),
        ("Authorization", "Basic dXNlcjpwYXNz", OPEN),
        ("secret", "P@ssw0rd!", OPEN),
        ("token", RANDOM, OPEN),
        ("auth_value", "Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MA==", "looks like a random key"),
        ("access_key_id", "AKIAIOSFODNN7EXAMPLE", "has the form of an AWS access key"),
        ("note", "key AKIAIOSFODNN7EXAMPLE of ours", "has the form of an AWS access key"),
        ("note", "ASIAIOSFODNN7EXAMPLE", "has the form of an AWS access key"),
        ("note", "-----BEGIN RSA PRIVATE KEY-----\nMIIE", "holds a private key"),
        ("note", "-----BEGIN PRIVATE KEY-----\nMIIE", "holds a private key"),
        ("note", JWT, "has the form of a JSON Web Token"),
        ("note", "eyJhbGciOiJIUzI1NiJ9abcdefgh", "has the form of an encoded token"),
        ("note", "ghp_0123456789abcdefghijklmnopqrstuvwxyz", "has the form of a GitHub token"),
        ("note", "sk_live_abcdefghijk123", "has the form of an API key"),
        ("note", "sk-1234567890abcdef", "begins like an API key"),
        ("note", "sk-abc123", "begins like an API key"),
        ("note", "sk-proj-Ab12Cd34Ef56", "begins like an API key"),
        ("note", "pk-live1234abcd", "begins like an API key"),
        ("note", "api_1a2b3c4d5e6f7g8h", "begins like an API key"),
        ("note", "key_9f8e7d6c5b4a321f", "begins like an API key"),
        ("note", "token_abc123def456ghi", "begins like a token"),
        ("note", "secret_9f8e7d6c5b4a321", "begins like a token"),
        ("url", "postgres://user:pa55@db/x", "is an address with a password in it"),
        (
            "webhook_url",
            "https://u:pa55word@hooks.example.com",
            "is an address with a password in it",
        ),
    ],
)
def test_a_secret_is_seen(key: str, value: str, reason: str) -> None:
    assert looks_secret(key, value) == reason


@pytest.mark.parametrize(
    ("key", "value"),
    [
        # keys that speak about secrets
        ("api_version", "v1"),
        ("token_url", "http://polaris:8181/api/catalog/v1/oauth/tokens"),
        ("token_type", "bearer"),
        ("max_tokens", "1000"),
        ("key_columns", "id"),
        ("primary_key", "customer_id"),
        ("primaryKey", "customer_id"),
        ("partition_key", "customer-2024-01-01-abcdefgh1234"),
        ("sort_key", RANDOM),
        ("public_key", "-----BEGIN PUBLIC KEY-----\nMIIB"),
        ("key", "password"),
        ("key_vault", "kv-prod-westeurope-01"),
        ("secret_prefix", "floe-"),
        ("secret_path", "/floe"),
        ("secrets", "k8s-secrets"),
        ("connection_secret_ref", "snowflake-credentials"),
        ("credential_secret_name", "aws-creds"),
        ("credential_secret_namespace", "floe-system"),
        ("credential_mode", "static"),
        ("access_key_secret_key", "access-key"),
        ("secret_key_secret_key", "secret-key"),
        ("password_secret_key", "password"),
        ("password_ref", "harbor-credentials"),
        ("client_id", "floe-client"),
        ("authorization", "role-based"),
        ("pii_encryption", "required"),
        ("commit", RANDOM),
        ("digest", "sha256:" + "a1" * 32),
        # values that stand for a secret kept elsewhere
        ("password", "${DB_PASSWORD}"),
        ("password", "$(DB_PASSWORD)"),
        ("password", "$DB_PASSWORD"),
        ("password", "DB_PASSWORD"),
        ("password", "{{ env_var('DB_PASSWORD') }}"),
        ("password", "env_var('DB_PASSWORD')"),
        ("password", "vault:secret/data/db#password"),
        ("password", "secret/data/db"),
        ("password", "op://vault/item/field"),
        ("password", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db"),
        ("client_secret", "salesforce-credentials"),
        ("salesforce_token", "salesforce-api-token"),
        ("secret", "polaris-credentials"),
        ("secret", "cosign-key"),
        ("private_key", "/etc/keys/cosign.pem"),
        ("private_key", "cosign.key"),
        ("api_key", "oci://registry.example.com/x:v1"),
        ("api_key", "sha256:" + "a1" * 32),
        ("url", "postgres://${USER}:${PASSWORD}@db/x"),
        # values that are none
        ("password", ""),
        ("password", "  "),
        ("password", "<password>"),
        ("password", "xxxx"),
        ("password", "****"),
        ("password", "REDACTED"),
        ("api_key", "your-api-key"),
        ("password", "null"),
        # names that begin as keys do
        ("name", "key_events"),
        ("name", "api_orders_2024"),
        ("name", "api_gateway_access_logs_v2"),
        ("name", "token_counts"),
        ("name", "token_updated_at_20240101"),
        ("name", "secret_santa_participants"),
        ("name", "secret_manager_audit_20240101"),
        ("name", "key_sha256"),
        ("name", "key_performance_indicators"),
        ("name", "sk-learn"),
        ("name", "pk-orders-2024"),
        ("name", "pk-customers20240101"),
        ("description", "the token is kept in vault"),
        ("path", "s3://raw/orders"),
        ("ref", "oci://registry.example.com/enterprise-manifest:v1.0.0"),
        ("subject", "repo:acme/floe:ref:refs/heads/main"),
        ("issuer", "https://token.actions.githubusercontent.com"),
        ("url", "http://minio:9000"),
        ("url", "https://hooks.slack.com/services/T00/B00/XXX"),
        ("ca", "-----BEGIN CERTIFICATE-----\nMIIB"),
    ],
)
def test_a_harmless_value_is_left_alone(key: str, value: str) -> None:
    assert looks_secret(key, value) is None


texts = st.text(max_size=40)
telling = st.text(alphabet="skpeyJAKIA0123456789_-:/@.{}$<> =Zz", max_size=50)


@given(texts, texts | telling)
def test_any_key_and_value_get_an_answer(key: str, value: str) -> None:
    reason = looks_secret(key, value)
    assert reason is None or reason.split()[0] in {
        "begins",
        "has",
        "holds",
        "is",
        "looks",
        "stands",
    }


@given(st.text(alphabet="abcdefXYZ0123456789", min_size=12, max_size=30))
def test_the_reason_never_repeats_the_value(value: str) -> None:
    reason = looks_secret("password", value)
    assert reason is not None
    assert value not in reason
