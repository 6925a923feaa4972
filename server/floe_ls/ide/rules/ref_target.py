"""What a reference to a manifest leads to."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from floe_ls.chain.layers import Layer, Reference, Trouble, reference
from floe_ls.forms.document import Document
from floe_ls.ide.model import Diagnostic, Related
from floe_ls.ide.rule import Code, Finding, Rule, Subject
from floe_ls.schema.meta import ERROR, INFORMATION, WARNING, Severity

NOT_FOUND = Code(
    "ref/not-found",
    ERROR,
    "A reference leads to nothing.",
    """\
The file, or the registry's repository with this tag, does not exist. What would be inherited is unknown, and
policies of the layers above cannot be checked.

Wrong, where the registry has `v1.0.0` only:

```yaml
parent_manifest: oci://registry.example.com/enterprise-manifest:v9.9.9
```

Right:

```yaml
parent_manifest: oci://registry.example.com/enterprise-manifest:v1.0.0
```

Check the spelling. If the manifest is not published yet, say in `floe-ls.toml` under `[sources]` which file it is.
""",
    "R48; J15",
)
UNREACHABLE = Code(
    "ref/unreachable",
    WARNING,
    "A manifest above cannot be had.",
    """\
The registry did not answer, or did not let us in; the message says which. Nothing is red because of it: what is
inherited is unknown, so policies of the layers above were not checked. They are checked as soon as the manifest is
there.

Log in to the registry (`docker login`, `oras login`), switch `offline` off, or name a mirror in `floe-ls.toml`:

```toml
[registries."registry.example.com"]
mirror = "mirror/"
```
""",
    "R48, R59",
)
NOT_MANIFEST = Code(
    "ref/not-manifest",
    ERROR,
    "A reference leads to something else than a manifest.",
    """\
Products and domains inherit from manifests. What this reference leads to is another file: a data product, a
compiled artifact, an image.

Wrong:

```yaml
platform:
  ref: ../orders/floe.yaml
```

Right:

```yaml
platform:
  ref: oci://registry.example.com/sales-domain-manifest:v2.0.0
```
""",
    "R48; J15",
)
STALE = Code(
    "ref/stale",
    INFORMATION,
    "An older copy of a manifest is in use.",
    """\
The manifest was fetched before and should have been looked up again, which failed; the message says why. All checks
go on with the copy at hand. It is replaced as soon as the registry answers.
""",
    "R48, R65",
)
INVALID = Code(
    "ref/invalid",
    ERROR,
    "A reference leads to a manifest that has errors itself.",
    """\
What is inherited from a manifest with errors is not to be relied on, and floe does not compile a product on it. The
message is the manifest's first error; the rest is shown in that file.

Wrong, in the manifest that `platform.ref` names:

```yaml
scope: domain
parent_manifest: oci://registry.example.com/enterprise-manifest:v1.0.0
governance:
  pii_encryption: optional
```

The same is said of a manifest further up, where those between came from a registry: nobody else would see it.

Mend it there, or name another version of it here.
""",
    "R48; J15",
)


def check(subject: Subject) -> Iterator[Finding]:
    here = reference(subject.document, subject.snapshot.shapes)
    if here is None:
        return
    for trouble in subject.chain.troubles:
        if trouble.code in _CODES and trouble.kind != "syntax":
            yield from _trouble(subject, trouble, here)
    if len(subject.chain.layers) > 1:
        above = subject.chain.layers[-2]
        yield from _stale(above, here)
        yield from _invalid(subject, here)


def _trouble(subject: Subject, trouble: Trouble, here: Reference) -> Iterator[Finding]:
    related = tuple(Related(d, span, message) for d, span, message in trouble.related)
    message = trouble.message
    if trouble.code == UNREACHABLE.slug:
        message += _in_the_meantime(trouble)
    if trouble.document is subject.document:
        yield Finding(trouble.code, trouble.span, message, related)
    elif all(layer.document.ref for layer in subject.chain.layers[:-1]):
        # Nobody opens an artifact, so what it lacks is told where it is used. It is not this file's error.
        name = trouble.document.name
        message = f"The parent of {name} cannot be had: {message}"
        where = Related(trouble.document, trouble.span, f"{name} names its parent here")
        severity = Severity.WARNING
        yield Finding(UNREACHABLE.slug, here.span, message, (where, *related), severity=severity)


def _in_the_meantime(trouble: Trouble) -> str:
    """Since when it is so, what is in use instead, and what becomes of it."""
    since, words = trouble.since, ""
    if since is not None:
        moment = datetime.datetime.fromtimestamp(since, datetime.UTC)
        words = f" It has been so since {moment:%Y-%m-%d %H:%M} UTC, and there is no earlier copy."
    words += " So the policies of the layers above were not checked."
    if trouble.again:
        words += " It is looked up again by itself; “Refresh parents” does so at once."
    return words


def _stale(above: Layer, here: Reference) -> Iterator[Finding]:
    document = above.document
    if document.stale:
        message = f"A copy of `{here.text}`{_age(document)} is in use: {document.stale}"
        yield Finding(STALE.slug, here.span, message)


def _age(document: Document) -> str:
    if document.fetched_at is None:
        return ""
    moment = datetime.datetime.fromtimestamp(document.fetched_at, datetime.UTC)
    return f" of {moment:%Y-%m-%d %H:%M} UTC"


def _invalid(subject: Subject, here: Reference) -> Iterator[Finding]:
    """One finding, however many errors there are. A file shows what is wrong with the manifests above it; an artifact
    has nobody to show it to, so that it is told where it is used."""
    named = subject.chain.layers[-2]
    for layer in reversed(subject.chain.layers[:-1]):
        document = layer.document
        errors = () if document.partial else _errors(subject, document)
        if errors:
            first, rest = errors[0], len(errors) - 1
            more = f" ({rest} more there.)" if rest else ""
            line = document.lines.position(first.span.start)[0] + 1
            whose = document.name
            if layer is not named:
                whose = f"{named.name} inherits from {document.name}, which"
            message = f"{whose} has an error in line {line}: {first.message}{more}"
            where = Related(document, first.span, first.message)
            yield Finding(INVALID.slug, here.span, message, (where, *first.related))
            return
        if not document.ref:
            return
    for trouble in subject.chain.troubles:
        document = trouble.document
        if trouble.code.startswith("chain/") and document is not subject.document and document.ref:
            line = document.lines.position(trouble.span.start)[0] + 1
            message = f"{document.name} has an error in line {line}: {trouble.message}"
            where = Related(document, trouble.span, trouble.message)
            yield Finding(INVALID.slug, here.span, message, (where,))
            return


def _errors(subject: Subject, document: Document) -> tuple[Diagnostic, ...]:
    """The errors of a manifest, in the order of its text, but for those of its own reference. Kept with the
    document for as long as the layers above it are the same."""
    from floe_ls.ide.diagnostics import diagnostics
    from floe_ls.ide.rules import RULES

    snapshot = subject.snapshot
    layers = tuple(layer.document for layer in snapshot.chain(document).layers)
    seal = layers, snapshot.settings_for(document.uri).rules
    known = document.facts.get("errors")
    if known is None or known[0] != seal:
        asked = [rule for rule in RULES if not rule.of_chain]
        found = diagnostics(snapshot, document, asked, mends=False)
        errors = tuple(d for d in found if d.severity is Severity.ERROR)
        known = document.facts["errors"] = seal, errors
    result: tuple[Diagnostic, ...] = known[1]
    return result


_CODES = frozenset({NOT_FOUND.slug, UNREACHABLE.slug, NOT_MANIFEST.slug})

RULE = Rule((NOT_FOUND, UNREACHABLE, NOT_MANIFEST, STALE, INVALID), check, of_chain=True, reads=())
