"""How a reference to a manifest is written."""

from __future__ import annotations

from collections.abc import Iterator

from floe_ls.chain.layers import Found, Reference, reference
from floe_ls.chain.ref import BadRef, FileRef, NameRef, OciRef, PathRef, parse_ref
from floe_ls.forms.document import Document
from floe_ls.ide.mend import flow, reference_to
from floe_ls.ide.model import Fix
from floe_ls.ide.rule import Code, Finding, Rule, Subject
from floe_ls.schema.meta import ERROR, HINT, INFORMATION, WARNING, Dialect, Tier
from floe_ls.syntax.nodes import Scalar
from floe_ls.text import Span, TextEdit

SYNTAX = Code(
    "ref/syntax",
    ERROR,
    "A reference is malformed.",
    """\
A manifest is named by `oci://`, the registry's host, the repository, and a tag or digest:
`oci://registry.example.com/team/enterprise-manifest:v1.0.0`. The finding is on the part that is wrong.

Wrong:

```yaml
parent_manifest: oci://registry.example.com/Enterprise Manifest:v1.0.0
```

Right:

```yaml
parent_manifest: oci://registry.example.com/enterprise-manifest:v1.0.0
```
""",
    "R22, R28; B08",
)
NO_VERSION = Code(
    "ref/no-version",
    WARNING,
    "A reference names no version.",
    """\
Without a tag or a digest a reference means `latest`: whatever was pushed last decides about policies, and a build
of today differs from that of yesterday.

Wrong:

```yaml
parent_manifest: oci://registry.example.com/enterprise-manifest
```

Right:

```yaml
parent_manifest: oci://registry.example.com/enterprise-manifest:v1.0.0
```

Name the version that you tested with.
""",
    "R22",
)
MUTABLE_TAG = Code(
    "ref/mutable-tag",
    HINT,
    "A reference has a tag that is meant to move.",
    """\
`latest`, `dev`, `snapshot` and tags that begin so are moved to newer manifests. What is inherited then changes
without a change in your files.

Could be better:

```yaml
parent_manifest: oci://registry.example.com/enterprise-manifest:latest
```

Stays what it is:

```yaml
parent_manifest: oci://registry.example.com/enterprise-manifest:v1.0.0
```
""",
    "R22",
)
NOT_OCI = Code(
    "ref/not-oci",
    INFORMATION,
    "A manifest is named by its name or path.",
    """\
A name or a path leads to a manifest of this workspace, and of no other place: whoever gets your file from a
registry finds nothing there. floe's own reference is `oci://host/repository:tag`. A product of the released form
may name its manifest by a path.

Works here only:

```yaml
parent_manifest: enterprise-manifest
```

Works everywhere:

```yaml
parent_manifest: oci://registry.example.com/enterprise-manifest:v1.0.0
```

To work on a manifest before it is published, write its reference and say in `floe-ls.toml` which file it is:

```toml
[sources]
"oci://registry.example.com/enterprise-manifest" = "enterprise-manifest.yaml"
```
""",
    "R63, I9",
)


def check(subject: Subject) -> Iterator[Finding]:
    here = reference(subject.document, subject.snapshot.shapes)
    if here is None or subject.tier not in (Tier.PRODUCT, Tier.DOMAIN):
        return
    ref = parse_ref(here.text)
    match ref:
        case BadRef():
            span = _part(subject.document, here, ref.start, ref.end)
            fixes = _fix(subject, here, ref.mended, preferred=True)
            yield Finding(SYNTAX.slug, span, ref.message, fixes=fixes)
        case OciRef() if ref.version is None:
            message = f"`{here.text}` names no version, so it means `latest`, whatever that is. Name a tag or digest."
            yield Finding(NO_VERSION.slug, here.span, message)
        case OciRef() if ref.mutable:
            at = here.text.rindex(":") + 1
            message = f"The tag `{ref.tag}` is moved to newer manifests: what is inherited may change at any time."
            yield Finding(
                MUTABLE_TAG.slug, _part(subject.document, here, at, len(here.text)), message
            )
        case NameRef():
            message = f"`{here.text}` is looked for among the manifests of this workspace only. floe's references are `oci://host/repository:tag`."
            yield Finding(NOT_OCI.slug, here.span, message, fixes=_published(subject, here))
        case PathRef() | FileRef():
            if subject.tier is Tier.PRODUCT and subject.dialect is Dialect.V1:
                return  # the released form allows paths here
            message = f"`{here.text}` is a path: it leads nowhere once this file is published. floe's references are `oci://host/repository:tag`."
            yield Finding(NOT_OCI.slug, here.span, message, fixes=_published(subject, here))


def _part(document: Document, here: Reference, start: int, end: int) -> Span:
    """Where a part of a reference stands; the whole where the text is written otherwise than it reads."""
    whole = here.span
    at = document.text.find(here.text, whole.start, whole.end)
    if at < 0:
        return whole
    return Span(at + start, at + max(end, start + 1))


def _published(subject: Subject, here: Reference) -> tuple[Fix, ...]:
    """The reference by which others name the same file."""
    found = subject.snapshot.find(here.text, subject.document)
    if not isinstance(found, Found):
        return ()
    text = reference_to(subject.snapshot, subject.document, found.document)
    return _fix(subject, here, text if text.startswith("oci://") else None)


def _fix(
    subject: Subject, here: Reference, text: str | None, preferred: bool = False
) -> tuple[Fix, ...]:
    node = here.at.node
    if text is None or not isinstance(node, Scalar) or node.style in ("|", ">", "*"):
        return ()
    edit = TextEdit(here.span, flow(text))
    return (subject.edit(f"Change to `{text}`", edit, preferred=preferred),)


RULE = Rule((SYNTAX, NO_VERSION, MUTABLE_TAG, NOT_OCI), check, of_chain=True, reads=())
