"""A product writes to a kind of sink that the enterprise has not approved."""

from __future__ import annotations

from collections.abc import Iterator

from floe_ls.ide.allowed import allowed, outside
from floe_ls.ide.decided import related
from floe_ls.ide.rule import PRODUCTS, Code, Finding, Rule, Subject
from floe_ls.schema.meta import ERROR, Role, Tier

CODE = Code(
    "whitelist/not-approved-sink",
    ERROR,
    "A destination's kind of sink is not approved.",
    """\
The enterprise may list in `approved_sinks` the kinds of sinks to which products write back. With such a list,
nothing else is allowed; without one, every kind is.

Wrong, below an enterprise manifest with `approved_sinks: [salesforce]`:

```yaml
destinations:
  - name: crm
    sink_type: hubspot
    connection_secret_ref: hubspot-credentials
```

Right:

```yaml
destinations:
  - name: crm
    sink_type: salesforce
    connection_secret_ref: salesforce-credentials
```

Write to an approved sink, or ask the enterprise to approve this one.
""",
    "J19",
)


def check(subject: Subject) -> Iterator[Finding]:
    sinks = subject.manifest_shape.role_path(Role.SINKS)
    template = subject.path(Role.SINK_TYPE)
    if subject.tier is not Tier.PRODUCT or sinks is None or template is None:
        return
    listed = allowed(subject.chain, subject.chain.manifests, sinks)
    if listed is None:
        return
    for path, span, name in outside(subject.document, tuple(map(str, template)), listed.names):
        message = listed.says(subject, "destinations", name, "sink")
        where = (related(listed.layer, listed.at, "these sinks are approved"),)
        yield Finding(CODE.slug, span, message, where, tuple(listed.fixes(subject, path, name)))


RULE = Rule((CODE,), check, kinds=PRODUCTS, reads=(Role.SINK_TYPE,))
