"""A manifest's file name says another tier than its scope."""

from __future__ import annotations

from collections.abc import Iterator

from floe_ls.forms.dialect import file_name
from floe_ls.ide.mend import insert_key, set_value
from floe_ls.ide.rule import MANIFESTS, Code, Finding, Rule, Subject
from floe_ls.ide.words import TIER_WORDS
from floe_ls.schema.meta import HINT, Role, Tier
from floe_ls.text import Span

CODE = Code(
    "name/scope-mismatch",
    HINT,
    "A manifest's file name says another tier than its scope.",
    """\
By its name, `enterprise-manifest.yaml` is the enterprise's manifest, and `sales-domain-manifest.yaml` that of a
domain. What counts is `scope`; a name that says otherwise misleads readers.

Misleading, in `enterprise-manifest.yaml`:

```yaml
scope: domain
parent_manifest: oci://registry.example.com/enterprise-manifest:v1.0.0
```

Right, in `enterprise-manifest.yaml`:

```yaml
scope: enterprise
```
""",
    "R2, R3",
)


def check(subject: Subject) -> Iterator[Finding]:
    document = subject.document
    path = subject.path(Role.SCOPE)
    if document.ref or subject.tier is Tier.PRODUCT or path is None:
        return
    named = _named(file_name(document.uri).rpartition(".")[0])
    first = next((at for _, at in document.written.children()), None)
    if named is None or named is subject.tier or first is None:
        return
    at = document.at(path)
    span = at.value_span if at is not None else Span(first.key_span.start, first.key_span.end)
    edit = (
        insert_key(document, (), str(path[-1]), named)
        if at is None
        else set_value(document, path, named)
    )
    title = f"Set `{path[-1]}: {named}`"
    fixes = (subject.edit(title, edit),) if edit is not None else ()
    message = (
        f"This is {TIER_WORDS[subject.tier]}, but its file is called {file_name(document.uri)}, as that of "
        f"{TIER_WORDS[named]} is."
    )
    yield Finding(CODE.slug, span, message, (), fixes)


def _named(stem: str) -> Tier | None:
    words = stem.replace("_", "-").split("-")
    if words[-1] != "manifest" or len(words) < 2:
        return None
    return {"enterprise": Tier.ENTERPRISE, "domain": Tier.DOMAIN}.get(words[-2])


RULE = Rule((CODE,), check, kinds=MANIFESTS)
