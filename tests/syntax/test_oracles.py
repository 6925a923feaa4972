"""Other parsers of YAML find the same values in generated texts, and refuse what is refused here."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from random import Random

import pytest
import yaml
import yaml12
from ruamel.yaml import YAML

from floe_ls.syntax.nodes import Scalar
from floe_ls.syntax.scalars import differs
from floe_ls.syntax.tree import Tree
from floe_ls.syntax.values import load
from syntax.samples import BRACKETS, configuration, mutated, random_data, random_yaml
from tools import REPOSITORY

SHARED = Path(os.environ.get("FLOE_SHARED", REPOSITORY.parent / "shared"))


def problems(text: str) -> list[str]:
    tree = Tree(text)
    return [p.code for p in (*tree.errors(), *tree.references())]


def by_yaml12(text: str) -> list[object]:
    found = yaml12.parse_yaml(text, multi=True)
    return [_plain(value) for value in found]


def _plain(value: object) -> object:
    if isinstance(value, yaml12.Yaml):
        return _plain(value.value)
    if isinstance(value, dict):
        return {_hashable(_plain(k)): _plain(v) for k, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, list) else value


def _hashable(key: object) -> object:
    if isinstance(key, list):
        return tuple(map(_hashable, key))
    if isinstance(key, dict):
        return tuple((k, _hashable(v)) for k, v in key.items())
    return key


def test_generated_texts_have_the_data_that_they_were_made_of() -> None:
    for seed in range(400):
        random = Random(seed)
        data = random_data(random)
        text = random_yaml(random, data)
        assert problems(text) == [], f"seed {seed}: {text!r}"
        assert load(Tree(text)) == [data], f"seed {seed}: {text!r}"
        assert by_yaml12(text) == [data], f"seed {seed}: {text!r}"


def test_what_ruamel_writes_is_read_as_what_it_wrote() -> None:
    for seed in range(100):
        random = Random(seed)
        data = random_data(random)
        if isinstance(data, (dict, list)):
            out = io.StringIO()
            writer = YAML(typ="safe", pure=True)
            writer.default_flow_style = random.choice((True, False, None))
            writer.allow_unicode = True
            writer.dump(data, out)
            text = out.getvalue()
            assert problems(text) == [], f"seed {seed}: {text!r}"
            assert load(Tree(text)) == [data], f"seed {seed}: {text!r}"


def test_what_pyyaml_writes_is_read_as_what_it_wrote() -> None:
    for seed in range(100):
        random = Random(seed)
        data = random_data(random)
        text = yaml.safe_dump(
            data, allow_unicode=True, default_flow_style=random.choice((True, False, None))
        )
        if not any(ambiguous(text)):
            assert problems(text) == [], f"seed {seed}: {text!r}"
            assert load(Tree(text)) == [data], f"seed {seed}: {text!r}"


def ambiguous(text: str) -> list[str]:
    """The plain words that YAML 1.1 reads otherwise."""
    nodes = [n for _, e in Tree(text).walk() for n in (e.key, e.value) if isinstance(n, Scalar)]
    return [n.text for n in nodes if not n.style and differs(n.text)]


def test_merge_keys_are_read_as_pyyaml_reads_them() -> None:
    for seed in range(200):
        text = merging(Random(seed))
        assert load(Tree(text)) == [yaml.safe_load(text)], f"seed {seed}: {text}"


def merging(random: Random) -> str:
    """Mappings that merge some of those above them, in every way that there is."""
    lines = []
    for n in range(6):
        lines.append(f"m{n}: &m{n}")
        keys = random.sample("abcdef", random.randint(1, 3))
        body = [f"  {key}: {n}" for key in keys]
        if n:
            above = [f"*m{random.randrange(n)}" for _ in range(random.randint(1, 3))]
            one = random.choice((above[0], f"[{', '.join(above)}]", f"{{a: x, <<: {above[0]}}}"))
            body.insert(random.randint(0, len(body)), f"  <<: {one}")
        lines += body
    return "\n".join(lines) + "\n"


def test_json_is_yaml() -> None:
    for seed in range(100):
        random = Random(seed)
        data = random_data(random)
        text = json.dumps(data, indent=random.choice((None, 1, 2)), ensure_ascii=False)
        assert problems(text) == [], f"seed {seed}: {text!r}"
        assert load(Tree(text)) == [data], f"seed {seed}: {text!r}"


def test_mutated_texts_are_judged_as_yaml12_judges_them() -> None:
    """The two differ in known corners (what a file may end in, brackets at their key's column)."""
    agreed = differing = wrong = 0
    for seed in range(250):
        random = Random(seed)
        text = random.choice(
            (*BRACKETS, configuration(1), random_yaml(random, random_data(random)))
        )
        for _ in range(4):
            text = mutated(random, text)
            if (
                "\0" in text
                or "\r" in text.replace("\r\n", "")
                or "\ufeff" in text
                or "<<<<<<<" in text
            ):
                continue
            ours = [
                code
                for code in problems(text)
                if code not in ("yaml/duplicate-key", "yaml/merge-value")
            ]
            try:
                theirs = by_yaml12(text)
            except (ValueError, TypeError):
                agreed, differing = agreed + bool(ours), differing + (not ours)
                continue
            agreed, differing = agreed + (not ours), differing + bool(ours)
            wrong += not ours and load(Tree(text), merge=False) != theirs
    assert agreed > 500
    assert differing < agreed / 20
    assert wrong < agreed / 100


def test_the_corpus_is_read_as_yaml12_reads_it() -> None:
    files = sorted(path for path in (SHARED / "corpus").rglob("*.y*ml") if path.is_file())
    if not files:
        why = f"no corpus at {SHARED}: set FLOE_SHARED"
        if os.environ.get("CI"):
            pytest.fail(why)
        pytest.skip(why)
    for path in files:
        text = path.read_text(encoding="utf-8")
        found = problems(text)
        try:
            want = by_yaml12(text)
        except ValueError:
            assert found, path
            continue
        assert set(found) <= {"yaml/duplicate-key"}, path
        assert load(Tree(text), merge=False) == want, path
