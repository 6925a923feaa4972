"""Where compiled artifacts are kept, how they are signed, and how they move through
environments."""

from __future__ import annotations

import datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from floe_ls.schema import constraints
from floe_ls.schema.meta import (
    DEEP,
    OVERRIDE,
    WARNING,
    Codes,
    Constraint,
    Dialect,
    DialectOnly,
    Examples,
    Form,
    Rules,
    Unique,
)
from floe_ls.schema.section import Section

_DESIGN = DialectOnly(frozenset({Dialect.DESIGN}))

EnforceWarnOff = Literal["enforce", "warn", "off"]
GateName = Literal[
    "policy_compliance", "tests", "security_scan", "cost_analysis", "performance_baseline"
]
ScanSeverity = Literal["CRITICAL", "HIGH", "MEDIUM", "LOW", "UNKNOWN"]
PromotionEvent = Literal["promote", "rollback", "lock", "unlock"]
Timeout = Annotated[int, Field(ge=30, le=3600)]


# --- the registry


class SecretReference(Section):
    """Where a secret is kept. The secret itself never stands in a manifest."""

    source: Literal["env", "kubernetes", "vault", "external-secrets", "infisical"] = "kubernetes"
    """The store that holds the secret."""
    name: Annotated[
        str, Field(min_length=1, max_length=253), Form("secret-name"), Examples(("registry-login",))
    ]
    """Name of the secret in its store."""
    key: Annotated[str | None, Examples(("password",))] = None
    """Key inside the secret, where it holds several."""


class Auth(Section):
    """How the registry is told who is asking."""

    type: Literal[
        "anonymous",
        "basic",
        "token",
        "aws-irsa",
        "azure-managed-identity",
        "gcp-workload-identity",
    ]
    """The way of authenticating. `basic` and `token` need `credentials_ref`; the cloud identities
    come from where the job runs."""
    credentials_ref: SecretReference | None = None
    """The secret with the credentials, for `basic` and `token` only."""
    token_ref: Annotated[str | None, Form("secret-name"), _DESIGN] = None
    """Name of the secret with the token. `credentials_ref` took its place."""
    username_ref: Annotated[str | None, Form("secret-name"), _DESIGN] = None
    """Name of the secret with the user's name. `credentials_ref` took its place."""
    password_ref: Annotated[str | None, Form("secret-name"), _DESIGN] = None
    """Name of the secret with the password. `credentials_ref` took its place."""

    rules: ClassVar[Rules] = Rules(
        constraints=(
            Constraint("registry/credentials-unused", constraints.credentials_unused, source="G03"),
            Constraint(
                "registry/credentials-missing", constraints.credentials_missing, source="G04"
            ),
        )
    )


class Cache(Section):
    """Local cache of what was pulled."""

    enabled: bool = True
    """Whether pulled artifacts are kept."""
    path: str = "/var/cache/floe/oci"
    """Folder of the cache."""
    max_size_gb: Annotated[int, Field(ge=1)] = 10
    """Most gigabytes that the cache may take; what was used longest ago goes first."""
    ttl_hours: Annotated[int, Field(ge=1)] = 24
    """Hours that an artifact pulled by a movable tag stays fresh."""
    mirror: Annotated[str | None, Form("registry-uri", WARNING), _DESIGN] = None
    """Another registry that is asked first."""


class Retry(Section):
    """How failed requests are tried again."""

    max_attempts: Annotated[int, Field(ge=1, le=10)] = 3
    """How often a request is tried, the first time included."""
    initial_delay_ms: Annotated[int, Field(ge=100)] = 1000
    """Milliseconds before the second try."""
    backoff_multiplier: Annotated[float, Field(ge=1.0, le=5.0)] = 2.0
    """By how much each wait is longer than the one before."""
    max_delay_ms: Annotated[int, Field(ge=1000)] = 30000
    """Most milliseconds between two tries."""
    jitter: bool = True
    """Whether waits are varied at random, so that clients do not all come back at once."""

    rules: ClassVar[Rules] = Rules(
        constraints=(
            Constraint("registry/delays", constraints.delays_in_order, WARNING, source="G13"),
        )
    )


class CircuitBreaker(Section):
    """Stops asking a registry that keeps failing, for a while."""

    enabled: bool = True
    """Whether there is a breaker."""
    failure_threshold: Annotated[int, Field(ge=1)] = 5
    """How many failures in a row open it."""
    recovery_timeout_ms: Annotated[int, Field(ge=1000)] = 60000
    """Milliseconds until a first request is let through again."""
    half_open_requests: Annotated[int, Field(ge=1)] = 1
    """How many requests are let through to see whether the registry is back."""


class Resilience(Section):
    """What happens when the registry fails."""

    retry: Retry = Field(default_factory=Retry)
    """How failed requests are tried again."""
    circuit_breaker: CircuitBreaker = Field(default_factory=CircuitBreaker)
    """When to stop asking for a while."""
    timeouts: Annotated[dict[str, Any] | None, _DESIGN] = None
    """Time limits of connections."""


class Signing(Section):
    """How artifacts are signed when they are pushed."""

    mode: Literal["keyless", "key-based"]
    """`keyless` signs with the identity of the job, `key-based` with a key."""
    oidc_issuer: Annotated[
        str | None,
        Form("http-url"),
        Examples(("https://token.actions.githubusercontent.com",)),
    ] = None
    """Who vouches for the identity of the job; needed for `keyless`."""
    rekor_url: Annotated[str, Form("http-url")] = "https://rekor.sigstore.io/"
    """Transparency log in which signatures are recorded."""
    fulcio_url: Annotated[str, Form("http-url")] = "https://fulcio.sigstore.dev/"
    """Authority that issues certificates for `keyless`."""
    private_key_ref: SecretReference | None = None
    """The secret with the key, for `key-based` only."""

    rules: ClassVar[Rules] = Rules(
        constraints=(Constraint("signing/mode", constraints.signing_fits_mode, source="G05"),)
    )


class TrustedIssuer(Section):
    """An identity whose signatures count. It has either an exact subject or a pattern for it."""

    issuer: Annotated[
        str, Form("http-url"), Examples(("https://token.actions.githubusercontent.com",))
    ]
    """The OIDC issuer that vouched for the signer."""
    subject: Annotated[str | None, Examples(("repo:acme/floe-platform:ref:refs/heads/main",))] = (
        None
    )
    """The signer's exact subject."""
    subject_regex: Annotated[str | None, Field(max_length=1000), Form("subject-regex")] = None
    """Regular expression for the signer's subject. One that could take forever to match is
    refused."""

    rules: ClassVar[Rules] = Rules(
        constraints=(Constraint("verification/subject", constraints.one_subject, source="G07"),)
    )


class EnvironmentVerification(Section):
    """What verification asks in one environment."""

    enforcement: EnforceWarnOff
    """What a bad signature does there: `enforce` stops, `warn` reports, `off` passes over it."""
    require_sbom: bool | None = None
    """Whether a bill of materials is needed there."""


class Verification(Section):
    """When a signature is trusted. Needs a trusted issuer or a public key while it is enabled."""

    enabled: bool = True
    """Whether signatures are checked."""
    enforcement: EnforceWarnOff = "enforce"
    """What a bad signature does: `enforce` stops, `warn` reports, `off` passes over it."""
    trusted_issuers: list[TrustedIssuer] = []
    """Identities whose signatures count."""
    require_rekor: bool = True
    """Whether a signature must be in the transparency log."""
    require_sbom: bool = False
    """Whether an artifact needs a signed bill of materials."""
    public_key_ref: SecretReference | None = None
    """The secret with the public key of key-based signatures."""
    environments: dict[str, EnvironmentVerification] = {}
    """Other levels for some environments, by name."""
    grace_period_days: Annotated[int, Field(ge=0, le=90)] = 7
    """Days that the signature of an expired certificate still counts."""
    private_infrastructure: bool = False
    """Whether checks that need the public Sigstore services are relaxed."""

    rules: ClassVar[Rules] = Rules(
        constraints=(
            Constraint("verification/no-identity", constraints.someone_is_trusted, source="G06"),
        )
    )


class Registry(Section):
    """The OCI registry of compiled artifacts."""

    uri: Annotated[
        str,
        Field(min_length=1),
        Form("registry-uri"),
        Examples(("oci://registry.example.com/floe",)),
    ]
    """Registry and namespace, as `oci://host/path` without a tag."""
    auth: Annotated[Auth, OVERRIDE]
    """How the registry is told who is asking."""
    tls_verify: bool = True
    """Whether TLS certificates are checked. Turned off, plain http is used as well."""
    cache: Cache = Field(default_factory=Cache)
    """Local cache of what was pulled."""
    resilience: Resilience = Field(default_factory=Resilience)
    """What happens when the registry fails."""
    signing: Annotated[Signing | None, OVERRIDE] = None
    """How artifacts are signed when they are pushed."""
    verification: Annotated[Verification | None, OVERRIDE] = None
    """When a signature is trusted."""
    immutability: Annotated[dict[str, Any] | None, _DESIGN] = None
    """Which tags may never be moved."""
    tls: Annotated[dict[str, Any] | None, _DESIGN] = None
    """Certificates and other settings of TLS."""
    rate_limiting: Annotated[dict[str, Any] | None, _DESIGN] = None
    """How many requests are sent at most."""


# --- promotion


class ScannerGate(Section):
    """A gate that runs a scanner and judges what it finds."""

    command: Annotated[
        str, Field(min_length=1), Examples(("trivy image --format json ${ARTIFACT_REF}",))
    ]
    """Command of the scanner; `${ARTIFACT_REF}` stands for the artifact."""
    block_on_severity: Annotated[list[ScanSeverity], Codes(duplicate="schema/duplicate")] = [
        "CRITICAL",
        "HIGH",
    ]
    """Findings of these severities stop the promotion."""
    ignore_unfixed: bool = False
    """Whether findings without a known fix are passed over."""
    scanner_format: Literal["trivy", "grype"] = "trivy"
    """The form in which the scanner reports."""
    timeout_seconds: Timeout = 600
    """Most seconds that the scan may take."""


class Authorization(Section):
    """Who may promote to an environment."""

    allowed_groups: Annotated[list[str] | None, Examples((["release-managers"],))] = None
    """Groups whose members may."""
    allowed_operators: Annotated[list[str] | None, Examples((["anna@example.com"],))] = None
    """Persons who may."""
    separation_of_duties: bool = False
    """Whether two steps in a row need two different persons."""


class Lock(Section):
    """Whether promotions to an environment are stopped."""

    locked: bool
    """True stops all promotions to the environment."""
    reason: Annotated[str | None, Examples(("Release freeze until Monday",))] = None
    """Why it is locked."""
    locked_by: str | None = None
    """Who locked it."""
    locked_at: Annotated[datetime.datetime | None, Form("datetime")] = None
    """Since when it is locked, such as 2030-01-31T12:00:00Z."""


class Environment(Section):
    """One environment through which artifacts are promoted."""

    name: Annotated[
        str,
        Field(min_length=1, max_length=50),
        Form("environment-name"),
        Examples(("dev", "staging", "prod")),
    ]
    """Name of the environment; each has its own."""
    gates: Annotated[dict[GateName, bool | ScannerGate], Codes(unknown="promotion/gate")]
    """What an artifact must pass to get in: each gate true, false, or the settings of a scanner.
    The block may be empty, and `policy_compliance` cannot be turned off."""
    gate_timeout_seconds: Timeout = 300
    """Most seconds that a gate may take."""
    authorization: Authorization | None = None
    """Who may promote to it."""
    lock: Lock | None = None
    """Whether promotions to it are stopped."""

    rules: ClassVar[Rules] = Rules(
        constraints=(
            Constraint("promotion/mandatory-gate", constraints.mandatory_gate_is_on, source="G09"),
        )
    )


class Webhook(Section):
    """An address that is told about promotions."""

    url: Annotated[
        str,
        Field(min_length=1),
        Form("http-url", WARNING),
        Examples(("https://hooks.example.com/floe",)),
    ]
    """The address that is called."""
    events: Annotated[
        list[PromotionEvent], Field(min_length=1), Codes(duplicate="schema/duplicate")
    ]
    """The events it is told about, at least one."""
    headers: dict[str, str] | None = None
    """Headers that are sent along. No secrets belong here."""
    timeout_seconds: Annotated[int, Field(ge=1, le=300)] = 30
    """Most seconds that a call may take."""
    retry_count: Annotated[int, Field(ge=0, le=10)] = 3
    """How often a failed call is tried again."""


class Promotion(Section):
    """How artifacts move from one environment to the next."""

    environments: Annotated[
        list[Environment],
        Field(min_length=1),
        Codes(empty="promotion/no-environment"),
        Unique("name", "promotion/duplicate-environment", source="G08"),
    ] = [
        Environment.model_construct(name="dev", gates={"policy_compliance": True}),
        Environment.model_construct(
            name="staging", gates={"policy_compliance": True, "tests": True}
        ),
        Environment.model_construct(
            name="prod", gates={"policy_compliance": True, "tests": True, "security_scan": True}
        ),
    ]
    """The environments, in the order of promotion. Left out, they are dev, staging and prod."""
    audit_backend: Literal["oci", "s3", "database"] = "oci"
    """Where records of promotions are kept."""
    default_timeout_seconds: Timeout = 300
    """Most seconds that a gate may take where it has no limit of its own."""
    webhooks: list[Webhook] | None = None
    """Addresses that are told about promotions."""
    gate_commands: dict[str, str | ScannerGate] | None = None
    """The command behind each gate, by the gate's name: a command, or the settings of a scanner."""
    signature_enforcement: EnforceWarnOff = "enforce"
    """What a bad signature does at promotion: `enforce` stops, `warn` reports, `off` passes over
    it. Write `"off"` in quotes, since floe's compiler reads a bare one as false."""
    secondary_registries: Annotated[
        list[Annotated[str, Form("registry-uri", WARNING)]] | None,
        Codes(duplicate="schema/duplicate"),
        Examples((["oci://backup.example.com/floe"],)),
    ] = None
    """Registries to which promoted artifacts are copied."""
    verify_secondary_digests: bool = True
    """Whether copies are compared with the original by digest."""
    gates: Annotated[dict[str, dict[str, Any]] | None, _DESIGN] = None
    """Gates by environment. They stand under each environment's `gates` now."""


# --- the block


class Artifacts(Section):
    """Where compiled artifacts are kept and how they are promoted."""

    registry: Annotated[Registry, DEEP]
    """The registry that holds them."""
    promotion: Annotated[Promotion | None, DEEP] = None
    """How they move through environments. Left out, nothing is promoted."""
    signing: Annotated[dict[str, Any] | None, _DESIGN] = None
    """How artifacts are signed. It stands under `registry` now."""
    verification: Annotated[dict[str, Any] | None, _DESIGN] = None
    """When a signature is trusted. It stands under `registry` now."""
    retention: Annotated[dict[str, Any] | None, _DESIGN] = None
    """How many versions are kept, and for how long."""
    lifecycle: Annotated[dict[str, Any] | None, _DESIGN] = None
    """When versions are given up, and who is told."""
