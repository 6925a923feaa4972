"""What transforms say they depend on: names that exist, and no circles."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache, partial
from typing import NamedTuple

from floe_ls.forms.document import At
from floe_ls.forms.kept import kept
from floe_ls.forms.tree import key_of, text_of
from floe_ls.ide.model import Fix, Related
from floe_ls.ide.page import page
from floe_ls.ide.rule import PRODUCTS, Code, Finding, Rule, Subject
from floe_ls.schema.meta import WARNING, By, Role, Severity
from floe_ls.schema.nearest import nearest
from floe_ls.schema.shape import Shape
from floe_ls.syntax.edits import written
from floe_ls.syntax.nodes import Entry, Mapping, Sequence
from floe_ls.text import TextEdit

_START = """
        # floe.yaml
        apiVersion: floe.dev/v1
        kind: FloeSpec
        metadata: {name: customer-360, version: 1.0.0}
        transforms:"""

UNKNOWN = Code(
    "product/depends-on-unknown",
    WARNING,  # floe's compiler stops at it only where policies are enforced strictly
    "A transform depends on one that does not exist.",
    page(
        """
        `dependsOn` names transforms of the same product. A name that none of them has is mostly a slip, and the
        order in which they run is then not the one that was meant. What other products offer is read as a dbt
        source. floe's compiler reports it, and stops only where `policy_enforcement_level` is `strict`.
        """,
        f"""{_START}
          - name: stg_customers
          - name: customers
            dependsOn: [stg_costumers]
        """,
        f"""{_START}
          - name: stg_customers
          - name: customers
            dependsOn: [stg_customers]
        """,
    ),
    "I04, FLOE-E301",
)
CYCLE = Code(
    "product/depends-on-cycle",
    By(Severity.WARNING, Severity.WARNING, Severity.ERROR),
    "Transforms depend on each other in a circle.",
    page(
        "Each of them waits for the others, so that none can run.",
        f"""{_START}
          - name: orders
            dependsOn: [customers]
          - name: customers
            dependsOn: [orders]
        """,
        f"""{_START}
          - name: orders
          - name: customers
            dependsOn: [orders]
        """,
        "Leave out one of the steps. Mostly a third transform holds what both need.",
    ),
    "I05, FLOE-E302",
)

Needs = tuple[str | None, tuple[str | None, ...]]
"""What a transform is called, and what it depends on; None for what is no text."""
_MOST_GUESSES = 20
"""Names for which the nearest one is looked for: among thousands that takes a while."""


class _Wrong(NamedTuple):
    """What is wrong with the names of a list of transforms; places are numbers of transforms and their items."""

    unknown: tuple[tuple[int, int], ...]
    cycles: tuple[tuple[int, ...], ...]


def check(subject: Subject) -> Iterator[Finding]:
    transforms = subject.at(Role.TRANSFORMS)
    shape = subject.shape.role_shape(Role.TRANSFORMS)
    if transforms is None or shape is None or not isinstance(transforms.node, Sequence):
        return
    item = shape.item
    assert item is not None
    memo = subject.document.memo
    names, depends = _keys(item, Role.TRANSFORM_NAME), _keys(item, Role.DEPENDS_ON)
    ask = partial(_needs, names, depends)
    needs = kept(memo, "needs", transforms.node.entries, ask)
    known: tuple[list[Needs], _Wrong] | None = memo.get("depends-on")
    if known is None or known[0] is not needs:
        known = memo["depends-on"] = needs, _wrong(needs)
    wrong = known[1]
    yield from _unknown(subject, item, transforms, needs, wrong)
    for ring in wrong.cycles:
        yield _cycle(subject, item, transforms, needs, ring)


@lru_cache(maxsize=16)
def _keys(item: Shape, role: Role) -> frozenset[str]:
    """The spellings of the key that has a role."""
    field = next((f for f in item.fields.values() if f.role is role), None)
    return frozenset((field.name, *field.other_spellings)) if field is not None else frozenset()


def _needs(names: frozenset[str], dependencies: frozenset[str], entry: Entry) -> Needs:
    name: str | None = None
    depends: tuple[str | None, ...] = ()
    if isinstance(entry.value, Mapping):
        for member in entry.value.entries:
            key = key_of(member)
            if key in names:
                name = text_of(member.value)
            elif key in dependencies and isinstance(member.value, Sequence):
                depends = tuple(text_of(item.value) for item in member.value.entries)
    return name, depends


def _wrong(needs: list[Needs]) -> _Wrong:
    number: dict[str, int] = {}
    for index, (name, _) in enumerate(needs):
        if name:
            number.setdefault(name, index)
    unknown = tuple(
        (index, place)
        for index, (_, depends) in enumerate(needs)
        for place, other in enumerate(depends)
        if other is not None and other not in number
    )
    edges = [[number[d] for d in depends if d in number] for _, depends in needs]
    if all(target < index for index, targets in enumerate(edges) for target in targets):
        return _Wrong(unknown, ())  # each is below what it needs: no circle
    return _Wrong(unknown, tuple(_rings(edges)))


def _rings(edges: list[list[int]]) -> Iterator[tuple[int, ...]]:
    """A shortest circle through the first transform of each knot."""
    for knot in _knots(edges):
        start = min(knot)
        before: dict[int, int] = {}
        queue = [start]
        for here in queue:
            for target in edges[here]:
                if target == start:
                    ring = [here]
                    while ring[-1] != start:
                        ring.append(before[ring[-1]])
                    yield tuple(reversed(ring))
                    queue.clear()
                    break
                if target in knot and target not in before:
                    before[target] = here
                    queue.append(target)


def _knots(edges: list[list[int]]) -> Iterator[set[int]]:
    """The sets of transforms that all need each other, directly or not (Tarjan, without recursion)."""
    order: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    on_stack: set[int] = set()
    for root in range(len(edges)):
        if root in order:
            continue
        work = [(root, iter(edges[root]))]
        order[root] = low[root] = len(order)
        stack.append(root)
        on_stack.add(root)
        while work:
            here, targets = work[-1]
            target = next(targets, None)
            if target is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[here])
                if low[here] == order[here]:
                    knot: set[int] = set()
                    while here not in knot:
                        knot.add(stack.pop())
                    on_stack -= knot
                    if len(knot) > 1 or here in edges[here]:
                        yield knot
            elif target not in order:
                order[target] = low[target] = len(order)
                stack.append(target)
                on_stack.add(target)
                work.append((target, iter(edges[target])))
            elif target in on_stack:
                low[here] = min(low[here], order[target])


def _unknown(
    subject: Subject, item: Shape, transforms: At, needs: list[Needs], wrong: _Wrong
) -> Iterator[Finding]:
    names = [name for name, _ in needs if name] if wrong.unknown else []
    for count, (index, place) in enumerate(wrong.unknown):
        at = _dependency(item, transforms, index, place)
        name = needs[index][1][place]
        if at is None or name is None:
            continue
        others = [n for n in names if n != needs[index][0]]
        meant = nearest(name, others) if count < _MOST_GUESSES else None
        message = f"No transform of this product is called `{name}`."
        fixes: tuple[Fix, ...] = ()
        if meant is not None and meant not in needs[index][1]:
            message += f" Did you mean `{meant}`?"
            edit = TextEdit(at.value_span, written(meant, flow=True))
            fixes = (subject.edit(f"Change to `{meant}`", edit, preferred=True),)
        yield Finding(UNKNOWN.slug, at.value_span, message, fixes=fixes)


def _cycle(
    subject: Subject, item: Shape, transforms: At, needs: list[Needs], ring: tuple[int, ...]
) -> Finding:
    names = [needs[index][0] or "" for index in (*ring, ring[0])]
    places = []
    for index, other in zip(ring, names[1:], strict=True):
        place = needs[index][1].index(other)
        places.append((_dependency(item, transforms, index, place), needs[index][0], other))
    related = tuple(
        Related(subject.document, at.value_span, f"`{name}` needs `{other}`")
        for at, name, other in places
        if at is not None
    )
    at = places[0][0] or transforms
    if len(ring) == 1:
        message = f"`{names[0]}` depends on itself, so it can never run."
        return Finding(CYCLE.slug, at.value_span, message)
    circle = " → ".join(names)
    message = f"These transforms wait for each other in a circle: {circle}."
    return Finding(CYCLE.slug, at.value_span, message, related[1:])


def _dependency(item: Shape, transforms: At, index: int, place: int) -> At | None:
    """Where a transform names what it depends on."""
    transform = transforms.child(index)
    for key, member in transform.children() if transform is not None else ():
        shape = item.child(str(key))
        if shape is not None and shape.role is Role.DEPENDS_ON:
            return member.child(place)
    return None


RULE = Rule(
    (UNKNOWN, CYCLE),
    check,
    alone=True,
    kinds=PRODUCTS,
    reads=(Role.TRANSFORM_NAME, Role.DEPENDS_ON),
)
