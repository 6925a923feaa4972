"""No layer chooses a plugin without which nothing runs."""

from __future__ import annotations

from collections.abc import Iterator

from floe_ls.chain.layers import Layer, reference
from floe_ls.forms.tree import is_null
from floe_ls.ide.allowed import allowed
from floe_ls.ide.decided import field_name, place
from floe_ls.ide.rule import Code, Finding, Rule, Subject
from floe_ls.ide.words import one_of
from floe_ls.schema.meta import WARNING, By, Dialect, Role, Severity, Tier
from floe_ls.schema.shape import Path
from floe_ls.text import Span

NO_COMPUTE = Code(
    "plugins/no-compute",
    WARNING,
    "No layer chooses an engine.",
    """\
Transforms run on the engine that `plugins.compute` names. The domain chooses it among the approved ones, or
inherits the enterprise's choice; if neither chooses, products of the domain cannot be compiled.

Wrong, below an enterprise manifest that chooses no engine either:

```yaml
scope: domain
parent_manifest: oci://registry.example.com/enterprise-manifest:v1.0.0
plugins:
  catalog: polaris
```

Right:

```yaml
scope: domain
parent_manifest: oci://registry.example.com/enterprise-manifest:v1.0.0
plugins:
  catalog: polaris
  compute: duckdb
```
""",
    "R44; C09",
)
NO_ORCHESTRATOR = Code(
    "plugins/no-orchestrator",
    By(None, None, Severity.WARNING),
    "No layer chooses an orchestrator.",
    """\
floe's released compiler needs `plugins.orchestrator` once all layers are put together, and stops with E201 without
it.

Wrong:

```yaml
plugins:
  compute:
    type: duckdb
```

Right:

```yaml
plugins:
  compute:
    type: duckdb
  orchestrator:
    type: dagster
```
""",
    "C09",
)


def check(subject: Subject) -> Iterator[Finding]:
    """Said of domains, and of all that the released form compiles: there the compiler stops."""
    chain = subject.chain
    compiled = subject.dialect is Dialect.V1 and subject.tier is not Tier.ENTERPRISE
    manifests = chain.manifests
    if not (subject.tier is Tier.DOMAIN or compiled) or not manifests or not chain.complete:
        return
    path = subject.manifest_shape.role_path(Role.PLUGINS)
    plugins = subject.manifest_shape.at(path) if path is not None else None
    span = _span(subject)
    if path is None or plugins is None or span is None:
        return
    for name, shape in plugins.fields.items():
        category = shape.category
        severity = category.missing_severity[subject.dialect] if category else None
        if category is None or not category.missing or severity is None:
            continue
        if not _chosen(manifests, (*path, name)):
            message = _message(subject, (*path, name))
            yield Finding(category.missing, span, message, severity=severity)


def _chosen(manifests: tuple[Layer, ...], path: Path) -> bool:
    found = (layer.document.at(path) for layer in manifests)
    return any(at is not None and not is_null(at.node) for at in found)


def _span(subject: Subject) -> Span | None:
    """The manifest's plugins, or else what makes it the domain; a product's reference."""
    if subject.tier is Tier.PRODUCT:
        here = reference(subject.document, subject.snapshot.shapes)
        return here.span if here is not None else None
    for role in (Role.PLUGINS, Role.SCOPE, Role.KIND):
        at = subject.at(role)
        if at is not None:
            return at.key_span
    return None


def _message(subject: Subject, path: Path) -> str:
    manifests = subject.chain.manifests
    whitelist = subject.manifest_shape.role_path(Role.WHITELIST)
    if subject.tier is Tier.PRODUCT:
        start = f"{place(manifests[-1])} chooses no `{path[-1]}`"
        above = manifests[:-1]
        message = f"{start}, nor does a layer above it: the product cannot be compiled."
    else:
        above = manifests[:-1]
        name = field_name(subject.document, path)
        both = f", neither here nor in {place(above[-1])}" if above else ""
        message = f"{name} is chosen nowhere{both}: products on this manifest cannot be compiled."
    listed = allowed(subject.chain, above, whitelist, str(path[-1])) if whitelist else None
    if listed is not None and listed.names:
        message += f" Approved: {one_of(listed.names)}."
    return message


RULE = Rule((NO_COMPUTE, NO_ORCHESTRATOR), check, reads=(Role.PLUGINS,))
