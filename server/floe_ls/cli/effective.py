"""`floe-ls effective`: the resolved configuration, every leaf with its origin."""

from __future__ import annotations

import io
import itertools
import json
import sys
from typing import Any

from floe_ls.chain.layers import Chain, Layer
from floe_ls.chain.merge import Effective, Setting, dotted
from floe_ls.cli.words import Refused
from floe_ls.cli.workspace import Workspace
from floe_ls.forms.document import Document

COMMENTS = 48
"""The column that comments start at, where a line is not longer."""


def effective(file: str, form: str, *, offline: bool = False) -> int:
    workspace = Workspace(offline)
    document = workspace.read(file)
    chain = workspace.snapshot.chain(document)
    resolved = workspace.snapshot.effective(document)
    warn_of_gaps(chain)
    sys.stdout.write(_json(document, chain, resolved) if form == "json" else _yaml(chain, resolved))
    return 0


def warn_of_gaps(chain: Chain) -> None:
    """What could not be had is said, since the answer lacks it."""
    if chain.pending:
        raise Refused(f"{chain.pending} did not answer in time")
    for trouble in chain.troubles:
        sys.stderr.write(f"floe-ls: {trouble.document.name}: {trouble.message}\n")


def place(layer: Layer) -> dict[str, Any]:
    document = layer.document
    return (
        {"ref": document.ref, "digest": document.digest}
        if document.ref
        else {"file": document.label}
    )


def _json(document: Document, chain: Chain, resolved: Effective) -> str:
    tiers = [{"tier": layer.tier.value, **place(layer)} for layer in chain.layers]
    values = [_value(setting) for setting in resolved.settings]
    out = {
        "file": document.label,
        "dialect": document.dialect.value,
        "tiers": tiers,
        "values": values,
    }
    return json.dumps(out, indent=2, ensure_ascii=False, default=str) + "\n"


def _value(setting: Setting) -> dict[str, Any]:
    out: dict[str, Any] = {"path": dotted(setting.path), "value": setting.value}
    if setting.winner is None:
        out |= {"tier": None, "file": None, "line": None}
    else:
        out |= {"tier": setting.winner.layer.tier.value, **_where(setting.winner.layer)}
        out["line"] = setting.winner.line
    out["rule"] = setting.rule
    out["overridden"] = [
        {
            "tier": loser.layer.tier.value,
            "value": loser.value,
            **_where(loser.layer),
            "line": loser.line,
        }
        for loser in setting.losers
    ]
    return out


def _where(layer: Layer) -> dict[str, Any]:
    return {"ref": layer.document.ref} if layer.document.ref else {"file": layer.document.label}


def _yaml(chain: Chain, resolved: Effective) -> str:
    """As YAML, the origin at the end of each line."""
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    root = CommentedMap()
    for setting in resolved.settings:
        here: Any = root
        steps = setting.path
        for step, following in itertools.pairwise(steps):
            fresh: Any = CommentedSeq() if isinstance(following, int) else CommentedMap()
            if isinstance(step, int):
                if step >= len(here):
                    here.append(fresh)
                here = here[step]
            else:
                here = here.setdefault(step, fresh)
        last = steps[-1]
        value = setting.value
        if isinstance(value, list) and all(not isinstance(v, dict | list) for v in value):
            value = CommentedSeq(value)
            value.fa.set_flow_style()
        if isinstance(last, int):
            here.append(value)
        else:
            here[last] = value
        here.yaml_add_eol_comment(_origin(setting), last, column=COMMENTS)
    yaml = YAML()
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = io.StringIO()
    out.write("".join(f"# {line}\n" for line in _heading(chain)))
    if root:
        yaml.dump(root, out)
    else:
        out.write("{}\n")
    return out.getvalue()


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
