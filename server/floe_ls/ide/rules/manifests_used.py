"""Manifests that nobody uses, and versions of one manifest that are in use side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from floe_ls.chain.layers import reference
from floe_ls.chain.ref import OciRef, parse_ref
from floe_ls.forms.document import Kind
from floe_ls.ide.decided import some
from floe_ls.ide.rule import MANIFESTS, Code, Finding, Rule, Subject
from floe_ls.schema.meta import HINT, INFORMATION, Role, Tier
from floe_ls.text import Span

UNUSED = Code(
    "manifest/unused",
    HINT,
    "No file of the workspace inherits from a manifest.",
    """\
The workspace has products, and none of them builds on this manifest, nor does another manifest. It may be published and
used elsewhere, in which case all is well; or it was left behind when its products moved.

Worth a look, where every product names another manifest:

```yaml
scope: domain
parent_manifest: oci://registry.example.com/enterprise-manifest:v1.0.0
approved_products: []
```

Right: name it in a product's `platform.ref`, or remove it.
""",
    "R62",
)
SIDE_BY_SIDE = Code(
    "ref/several-versions",
    INFORMATION,
    "Another version of the same manifest is in use in the workspace.",
    """\
Files of one workspace build on different versions of one manifest, so they do not have the same policies. While files
move from one version to the next this is as it should be; afterwards, a file was forgotten. Of products it is told in
the manifest that they name.

Worth a look, where the other domains name `v2.0.0`:

```yaml
scope: domain
parent_manifest: oci://registry.example.com/enterprise-manifest:v1.0.0
```

Right:

```yaml
scope: domain
parent_manifest: oci://registry.example.com/enterprise-manifest:v2.0.0
```
""",
    "R62",
)


def check(subject: Subject) -> Iterator[Finding]:
    snapshot = subject.snapshot
    if not snapshot.scanned or subject.tier is Tier.PRODUCT or subject.document.ref:
        return
    yield from _unused(subject)
    yield from _side_by_side(subject)
    yield from _by_products(subject)


def _unused(subject: Subject) -> Iterator[Finding]:
    snapshot = subject.snapshot
    row = snapshot.row(subject.document)
    if row is None or not snapshot.census.product_count:
        return
    if not row.uri.startswith("file:"):
        return  # a text that was never saved can be named by nobody
    if snapshot.family.children_of(subject.document.uri):
        return
    at = subject.at(Role.SCOPE) or subject.at(Role.NAME) or subject.at(Role.KIND)
    span = at.key_span if at is not None else Span(0, 0)
    yield Finding(UNUSED.slug, span, f"No file of this workspace inherits from `{row.name}`.")


def _side_by_side(subject: Subject) -> Iterator[Finding]:
    here = reference(subject.document, subject.snapshot.shapes)
    own = parse_ref(here.text) if here is not None else None
    if here is None or not isinstance(own, OciRef) or own.version is None:
        return
    others: defaultdict[str, list[str]] = defaultdict(list)
    for row in subject.snapshot.census.manifests:
        if row.uri == subject.document.uri or not row.ref.startswith("oci://"):
            continue
        if own.name not in row.ref:
            continue
        there = parse_ref(row.ref)
        if not isinstance(there, OciRef) or there.version in (None, own.version):
            continue
        if there.without_version == own.without_version:
            others[str(there.version)].append(row.name)
    if not others:
        return
    users = "; ".join(f"`{version}` by {some(names)}" for version, names in sorted(others.items()))
    message = f"Other versions of {own.name} are in use beside `{own.version}`: {users}."
    yield Finding(SIDE_BY_SIDE.slug, here.span, message)


def _by_products(subject: Subject) -> Iterator[Finding]:
    versions = _versions(subject)
    at = subject.at(Role.VERSION) or subject.at(Role.SCOPE) or subject.at(Role.NAME)
    if len(versions) < 2 or at is None:
        return
    most = max(versions, key=lambda version: len(versions[version]))
    others = "; ".join(f"`{v}` by {some(names)}" for v, names in versions.items() if v != most)
    many = len(versions[most])
    message = f"Products name several versions of this manifest: `{most}` by {many:,}, {others}."
    yield Finding(SIDE_BY_SIDE.slug, at.key_span, message)


def _versions(subject: Subject) -> dict[str, list[str]]:
    """The products that name this manifest by a reference, by version. Kept while no file names another parent."""
    census, family = subject.snapshot.census, subject.snapshot.family
    children = family.children_of(subject.document.uri)
    made_of = children, census.era, census.moved
    known = subject.document.memo.get("versions named")
    if known is None or any(a is not b for a, b in zip(known[0], made_of, strict=True)):
        rows = (census.by_uri.get(uri) for uri in children)
        found: defaultdict[str, list[str]] = defaultdict(list)
        refs: dict[str, str] = {}
        for row in rows:
            if row is not None and row.kind is Kind.PRODUCT and row.ref.startswith("oci://"):
                if row.ref not in refs:
                    ref = parse_ref(row.ref)
                    refs[row.ref] = str(ref.version or "") if isinstance(ref, OciRef) else ""
                found[refs[row.ref]].append(row.name)
        found.pop("", None)
        known = subject.document.memo["versions named"] = made_of, dict(sorted(found.items()))
    versions: dict[str, list[str]] = known[1]
    return versions


RULE = Rule((UNUSED, SIDE_BY_SIDE), check, kinds=MANIFESTS)
