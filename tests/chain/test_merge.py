from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from chain_layers import layers_of
from check import effective
from floe_ls.chain.merge import Effective, dotted, merge
from floe_ls.forms.document import Kind
from mini import SHAPES

SHAPE = SHAPES[Kind.MANIFEST]


def merged(*texts: str, product: bool = False) -> Effective:
    layers = layers_of(list(texts))
    return merge(SHAPE, layers, None if product else layers[-1])


def story(effective: Effective, path: str) -> tuple[Any, str | None, str]:
    """A leaf's value, who decided it and by which rule."""
    setting = next(s for s in effective.settings if dotted(s.path) == path)
    winner = setting.winner.layer.name if setting.winner is not None else None
    return setting.value, winner, setting.rule


# --- each rule


def test_the_nearest_layer_replaces_a_choice_as_a_whole() -> None:
    result = merged("choice: {type: a, config: {x: 1}}", "choice: {type: b}")
    assert story(result, "choice.type") == ("b", "layer 1", "override")
    assert story(result, "choice.size") == (1, None, "default")
    assert "config" not in result.plain()["choice"]
    assert [o.value for o in result.at(("choice", "type")).origins] == ["a", "b"]


def test_the_topmost_layer_fixes_what_is_immutable() -> None:
    result = merged("scope: enterprise", "fixed: {type: a}", "fixed: {type: b, config: {x: 1}}")
    assert story(result, "fixed.type") == ("a", "layer 1", "immutable")
    assert "config" not in result.plain()["fixed"]


def test_the_strictest_of_all_layers_wins() -> None:
    result = merged(
        "policies: {level: warn}", "policies: {level: strict}", 'policies: {level: "off"}'
    )
    assert story(result, "policies.level") == ("strict", "layer 1", "strengthen")
    assert [o.value for o in result.at(("policies", "level")).losers] == ["warn", "off"]


def test_of_equally_strict_layers_the_topmost_decides() -> None:
    result = merged("policies: {level: warn}", "policies: {level: warn}")
    assert story(result, "policies.level") == ("warn", "layer 0", "strengthen")


def test_a_smaller_number_may_be_the_stricter_one() -> None:
    result = merged(
        "policies: {inner: {shortest: 10}}",
        "policies: {inner: {shortest: 5}}",
        "policies: {inner: {}}",
    )
    assert story(result, "policies.inner.shortest") == (5, "layer 1", "strengthen")


def test_a_block_has_a_say_with_the_default_of_what_it_leaves_out() -> None:
    result = merged("policies: {coverage: 70}", "policies: {pattern: kimball}")
    assert story(result, "policies.coverage") == (80, "layer 1", "strengthen")
    winner = result.at(("policies", "coverage")).winner
    assert winner is not None
    assert winner.implied
    assert winner.line == 0


def test_a_written_value_is_preferred_to_a_default_that_says_the_same() -> None:
    result = merged("policies: {}", "policies: {coverage: 80}")
    assert story(result, "policies.coverage") == (80, "layer 1", "strengthen")


def test_the_default_of_a_block_in_a_block_has_a_say_too() -> None:
    result = merged("policies: {level: warn}", "policies: {inner: {switch: false}}")
    assert story(result, "policies.inner.switch") == (True, "layer 0", "strengthen")
    alone = merged("policies: {absent: {}}", "policies: {absent: {switch: false}}")
    assert story(alone, "policies.absent.switch") == (True, "layer 0", "strengthen")


def test_a_default_does_not_override_what_only_the_nearest_decides() -> None:
    result = merged("policies: {pattern: kimball}", "policies: {level: warn}")
    assert story(result, "policies.pattern") == ("kimball", "layer 0", "override")


def test_lists_are_joined_and_no_item_is_there_twice() -> None:
    result = merged(
        "policies: {texts: [a, b]}", "policies: {texts: []}", "policies: {texts: [b, c, c]}"
    )
    assert result.plain()["policies"]["texts"] == ["a", "b", "c"]
    assert [len(s.origins) for s in result.below(("policies", "texts"))] == [1, 2, 1]
    assert story(result, "policies.texts[2]") == ("c", "layer 2", "extend")


def test_what_a_file_says_of_itself_is_not_inherited() -> None:
    assert "title" not in merged("title: a", "choice: {type: b}").plain()
    assert story(merged("title: a", "heading: b"), "title") == ("b", "layer 1", "local")
    assert "title" not in merged("title: a", "title: b", product=True).plain()


def test_a_locked_block_holds_for_all_layers_below() -> None:
    result = merged("gate: {score: 90, open: false}", "gate: {score: 10, open: true}")
    assert story(result, "gate.score") == (90, "layer 0", "immutable")
    unlocked = merged("gate: {score: 90}", "gate: {score: 10, open: false}")
    assert story(unlocked, "gate.score") == (10, "layer 1", "override")


def test_keys_of_a_map_are_merged_one_by_one() -> None:
    result = merged(
        "presets: {s: {size: 1}, m: {size: 2}}", "presets: {m: {type: x}, l: {size: 3}}"
    )
    assert result.plain()["presets"] == {
        "s": {"size": 1},
        "m": {"type": "x", "size": 1},
        "l": {"size": 3},
    }


@pytest.mark.parametrize("nothing", ["null", "~", ""])
def test_nothing_behind_a_key_is_as_good_as_no_key(nothing: str) -> None:
    result = merged(
        "choice: {type: a}\npolicies: {level: warn}", f"choice: {nothing}\npolicies: {nothing}"
    )
    assert story(result, "choice.type") == ("a", "layer 0", "override")
    assert story(result, "policies.level") == ("warn", "layer 0", "strengthen")


def test_truth_values_are_compared_as_floe_reads_them() -> None:
    for word in ("yes", "on", '"true"', "1"):
        result = merged(
            f"policies: {{inner: {{switch: {word}}}}}", "policies: {inner: {switch: no}}"
        )
        assert story(result, "policies.inner.switch") == (True, "layer 0", "strengthen")


def test_values_of_the_wrong_type_stop_nothing() -> None:
    result = merged(
        "policies: [1]\nchoice: 5\ngate: {a: {b: c}}", "policies: {level: 5}\nchoice: {type: x}"
    )
    assert story(result, "choice.type") == ("x", "layer 1", "override")
    assert result.value(("policies", "level")) == 5


def test_unknown_keys_are_inherited_from_the_nearest_layer() -> None:
    result = merged("policies: {own: {a: 1, b: 2}}", "policies: {own: {b: 3}}")
    assert result.plain()["policies"]["own"] == {"b": 3}


# --- the real format


def test_a_choice_within_an_approved_list_was_decided_by_the_whitelist() -> None:
    lines = effective("""
        #- sales-domain-manifest.yaml
        scope: domain
        parent_manifest: oci://registry/enterprise-manifest:v1.0.0
        plugins: {compute: snowflake, catalog: polaris, quality: {provider: soda, enabled: false}}
        #- enterprise-manifest.yaml
        scope: enterprise
        approved_plugins: {compute: [snowflake], quality: [soda]}
    """).split("\n")
    assert "plugins.compute.type = 'snowflake'  <- sales-domain-manifest.yaml (whitelist)" in lines
    assert "plugins.catalog.type = 'polaris'  <- sales-domain-manifest.yaml (override)" in lines
    assert "plugins.quality.provider = 'soda'  <- sales-domain-manifest.yaml (whitelist)" in lines
    assert "plugins.quality.enabled = False  <- sales-domain-manifest.yaml (override)" in lines


def test_the_default_of_a_plugin_does_not_override_a_choice_above() -> None:
    lines = effective("""
        #- sales-domain-manifest.yaml
        scope: domain
        parent_manifest: oci://registry/enterprise-manifest:v1.0.0
        plugins: {compute: duckdb}
        #- enterprise-manifest.yaml
        scope: enterprise
        plugins: {dbt: fusion}
    """)
    assert "plugins.dbt.type = 'fusion'  <- enterprise-manifest.yaml (override)" in lines


# --- against a naive merge


def naive(layers: list[dict[str, Any]], product: bool) -> dict[str, Any]:
    """What the rules say, in plain Python on plain data; written without a look at the engine."""
    out: dict[str, Any] = {}
    if not product and layers[-1].get("title") is not None:
        out["title"] = layers[-1]["title"]

    def last(name: str) -> Any:
        return next((v for layer in reversed(layers) if (v := layer.get(name)) is not None), None)

    def first(name: str) -> Any:
        return next((v for layer in layers if (v := layer.get(name)) is not None), None)

    for name, value in (("choice", last("choice")), ("fixed", first("fixed"))):
        if value is not None:
            out[name] = whole_choice(value)
    gates = [layer["gate"] for layer in layers if layer.get("gate") is not None]
    if gates:
        locked = [gate for gate in gates[:-1] if gate.get("open") is False]
        out["gate"] = {"score": 0, "open": True, **(locked or gates[-1:])[0]}
    presets: dict[str, Any] = {}
    for layer in layers:
        for key, value in (layer.get("presets") or {}).items():
            presets[key] = whole_choice(value)
    out["presets"] = presets
    if last("names") is not None:
        out["names"] = last("names")
    blocks = [layer["policies"] for layer in layers if layer.get("policies") is not None]
    if blocks:
        out["policies"] = policies(blocks)
    return cleaned(out)


def whole_choice(value: dict[str, Any]) -> dict[str, Any]:
    return {"size": 1, **{k: v for k, v in value.items() if v is not None}}


def policies(blocks: list[dict[str, Any]]) -> dict[str, Any]:
    order = ["off", "warn", "strict"]
    levels = [b["level"] for b in blocks if b.get("level") is not None]
    return {
        "level": max(levels, key=order.index) if levels else None,
        "coverage": max(b.get("coverage", 80) for b in blocks),
        "days": next((b["days"] for b in reversed(blocks) if b.get("days") is not None), None),
        "pattern": next((b["pattern"] for b in reversed(blocks) if "pattern" in b), "medallion"),
        "texts": list(dict.fromkeys(r for b in blocks for r in b.get("texts", []))),
        "inner": inner([b.get("inner", {"switch": True}) for b in blocks]),
        "absent": inner([b["absent"] for b in blocks if b.get("absent") is not None]),
    }


def inner(blocks: list[dict[str, Any]]) -> dict[str, Any] | None:
    if not blocks:
        return None
    shortest = [b["shortest"] for b in blocks if b.get("shortest") is not None]
    return {
        "switch": any(b.get("switch", True) for b in blocks),
        "shortest": min(shortest) if shortest else None,
    }


def cleaned(value: Any) -> Any:
    """Without nothing, and without blocks and lists that hold nothing: they are no leaves."""
    if isinstance(value, dict):
        inside = {k: cleaned(v) for k, v in value.items()}
        return {k: v for k, v in inside.items() if v is not None and v not in ({}, [])}
    return value


def blocks_of(
    required: dict[str, Any], optional: dict[str, Any]
) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(required, optional=optional)


WORDS = st.sampled_from(["a", "b", "c"])
CHOICES = blocks_of(
    {"type": WORDS},
    {
        "size": st.integers(0, 3),
        "config": st.none() | st.fixed_dictionaries({"x": st.integers(0, 2)}),
    },
)
INNER = blocks_of({}, {"switch": st.booleans(), "shortest": st.none() | st.integers(0, 9)})
POLICIES = blocks_of(
    {},
    {
        "level": st.none() | st.sampled_from(["off", "warn", "strict"]),
        "coverage": st.integers(70, 90),
        "days": st.none() | st.integers(0, 9),
        "pattern": WORDS,
        "texts": st.lists(WORDS, max_size=3),
        "inner": INNER,
        "absent": st.none() | INNER,
    },
)
LAYERS = st.lists(
    blocks_of(
        {},
        {
            "title": st.none() | WORDS,
            "choice": st.none() | CHOICES,
            "fixed": st.none() | CHOICES,
            "gate": st.none() | blocks_of({"score": st.integers(0, 9)}, {"open": st.booleans()}),
            "presets": st.none() | st.dictionaries(WORDS, CHOICES, max_size=3),
            "names": st.none() | st.lists(WORDS, min_size=1, max_size=3),
            "policies": st.none() | POLICIES,
        },
    ),
    min_size=1,
    max_size=4,
)


@settings(
    max_examples=300, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
@given(LAYERS, st.booleans(), st.randoms(use_true_random=False))
@example([{"policies": {}}, {"policies": {"inner": {"switch": False}}}], False, random.Random(0))
def test_the_merge_is_the_naive_one(
    layers: list[dict[str, Any]], product: bool, shuffle: random.Random
) -> None:
    texts = []
    for layer in layers:
        items = list(layer.items())
        shuffle.shuffle(items)
        texts.append(json.dumps(dict(items)) if items else "{}")
    result = merged(*texts, product=product)
    assert cleaned(result.plain()) == naive(layers, product)
    for setting in result.settings:
        assert setting.winner is None or setting.winner.value == setting.value
        assert setting.winner is None or setting.winner in setting.origins
        order = [origin.layer.name for origin in setting.origins]
        assert order == sorted(order), "origins are topmost first"
    assert len({s.path for s in result.settings}) == len(result.settings)
