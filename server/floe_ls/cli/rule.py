"""`floe-ls rule`: what a code means."""

from __future__ import annotations

import sys

from floe_ls.cli.words import BOLD, DIM, Refused, Style
from floe_ls.ide.diagnostics import CODES
from floe_ls.ide.rule import Code
from floe_ls.schema.meta import Dialect
from floe_ls.schema.nearest import nearest


def rule(slug: str | None) -> int:
    """Prints one code's page, or the list of all codes. Raises Refused."""
    style = Style()
    if slug is None:
        width = max(map(len, CODES))
        for name in sorted(CODES):
            sys.stdout.write(f"{style(name.ljust(width), BOLD)}  {CODES[name].summary}\n")
        return 0
    code = CODES.get(slug)
    if code is None:
        meant = nearest(slug, list(CODES))
        raise Refused(
            f"there is no code {slug}"
            + (f"; did you mean {meant}?" if meant else "; floe-ls rule lists all")
        )
    sys.stdout.write(page(code, style))
    return 0


def page(code: Code, style: Style) -> str:
    severities = ", ".join(f"{code.severity[d] or 'off'} ({d})" for d in Dialect)
    same = len({code.severity[d] for d in Dialect}) == 1
    severity = str(code.severity[Dialect.V1] or "off") if same else severities
    out = f"{style(code.slug, BOLD)}\n{code.summary}\n\nSeverity: {severity}"
    if code.fixed:
        out += "; it can be neither silenced nor lowered"
    out += "\n\n" + code.text.strip() + "\n"
    if code.source:
        out += f"\n{style(f'Source: {code.source}', DIM)}\n"
    return out
