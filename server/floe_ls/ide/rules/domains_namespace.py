"""Two domains keep their tables in one namespace."""

from __future__ import annotations

from collections.abc import Iterator

from floe_ls.forms.tree import text_of
from floe_ls.ide.model import Related
from floe_ls.ide.rule import MANIFESTS, Code, Finding, Rule, Subject
from floe_ls.ide.siblings import siblings
from floe_ls.schema.meta import WARNING, Role, Tier

CODE = Code(
    "domains/same-namespace",
    WARNING,
    "Two domains have the same namespace.",
    """\
Domains may choose the same plugins, and share a warehouse. What keeps their tables apart is the namespace of the
catalog, so each domain has its own.

Wrong:

```yaml
# sales-domain-manifest.yaml
domain:
  name: sales
  namespace: customers

# marketing-domain-manifest.yaml
domain:
  name: marketing
  namespace: customers
```

Right:

```yaml
# marketing-domain-manifest.yaml
domain:
  name: marketing
  namespace: marketing
```
""",
    "R69, R70",
)


def check(subject: Subject) -> Iterator[Finding]:
    path = subject.path(Role.DATABASE_NAMESPACE) if subject.tier is Tier.DOMAIN else None
    at = subject.document.at(path) if path is not None else None
    name = text_of(at.node) if at is not None else None
    if path is None or at is None or not name:
        return
    for row in siblings(subject):
        there = row.document.at(path)
        if there is not None and text_of(there.node) == name:
            line = row.document.lines.position(there.value_span.start)[0] + 1
            message = (
                f"The namespace `{name}` is that of {row.document.name} (domain, line {line}), too: tables of both "
                "domains would mix. Give each domain its own."
            )
            where = (Related(row.document, there.value_span, "the same namespace"),)
            yield Finding(CODE.slug, at.value_span, message, where)


RULE = Rule((CODE,), check, kinds=MANIFESTS)
