"""Blocks of a manifest that floe's documents draw and its shipped code does not read."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from floe_ls.schema.meta import (
    DEEP,
    By,
    Codes,
    Examples,
    Is,
    Role,
    Rules,
    Severity,
    Spelled,
    Unknown,
    strengthen,
)
from floe_ls.schema.section import Section

# The documents name these blocks and leave open what else is in them.
_OPEN = Rules(
    unknown=Unknown(severity=By(Severity.INFORMATION, Severity.INFORMATION, Severity.INFORMATION))
)


# --- data architecture


class ArchitectureNaming(Section):
    """How strictly names of models are judged."""

    enforcement: Literal["off", "warn", "strict"] | None = None
    """What a badly named model does: nothing, a warning, or an error."""


class Layer(Section):
    """One layer of models."""

    prefix: Annotated[str | None, Examples(("bronze_", "stg_"))] = None
    """Start of the names of the layer's models."""
    namespace: Annotated[
        str | None, Spelled(("catalog_namespace",)), Examples(("sales.bronze",))
    ] = None
    """Namespace of the catalog in which the layer's tables are."""

    rules: ClassVar[Rules] = _OPEN


class DataArchitecture(Section):
    """How models are laid out."""

    pattern: Literal["medallion", "kimball", "data_vault", "custom"] | None = None
    """The way of modelling."""
    naming: ArchitectureNaming | None = None
    """How strictly names of models are judged."""
    naming_enforcement: Literal["off", "warn", "strict"] | None = None
    """What a badly named model does: nothing, a warning, or an error. It means the same as
    `naming.enforcement`."""
    layers: Annotated[dict[str, Layer] | None, DEEP] = None
    """The layers of models, by name."""

    rules: ClassVar[Rules] = _OPEN


# --- domains


class Owner(Section):
    """A team that answers for something, and how to reach it."""

    team: Annotated[str | None, Examples(("sales-data-team",))] = None
    """Name of the team."""
    email: Annotated[str | None, Examples(("sales-data@example.com",))] = None
    """Its e-mail address."""
    slack: Annotated[str | None, Examples(("#sales-data",))] = None
    """Its channel."""


class DomainIdentity(Section):
    """What the domain is called, and whose it is."""

    name: Annotated[str | None, Examples(("sales",))] = None
    """Name of the domain."""
    namespace: Annotated[str | None, Is(Role.DATABASE_NAMESPACE), Examples(("sales",))] = None
    """Namespace of the catalog that is the domain's alone."""
    owners: list[str | Owner] | None = None
    """Teams that answer for the domain."""

    rules: ClassVar[Rules] = _OPEN


class RegisteredDomain(Section):
    """A domain that the enterprise knows."""

    name: Annotated[str, Examples(("sales",))]
    """Name of the domain."""
    namespace: Annotated[str | None, Examples(("sales",))] = None
    """Namespace of the catalog that is the domain's alone."""
    owners: list[str | Owner] | None = None
    """Teams that answer for the domain."""
    extra_policies: dict[str, Any] | None = None
    """Policies that hold for this domain beside those for all."""

    rules: ClassVar[Rules] = _OPEN


# --- contracts, identity, security


class DataContractSettings(Section):
    """How data contracts are made, checked and watched."""

    enforcement: Annotated[
        Literal["off", "warn", "alert_only", "block"] | None,
        strengthen("off", "warn", "alert_only", "block"),
    ] = None
    """What a violated contract does: nothing, a warning, an alert, or an error."""
    standard: Annotated[str | None, Examples(("odcs_v3",))] = None
    """The standard in which contracts are written."""
    plugin: dict[str, Any] | None = None
    """The plugin that checks contracts."""
    monitoring: dict[str, Any] | None = None
    """What is watched, and how often."""
    alerting: dict[str, Any] | None = None
    """Who is told about violations."""

    rules: ClassVar[Rules] = _OPEN


class Identity(Section):
    """Who owns which namespace."""

    enforcement: Literal["off", "warn", "register", "enforce"] | None = None
    """What a product in a namespace that is not its own does: nothing, a warning, a registration,
    or an error."""
    auto_register: bool | None = None
    """Whether products are registered by themselves."""

    rules: ClassVar[Rules] = _OPEN


class SecurityRbac(Section):
    """Rights of jobs in the cluster."""

    enabled: bool | None = None
    """Whether roles are made for jobs."""
    job_service_account: Annotated[str | None, Examples(("auto",))] = None
    """Service account of jobs; `auto` makes one."""
    cluster_scope: bool | None = None
    """Whether the roles hold for the whole cluster."""

    rules: ClassVar[Rules] = _OPEN


class PodSecurity(Section):
    """Pod security standards, by namespace."""

    platform_level: Literal["privileged", "baseline", "restricted"] | None = None
    """Standard of the platform's own namespace."""
    jobs_level: Literal["privileged", "baseline", "restricted"] | None = None
    """Standard of the namespace of jobs."""

    rules: ClassVar[Rules] = _OPEN


class ClusterNetworkPolicies(Section):
    """Which traffic is let through in the cluster."""

    enabled: Annotated[bool | None, strengthen(False, True)] = None
    """Whether network policies are made."""
    default_deny: Annotated[bool | None, strengthen(False, True)] = None
    """Whether all traffic is refused that no rule lets through."""
    allow_external_https: bool | None = None
    """Whether jobs may reach the outside over https."""
    ingress_controller_namespace: str | None = None
    """Namespace of the ingress controller."""
    jobs_egress_allow: Annotated[list[dict[str, Any]] | None, Codes(added="security/egress")] = None
    """Where jobs may connect to."""
    platform_egress_allow: Annotated[
        list[dict[str, Any]] | None, Codes(added="security/egress")
    ] = None
    """Where the platform's own services may connect to."""

    rules: ClassVar[Rules] = _OPEN


class Security(Section):
    """Security of the cluster on which products run."""

    rbac: SecurityRbac | None = None
    """Rights of jobs in the cluster."""
    pod_security: PodSecurity | None = None
    """Pod security standards, by namespace."""
    network_policies: ClusterNetworkPolicies | None = None
    """Which traffic is let through in the cluster."""
    namespace_isolation: Annotated[str | None, Examples(("strict", "permissive"))] = None
    """How far namespaces are kept apart."""
    api_auth: dict[str, Any] | None = None
    """How services of the platform authenticate, by service."""
    audit: dict[str, Any] | None = None
    """What is written to the audit log."""
    service_mesh: dict[str, Any] | None = None
    """The service mesh between jobs and services."""
    require_signed_artifacts: Annotated[bool | None, strengthen(False, True)] = None
    """Whether only signed artifacts may run."""
    trusted_keys: list[Any] | None = None
    """Keys whose signatures count."""

    rules: ClassVar[Rules] = _OPEN


class RegisteredProduct(Section):
    """A product that was registered. floe writes these entries itself."""

    name: str
    """Name of the product."""
    repository: Annotated[str | None, Field(min_length=1)] = None
    """Where its source is."""

    rules: ClassVar[Rules] = _OPEN
