"""The yaml-test-suite: what is YAML is accepted, what is not is refused, and values are right."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path

import pytest

from floe_ls.syntax.tree import Tree
from floe_ls.syntax.values import load
from tools import REPOSITORY

SHARED = Path(os.environ.get("FLOE_SHARED", REPOSITORY.parent / "shared"))
SUITE = SHARED / "syntax" / "yaml-test-suite.jsonl"

Case = dict[str, object]


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    if not SUITE.is_file():
        why = f"no yaml-test-suite at {SUITE}: set FLOE_SHARED"
        if os.environ.get("CI"):
            pytest.fail(why)
        pytest.skip(why)
    return [json.loads(line) for line in SUITE.read_text(encoding="utf-8").splitlines()]


def test_it_is_the_suite_that_the_numbers_below_are_about(cases: list[Case]) -> None:
    assert len(cases) == 402
    assert sum(bool(case["error"]) for case in cases) == 94
    assert sum("json" in case and not case["error"] for case in cases) == 279


def test_every_valid_text_is_accepted(cases: list[Case]) -> None:
    refused = {
        case["id"]: found[0] for case in cases if not case["error"] and (found := problems(case))
    }
    assert refused == {}


def test_every_invalid_text_is_refused(cases: list[Case]) -> None:
    assert [case["id"] for case in cases if case["error"] and not problems(case)] == []


def test_every_value_is_right(cases: list[Case]) -> None:
    assert wrong_values(cases, str) == {}


def test_line_ends_of_windows_and_of_old_change_no_value(cases: list[Case]) -> None:
    assert wrong_values(cases, lambda text: text.replace("\n", "\r\n")) == {}
    assert wrong_values(cases, lambda text: text.replace("\n", "\r")) == {}


def test_a_byte_order_mark_changes_no_value(cases: list[Case]) -> None:
    assert wrong_values(cases, lambda text: "\ufeff" + text.removeprefix("\ufeff")) == {}


def problems(case: Case) -> list[object]:
    tree = Tree(str(case["yaml"]))
    return [*tree.errors(), *tree.references()]


def wrong_values(cases: list[Case], changed: object) -> dict[object, object]:
    assert callable(changed)
    wrong: dict[object, object] = {}
    for case in cases:
        if not case["error"] and "json" in case:
            want = [_comparable(v) for v in _json_documents(str(case["json"]))]
            got = [_comparable(v) for v in load(Tree(changed(str(case["yaml"]))), merge=False)]
            if got != want:
                wrong[case["id"]] = got, want
    return wrong


def _json_documents(text: str) -> list[object]:
    found: list[object] = []
    decoder, at = json.JSONDecoder(), 0
    while text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        value, at = decoder.raw_decode(text, at)
        found.append(value)
    return found


def _comparable(value: object) -> object:
    """A value as JSON would have it: keys are text, and 1.0 is 1."""
    if isinstance(value, dict):
        return {_key(k): _comparable(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_comparable(v) for v in value]
    if isinstance(value, float) and math.isfinite(value) and value == int(value):
        return int(value)
    return value


def _key(key: object) -> str:
    if key is None:
        return ""
    return str(key).lower() if isinstance(key, bool) else str(key)
