"""A layer weakens what a layer above it requires."""

from __future__ import annotations

from collections.abc import Iterator

from floe_ls.chain.compare import Meeting
from floe_ls.chain.merge import dotted
from floe_ls.chain.say import Origin, is_strengthened
from floe_ls.ide.decided import field_name, said, set_here, value
from floe_ls.ide.mend import flow, insert_key, remove_key, set_value
from floe_ls.ide.model import Fix
from floe_ls.ide.rule import MANIFESTS, Code, Finding, Rule, Subject
from floe_ls.schema.meta import ERROR, Dialect, Severity
from floe_ls.schema.shape import Path

CODE = Code(
    "security/override",
    ERROR,
    "A security policy of a layer above is weakened.",
    """\
What the enterprise requires holds for every domain below it. A domain may ask for more, never for less: fields such
as `governance.pii_encryption`, `audit_logging` or the quality gates may be tightened and never loosened. Every
layer above counts, not only the nearest, and also one that came from a registry.

A default counts like a written value: whoever writes the block `quality_gates` and leaves `minimum_test_coverage`
out has asked for 80. In floe's released form that is an error, since its compiler compares defaults too; in the
other forms it is a warning.

Wrong, below an enterprise manifest with `pii_encryption: required`:

```yaml
scope: domain
parent_manifest: oci://registry.example.com/enterprise-manifest:v1.0.0
governance:
  pii_encryption: optional
```

Right:

```yaml
scope: domain
parent_manifest: oci://registry.example.com/enterprise-manifest:v1.0.0
governance:
  data_retention_days: 90
```

Remove the key to inherit the policy, or take the value of the layer above. If the policy itself is wrong, it is
changed where it was decided: the finding names the file and the line.
""",
    "R42, R43, R57, R58, R83; J02-J09",
)


def check(subject: Subject) -> Iterator[Finding]:
    for meeting in subject.meetings:
        if is_strengthened(meeting.shape):
            yield from _weaker(subject, meeting)


def _weaker(subject: Subject, meeting: Meeting) -> Iterator[Finding]:
    inherit, own = meeting.shape.inherit, meeting.own
    stricter = meeting.stricter
    if not stricter:
        return
    _, decider = max(stricter, key=lambda pair: (pair[0], not pair[1].implied))
    severity = inherit.weakened_severity[subject.dialect]
    if severity is Severity.ERROR and (own.implied or decider.implied):
        # Nobody wrote it; the compiler of the released form compares defaults all the same.
        severity = Severity.ERROR if subject.dialect is Dialect.V1 else Severity.WARNING
    if severity is None:
        return
    yield Finding(
        inherit.weakened,
        own.at.key_span if own.implied else own.at.value_span,
        _message(subject, meeting, decider),
        tuple(set_here(origin) for _, origin in stricter),
        tuple(_fixes(subject, meeting, decider)),
        severity=severity,
    )


def _message(subject: Subject, meeting: Meeting, decider: Origin) -> str:
    own, required = meeting.own, decider.value
    name = field_name(subject.document, meeting.path, own)
    start = f"Cannot override security policy {name}: {said(decider)}, and"
    if not own.implied:
        return (
            f"{start} {value(own.value)} here is weaker. Remove it, or set it to {value(required)}."
        )
    block, rest = _block(subject, meeting)
    return (
        f"{start} {field_name(subject.document, block)} here leaves it out, so that its default "
        f"{value(own.value)} counts, which is weaker. Write `{dotted(rest)}: {flow(required)}` here."
    )


def _block(subject: Subject, meeting: Meeting) -> tuple[Path, Path]:
    """The path of the block that implies a default, and the rest of the way."""
    path = meeting.path
    size = next(i for i in range(len(path), -1, -1) if subject.document.at(path[:i]) is not None)
    return path[:size], path[size:]


def _fixes(subject: Subject, meeting: Meeting, decider: Origin) -> Iterator[Fix]:
    document, path, required = subject.document, meeting.path, decider.value
    if meeting.own.implied:
        block, rest = _block(subject, meeting)
        inner = required
        for step in reversed(rest[1:]):
            inner = {step: inner}
        edit = insert_key(document, block, str(rest[0]), inner)
        if edit is not None:
            yield subject.edit(f"Write `{dotted(rest)}: {flow(required)}`", edit, preferred=True)
        return
    default = meeting.shape.inherit.strictness(meeting.shape.default)
    need = meeting.shape.inherit.strictness(required)
    if default is None or need is None or default >= need:  # else the default would be next
        edit = remove_key(document, path, subject.shape)
        if edit is not None:
            title = f"Remove `{path[-1]}` to inherit {value(required)}"
            yield subject.edit(title, edit, preferred=True)
    edit = set_value(document, path, required)
    if edit is not None:
        yield subject.edit(f"Change to {value(required)}", edit)


RULE = Rule((CODE,), check, kinds=MANIFESTS)
