"""A layer repeats what it inherits."""

from __future__ import annotations

from collections.abc import Iterator

from floe_ls.chain.compare import Meeting, difference
from floe_ls.chain.say import Origin
from floe_ls.ide.decided import field_name, place, set_here
from floe_ls.ide.mend import remove_key
from floe_ls.ide.model import Tag
from floe_ls.ide.rule import MANIFESTS, Code, Finding, Rule, Subject
from floe_ls.schema.meta import HINT, Merge
from floe_ls.schema.shape import Shape

CODE = Code(
    "inherit/redundant",
    HINT,
    "A value is the same as the inherited one.",
    """\
A layer inherits what it does not write. Repeating a value of the layer above does no harm today; tomorrow, when
that changes, it keeps this layer behind.

Could be shorter, below an enterprise manifest with `pii_encryption: required`:

```yaml
governance:
  pii_encryption: required
  data_retention_days: 90
```

The same:

```yaml
governance:
  data_retention_days: 90
```

Remove it, unless the value is meant to stay whatever happens above.
""",
    "R41, R42",
)


def check(subject: Subject) -> Iterator[Finding]:
    if len(subject.chain.layers) < 2 or not subject.chain.complete:
        return
    for meeting in subject.meetings:
        if _removable(subject, meeting.shape) and (source := _source(meeting)) is not None:
            name = field_name(subject.document, meeting.path)
            message = f"{name} is the same as in {place(source.layer, source.at)}, and would be inherited."
            edit = remove_key(subject.document, meeting.path, subject.shape)
            fixes = (subject.edit(f"Remove {name}", edit, preferred=True),) if edit else ()
            span = meeting.own.at.span
            yield Finding(CODE.slug, span, message, (set_here(source),), fixes, (Tag.UNNECESSARY,))


def _removable(subject: Subject, shape: Shape) -> bool:
    if shape.only is not None and subject.tier not in shape.only.tiers:
        return False
    needed = shape.needed is not None and shape.needed.severity[subject.dialect] is not None
    return not (shape.required or needed)


def _source(meeting: Meeting) -> Origin | None:
    """Where the same value would be inherited from."""
    shape, own = meeting.shape, meeting.own
    above = [origin for origin in meeting.above if not origin.implied]
    if own.implied or not above:
        return None
    match shape.inherit.merge:
        case Merge.IMMUTABLE:
            return above[0] if difference(shape, own.at, above[0].at) is None else None
        case Merge.STRENGTHEN:
            strictness = shape.inherit.strictness
            mine, default = strictness(own.value), strictness(shape.default)
            ranks = [rank for o in above if (rank := strictness(o.value)) is not None]
            if mine is None or not ranks or mine != max(ranks):
                return None
            if default is not None and default < mine:
                return None  # without it, the block's weaker default would speak
            return next(o for o in above if strictness(o.value) == mine)
        case Merge.OVERRIDE:
            nearest = above[-1]
            same = not difference(shape, own.at, nearest.at) and not difference(
                shape, nearest.at, own.at
            )
            return nearest if same else None
    return None


RULE = Rule((CODE,), check, kinds=MANIFESTS)
