"""Whether the layers above a file are those that floe knows: an enterprise, a domain, its products."""

from __future__ import annotations

from collections.abc import Iterator

from floe_ls.chain.layers import reference
from floe_ls.ide.decided import place, related
from floe_ls.ide.model import Related
from floe_ls.ide.rule import Code, Finding, Rule, Subject
from floe_ls.schema.meta import ERROR, WARNING, Role, Tier

CYCLE = Code(
    "chain/cycle",
    ERROR,
    "Manifests inherit from each other in a circle.",
    """\
Each manifest inherits from the one that it names, up to an enterprise manifest, which names none. In a circle there
is no top, so nothing can be resolved. The finding names all files of the circle.

Wrong:

```yaml
# sales-domain-manifest.yaml
scope: domain
parent_manifest: ./marketing-domain-manifest.yaml

# marketing-domain-manifest.yaml
scope: domain
parent_manifest: ./sales-domain-manifest.yaml
```

Let each domain name the enterprise's manifest.
""",
    "R64; J16",
)
TOO_LONG = Code(
    "chain/too-long",
    ERROR,
    "There are too many manifests above each other.",
    """\
floe knows an enterprise, a domain and its products. Longer chains are followed over five manifests, and not
further.

Let each domain name the enterprise's manifest.
""",
    "R64; J24",
)
NOT_ENTERPRISE = Code(
    "chain/parent-not-enterprise",
    ERROR,
    "The parent of a domain manifest is no enterprise manifest.",
    """\
Domains do not lie in one another, and a manifest without scope is a platform of two tiers, which has no domains.

Wrong, where `manifest.yaml` has no `scope`:

```yaml
scope: domain
parent_manifest: ./manifest.yaml
```

Right:

```yaml
scope: domain
parent_manifest: oci://registry.example.com/enterprise-manifest:v1.0.0
```

Name a manifest with `scope: enterprise`, or make the parent one.
""",
    "R64; J17",
)
ENTERPRISE_DIRECT = Code(
    "product/enterprise-direct",
    WARNING,
    "A product builds on an enterprise manifest, without a domain.",
    """\
With three tiers, a product belongs to a domain, which chooses plugins and approves products. A product right below
the enterprise is approved by nobody.

Wrong:

```yaml
platform:
  ref: oci://registry.example.com/enterprise-manifest:v1.0.0
```

Right:

```yaml
platform:
  ref: oci://registry.example.com/sales-domain-manifest:v2.0.0
```

Name the manifest of the product's domain. If there are no domains, the manifest needs no `scope`.
""",
    "I16",
)


def check(subject: Subject) -> Iterator[Finding]:
    chain = subject.chain
    for trouble in chain.troubles:
        if trouble.code in _CODES and trouble.document is subject.document:
            places = tuple(Related(d, span, message) for d, span, message in trouble.related)
            yield Finding(trouble.code, trouble.span, trouble.message, places)
    if subject.tier is not Tier.PRODUCT or len(chain.layers) < 2:
        return
    above = chain.layers[-2]
    here = reference(subject.document, subject.snapshot.shapes)
    if above.tier is Tier.ENTERPRISE and here is not None:
        path = subject.manifest_shape.role_path(Role.SCOPE)
        scope = above.document.at(path) if path else None
        message = (
            f"{place(above, scope)} is an enterprise manifest: no domain approves a product that builds right on it. "
            "Name the manifest of the product's domain."
        )
        where = (related(above, scope, "this is the enterprise"),) if scope is not None else ()
        yield Finding(ENTERPRISE_DIRECT.slug, here.span, message, where)


_CODES = frozenset({CYCLE.slug, TOO_LONG.slug, NOT_ENTERPRISE.slug})

RULE = Rule((CYCLE, TOO_LONG, NOT_ENTERPRISE, ENTERPRISE_DIRECT), check, of_chain=True, reads=())
