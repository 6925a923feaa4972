"""A layer asks for less than a layer above, where it may choose."""

from __future__ import annotations

from collections.abc import Iterator

from floe_ls.chain.compare import Meeting
from floe_ls.ide.decided import field_name, said, set_here, value
from floe_ls.ide.mend import remove_key, set_value
from floe_ls.ide.model import Fix
from floe_ls.ide.rule import MANIFESTS, Code, Finding, Rule, Subject
from floe_ls.schema.meta import By, Merge, Severity

CODE = Code(
    "retention/lowered",
    By(Severity.WARNING, Severity.WARNING, Severity.ERROR),
    "Data is kept for fewer days than a layer above asks for.",
    """\
The enterprise's `governance.data_retention_days` is a default. A domain may set its own, and products inherit that.
More days than above are nobody's concern; fewer days may break a promise that the enterprise made, so they are
pointed out. In floe's released form they are an error: its compiler refuses any lower value.

Wrong, below an enterprise manifest with `data_retention_days: 90`:

```yaml
scope: domain
parent_manifest: oci://registry.example.com/enterprise-manifest:v1.0.0
governance:
  data_retention_days: 30
```

Right:

```yaml
scope: domain
parent_manifest: oci://registry.example.com/enterprise-manifest:v1.0.0
governance:
  data_retention_days: 365
```

Keep data at least as long as the layer above says, or remove the key to inherit its value. If fewer days are right
for this domain, say so beside them: `# floe-ls: ignore[retention/lowered]`.
""",
    "R45, I14; J05",
)


def check(subject: Subject) -> Iterator[Finding]:
    for meeting in subject.meetings:
        inherit = meeting.shape.inherit
        if inherit.ordered and inherit.merge is Merge.OVERRIDE:
            yield from _lowered(subject, meeting)


def _lowered(subject: Subject, meeting: Meeting) -> Iterator[Finding]:
    inherit, own = meeting.shape.inherit, meeting.own
    stricter = meeting.stricter
    severity = inherit.weakened_severity[subject.dialect]
    if not stricter or severity is None:
        return
    _, decider = max(stricter, key=lambda pair: pair[0])
    name = field_name(subject.document, meeting.path)
    than = "more" if inherit.lower_is_stricter else "less"
    message = f"{name} is {value(own.value)} here, {than} than above: {said(decider)}."
    if severity is Severity.ERROR:
        message += f" floe's compiler refuses that. Remove it, or set it to {value(decider.value)}."
    yield Finding(
        inherit.weakened,
        own.at.value_span,
        message,
        tuple(set_here(origin) for _, origin in stricter),
        tuple(_fixes(subject, meeting, decider.value)),
        severity=severity,
    )


def _fixes(subject: Subject, meeting: Meeting, above: object) -> Iterator[Fix]:
    document, path = subject.document, meeting.path
    edit = remove_key(document, path, subject.shape)
    if edit is not None:
        yield subject.edit(f"Remove `{path[-1]}` to inherit {value(above)}", edit)
    edit = set_value(document, path, above)
    if edit is not None:
        yield subject.edit(f"Change to {value(above)}", edit)


RULE = Rule((CODE,), check, kinds=MANIFESTS)
