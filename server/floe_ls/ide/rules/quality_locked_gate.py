"""A layer changes a block that a layer above has locked."""

from __future__ import annotations

from collections.abc import Iterator

from floe_ls.chain.compare import Meeting
from floe_ls.chain.say import Origin
from floe_ls.forms.document import At
from floe_ls.forms.reading import reading
from floe_ls.ide.decided import field_name, place, related, value
from floe_ls.ide.mend import remove_key
from floe_ls.ide.rule import MANIFESTS, Code, Finding, Rule, Subject
from floe_ls.schema.meta import ERROR
from floe_ls.schema.shape import Shape
from floe_ls.text import Span

CODE = Code(
    "quality/locked-gate",
    ERROR,
    "A quality gate is changed that a layer above has locked.",
    """\
A gate of `plugins.quality.quality_gates` with `overridable: false` is locked: no layer below may change it, to less
or to more. A gate is replaced as a whole, so leaving out one of its keys changes it, too: the default counts.

Wrong, below an enterprise manifest whose `gold` gate has `min_score: 90` and `overridable: false`:

```yaml
plugins:
  quality:
    provider: soda
    quality_gates:
      gold:
        min_score: 70
```

Right:

```yaml
plugins:
  quality:
    provider: soda
```

Remove the gate to inherit the locked one.
""",
    "J18",
)


def check(subject: Subject) -> Iterator[Finding]:
    for meeting in subject.meetings:
        locked = _locked(meeting)
        if locked is not None:
            yield from _changed(subject, meeting, locked)


def _locked(meeting: Meeting) -> Origin | None:
    """The topmost layer that locks the block."""
    lock = meeting.shape.inherit.lock
    shape = meeting.shape.child(lock) if lock else None
    for origin in meeting.above if shape is not None else ():
        found = origin.at.child(lock)
        if found is not None and reading(shape, found.node) is False:
            return origin
    return None


def _changed(subject: Subject, meeting: Meeting, locked: Origin) -> Iterator[Finding]:
    inherit = meeting.shape.inherit
    severity = inherit.weakened_severity[subject.dialect]
    own = meeting.own.at
    for name, shape in meeting.shape.fields.items():
        mine, theirs = own.child(name), locked.at.child(name)
        here, there = _value(shape, mine), _value(shape, theirs)
        if here == there or severity is None:
            continue
        edit = remove_key(subject.document, meeting.path, subject.shape)
        gate = field_name(subject.document, meeting.path)
        message = (
            f"{gate} is locked by {place(locked.layer, locked.at)}, which sets `{name}` to {value(there)}; here it is "
            f"{value(here)}{'' if mine else ', by default'}. Remove the block to inherit it."
        )
        span: Span = mine.value_span if mine is not None else own.key_span
        lock = locked.at.child(inherit.lock) or locked.at
        fixes = (
            (subject.edit(f"Remove {gate} to inherit it", edit, preferred=True),) if edit else ()
        )
        where = (related(locked.layer, lock, "the block is locked here"),)
        yield Finding(inherit.weakened, span, message, where, fixes, severity=severity)
        return


def _value(shape: Shape, at: At | None) -> object:
    return shape.default if at is None else reading(shape, at.node)


RULE = Rule((CODE,), check, kinds=MANIFESTS)
