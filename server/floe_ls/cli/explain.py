"""`floe-ls explain`: one value's story, tier by tier, with the rule that decided."""

from __future__ import annotations

import json
import re
import sys
from typing import Any

from floe_ls.chain.merge import dotted
from floe_ls.cli.effective import warn_of_gaps
from floe_ls.cli.words import BOLD, DIM, GREEN, YELLOW, Refused, Style
from floe_ls.cli.workspace import Workspace
from floe_ls.forms.document import Document
from floe_ls.ide.snapshot import Snapshot
from floe_ls.ide.story import Say, Story, doubtful, missing, stories, story
from floe_ls.schema.nearest import nearest
from floe_ls.schema.shape import Path


def explain(file: str, path: str, *, offline: bool = False) -> int:
    """Prints the story of the value at a dotted path, or of each value below it. Raises Refused."""
    steps = parse_path(path)
    workspace = Workspace(offline)
    document = workspace.read(file)
    warn_of_gaps(workspace.snapshot.chain(document))
    found = _stories(workspace.snapshot, document, steps)
    if not found:
        raise Refused(_nothing(workspace.snapshot, document, path))
    style = Style()
    unsure = doubtful(workspace.snapshot, document)
    gap = missing(workspace.snapshot.chain(document))
    sys.stdout.write(
        "\n".join(told(one, style, gap if one.path in unsure else "") for one in found)
    )
    return 0


def _stories(snapshot: Snapshot, document: Document, steps: Path) -> tuple[Story, ...]:
    one = story(snapshot, document, steps)
    if one is not None:
        return (one,)
    return stories(snapshot, document, steps)


def told(one: Story, style: Style, gap: str = "") -> str:
    """A story as lines of text. With a gap, a layer that is not known, the value is no fact."""
    value = style(_shown(one.value), YELLOW if gap else GREEN, BOLD)
    out = f"{style(dotted(one.path), BOLD)} = {value}"
    out += f"  (as far as known: {gap})\n" if gap else "\n"
    out += f"  {_plain(one.why)}\n"
    if one.words and one.rule != "default":
        out += style(f"  Rule: {one.rule}: {_plain(one.words)}\n", DIM)
    width = max((len(say.tier) for say in one.says), default=0)
    for say in one.says:
        mark = style("*", GREEN, BOLD) if say.won else " "
        out += f"  {mark} {say.tier.value.ljust(width)}  {_shown(say.value)}  {style(_place(say), DIM)}"
        out += f"  {_plain(say.why)}\n" if say.why else "\n"
    for note in one.notes:
        out += f"  {_plain(note)}\n"
    return out


def _place(say: Say) -> str:
    digest = f"@{say.digest}" if say.digest else ""
    return f"{say.label}{digest}:{say.line + 1}"


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value if value and value.isprintable() else json.dumps(value)
    return json.dumps(value, ensure_ascii=False, default=str)


def _plain(text: str) -> str:
    """Without the marks that editors render."""
    return re.sub(r"`([^`]*)`", r"\1", text)


_STEP = re.compile(r'\[(\d+)\]|"((?:[^"\\]|\\.)*)"|([^.\["]+)|(\.)')


def parse_path(text: str) -> Path:
    """The steps of a dotted path, the inverse of `dotted`. Raises Refused."""
    steps: list[str | int] = []
    at = 0
    while at < len(text):
        match = _STEP.match(text, at)
        if match is None:
            raise Refused(
                f"{text} is no path; write it like governance.pii_encryption or transforms[0].name"
            )
        index, quoted, word, _ = match.groups()
        if index is not None:
            steps.append(int(index))
        elif quoted is not None:
            steps.append(re.sub(r"\\(.)", r"\1", quoted))
        elif word is not None:
            steps.append(word)
        at = match.end()
    return tuple(steps)


def _nothing(snapshot: Snapshot, document: Document, path: str) -> str:
    paths = [s.path for s in snapshot.effective(document).settings]
    known = sorted({dotted(path[:size]) for path in paths for size in range(1, len(path) + 1)})
    shape = snapshot.manifest_shape.at(parse_path(path)) or snapshot.shapes[document.kind].at(
        parse_path(path)
    )
    if shape is not None:
        return f"nothing sets {path}: neither {document.label} nor a manifest above it, and it has no default"
    meant = nearest(path, known)
    hint = (
        f"; did you mean {meant}?"
        if meant
        else f"; floe-ls effective {document.label} lists all values"
    )
    return f"{document.label} has no value at {path}{hint}"
