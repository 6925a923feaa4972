"""While a text is being typed, what was written before stays in the tree, and the cursor knows where it is."""

from __future__ import annotations

from random import Random

import pytest

from floe_ls.syntax.nodes import Collection, Mapping, Node, Scalar
from floe_ls.syntax.tree import Tree
from syntax.samples import configuration, random_data, random_yaml
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


@pytest.mark.parametrize(
    "typed", ["wor", '"wor', "'wor", "@", "*", "&x", "[x]", "{{ x }}", "word: 1:"]
)
@pytest.mark.parametrize("above", ["", "# why\n", "\n# why\n\n"])
def test_a_line_above_the_first_key_does_not_cost_the_mapping(typed: str, above: str) -> None:
    text = f"{typed}\n{above}a: 'x'\nb: \"y\"\n"
    below = "k:\n  " + text.replace("\n", "\n  ")
    assert {"a", "b"} <= paths(Tree(text))
    assert {"k.a", "k.b"} <= paths(Tree(below))
    assert isinstance(Tree(text).documents[0].root, Mapping)


def test_most_of_a_text_stays_while_a_line_of_it_is_typed() -> None:
    """A line cut anywhere, or a word above another line: what stands on other lines is still there."""
    kept = all_in_all = states = on_the_line = 0
    for seed in range(400):
        random = Random(seed)
        text = random.choice((configuration(2), random_yaml(random, random_data(random))))
        lines = text.split("\n")
        number = random.randrange(len(lines))
        line = lines[number]
        indent = len(line) - len(line.lstrip(" "))
        if random.random() < 0.5:
            lines[number] = line[: random.randint(indent, len(line)) + 1]
        else:
            lines.insert(number, line[:indent] + "wor")
        typed = Tree("\n".join(lines))
        problems = list(typed.errors())
        if not problems:
            continue
        before = Tree(text)
        elsewhere = paths(before) - {
            path
            for path, at in places(before).items()
            if any(places(before).get(p) == number for p in prefixes(path))
        }
        states += 1
        on_the_line += min(typed.position(p.start)[0] for p in problems) == number
        kept += len(elsewhere & paths(typed))
        all_in_all += len(elsewhere)
    assert states > 150
    assert kept > 0.95 * all_in_all
    assert on_the_line > 0.95 * states


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
    return set(places(tree))


def places(tree: Tree) -> dict[str, int]:
    """The line of every path."""
    found: dict[str, int] = {}
    for document in tree.documents:
        _gather(document.root, document.at, (), found)
        _gather(document.entry.rest, document.at, (), found)
    return {path: tree.position(offset)[0] for path, offset in found.items()}


def prefixes(path: str) -> list[str]:
    steps = path.split(".")
    return [".".join(steps[: n + 1]) for n in range(len(steps))]


def _gather(node: Node | None, base: int, path: tuple[str, ...], found: dict[str, int]) -> None:
    if isinstance(node, Collection):
        for number, (at, entry) in enumerate(zip(node.at, node.entries, strict=True)):
            step = str(number)
            if isinstance(node, Mapping):
                step = entry.key.text if isinstance(entry.key, Scalar) else ""
            found.setdefault(".".join((*path, step)), base + at)
            _gather(entry.value, base + at, (*path, step), found)
            _gather(entry.rest, base + at, path, found)
