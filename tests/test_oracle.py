"""Valid documents of floe's developers, changed at random, are judged as floe's own code judges them.

Runs where floe's compiler is installed (`make oracle`), in an environment of its own. FLOE_ORACLE_SEED makes others.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from fixture import ROOT, real_shapes
from floe_ls.forms.document import Kind, read_document
from floe_ls.ide.diagnostics import diagnostics
from floe_ls.ide.model import Diagnostic
from floe_ls.ide.snapshot import Snapshot
from floe_ls.schema.meta import Dialect
from floe_ls.schema.shape import Shape
from tools import SHARED, oracle

INDEX = SHARED / "corpus" / "index.jsonl"
SHAPES = real_shapes()
NAMES = {"manifest": "manifest.yaml", "spec": "floe.yaml"}
Case = tuple[str, str]
"""The kind of a document, and its text."""

PROGRAM = """
import json, sys, warnings
import yaml
warnings.simplefilter("ignore")
from floe_core.schemas.floe_spec import FloeSpec
from floe_core.schemas.manifest import PlatformManifest
from pydantic import ValidationError
verdicts = []
for kind, text in json.load(sys.stdin):
    try:
        data = yaml.safe_load(text)
        (PlatformManifest if kind == "manifest" else FloeSpec).model_validate(data)
        verdicts.append(None)
    except ValidationError as error:
        found = error.errors()[0]
        verdicts.append([list(map(str, found["loc"])), found["msg"]])
    except Exception as error:
        verdicts.append([[], type(error).__name__ + ": " + str(error)[:200]])
json.dump(verdicts, sys.stdout)
"""

OURS_ALONE = (
    ("parent-domain/not-domain", "", "R19"),
    ("product/depends-on-cycle", "", "I05: not in the schema"),
    ("ref/syntax", "", "U7"),
    ("plugins/unknown-plugin", "of `quality`", "C10: not in the schema"),
    ("retention/value", "which floe counts as", "R23"),
)
"""Errors of ours that floe's schema does not have: the code, words of the message, and why."""
FAULTS = (
    ("outputPorts", "U1"),
    ("Environment-specific fields", "U1, U2"),
    ("AttributeError", "U4"),
)


def documents() -> list[Case]:
    rows = [json.loads(line) for line in INDEX.read_text(encoding="utf-8").splitlines()]
    return [
        (row["kind"], (INDEX.parent / row["file"]).read_text(encoding="utf-8"))
        for row in rows
        if row["dialect"] == "v1" and row["valid"] and row.get("valid_pypi", True)
    ]


def verdicts(cases: list[Case]) -> list[Any]:
    done = subprocess.run(
        [oracle(), "-c", PROGRAM],
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[Any] = json.loads(done.stdout)
    return found


def ours(case: Case) -> list[Diagnostic] | None:
    """Our errors; None where the change has made it a document of another dialect."""
    kind, text = case
    document = read_document(f"{ROOT}{NAMES[kind]}", text)
    if document.dialect is not Dialect.V1 or not document.is_ours:
        return None
    found = diagnostics(Snapshot(SHAPES).with_document(document), document)
    return [
        d
        for d in found
        if d.severity == "error"
        and not any(d.code == code and words in d.message for code, words, _ in OURS_ALONE)
        and not ("an entry of `resource_presets`" in d.message and "cpu_request" in text)  # U11
    ]


# --- changes

SCALARS = (
    None, "", " ", "x", "off", "yes", "1.5", "010", "1:30", "2030-01-01", "true", "null", "a b", "A_b", "a-b",
    0, 1, -1, 1.5, 2.0, 100, 101, 10**6, True, False, [], {}, ["x"], ["x", "x"], [1], {"x": 1}, {"type": "x"},
)  # fmt: skip
RAW = (
    "off", "on", "No", "y", "010", "0o17", "0x1F", "1_000", "1:30", "1e3", ".5", "+1", "~", "2030-01-01", "1.0",
    "2030-01-01 00:00:00", '"5"', "'off'", "!!str 5", "!!int '5'", "[]", "{}", "- x", "null", "NULL", "=",
)  # fmt: skip


def changed(rng: random.Random, data: Any, shape: Shape) -> Any:
    """Plain data with one thing in it changed."""
    places = list(inside(data))
    holder, key = rng.choice(places)
    known = [s.name for s in shape.walk() if s.name]
    match rng.randrange(6):
        case 0:
            del holder[key]
        case 1:
            holder[key] = rng.choice(SCALARS)
        case 2 if isinstance(holder, dict):
            holder[rng.choice(known)] = holder.pop(key)
        case 3 if isinstance(holder, dict):
            holder[rng.choice(known)] = rng.choice(SCALARS)
        case 4 if isinstance(holder, list):
            holder.append(holder[key])
        case _:
            other, place = rng.choice(places)
            holder[key] = json.loads(json.dumps(other[place], default=str))
    return data


def inside(data: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in plain data, as what holds it and where."""
    keys = list(data) if isinstance(data, dict) else range(len(data))
    for key in keys:
        yield data, key
        if isinstance(data[key], dict | list) and data[key]:
            yield from inside(data[key])


def rewritten(rng: random.Random, text: str) -> str:
    """A text with one value on one line written otherwise."""
    lines = text.split("\n")
    at = [n for n, line in enumerate(lines) if ": " in line and "#" not in line]
    if at:
        number = rng.choice(at)
        key, _, _ = lines[number].partition(": ")
        lines[number] = f"{key}: {rng.choice(RAW)}"
    return "\n".join(lines)


def generated(seed: int, count: int) -> list[Case]:
    rng = random.Random(seed)
    start = documents()
    kinds = {"manifest": SHAPES[Kind.MANIFEST], "spec": SHAPES[Kind.PRODUCT]}
    out: list[Case] = []
    while len(out) < count:
        kind, text = rng.choice(start)
        if rng.random() < 0.3:
            out.append((kind, rewritten(rng, text)))
            continue
        data = yaml.safe_load(text)
        for _ in range(rng.choice([1, 1, 1, 2, 3])):
            if data:
                data = changed(rng, data, kinds[kind])
        out.append((kind, yaml.safe_dump(data, sort_keys=False, allow_unicode=True)))
    return out


def alone(verdict: Any) -> bool:
    """Whether floe refuses a document by one of its own faults."""
    return verdict is not None and any(words in verdict[1] for words, _ in FAULTS)


@pytest.mark.slow
@pytest.mark.skipif(not INDEX.is_file(), reason=f"no corpus at {INDEX}: set FLOE_SHARED")
def test_changed_documents_are_judged_as_floe_judges_them() -> None:
    seed = int(os.environ.get("FLOE_ORACLE_SEED", "38"))
    cases = generated(seed, 1_200)
    disagreed = []
    judged = 0
    for case, verdict in zip(cases, verdicts(cases), strict=True):
        found = ours(case)
        if found is None or alone(verdict):
            continue
        judged += 1
        if bool(found) != (verdict is not None):
            disagreed.append((verdict, [(d.code, d.message) for d in found], case[1]))
    shown = "\n\n".join(f"{v}\n{f}\n{text}" for v, f, text in disagreed[:3])
    assert not disagreed, f"FLOE_ORACLE_SEED={seed}: {len(disagreed)} of {judged}\n{shown}"
    assert judged > 900
