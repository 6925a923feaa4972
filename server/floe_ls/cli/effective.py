"""`floe-ls effective`: the resolved configuration, every leaf with its origin."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection
from typing import Any

from floe_ls.chain.layers import Chain, Layer
from floe_ls.chain.merge import Effective, Setting, dotted
from floe_ls.cli.words import Refused
from floe_ls.cli.workspace import Workspace
from floe_ls.forms.document import Document
from floe_ls.ide.effective import written
from floe_ls.ide.story import doubtful, unknowns
from floe_ls.schema.shape import Path


def effective(file: str, form: str, *, offline: bool = False) -> int:
    workspace = Workspace(offline)
    document = workspace.read(file)
    chain = workspace.snapshot.chain(document)
    resolved = workspace.snapshot.effective(document)
    warn_of_gaps(chain)
    unsure = doubtful(workspace.snapshot, document)
    if form == "json":
        sys.stdout.write(_json(document, chain, resolved, unsure))
    else:
        sys.stdout.write(written(chain, resolved, unsure).text)
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


def _json(document: Document, chain: Chain, resolved: Effective, unsure: Collection[Path]) -> str:
    tiers = [{"tier": layer.tier.value, **place(layer)} for layer in chain.layers]
    values = [_value(setting, setting.path not in unsure) for setting in resolved.settings]
    out: dict[str, Any] = {
        "file": document.label,
        "dialect": document.dialect.value,
        "tiers": tiers,
        "values": values,
    }
    if unsure:
        out["unknown"] = list(unknowns(chain))
    return json.dumps(out, indent=2, ensure_ascii=False, default=str) + "\n"


def _value(setting: Setting, settled: bool) -> dict[str, Any]:
    out: dict[str, Any] = {"path": dotted(setting.path), "value": setting.value}
    if setting.winner is None:
        out |= {"tier": None, "file": None, "line": None}
    else:
        out |= {"tier": setting.winner.layer.tier.value, **_where(setting.winner.layer)}
        out["line"] = setting.winner.line
    out["rule"] = setting.rule
    if not settled:
        out["settled"] = False
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
