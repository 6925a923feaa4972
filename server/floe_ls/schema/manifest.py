"""A manifest of any tier: what an enterprise, a domain or a single platform decides for its
products."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from floe_ls.schema import constraints
from floe_ls.schema.artifacts import Artifacts
from floe_ls.schema.design import (
    DataArchitecture,
    DataContractSettings,
    DomainIdentity,
    Identity,
    RegisteredDomain,
    RegisteredProduct,
    Security,
)
from floe_ls.schema.governance import Governance
from floe_ls.schema.meta import (
    DEEP,
    ERROR,
    IMMUTABLE,
    INFORMATION,
    LOCAL,
    OVERRIDE,
    SHIPPED,
    WARNING,
    By,
    Codes,
    Constraint,
    Deprecated,
    Dialect,
    DialectOnly,
    Examples,
    ForbiddenKeys,
    Form,
    Is,
    Mistaken,
    Needed,
    Only,
    Role,
    Rules,
    Severity,
    Spelled,
    Tier,
    Unknown,
)
from floe_ls.schema.observability import Observability
from floe_ls.schema.plugins import CategoryName, Plugins
from floe_ls.schema.section import Section

_DESIGN = DialectOnly(frozenset({Dialect.DESIGN}))
_ADR_AND_DESIGN = DialectOnly(frozenset({Dialect.ADR, Dialect.DESIGN}))
_ENVELOPE = Needed(By(None, Severity.ERROR, Severity.ERROR))
_ENTERPRISE = frozenset({Tier.ENTERPRISE})
_DOMAIN = frozenset({Tier.DOMAIN})


class ManifestMetadata(Section):
    """Who answers for this manifest, and which release of it this is."""

    name: Annotated[
        str | None,
        Is(Role.NAME),
        _ENVELOPE,
        Field(min_length=1, max_length=63),
        Form("manifest-name", By(Severity.WARNING, Severity.ERROR, Severity.ERROR)),
        Examples(("acme-platform",)),
    ] = None
    """Name of the manifest: lower-case letters, digits and inner hyphens. `default`, `system`,
    `floe`, `admin` and `root` are taken."""
    version: Annotated[
        str | None,
        Is(Role.VERSION),
        Needed(By(Severity.HINT, Severity.ERROR, Severity.ERROR)),
        Form("semver", By(Severity.WARNING, Severity.ERROR, Severity.ERROR)),
        Examples(("1.0.0",)),
    ] = None
    """Release of the manifest: three numbers, nothing before or behind them. Quoted, since a bare
    `1.0` is a number."""
    owner: Annotated[
        str | None,
        Is(Role.OWNER),
        Needed(SHIPPED),
        Field(min_length=1),
        Examples(("platform-team@example.com",)),
    ] = None
    """Team or person that answers for the manifest."""
    description: Annotated[str | None, Field(max_length=500)] = None
    """What the manifest is for, in 500 characters at most."""


class Resources(Section):
    """An amount of processor and memory."""

    cpu: Annotated[str, Form("quantity-cpu"), Examples(("500m", "2"))]
    """Processors, in cores (`"2"`) or thousandths of one (`500m`)."""
    memory: Annotated[str, Form("quantity-memory"), Examples(("512Mi", "4Gi"))]
    """Memory, in bytes with a unit such as `Mi` or `Gi`."""


class ResourcePreset(Section):
    """A size that products can name."""

    requests: Resources
    """What is set aside for a job."""
    limits: Resources
    """What a job may take at most."""

    rules: ClassVar[Rules] = Rules(
        constraints=(
            Constraint(
                "resources/limit-below-request",
                constraints.limits_hold_requests,
                WARNING,
                source="H04",
            ),
        )
    )


class Manifest(Section):
    """What an enterprise, a domain or a single platform decides for the products below it. The same
    file format serves every tier; `scope` says which tier it is."""

    api_version: Annotated[
        Literal["floe.dev/v1"] | None,
        Is(Role.API_VERSION),
        LOCAL,
        _ENVELOPE,
        Spelled(("api_version",)),
    ] = Field(default=None, alias="apiVersion")
    """Version of the file format. There is one: `floe.dev/v1`."""
    kind: Annotated[
        Literal["Manifest"] | None,
        Is(Role.KIND),
        LOCAL,
        _ENVELOPE,
        Codes(type="kind/value", choice="kind/value"),
        Mistaken(
            {
                "EnterpriseManifest": "Manifest",
                "DomainManifest": "Manifest",
                "PlatformManifest": "Manifest",
            },
            "kind/separate-type",
            "Every tier has the same kind of manifest; `scope` says which tier it is.",
            {
                "EnterpriseManifest": {"scope": "enterprise"},
                "DomainManifest": {"scope": "domain"},
            },
        ),
    ] = None
    """Says that this file is a manifest."""
    metadata: Annotated[ManifestMetadata | None, LOCAL, _ENVELOPE] = None
    """Who answers for this manifest, and which release of it this is."""
    scope: Annotated[
        Literal["enterprise", "domain"] | None,
        Is(Role.SCOPE),
        LOCAL,
        Codes(type="scope/value", choice="scope/value"),
    ] = None
    """The tier of this manifest. Left out: one platform of two tiers, with its products right
    below. `enterprise`: the top of three tiers. `domain`: the middle of three, between the
    enterprise and the domain's products."""
    parent_manifest: Annotated[
        str | None,
        Is(Role.PARENT),
        LOCAL,
        Only(
            _DOMAIN,
            "scope/parent-forbidden",
            "only a domain manifest inherits from another one",
        ),
        Needed(ERROR, "scope/parent-required", _DOMAIN, at=("scope",)),
        Form("manifest-ref"),
        Examples(("oci://registry.example.com/enterprise-manifest:v1.0.0",)),
    ] = None
    """The enterprise manifest from which this domain inherits, as `oci://host/repository:tag`."""
    approved_plugins: Annotated[
        dict[
            CategoryName,
            Annotated[list[str], Codes(duplicate="approved/duplicate", type="approved/type")],
        ]
        | None,
        Is(Role.WHITELIST),
        IMMUTABLE,
        Only(
            _ENTERPRISE,
            "approved/not-enterprise",
            "only the enterprise decides which plugins domains may choose",
            # floe's documents let a domain narrow the list down.
            By(Severity.ERROR, Severity.WARNING, Severity.ERROR),
        ),
        Codes(type="approved/type"),
        Examples(({"compute": ["duckdb", "snowflake"]},)),
    ] = None
    """Plugins that domains may choose, by category. A category that is not listed is open; an empty
    list allows none."""
    approved_sinks: Annotated[
        list[str] | None,
        Is(Role.SINKS),
        IMMUTABLE,
        Only(
            _ENTERPRISE,
            "sinks/not-enterprise",
            "only the enterprise decides to which sinks products may write",
        ),
        Codes(duplicate="approved/duplicate", type="approved/type"),
        Examples((["salesforce"],)),
    ] = None
    """Kinds of sinks to which products may write."""
    approved_products: Annotated[
        list[str] | None,
        Is(Role.PRODUCTS),
        OVERRIDE,
        Only(
            _DOMAIN,
            "products/not-domain",
            "a domain decides which products are built under it",
        ),
        Codes(duplicate="approved/duplicate", type="products/type"),
        Examples((["customer-360"],)),
    ] = None
    """Products that may be built under this domain. Left out, any may; an empty list allows
    none."""
    parent_domain: Annotated[
        str | None,
        LOCAL,
        _ADR_AND_DESIGN,
        Only(_DOMAIN, "parent-domain/not-domain", "a domain has no domain above it elsewhere"),
        Deprecated(
            "There are no domains above domains: `parent_manifest` names the enterprise.",
            code="parent-domain/unused",
            severity=INFORMATION,
        ),
    ] = None
    """Has no meaning: domains do not lie in one another."""
    plugins: Annotated[
        Plugins | None, Is(Role.PLUGINS), DEEP, Needed(SHIPPED), Codes(type="plugins/type")
    ] = None
    """The plugin chosen for each job of the platform, by category."""
    defaults: Annotated[
        dict[CategoryName, str] | None, Is(Role.DEFAULTS), DEEP, Examples(({"compute": "duckdb"},))
    ] = None
    """The plugin that is taken where nothing is chosen, by category. floe reads `compute` only."""
    governance: Annotated[Governance | None, Is(Role.GOVERNANCE), DEEP] = None
    """Security, quality and compliance policies. A layer below may keep or tighten them."""
    artifacts: Annotated[Artifacts | None, DEEP] = None
    """Where compiled artifacts are kept and how they are promoted."""
    observability: Annotated[Observability | None, DEEP] = None
    """Settings of traces, lineage and logs. The backends are chosen under `plugins`."""
    resource_presets: Annotated[dict[str, Annotated[ResourcePreset, OVERRIDE]] | None, DEEP] = None
    """Sizes that products can name, such as `small` or `large`."""
    data_architecture: Annotated[DataArchitecture | None, DEEP, _DESIGN] = None
    """How models are laid out."""
    domain: Annotated[DomainIdentity | None, LOCAL, _DESIGN] = None
    """What the domain is called, and whose it is."""
    domains: Annotated[list[RegisteredDomain] | None, LOCAL, _DESIGN] = None
    """The domains that the enterprise knows."""
    registered_products: Annotated[list[RegisteredProduct] | None, LOCAL, _DESIGN] = None
    """The products that were registered so far. floe writes this list itself."""
    data_contracts: Annotated[DataContractSettings | None, DEEP, _DESIGN] = None
    """How data contracts are made, checked and watched."""
    identity: Annotated[Identity | None, DEEP, _DESIGN] = None
    """Who owns which namespace."""
    security: Annotated[Security | None, DEEP, _DESIGN] = None
    """Security of the cluster on which products run."""
    services: Annotated[dict[str, Any] | None, DEEP, _DESIGN] = None
    """Sizes of the platform's own services, by service."""

    rules: ClassVar[Rules] = Rules(
        unknown=Unknown(severity=WARNING),
        constraints=(
            Constraint(
                "plugins/default-not-approved",
                constraints.choices_are_approved,
                By(Severity.WARNING, Severity.ERROR, Severity.WARNING),
                source="C16",
            ),
        ),
        forbidden=(
            ForbiddenKeys(
                frozenset(
                    {
                        "env_overrides",
                        "environments",
                        "environment",
                        "env",
                        "dev",
                        "staging",
                        "prod",
                        "production",
                        "target_env",
                        "floe_env",
                    }
                ),
                "manifest/environment",
                "a manifest is the same in every environment; `FLOE_ENV` chooses one at run time",
            ),
        ),
    )
