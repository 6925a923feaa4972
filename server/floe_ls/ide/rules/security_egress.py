"""A layer opens ways out that the layers above do not have."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from floe_ls.forms.document import At
from floe_ls.ide.decided import field_name, first_line, place, related
from floe_ls.ide.rule import MANIFESTS, Code, Finding, Rule, Subject
from floe_ls.schema.meta import WARNING
from floe_ls.schema.shape import ANY_STEP, Shape
from floe_ls.syntax.nodes import Mapping, Sequence

CODE = Code(
    "security/egress",
    WARNING,
    "An egress rule is added below the enterprise's network policies.",
    """\
Network policies are the enterprise's: a domain cannot turn them off, nor let all traffic through. An egress rule of
its own is allowed, and opens a way out that other domains do not have. So each one is pointed out, for whoever
reviews the file.

To be looked at, below an enterprise manifest with `network_policies`:

```yaml
governance:
  network_policies:
    custom_egress_rules:
      - to:
          - ipBlock: {cidr: 203.0.113.0/24}
```

Nothing to look at:

```yaml
governance:
  network_policies:
    enabled: true
```

Ask the enterprise to take the rule into its own policies where more than one domain needs it. This code cannot be
silenced or lowered: what is open should stay visible.
""",
    "R58; J22",
)


def check(subject: Subject) -> Iterator[Finding]:
    above = subject.chain.manifests[:-1]
    if not above or subject.document is not subject.chain.manifests[-1].document:
        return
    for path in _guarded(subject.shape):
        own = subject.document.at(path)
        blocks = [
            (layer, at) for layer in above if (at := layer.document.at(path[:-1])) is not None
        ]
        blocks = [(layer, at) for layer, at in blocks if isinstance(at.node, Mapping)]
        if own is None or not isinstance(own.node, Sequence) or not blocks:
            continue
        known = [item.value for _, at in blocks for item in _items(at.child(path[-1]))]
        layer, block = blocks[0]
        for item in _items(own):
            if item.value in known:
                continue
            name = field_name(subject.document, path[:-1])
            message = (
                f"This egress rule opens a way out that {name} of {place(layer, block)} does not have. "
                "Make sure that it is meant."
            )
            span = first_line(subject.document, item.value_span)
            where = (related(layer, block, "the policies that hold for all"),)
            yield Finding(CODE.slug, span, message, where)


def _items(at: At | None) -> list[At]:
    return [item for _, item in at.children()] if at and isinstance(at.node, Sequence) else []


@lru_cache(maxsize=64)
def _guarded(shape: Shape) -> tuple[tuple[str, ...], ...]:
    """The lists whose additions deserve a look."""
    return tuple(
        found.path
        for found in shape.walk()
        if found.codes.added == CODE.slug and ANY_STEP not in found.path
    )


RULE = Rule((CODE,), check, kinds=MANIFESTS)
