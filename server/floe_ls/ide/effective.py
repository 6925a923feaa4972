"""The resolved configuration as a text, in which every line knows where it was decided."""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any

from floe_ls.chain.layers import Chain
from floe_ls.chain.merge import Effective, Setting
from floe_ls.forms.document import Document
from floe_ls.ide.snapshot import Snapshot
from floe_ls.ide.story import doubtful, missing, unknowns
from floe_ls.schema.shape import Path
from floe_ls.text import Span

COMMENTS = 48
"""The column that comments start at, where a line is not longer."""


@dataclass(frozen=True)
class LineOrigin:
    """A line of the text, from 0, and what decided it."""

    line: int
    document: Document = field(repr=False)
    span: Span


@dataclass(frozen=True)
class View:
    text: str
    origins: tuple[LineOrigin, ...]


def effective_view(snapshot: Snapshot, document: Document) -> View | None:
    """The configuration that holds for a document; None where it is none of floe's files."""
    if not document.is_ours:
        return None
    return written(
        snapshot.chain(document), snapshot.effective(document), doubtful(snapshot, document)
    )


def written(chain: Chain, resolved: Effective, unsure: Collection[Path] = ()) -> View:
    """A configuration as YAML, the origin at the end of each line. What is not known is said at the top, and beside
    the values that may be others because of it."""
    heading = [*_heading(chain), *unknowns(chain)]
    if unsure:
        heading.append(f"As far as known: {missing(chain)}.")
    body, marks = _yaml(resolved)
    lines = [f"# {' '.join(line.split())}" for line in heading]
    origins: list[LineOrigin] = []
    last: tuple[int, LineOrigin] | None = None
    for line in body.splitlines():
        found = marks.search(line)
        indent = len(line) - len(line.lstrip(" "))
        if found is not None:
            setting = resolved.settings[int(found[1])]
            line = line[: found.start()] + _origin(setting)
            line += ", as far as known" if setting.path in unsure else ""
            last = None
            if setting.winner is not None:
                winner = setting.winner
                origins.append(LineOrigin(len(lines), winner.layer.document, winner.span))
                last = indent, origins[-1]
        elif last is not None and indent > last[0]:  # a value of several lines goes on
            origins.append(replace(last[1], line=len(lines)))
        lines.append(line)
    return View("\n".join(lines) + "\n", tuple(origins))


def _yaml(resolved: Effective) -> tuple[str, re.Pattern[str]]:
    """The values as YAML. Behind each stands a mark with the number of its setting, in the form of the pattern."""
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    sign = _sign(resolved)
    root: Any = CommentedMap()
    for number, setting in enumerate(resolved.settings):
        here: Any = root
        for step, following in itertools.pairwise(setting.path):
            fresh: Any = CommentedSeq() if isinstance(following, int) else CommentedMap()
            here = _inner(here, step, fresh)
        last, value = setting.path[-1], _writable(setting.value)
        if isinstance(value, list) and all(not isinstance(v, dict | list) for v in value):
            value = CommentedSeq(value)
            value.fa.set_flow_style()
        if isinstance(last, int) and isinstance(here, list):
            here.append(value)
            last = len(here) - 1
        elif isinstance(last, str) and isinstance(here, dict):
            here[last] = value
        else:
            continue  # two layers disagree on what this is
        here.yaml_add_eol_comment(f"{sign}{number}", last, column=COMMENTS)
    yaml = YAML()
    yaml.width = 1 << 20
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = io.StringIO()
    if root:
        yaml.dump(root, out)
    else:
        out.write("{}\n")
    return out.getvalue(), re.compile(rf"(?<=# ){re.escape(sign)}(\d+)$")


def _inner(here: Any, step: str | int, fresh: Any) -> Any:
    if isinstance(step, int) and isinstance(here, list):
        if step >= len(here):
            here.append(fresh)
        return here[min(step, len(here) - 1)]
    if isinstance(step, str) and isinstance(here, dict):
        return here.setdefault(step, fresh)
    return None


def _writable(value: Any) -> Any:
    """Plain data of which a writer knows every type."""
    if isinstance(value, dict):
        return {str(key): _writable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_writable(inner) for inner in value]
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value)


def _sign(resolved: Effective) -> str:
    """A text that no value and no key has."""
    whole = repr([(setting.path, setting.value) for setting in resolved.settings])
    sign = "@"
    while sign in whole:
        sign += "@"
    return sign


def _heading(chain: Chain) -> list[str]:
    out = []
    for layer in chain.layers:
        digest = f"@{layer.document.digest}" if layer.document.digest else ""
        out.append(f"{layer.tier.value}: {layer.name}{digest}")
    return out


def _origin(setting: Setting) -> str:
    if setting.winner is None:
        return "default"
    layer = setting.winner.layer
    return f"{layer.tier.value}, {layer.name}:{setting.winner.line + 1} ({setting.rule})"
