"""Products, and the list of products that their domain approves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from floe_ls.chain.layers import reference
from floe_ls.forms.document import At, Document
from floe_ls.forms.tree import text_of
from floe_ls.ide.decided import place, related, some
from floe_ls.ide.mend import append_item, remove_key, set_value
from floe_ls.ide.model import Fix, Related
from floe_ls.ide.rule import Code, Finding, Rule, Subject
from floe_ls.ide.siblings import siblings
from floe_ls.mesh.census import Census, Row, called
from floe_ls.schema.meta import ERROR, INFORMATION, WARNING, Role, Tier
from floe_ls.schema.nearest import nearest
from floe_ls.syntax.nodes import Sequence

NOT_APPROVED = Code(
    "products/not-approved",
    ERROR,
    "A product is not approved by its domain.",
    """\
A domain lists in `approved_products` the products that are built under it. With such a list, no other product is
compiled; without one, any is. The list has the product's `metadata.name`, or, where it states none, the name of its
folder.

Wrong, below a domain manifest with `approved_products: [customer-360]`:

```yaml
metadata:
  name: customer-churn
platform:
  ref: oci://registry.example.com/sales-domain-manifest:v2.0.0
```

Right:

```yaml
metadata:
  name: customer-360
platform:
  ref: oci://registry.example.com/sales-domain-manifest:v2.0.0
```

Add the product to the domain's list, or ask the domain's owner to.
""",
    "R47, I19, I20; J14",
)
UNKNOWN = Code(
    "products/unknown",
    INFORMATION,
    "A product is approved that the workspace does not have.",
    """\
The domain approves a product of this name, and no `floe.yaml` of the workspace is called so. Its name may be
misspelled; or the product is kept elsewhere, in which case all is well. Nothing is said in workspaces without
products.

Worth a look, where the product's folder is `customer-360`:

```yaml
approved_products:
  - customer-306
```

Right:

```yaml
approved_products:
  - customer-360
```
""",
    "R47",
)
TWO_DOMAINS = Code(
    "products/two-domains",
    WARNING,
    "A product is approved by two domains.",
    """\
A product belongs to one domain, whose policies hold for it. What other domains need of it they read under a data
contract, by way of the catalog; for that nobody has to approve it a second time.

Wrong:

```yaml
# sales-domain-manifest.yaml
approved_products: [customer-360]

# marketing-domain-manifest.yaml
approved_products: [customer-360, campaign-analytics]
```

Right:

```yaml
# marketing-domain-manifest.yaml
approved_products: [campaign-analytics]
```
""",
    "R67, R68; J21",
)


_MOST_COMPARED = 20_000
"""Pairs of names that are compared in search of a misspelled one: more would be felt while typing."""
_MOST_FIXED = 50
"""Unknown products that are proposed to be removed: more are kept elsewhere, and meant."""


def check(subject: Subject) -> Iterator[Finding]:
    if subject.tier is Tier.PRODUCT:
        yield from _not_approved(subject)
    elif subject.tier is Tier.DOMAIN and (listed := subject.at(Role.PRODUCTS)) is not None:
        yield from _unknown(subject, listed)
        yield from _twice(subject, listed)


def _items(listed: At) -> Iterator[tuple[int, At, str]]:
    if isinstance(listed.node, Sequence):
        for index, (_, item) in enumerate(listed.children()):
            name = text_of(item.node)
            if name is not None:
                yield index, item, name


def _names(document: Document, listed: At) -> Mapping[str, None]:
    """The names of a list, in its order. Kept with the document: hundreds of products ask."""
    if "products" not in document.facts:
        document.facts["products"] = dict.fromkeys(name for _, _, name in _items(listed))
    found: Mapping[str, None] = document.facts["products"]
    return found


def _not_approved(subject: Subject) -> Iterator[Finding]:
    layers = subject.chain.layers
    path = subject.manifest_shape.role_path(Role.PRODUCTS)
    here = reference(subject.document, subject.snapshot.shapes)
    if len(layers) < 2 or layers[-2].tier is not Tier.DOMAIN or path is None or here is None:
        return
    domain = layers[-2]
    listed = domain.document.at(path)
    if listed is None or not isinstance(listed.node, Sequence):
        return
    at = subject.at(Role.NAME)
    stated = text_of(at.node) if at is not None else None
    name = stated or called(subject.document.uri, subject.document.kind)
    approved = _names(domain.document, listed)
    if name in approved:
        return
    whose = "" if stated else " (its folder's name, since it states no other)"
    where = place(domain, listed)
    if approved:
        message = f"The product `{name}`{whose} is not approved by its domain: {where} approves {some(approved)}."
    else:
        message = f"The product `{name}`{whose} is not approved by its domain: {where} approves no product."
    yield Finding(
        NOT_APPROVED.slug,
        at.value_span if at is not None and stated else here.span,
        message,
        (related(domain, listed, "these products are approved"),),
        tuple(_approvals(subject, domain.document, path, name, approved, stated is not None)),
    )


def _approvals(
    subject: Subject,
    domain: Document,
    path: tuple[str, ...],
    name: str,
    approved: Iterable[str],
    stated: bool,
) -> Iterator[Fix]:
    meant = nearest(name, list(approved))
    own = subject.path(Role.NAME)
    if meant is not None and stated and own is not None:
        edit = set_value(subject.document, own, meant)
        if edit is not None:
            yield subject.edit(f"Change to `{meant}`", edit)
    if subject.snapshot.documents.get(domain.uri) is domain:
        edit = append_item(domain, path, name)
        if edit is not None:
            yield Fix(
                f"Approve `{name}` in {domain.name}", ((domain, edit),), preferred=meant is None
            )


def _unknown(subject: Subject, listed: At) -> Iterator[Finding]:
    census = subject.snapshot.census
    path = subject.path(Role.PRODUCTS)
    row = subject.snapshot.row(subject.document)
    if row is None or _all_known(subject.document, row.approves or frozenset(), census):
        return
    if not (subject.snapshot.scanned and census.product_count) or path is None:
        return
    unknown = [found for found in _items(listed) if found[2] not in census.product_names]
    few = len(unknown) * len(census.product_names) <= _MOST_COMPARED
    names = sorted(census.product_names) if unknown and few else []
    for index, item, name in unknown:
        meant = nearest(name, names)
        message = f"No product of this workspace is called `{name}`."
        fixes: list[Fix] = []
        if meant is not None:
            message += f" Did you mean `{meant}`?"
            edit = set_value(subject.document, (*path, index), meant)
            fixes += [subject.edit(f"Change to `{meant}`", edit, preferred=True)] if edit else []
        edit = remove_key(subject.document, (*path, index)) if len(unknown) <= _MOST_FIXED else None
        fixes += [subject.edit(f"Remove `{name}`", edit)] if edit else []
        yield Finding(UNKNOWN.slug, item.value_span, message, (), tuple(fixes))


def _all_known(document: Document, names: frozenset[str], census: Census) -> bool:
    """Kept while neither the list nor any product's name has changed."""
    kept = document.memo.get("all products known")
    if kept is None or kept[0] is not names or kept[1] is not census.calling:
        known = all(name in census.product_names for name in names)
        kept = document.memo["all products known"] = names, census.calling, known
    return bool(kept[2])


def _twice(subject: Subject, listed: At) -> Iterator[Finding]:
    path = subject.path(Role.PRODUCTS)
    row = subject.snapshot.row(subject.document)
    own = (row.approves if row is not None else None) or frozenset()
    others = list(siblings(subject, _shares(subject.document, own)))
    for index, item, name in _items(listed) if others else ():
        for row in others:
            if name not in (row.approves or ()):
                continue
            theirs = row.document.at(path or ())
            there = next((a for _, a, n in _items(theirs) if n == name), None) if theirs else None
            if there is None:
                continue
            line = row.document.lines.position(there.value_span.start)[0] + 1
            message = (
                f"`{name}` is approved by {row.document.name} (domain, line {line}), too, but a product belongs to one "
                "domain. Other domains read its data under a contract."
            )
            where = (Related(row.document, there.value_span, "it is approved here, too"),)
            edit = remove_key(subject.document, (*path, index)) if path else None
            fixes = (subject.edit(f"Remove `{name}` here", edit),) if edit else ()
            yield Finding(TWO_DOMAINS.slug, item.value_span, message, where, fixes)


def _shares(document: Document, own: frozenset[str]) -> Callable[[Row], bool]:
    """Whether another domain approves one of the same products. Lists that have nothing in common are remembered:
    with many domains there are very many pairs of them."""
    known = document.memo.get("apart")
    if known is None or known[0] is not own:
        known = document.memo["apart"] = own, {}
    apart: dict[str, frozenset[str]] = known[1]

    def shares(row: Row) -> bool:
        theirs = row.approves
        if theirs is None or apart.get(row.uri) is theirs:
            return False
        if own.isdisjoint(theirs):
            apart[row.uri] = theirs
            return False
        return True

    return shares


RULE = Rule((NOT_APPROVED, UNKNOWN, TWO_DOMAINS), check, reads=(Role.PRODUCTS,))
