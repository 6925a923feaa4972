"""A layer chooses anew what the topmost layer has chosen for all."""

from __future__ import annotations

from collections.abc import Iterator

from floe_ls.chain.compare import Meeting, difference
from floe_ls.forms.document import At
from floe_ls.ide.decided import field_name, first_line, place, related, value
from floe_ls.ide.mend import remove_key, set_value
from floe_ls.ide.model import Fix
from floe_ls.ide.rule import MANIFESTS, Code, Finding, Rule, Subject
from floe_ls.schema.meta import ERROR, Merge
from floe_ls.schema.shape import Path
from floe_ls.syntax.nodes import Scalar

CODE = Code(
    "observability/immutable",
    ERROR,
    "A domain chooses another observability backend than the enterprise.",
    """\
Where traces, metrics, logs and lineage go is decided once, at the top: `plugins.observability` of the enterprise
(in floe's released form `telemetry_backend` and `lineage_backend`) holds for every domain and every product, so
that all of them are seen in one place. What a domain writes there has no effect.

Wrong, below an enterprise manifest with `observability: datadog`:

```yaml
scope: domain
parent_manifest: oci://registry.example.com/enterprise-manifest:v1.0.0
plugins:
  compute: duckdb
  observability: jaeger
```

Right:

```yaml
scope: domain
parent_manifest: oci://registry.example.com/enterprise-manifest:v1.0.0
plugins:
  compute: duckdb
```

Remove the key. An enterprise that leaves the choice to its domains chooses nothing itself.
""",
    "R41; J12",
)


def check(subject: Subject) -> Iterator[Finding]:
    for meeting in subject.meetings:
        only = meeting.shape.only
        misplaced = only is not None and subject.tier not in only.tiers
        if meeting.shape.inherit.merge is Merge.IMMUTABLE and not misplaced:
            yield from _chosen_anew(subject, meeting)


def _chosen_anew(subject: Subject, meeting: Meeting) -> Iterator[Finding]:
    inherit, own, decider = meeting.shape.inherit, meeting.own, meeting.above[0]
    severity = inherit.weakened_severity[subject.dialect]
    found = difference(meeting.shape, own.at, decider.at)
    if found is None or severity is None or not subject.chain.complete:
        return  # where layers are missing, the topmost one may have chosen the same
    path, mine, theirs = found
    name = field_name(subject.document, (*meeting.path, *path))
    there = place(decider.layer, theirs or decider.at)
    if theirs is not None and isinstance(mine.node, Scalar) and isinstance(theirs.node, Scalar):
        span = mine.value_span
        message = f"{name} cannot be {value(mine.value)} here: {there} sets {value(theirs.value)} for all below it."
        note = f"{value(theirs.value)} is set here for all below"
    else:
        span = first_line(subject.document, mine.key_span)
        whole = field_name(subject.document, meeting.path)
        message = f"{name} has no effect here: {there} sets {whole} for all below it."
        note = "this holds for all below"
    yield Finding(
        inherit.weakened,
        span,
        f"{message} Remove it.",
        (related(decider.layer, theirs or decider.at, note),),
        tuple(_fixes(subject, meeting, path, theirs)),
        severity=severity,
    )


def _fixes(subject: Subject, meeting: Meeting, path: Path, theirs: At | None) -> Iterator[Fix]:
    document = subject.document
    edit = remove_key(document, meeting.path, subject.shape)
    if edit is not None:
        title = f"Remove {field_name(document, meeting.path)} to inherit it"
        yield subject.edit(title, edit, preferred=True)
    if theirs is not None and isinstance(theirs.node, Scalar):
        edit = set_value(document, (*meeting.path, *path), theirs.value)
        if edit is not None:
            yield subject.edit(f"Change to {value(theirs.value)}", edit)


RULE = Rule((CODE,), check, kinds=MANIFESTS)
