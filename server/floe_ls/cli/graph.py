"""`floe-ls graph`: the mesh as a picture, for browsers, terminals and documents."""

from __future__ import annotations

import html
import sys
from collections.abc import Iterator
from dataclasses import replace

from floe_ls.cli.checked import Checking
from floe_ls.cli.words import BOLD, DIM, GREEN, RED, YELLOW, Style
from floe_ls.cli.workspace import Progress, Workspace
from floe_ls.mesh.graph import INDENT, WIDTH, Box, Counts, Layout, Node, forest, layout
from floe_ls.schema.meta import Severity, Tier

MOST = 40
"""Products that are drawn one by one."""
_TIERS = {
    Tier.ENTERPRISE: ("enterprise", "#1d4ed8", "#eff6ff"),
    Tier.PLATFORM: ("platform", "#1d4ed8", "#eff6ff"),
    Tier.DOMAIN: ("domain", "#0f766e", "#f0fdfa"),
    Tier.PRODUCT: ("product", "#6b7280", "#ffffff"),
}


def graph(path: str, form: str, most: int | None = None, *, offline: bool = False) -> int:
    """Prints the graph of a folder. Raises Refused."""
    workspace = Workspace(offline)
    progress = Progress()
    findings: dict[str, Counts] = {}
    uris, _ = workspace.find([path])
    for uri, file in zip(uris, Checking(workspace, progress).files([path]), strict=True):
        severities = [report.severity for report in file.reports]
        counts = Counts(severities.count(Severity.ERROR), severities.count(Severity.WARNING))
        if counts != Counts():
            findings[uri] = counts
    progress.clear()
    snapshot = workspace.snapshot
    names = {d.uri: (d.name, d.tier) for d in snapshot.artifacts.values()}
    # A part of a workspace is drawn with the manifests above it.
    census, family = snapshot.census, snapshot.family
    roots = forest(census, family, findings, names, MOST if most is None else most)
    inside = {*uris}
    shown = tuple(kept for root in roots if (kept := _within(root, inside)) is not None)
    draw = {"svg": _svg, "html": _html, "mermaid": _mermaid, "dot": _dot, "text": _text}[form]
    sys.stdout.write(draw(shown))
    return 0


def _within(node: Node, uris: set[str]) -> Node | None:
    """A node with what is among these files, or above some that are."""
    if node.products:
        return node
    children = tuple(kept for child in node.children if (kept := _within(child, uris)) is not None)
    own = any(not child.products for child in children)
    return replace(node, children=children) if own or node.uri in uris else None


def _said(counts: Counts) -> str:
    parts = [
        f"{number:,} {noun}{'' if number == 1 else 's'}"
        for number, noun in ((counts.errors, "error"), (counts.warnings, "warning"))
        if number
    ]
    return ", ".join(parts)


# --- text


def _text(roots: tuple[Node, ...]) -> str:
    style = Style()

    def lines(node: Node, lead: str, more: str) -> Iterator[str]:
        found = _said(node.counts)
        colour = RED if node.counts.errors else YELLOW
        name = node.name if node.tier is Tier.PRODUCT else style(node.name, BOLD)
        detail = style(f" {node.detail}", DIM) if node.detail else ""
        kind = "" if node.tier is Tier.PRODUCT else style(f" ({_TIERS[node.tier][0]})", DIM)
        mark = (
            f"  {style('✗', colour)} {style(found, colour)}" if found else f"  {style('✓', GREEN)}"
        )
        yield f"{lead}{name}{detail}{kind}{mark}\n"
        for index, child in enumerate(node.children):
            last = index == len(node.children) - 1
            yield from lines(
                child, more + ("└─ " if last else "├─ "), more + ("   " if last else "│  ")
            )

    return "".join(line for root in roots for line in lines(root, "", "")) or "No manifests here.\n"


# --- mermaid and dot


def _numbered(roots: tuple[Node, ...]) -> Iterator[tuple[str, Node, str]]:
    """Each node with a short name, and that of the one above."""
    count = 0

    def walk(node: Node, above: str) -> Iterator[tuple[str, Node, str]]:
        nonlocal count
        count += 1
        own = f"n{count}"
        yield own, node, above
        for child in node.children:
            yield from walk(child, own)

    for root in roots:
        yield from walk(root, "")


def _label(node: Node, line: str) -> str:
    return line.join(part for part in (node.name, node.detail, _said(node.counts)) if part)


def _mermaid(roots: tuple[Node, ...]) -> str:
    out = ["flowchart TD\n"]
    for own, node, above in _numbered(roots):
        text = _label(node, "<br/>").replace('"', "#quot;")
        out.append(
            f'  {own}["{text}"]:::{_TIERS[node.tier][0]}{"X" if node.counts.errors else ""}\n'
        )
        if above:
            out.append(f"  {above} --> {own}\n")
    for name, line, fill in dict.fromkeys(_TIERS.values()):
        out.append(f"  classDef {name} fill:{fill},stroke:{line},color:#111827\n")
        out.append(
            f"  classDef {name}X fill:{fill},stroke:#dc2626,stroke-width:2px,color:#111827\n"
        )
    return "".join(out)


def _dot(roots: tuple[Node, ...]) -> str:
    out = [
        'digraph mesh {\n  rankdir=TB;\n  node [shape=box, style="rounded,filled", fontname="sans-serif"];\n'
    ]
    for own, node, above in _numbered(roots):
        text = _label(node, "\n").replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        _, line, fill = _TIERS[node.tier]
        line = "#dc2626" if node.counts.errors else line
        out.append(f'  {own} [label="{text}", color="{line}", fillcolor="{fill}"];\n')
        if above:
            out.append(f"  {above} -> {own};\n")
    return "".join((*out, "}\n"))


# --- svg and html


_STYLE = """\
text{font-family:system-ui,-apple-system,"Segoe UI",sans-serif;fill:#111827}
.ground{fill:#f9fafb}
.edge{fill:none;stroke:#b6c2d1;stroke-width:1.5}
rect.box{stroke-width:1.5}
.enterprise,.platform{fill:#eff6ff;stroke:#1d4ed8}
.domain{fill:#f0fdfa;stroke:#0f766e}
.product{fill:#ffffff;stroke:#9ca3af}
.error{stroke:#dc2626}
.warning{stroke:#d97706}
text.detail{fill:#4b5563;font-size:11px}
text.errors{fill:#b91c1c;stroke:none;font-size:11px;font-weight:600}
text.warnings{fill:#b45309;stroke:none;font-size:11px;font-weight:600}
@media (prefers-color-scheme:dark){
text{fill:#f3f4f6}
.ground{fill:#111827}
.edge{stroke:#4b5b70}
.enterprise,.platform{fill:#172554;stroke:#60a5fa}
.domain{fill:#042f2e;stroke:#2dd4bf}
.product{fill:#1f2937;stroke:#6b7280}
.error{stroke:#f87171}
.warning{stroke:#fbbf24}
text.detail{fill:#9ca3af}
text.errors{fill:#fca5a5}
text.warnings{fill:#fcd34d}
}
"""
"""Of the picture; it follows the reader's dark mode, also where a page shows it as an image."""


def _svg(roots: tuple[Node, ...]) -> str:
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + _picture(layout(roots, _width(roots)))


_WIDEST = 300.0


def _width(roots: tuple[Node, ...]) -> float:
    """That of the boxes: where names are long they are wider, and fewer stand side by side."""
    names = [node.name for _, node, _ in _numbered(roots)]
    longest = max((_wide(name, _BOLD) for name in names), default=0)
    return min(max(WIDTH, round(longest + 2 * INDENT + 4)), _WIDEST)


def _picture(made: Layout) -> str:
    width, height = round(made.width), round(made.height)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="The mesh">\n<style>\n{_STYLE}</style>\n'
        f'<rect class="ground" width="{width}" height="{height}"/>\n'
    )
    out = [head]
    out += (f'<path class="edge" d="{_route(line.above, line.below)}"/>\n' for line in made.lines)
    out += (_drawn(box) for box in made.boxes)
    return "".join((*out, "</svg>\n"))


def _route(above: Box, below: Box) -> str:
    """Down from the middle to what is beside it; down the left edge to what hangs under it."""
    if below.y < above.y + above.height + 26:
        return f"M{above.x + 11:.0f} {above.y + above.height:.0f}V{below.y + below.height / 2:.0f}H{below.x:.0f}"
    if 10 < below.x - above.x < 40:
        return f"M{above.x + 11:.0f} {above.y + above.height:.0f}V{below.y + below.height / 2:.0f}H{below.x:.0f}"
    start = above.x + above.width / 2
    end = below.x + below.width / 2
    middle = above.y + above.height + 42
    lane = below.y - 14
    if lane - middle < 20:
        return f"M{start:.0f} {above.y + above.height:.0f}V{lane:.0f}H{end:.0f}V{below.y:.0f}"
    side = below.x - 14
    return f"M{start:.0f} {above.y + above.height:.0f}V{middle:.0f}H{side:.0f}V{lane:.0f}H{end:.0f}V{below.y:.0f}"


def _drawn(box: Box) -> str:
    node = box.node
    kind = _TIERS[node.tier][0]
    found = _said(node.counts)
    state = "error" if node.counts.errors else "warning" if node.counts.warnings else ""
    title = html.escape(
        " · ".join(p for p in (f"{kind} {node.name}", node.detail, found, node.uri) if p)
    )
    small = box.height < 50
    heavy = node.tier is not Tier.PRODUCT or bool(node.products)
    classes = f"box {kind} {state}".rstrip()
    head = (
        f'<g><title>{title}</title><rect class="{classes}" x="{box.x:.0f}" '
        f'y="{box.y:.0f}" width="{box.width:.0f}" height="{box.height:.0f}" rx="7"/>'
    )
    out = [head]
    bare = small and not node.detail and not found
    x, baseline = box.x + 11, box.y + (25 if bare else 17 if small else 22)
    name = html.escape(_fitting(node.name, box.width - 22, _BOLD if heavy else 13))
    weight = ' font-weight="600"' if heavy else ""
    out.append(f'<text x="{x:.0f}" y="{baseline:.0f}" font-size="13"{weight}>{name}</text>')
    told = "" if small or node.products else kind
    detail = " · ".join(p for p in (told, node.detail) if p)
    below = baseline + (15 if small else 18)
    short = _short(node.counts) if found else ""
    if detail:
        room = box.width - 22 - (_wide(short, 11.6) + 10 if short else 0)
        detail = html.escape(_fitting(detail, room, 11))
        out.append(f'<text class="detail" x="{x:.0f}" y="{below:.0f}">{detail}</text>')
    if short:
        edge = box.x + box.width - 10
        out.append(
            f'<text class="{state}s" x="{edge:.0f}" y="{below:.0f}" text-anchor="end">{short}</text>'
        )
    return "".join((*out, "</g>\n"))


def _short(counts: Counts) -> str:
    if counts.errors:
        return f"✗ {counts.errors:,} error{'' if counts.errors == 1 else 's'}"
    return f"! {counts.warnings:,} warning{'' if counts.warnings == 1 else 's'}"


_BOLD = 13.8
"""Size of a name that is set in bold, as if it were not."""
_NARROW, _WIDE = frozenset(" .,:;'|!-()[]fijlrt1I"), frozenset("mwMWQO@%…")


def _wide(text: str, size: float) -> float:
    """About how wide a text is drawn, rather more than less."""
    widths = (0.42 if c in _NARROW else 0.98 if c in _WIDE else 0.64 for c in text)
    return size * sum(widths)


def _fitting(text: str, room: float, size: float) -> str:
    """A text, or its two ends: names of one mesh are told apart at the end as often as at the start."""
    if _wide(text, size) <= room:
        return text
    for left in range(len(text) - 1, 1, -1):
        start = left - left // 3
        short = f"{text[:start]}…{text[len(text) - left // 3 :]}"
        if _wide(short, size) <= room:
            return short
    return text[:1] + "…"


def _html(roots: tuple[Node, ...]) -> str:
    picture = _picture(layout(roots, _width(roots)))
    count = sum(
        1 for _, node, _ in _numbered(roots) if not node.products and node.tier is not Tier.PRODUCT
    )
    products = sum(node.products or (node.tier is Tier.PRODUCT) for _, node, _ in _numbered(roots))
    total = sum((node.counts for _, node, _ in _numbered(roots)), Counts())
    summary = (
        f"{count:,} manifests · {products:,} products · {_said(total) or 'no errors, no warnings'}"
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>The mesh</title>\n<style>\n'
        ":root{color-scheme:light dark}\n"
        "body{margin:0;background:#f9fafb;color:#111827;font-family:system-ui,-apple-system,Segoe UI,sans-serif}\n"
        "body>svg{display:block;margin:0 auto;max-width:none}\n"
        "header{position:sticky;top:0;display:flex;gap:16px;align-items:baseline;padding:12px 28px;background:#fff;"
        "border-bottom:1px solid #e5e7eb}\nh1{font-size:16px;margin:0}\np{margin:0;color:#6b7280;font-size:13px}\n"
        "input{margin-left:auto;font:inherit;font-size:13px;padding:4px 8px;border:1px solid #d1d5db;"
        "border-radius:6px}\n"
        "svg g.dim{opacity:.2}\n"
        "@media (prefers-color-scheme:dark){body{background:#111827;color:#f3f4f6}p{color:#9ca3af}\n"
        "header{background:#1f2937;border-color:#374151}input{background:#111827;color:inherit;border-color:#4b5563}}\n"
        "</style>\n</head>\n<body>\n<header><h1>The mesh</h1>"
        f"<p>{html.escape(summary)}</p>"
        '<input id="find" placeholder="find by name" aria-label="find by name"></header>\n'
        f"{picture}"
        "<script>\nconst nodes=[...document.querySelectorAll('svg g')];\n"
        "document.getElementById('find').addEventListener('input',e=>{const w=e.target.value.toLowerCase();\n"
        "for(const g of nodes){const t=g.querySelector('title').textContent.toLowerCase();\n"
        "g.classList.toggle('dim',!!w&&!t.includes(w));}});\n"
        "</script>\n</body>\n</html>\n"
    )
