"""A transform runs on an engine that the enterprise has not approved."""

from __future__ import annotations

from collections.abc import Iterator

from floe_ls.ide.allowed import allowed, outside
from floe_ls.ide.approved import categories_with
from floe_ls.ide.decided import related
from floe_ls.ide.rule import PRODUCTS, Code, Finding, Rule, Subject
from floe_ls.schema.meta import ERROR, Role, Tier

CODE = Code(
    "whitelist/transform-compute",
    ERROR,
    "A transform runs on an engine that is not approved.",
    """\
A transform may name the engine it runs on, among those that `approved_plugins` lists for `compute`. Without such a
list every engine may be named; a transform that names none runs on the platform's own.

Wrong, below an enterprise manifest with `approved_plugins: {compute: [duckdb, snowflake]}`:

```yaml
transforms:
  - name: stg_orders
    compute: spark
```

Right:

```yaml
transforms:
  - name: stg_orders
    compute: duckdb
```

Name an approved engine, or none.
""",
    "R39; I06",
)


def check(subject: Subject) -> Iterator[Finding]:
    whitelist = subject.manifest_shape.role_path(Role.WHITELIST)
    shape = subject.shape.role_shape(Role.TRANSFORM_COMPUTE)
    if subject.tier is not Tier.PRODUCT or whitelist is None or shape is None:
        return
    category = categories_with(subject.snapshot, shape.known.values) if shape.known else ""
    listed = allowed(subject.chain, subject.chain.manifests, whitelist, category)
    if listed is None:
        return
    for path, span, name in outside(subject.document, shape.path, listed.names):
        message = listed.says(subject, "transforms", name, "engine")
        where = (related(listed.layer, listed.at, "these engines are approved"),)
        yield Finding(CODE.slug, span, message, where, tuple(listed.fixes(subject, path, name)))


RULE = Rule((CODE,), check, kinds=PRODUCTS, reads=(Role.TRANSFORM_COMPUTE,))
