"""One module a feature: it registers its handlers, asks `ide`, and converts the answer.

To add one: a module here with `register(server)`, its line below, and what it announces in `lsp/greeting.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from floe_ls.lsp.features import (
    call_hierarchy,
    code_action,
    commands,
    content,
    counting,
    definition,
    effective,
    folding,
    formatting,
    graph,
    highlight,
    impact,
    inlay,
    kind,
    lens,
    linked,
    links,
    progress,
    references,
    remote,
    rename,
    selection,
    semantic,
    status,
    symbols,
    type_hierarchy,
    what_if,
    workspace,
)

if TYPE_CHECKING:
    from floe_ls.lsp.server import FloeServer

FEATURES: tuple[Callable[[FloeServer], None], ...] = (
    code_action.register,
    folding.register,
    selection.register,
    linked.register,
    formatting.register,
    semantic.register,
    inlay.register,
    lens.register,
    effective.register,
    graph.register,
    commands.register,
    definition.register,
    references.register,
    highlight.register,
    links.register,
    symbols.register,
    rename.register,
    type_hierarchy.register,
    call_hierarchy.register,
    progress.register,
    counting.register,
    status.register,
    kind.register,
    remote.register,
    workspace.register,
    impact.register,
    what_if.register,
    content.register,
)
"""Called when pygls is loaded, behind the first findings."""
