"""Aliases and merge keys are resolved where it is asked for, and tell where things come from."""

from __future__ import annotations

from floe_ls.syntax.nodes import Mapping, Node
from floe_ls.syntax.tree import Tree
from floe_ls.syntax.values import UNRESOLVED, Resolver, load, plain

SHARED = """\
base: &base {level: info, sinks: [a, b]}
extra: &extra
  level: warn
  colour: red
service:
  <<: [*base, *extra]
  sinks: [c]
"""


def root(tree: Tree) -> Mapping:
    found = tree.documents[0].root
    assert isinstance(found, Mapping)
    return found


def value(tree: Tree, key: str) -> tuple[Node | None, int]:
    mapping = root(tree)
    k = [plain(e.key) for e in mapping.entries].index(key)
    return mapping.entries[k].value, mapping.at[k]


def test_own_keys_win_over_merged_ones_and_earlier_mappings_over_later() -> None:
    (data,) = load(Tree(SHARED))
    assert isinstance(data, dict)
    assert data["service"] == {"sinks": ["c"], "level": "info", "colour": "red"}


def test_a_merged_entry_tells_what_brought_it_and_where_it_stands() -> None:
    tree = Tree(SHARED)
    service, base = value(tree, "service")
    assert isinstance(service, Mapping)
    entries = Resolver(tree).entries(service, base)
    found = {}
    for entry, at, via in entries:
        assert entry.key
        text = SHARED[at + entry.key.start : at + entry.end]
        found[text] = SHARED[slice(*via)] if via else None
    assert found == {"sinks: [c]": None, "level: info": "*base", "colour: red": "*extra"}


def test_a_mapping_that_is_merged_may_merge_others() -> None:
    text = "a: &a {x: 1}\nb: &b {<<: *a, y: 2}\nc: {<<: *b}\n"
    tree = Tree(text)
    (data,) = load(tree)
    assert data == {"a": {"x": 1}, "b": {"y": 2, "x": 1}, "c": {"y": 2, "x": 1}}
    c, base = value(tree, "c")
    assert isinstance(c, Mapping)
    assert {text[slice(*r.via)] for r in Resolver(tree).entries(c, base) if r.via} == {"*b"}


def test_a_mapping_in_place_and_an_alias_of_a_list_can_be_merged() -> None:
    assert load(Tree("a: {<<: {x: 1}, y: 2}\n")) == [{"a": {"x": 1, "y": 2}}]
    text = "l: &l [{x: 1}, {x: 2, z: 3}]\na:\n  <<: *l\n"
    assert load(Tree(text)) == [{"l": [{"x": 1}, {"x": 2, "z": 3}], "a": {"x": 1, "z": 3}}]
    assert list(Tree(text).references()) == []


def test_without_merging_the_key_is_a_key() -> None:
    assert load(Tree("a: {<<: {x: 1}}\n"), merge=False) == [{"a": {"<<": {"x": 1}}}]
    assert load(Tree("a: {'<<': {x: 1}}\n")) == [{"a": {"<<": {"x": 1}}}]


def test_an_alias_stands_for_the_last_anchor_of_its_name_above() -> None:
    assert load(Tree("- &a 1\n- *a\n- &a 2\n- *a\n")) == [[1, 1, 2, 2]]


def test_an_anchor_reaches_to_the_end_of_its_document_only() -> None:
    tree = Tree("--- &a\nx: 1\n---\ny: *a\n")
    assert [p.code for p in tree.references()] == ["yaml/unknown-anchor"]
    assert load(tree)[1] == {"y": UNRESOLVED}


def test_anchors_in_text_and_comments_are_none() -> None:
    tree = Tree('a: "&x"\nb: |\n  &y\n# &z\nc: v&w\nd: [*x, *y, *z, *w]\n')
    assert tree.signs.anchors == {}
    assert [p.code for p in tree.references()] == ["yaml/unknown-anchor"] * 4


def test_every_kind_of_node_can_have_an_anchor() -> None:
    text = (
        "&k key: &s text\nq: &q 'x'\nl: &l\n  - &i 1\nm: &m\n  a: &e\nf: &f [&g {b: 1}]\n"
        "t: !!str &t 3\nu: &u !!str 4\nb: &b |\n  text\n"
    )
    anchors = Tree(text).signs.anchors
    assert {name: [plain(a.node) for a in found] for name, found in anchors.items()} == {
        "k": ["key"],
        "s": ["text"],
        "q": ["x"],
        "l": [[1]],
        "i": [1],
        "m": [{"a": None}],
        "e": [None],
        "f": [[{"b": 1}]],
        "g": [{"b": 1}],
        "t": ["3"],
        "u": ["4"],
        "b": ["text\n"],
    }
    for name, found in anchors.items():
        assert [text[a.offset : a.offset + 1 + len(name)] for a in found] == ["&" + name]


def test_a_key_can_be_an_alias() -> None:
    assert load(Tree("a: &a x\n*a : 1\n")) == [{"a": "x", "x": 1}]


def test_a_key_that_is_a_collection_is_a_tuple() -> None:
    assert load(Tree("? [a, {b: 1}]\n: c\n")) == [{("a", (("b", 1),)): "c"}]


def test_a_node_alone_is_plain_data_with_aliases_unresolved() -> None:
    tree = Tree("a: &a 1\nb: [*a, {c: ~, d: 0x10, e: !!str 5, '6': 7.5}]\n")
    assert plain(tree.documents[0].root) == {
        "a": 1,
        "b": [UNRESOLVED, {"c": None, "d": 16, "e": "5", "6": 7.5}],
    }
    node, base = value(tree, "b")
    assert Resolver(tree).plain(node, base) == [1, {"c": None, "d": 16, "e": "5", "6": 7.5}]


def test_a_target_is_where_an_alias_leads() -> None:
    text = "a: &a {x: 1}\nb: *a\nc: *d\n"
    tree = Tree(text)
    resolver = Resolver(tree)
    place = resolver.target(*value(tree, "b"))
    assert place is not None
    node, base = place
    assert text[base + node.start : base + node.end] == "{x: 1}"
    assert resolver.complete
    assert resolver.target(*value(tree, "c")) is None
    assert not resolver.complete


def test_of_equal_keys_the_last_counts() -> None:
    assert load(Tree("a: 1\na: 2\n")) == [{"a": 2}]
