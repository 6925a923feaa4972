from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chain_layers import layers_of
from floe_ls.chain.compare import difference, meetings
from floe_ls.chain.merge import dotted
from floe_ls.chain.say import is_strengthened
from floe_ls.forms.document import Kind
from mini import SHAPES

SHAPE = SHAPES[Kind.MANIFEST]


def met(*texts: str) -> dict[str, tuple[Any, list[Any]]]:
    """The own value and those above it, by path; a default is in a tuple."""
    found = meetings(SHAPE, layers_of(list(texts)))

    def shown(origin: Any) -> Any:
        return (origin.value,) if origin.implied else origin.value

    return {dotted(m.path): (shown(m.own), [shown(o) for o in m.above]) for m in found}


def test_only_fields_that_both_speak_of_meet() -> None:
    above = "choice: {type: a}\npolicies: {level: warn}\ntitle: t"
    own = "fixed: {type: a}\npolicies: {level: strict, days: 1}\ntitle: t"
    assert met(above, own) == {
        "policies.level": ("strict", ["warn"]),
        "policies.coverage": ((80,), [(80,)]),
        "policies.inner.switch": ((True,), [(True,)]),
    }


def test_a_block_that_is_replaced_as_a_whole_is_one_field() -> None:
    assert met("choice: {type: a, size: 2}", "choice: {type: b}") == {
        "choice": ({"type": "b"}, [{"type": "a", "size": 2}])
    }


def test_all_layers_above_are_there_topmost_first() -> None:
    texts = ("policies: {days: 1}", "title: t", "policies: {days: 2}", "policies: {days: 3}")
    assert met(*texts)["policies.days"] == (3, [1, 2])


def test_an_emptied_list_meets_what_it_would_empty() -> None:
    assert met("policies: {texts: [a]}", "policies: {texts: }")["policies.texts"] == (None, [["a"]])


def test_nothing_meets_without_a_layer_above() -> None:
    assert met("policies: {level: warn}") == {}


def test_the_first_difference_is_found_whatever_the_order() -> None:
    own, other = (
        layer.document.root for layer in layers_of(["a: 1\nb: {c: 2}", "b: {c: 3}\na: 1"])
    )
    path, mine, theirs = difference(None, own, other) or ((), None, None)
    assert (path, mine and mine.value, theirs and theirs.value) == (("b", "c"), 2, 3)
    assert difference(None, own.child("b") or own, own.child("b") or own) is None


INNER = st.fixed_dictionaries({}, optional={"switch": st.booleans(), "shortest": st.integers(0, 3)})
BLOCK = st.fixed_dictionaries(
    {},
    optional={
        "level": st.sampled_from(["off", "warn", "strict"]),
        "coverage": st.integers(79, 82),
        "inner": INNER,
        "absent": INNER,
    },
)
DEFAULTS = {"coverage": 80, "inner": {"switch": True}}


def said(block: dict[str, Any]) -> dict[str, float]:
    """How strict a block is about each field, defaults included; in plain Python, without the engine."""
    whole = {**DEFAULTS, **block}
    out: dict[str, float] = {"coverage": whole["coverage"]}
    if "level" in whole:
        out["level"] = ["off", "warn", "strict"].index(whole["level"])
    for name in ("inner", "absent"):
        if name in whole:
            out[f"{name}.switch"] = whole[name].get("switch", True)
            if "shortest" in whole[name]:
                out[f"{name}.shortest"] = -whole[name]["shortest"]
    return out


@settings(max_examples=200, deadline=None, print_blob=True)
@given(st.lists(BLOCK, min_size=2, max_size=4))
def test_a_weaker_field_is_found_in_every_block(blocks: list[dict[str, Any]]) -> None:
    layers = layers_of([json.dumps({"policies": block}) for block in blocks])
    weaker = set()
    for meeting in meetings(SHAPE, layers):
        if is_strengthened(meeting.shape):
            rank = meeting.shape.inherit.strictness
            mine = rank(meeting.own.value)
            if any((rank(o.value) or 0) > (mine or 0) for o in meeting.above):
                weaker.add(dotted(meeting.path).removeprefix("policies."))
    own = said(blocks[-1])
    above = [said(block) for block in blocks[:-1]]
    assert weaker == {
        name for name, mine in own.items() if any(a.get(name, mine) > mine for a in above)
    }
