"""Whether a reference is still the newest, and still what it was."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from floe_ls.chain.ref import parts
from floe_ls.ide.freshness import Fresh, fresh, pin, short, take_newest
from floe_ls.ide.model import Fix
from floe_ls.ide.rule import Code, Finding, Rule, Subject
from floe_ls.schema.meta import HINT, INFORMATION, WARNING, Severity
from floe_ls.text import Span

NEWER = Code(
    "ref/newer-version",
    HINT,
    "A newer version of the manifest is there.",
    """\
The repository that the reference names has a tag with a higher version. Pre-releases are not counted for a release,
and `v1.0.0-prod` is compared with other `-prod` tags only. The list of tags is looked up in the background, at most
once in ten minutes.

Could be newer, where the registry has `v1.1.0`:

```yaml
parent_manifest: oci://registry.example.com/enterprise-manifest:v1.0.0
```

The newest:

```yaml
parent_manifest: oci://registry.example.com/enterprise-manifest:v1.1.0
```

Policies may have become stricter: look at the findings after you took it.
""",
    "R65",
)
CHANGED = Code(
    "ref/digest-changed",
    WARNING,
    "A tag names other content than it did when it was used here last.",
    """\
The registry gave another digest for the same tag than the last time. Of a version such as `v1.0.0` nobody expects
that: somebody pushed it anew, and what was built before was built on something else. It is told for a week. Of
`latest` and the like it is an information, for a day.

Names what the tag names at the moment:

```yaml
parent_manifest: oci://registry.example.com/enterprise-manifest:v1.0.0
```

Stays what it is, whatever becomes of the tag:

```yaml
parent_manifest: oci://registry.example.com/enterprise-manifest:v1.0.0@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
```

Ask its owner what changed. `floe-ls cache accept REF` says that you know.
""",
    "R65",
)
PARTIAL = Code(
    "ref/partial",
    INFORMATION,
    "A reference leads to a PlatformArtifact, which is a part of a manifest only.",
    """\
A `manifest.json` of the kind PlatformArtifact names plugins, but neither approvals nor governance. What it does not
hold is unknown, so policies of the layers above were not checked.

Publish the manifest itself beside it: `floe-ls publish manifest.yaml oci://registry.example.com/platform:v1.0.0`.
""",
    "catalogue 5.2",
)


def check(subject: Subject) -> Iterator[Finding]:
    found = fresh(subject.snapshot, subject.document)
    if found is None:
        return
    layers = subject.chain.layers
    if len(layers) > 1 and layers[-2].document.partial:
        message = (
            f"`{found.here.text}` is a PlatformArtifact: it names plugins only. What a manifest says beside them is "
            "unknown, so it was not checked."
        )
        yield Finding(PARTIAL.slug, found.here.span, message)
    if found.facts is not None and found.facts.before and not found.ref.digest:
        yield _changed(found)
    later = found.newer
    if later:
        count = f" ({len(later)} newer versions)" if len(later) > 1 else ""
        message = (
            f"{later[0]} is the newest version of {found.ref.name}{count}; this is {found.ref.tag}."
        )
        yield Finding(NEWER.slug, _version(found), message, fixes=_fixes(take_newest(found)))


def _changed(found: Fresh) -> Finding:
    facts = found.facts
    assert facts is not None
    when = ""
    if facts.changed_at is not None:
        moment = datetime.datetime.fromtimestamp(facts.changed_at, datetime.UTC)
        when = f" on {moment:%Y-%m-%d}"
    message = (
        f"The tag `{found.ref.tag or 'latest'}` names other content than before: it was {short(facts.before)}, "
        f"and has been {short(facts.digest)} since it was looked up{when}."
    )
    severity = Severity.WARNING
    if found.ref.pinned:
        message += " A version should not change: ask its owner what did, or pin the digest that you trust."
    else:
        severity = Severity.INFORMATION
    return Finding(
        CHANGED.slug, _version(found), message, fixes=_fixes(pin(found)), severity=severity
    )


def _version(found: Fresh) -> Span:
    """Where the tag stands; the whole where the text is written otherwise than it reads."""
    text, whole = found.here.text, found.here.span
    at = found.document.text.find(text, whole.start, whole.end)
    tag = parts(text).tag
    return Span(at + tag.start, at + tag.end) if at >= 0 and tag is not None else whole


def _fixes(*made: Fix | None) -> tuple[Fix, ...]:
    return tuple(fix for fix in made if fix is not None)


def _settle(subject: Subject, _: Finding) -> Iterator[Fix]:
    """For a reference that moves: a version, or the digest."""
    found = fresh(subject.snapshot, subject.document)
    if found is not None:
        yield from _fixes(take_newest(found), pin(found))


RULE = Rule(
    (NEWER, CHANGED, PARTIAL),
    check,
    of_chain=True,
    reads=(),
    mends={"ref/mutable-tag": _settle, "ref/no-version": _settle},
)
