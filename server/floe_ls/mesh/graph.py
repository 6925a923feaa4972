"""The mesh as a graph to draw: who inherits from whom, products counted where there are many, and where each stands."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from floe_ls.forms.document import Kind
from floe_ls.mesh.census import Census, Family
from floe_ls.schema.meta import Tier


@dataclass(frozen=True)
class Counts:
    errors: int = 0
    warnings: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.errors + other.errors, self.warnings + other.warnings)


@dataclass(frozen=True)
class Node:
    """A file, an artifact, or the products of one manifest together."""

    uri: str
    name: str
    tier: Tier
    detail: str
    """Its version, or, for many products, how many have findings."""
    counts: Counts
    products: int = 0
    """How many products it stands for; 0 for a file."""
    children: tuple[Node, ...] = field(default=(), repr=False)


def forest(
    census: Census,
    family: Family,
    findings: Mapping[str, Counts],
    names: Mapping[str, tuple[str, Tier]],
    most: int,
) -> tuple[Node, ...]:
    """The manifests that inherit from nobody, with all below them; products one by one up to `most` in all.

    `names` tells name and tier of manifests that are no files of the workspace.
    """
    alone = len(family.parents) and sum(r.kind is Kind.PRODUCT for r in census.rows) <= most
    drawn: set[str] = set()

    def node(uri: str) -> Node:
        drawn.add(uri)
        row = census.by_uri.get(uri)
        below = [child for child in family.children_of(uri) if child not in drawn]
        below.sort(key=lambda child: _by_name(census, child))
        manifests: list[str] = []
        products: list[str] = []
        for child in below:
            known = census.by_uri.get(child)
            (products if known is not None and known.kind is Kind.PRODUCT else manifests).append(
                child
            )
        children = [node(child) for child in manifests if child not in drawn]
        if alone:
            children += (node(child) for child in products)
        elif products:
            drawn.update(products)
            children.append(_together(uri, products, findings))
        name, tier = (
            (row.name, row.tier) if row is not None else names.get(uri, (uri, Tier.ENTERPRISE))
        )
        version = row.version if row is not None else ""
        return Node(uri, name, tier, version, findings.get(uri, Counts()), 0, tuple(children))

    tops = sorted({*family.parents.values()} - {*family.parents})
    out = [node(uri) for uri in tops]
    out += (node(row.uri) for row in census.manifests if row.uri not in drawn)
    lost = [row.uri for row in census.products if row.uri not in drawn]
    if alone:
        out += (node(uri) for uri in lost)
    elif lost:
        out.append(_together("", lost, findings))
    return tuple(out)


def _by_name(census: Census, uri: str) -> tuple[list[tuple[int, str]], str]:
    """As people count: `sales` before `sales-2`, and that before `sales-10`."""
    row = census.by_uri.get(uri)
    name = row.name if row is not None else uri
    parts = re.findall(r"\d+|\D+", name)
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts], uri


def _together(parent: str, products: list[str], findings: Mapping[str, Counts]) -> Node:
    counts = [findings.get(uri, Counts()) for uri in products]
    total = sum(counts, Counts())
    faulty = sum(1 for each in counts if each.errors or each.warnings)
    number = len(products)
    name = f"{number:,} product{'' if number == 1 else 's'}"
    detail = f"{faulty:,} affected" if faulty else ""
    if not parent:
        detail = "parent unknown"
    return Node(f"{parent}#products", name, Tier.PRODUCT, detail, total, number)


# --- where each node stands


@dataclass(frozen=True)
class Box:
    node: Node
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Line:
    above: Box
    below: Box


@dataclass(frozen=True)
class Layout:
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    width: float
    height: float


WIDTH, HEIGHT = 210.0, 54.0
LEAST = 110.0
"""Of a box that hangs below many others."""
GAP, INDENT, ROW = 28.0, 22.0, 14.0
PAGE = 5 * (WIDTH + GAP)
"""How wide a grid of domains may be."""


def layout(roots: tuple[Node, ...], wide: float = WIDTH) -> Layout:
    """Each top in the middle above its domains, which stand in a grid; what is below a domain hangs under it like the
    lines of a list. So a picture grows downwards, never wider than a screen. Boxes are so `wide`."""
    boxes: list[Box] = []
    lines: list[Line] = []
    y = GAP
    width = 0.0
    for root in roots:
        block, joined, size = _block(root, y, wide)
        boxes += block
        lines += joined
        width = max(width, size[0])
        y = size[1] + 2 * GAP
    return Layout(tuple(boxes), tuple(lines), width + GAP, max(y - GAP, 2 * GAP))


def _block(
    root: Node, top: float, width: float
) -> tuple[list[Box], list[Line], tuple[float, float]]:
    children = root.children
    step = width + GAP
    columns = max(min(len(children), int(PAGE // step)), 1)
    wide = columns * step - GAP
    own = Box(root, GAP + (wide - width) / 2, top, width, HEIGHT)
    boxes, lines = [own], []
    heights: defaultdict[int, float] = defaultdict(lambda: top + HEIGHT + 2 * GAP)
    for index, child in enumerate(children):
        row, column = divmod(index, columns)
        if row and not column:  # a new line of the grid begins below the longest column
            floor = max(heights.values())
            for known in range(columns):
                heights[known] = floor
        box = Box(child, GAP + column * step, heights[column], width, HEIGHT)
        boxes.append(box)
        lines.append(Line(own, box))
        bottom = _hang(box, boxes, lines)
        heights[column] = bottom + GAP
    bottom = max((box.y + box.height for box in boxes), default=top)
    return boxes, lines, (GAP + wide, bottom)


def _hang(box: Box, boxes: list[Box], lines: list[Line]) -> float:
    """Puts what is below a node under it; where it ends."""
    y = box.y + box.height
    for child in box.node.children:
        below = Box(
            child,
            box.x + INDENT,
            y + ROW,
            max(box.width - INDENT, LEAST),
            HEIGHT - 14,
        )
        boxes.append(below)
        lines.append(Line(box, below))
        y = _hang(below, boxes, lines)
    return y
