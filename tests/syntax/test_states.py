"""While a text is being typed, what was written before stays in the tree, and the cursor knows where it is."""

from __future__ import annotations

import pytest

from floe_ls.syntax.nodes import Collection, Mapping, Node, Scalar
from floe_ls.syntax.tree import Tree
from syntax.states import STATES, State

CURSOR = "‸"


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
def test_a_half_typed_text_keeps_its_keys(state: State) -> None:
    tree = Tree(state.text.replace(CURSOR, ""))
    assert [key for key in state.keys if key not in paths(tree)] == []


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
def test_the_cursor_knows_its_path(state: State) -> None:
    offset = state.text.index(CURSOR)
    steps, at_key = Tree(state.text.replace(CURSOR, "")).locate(offset)
    assert any(leads_to(steps, path, state.place) for path in state.paths)
    if state.place in ("k", "v"):
        assert at_key == (state.place == "k")


def test_there_are_as_many_states_as_were_measured() -> None:
    assert len(STATES) == 49
    assert sum(len(state.keys) for state in STATES) == 450


def leads_to(steps: list[str | int | None], path: str, place: str) -> bool:
    found = [str(step) for step in steps]
    if path.startswith("*"):
        return ".".join(found).endswith(path[1:].lstrip("."))
    want = path.split(".") if path else []
    return found == want or ("i" in place and found[:-1] == want)


def paths(tree: Tree) -> set[str]:
    """Every path that a tree has, also those that stand in the wrong place."""
    found: set[str] = set()
    for document in tree.documents:
        _gather(document.root, (), found)
        _gather(document.entry.rest, (), found)
    return found


def _gather(node: Node | None, path: tuple[str, ...], found: set[str]) -> None:
    if isinstance(node, Collection):
        for number, entry in enumerate(node.entries):
            step = str(number)
            if isinstance(node, Mapping):
                step = entry.key.text if isinstance(entry.key, Scalar) else ""
            found.add(".".join((*path, step)))
            _gather(entry.value, (*path, step), found)
            _gather(entry.rest, path, found)
