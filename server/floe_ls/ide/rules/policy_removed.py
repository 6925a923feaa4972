"""A layer empties a list that layers may only add to."""

from __future__ import annotations

from collections.abc import Iterator

from floe_ls.ide.decided import field_name, place, related
from floe_ls.ide.mend import remove_key
from floe_ls.ide.rule import MANIFESTS, Code, Finding, Rule, Subject
from floe_ls.ide.words import count
from floe_ls.schema.meta import ERROR, Merge

CODE = Code(
    "policy/removed",
    ERROR,
    "A list of policies is emptied that a layer above has filled.",
    """\
Policies of all layers are joined: a domain adds its own, and the enterprise's stay. An empty list, or nothing
behind the key, reads as if the policies were gone. They are not.

Wrong, below an enterprise manifest with `governance.policies`:

```yaml
governance:
  policies: []
```

Right:

```yaml
governance:
  policies:
    - name: few-transforms
      type: max_transforms
      action: warn
      message: Split products with more than 50 transforms.
      config: {threshold: 50}
```

Remove the key, or write the policies that this layer adds.
""",
    "R51; J10",
)


def check(subject: Subject) -> Iterator[Finding]:
    for meeting in subject.meetings:
        own = meeting.own
        if meeting.shape.inherit.merge is not Merge.EXTEND or own.value not in (None, []):
            continue
        filled = [o for o in meeting.above if isinstance(o.value, list) and o.value]
        if not filled:
            continue
        name = field_name(subject.document, meeting.path)
        held = " and ".join(
            f"{count(len(o.value), 'item')} of {place(o.layer, o.at)}" for o in filled
        )
        verb = "stays" if len(filled) == 1 and len(filled[0].value) == 1 else "stay"
        message = f"{name} is empty here, but {held} {verb}: a lower layer adds to this list and removes nothing."
        edit = remove_key(subject.document, meeting.path, subject.shape)
        fixes = (subject.edit(f"Remove {name}", edit, preferred=True),) if edit else ()
        where = tuple(related(o.layer, o.at, "these stay") for o in filled)
        span = own.at.value_span
        yield Finding(
            CODE.slug, span if span.end > span.start else own.at.key_span, message, where, fixes
        )


RULE = Rule((CODE,), check, kinds=MANIFESTS)
