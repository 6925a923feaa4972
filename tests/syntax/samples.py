"""Texts for the syntax tests: generated configurations, random data written in random ways, random edits."""

from __future__ import annotations

import json
from random import Random

from floe_ls.syntax.edits import written
from floe_ls.syntax.nodes import Entry, Mapping, Node, Scalar, Sequence
from floe_ls.syntax.tree import Tree


def configuration(services: int) -> str:
    """A realistic configuration: nested blocks, brackets, anchors, quotes, comments, text blocks."""
    return "# generated\nversion: 1\n" + "".join(
        f"""\
service_{n}:
  image: registry.example.com/team/app-{n}:v{n % 7}
  replicas: {n % 9}  # how many
  env:
    - name: LEVEL_{n}
      value: "info {n}"
    - name: 'X{n}'
      value: plain text here
  args: [a, b, --flag={n}]
  resources: {{cpu: 1, memory: 2Gi}}
  base: &base{n}
    level: info
  run: |
    echo {n}
    exit 0

  # café
  note: café 🎉 number {n}
  merged:
    <<: *base{n}
    level: debug
"""
        for n in range(services)
    )


BRACKETS = [
    "a: {b: 1, c: [1, 2, {d: e, f: 'g'}], h: \"i\"}\nx: [a: b, {c: d}, [1,\n  2, 3], ? q : r, e]\n",
    "[{a: 1, b: [x, y, z]}, {a: 2}, [[1, 2], [3, [4, 5]]], \"q,w\", 'it''s', &a b, *a]\n",
    "- {a: 1,\n   b: 2,\n   c: {d: 3, # why\n    e: 4}, f: 5}\n- [1, 2, 3]\n",
]


def dump(tree: Tree) -> object:
    """Everything that a tree says, with absolute positions."""
    return [_dumped(d.at, d.entry) for d in tree.documents]


def _dumped(base: int, entry: Entry) -> object:
    nodes = (_node(base, n) for n in (entry.key, entry.value, entry.rest))
    errors = [e.shifted(base) for e in entry.errors]
    return base, *nodes, base + entry.colon if entry.colon >= 0 else -1, errors, entry.flawed


def _node(base: int, node: Node | None) -> object:
    if node is None:
        return None
    common = (base + node.start, base + node.end, node.tag, node.anchor)
    if isinstance(node, Scalar):
        return (*common, node.text, node.style)
    assert isinstance(node, Mapping | Sequence)
    below = [_dumped(base + a, e) for a, e in zip(node.at, node.entries, strict=True)]
    return (*common, type(node), node.column, node.flow, node.flawed, below)


_FRAGMENTS = (
    *(
        "\n",
        "  ",
        " ",
        "\t",
        ":",
        ": ",
        "- ",
        "-",
        "#",
        " #",
        "[",
        "]",
        "{",
        "}",
        ",",
        '"',
        "'",
        "|",
        "|\n",
        ">",
    ),
    *(
        "? ",
        "&a ",
        "*a",
        "!t ",
        "---\n",
        "...\n",
        "%YAML 1.2\n",
        "a",
        "key: v\n",
        "\r\n",
        "\r",
        "\\",
        "🎉",
        "é",
    ),
    *(
        "\n  ",
        "\n    ",
        "x: y\n",
        "\0",
        ", ",
        "[1, 2]",
        "{a: b}",
        "<<: *a\n",
        "!e!x ",
        "\u00a0",
        "\u2028",
    ),
    *("\ufeff", "<<<<<<< a\n"),
)


def mutated(random: Random, text: str) -> str:
    """A text after one to three edits of the kinds that people make: typing, deleting, moving, indenting."""
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        kind = random.random()
        i = random.randint(0, len(text))
        if kind < 0.5:
            text = text[:i] + random.choice(_FRAGMENTS) + text[i:]
        elif kind < 0.8:
            text = text[:i] + text[i + random.choice((1, 1, 2, 5, 30)) :]
        elif kind < 0.9:
            to = random.randint(0, len(text))
            text = text[:to] + text[i : i + random.randint(1, 40)] + text[to:]
        else:
            lines = text.split("\n")
            n = random.randrange(len(lines))
            lines[n] = random.choice(("", " ", "  ", "   ", "    ")) + lines[n].lstrip(" ")
            text = "\n".join(lines)
    return text


_SCALARS = (
    *(
        None,
        True,
        False,
        0,
        7,
        -12,
        3.5,
        1e30,
        "",
        "text",
        "two words",
        "yes",
        "010",
        "1:30",
        "null",
        "3",
        "a: b",
    ),
    *(
        "#",
        "a #b",
        "it's",
        'say "x"',
        "two\nlines",
        "ends\n",
        "tab\tbed",
        " spaces ",
        "café 🎉",
        "- x",
        "a, b",
        "[x",
    ),
    *("@x", "%", "key:", "~", "2024-01-01", "=", "!t", "&a", "*a", "back\\slash", "a\u00a0b"),
)
_KEYS = (
    "a",
    "b",
    "c",
    "image",
    "replicas",
    "two words",
    "it's",
    "on",
    "3",
    "x-y",
    "é",
    "key: x",
    "?q",
    "#",
)


def random_data(random: Random, depth: int = 0) -> object:
    kind = random.random() + 0.22 * depth
    if kind < 0.55:
        return {
            k: random_data(random, depth + 1) for k in random.sample(_KEYS, random.randint(0, 5))
        }
    if kind < 0.75:
        return [random_data(random, depth + 1) for _ in range(random.randint(0, 4))]
    return random.choice(_SCALARS)


def random_yaml(random: Random, data: object) -> str:
    """Data as YAML, written in the ways that people choose from."""
    if isinstance(data, (dict, list)) and data and random.random() < 0.9:
        return "\n".join(_block(random, data, 0)) + random.choice(("\n", "\n", ""))
    return _flow(random, data) + "\n"


def _block(random: Random, data: dict[str, object] | list[object], column: int) -> list[str]:
    lines: list[str] = []
    margin = " " * column
    pairs = data.items() if isinstance(data, dict) else ((None, item) for item in data)
    for key, value in pairs:
        if random.random() < 0.1:
            lines.append(random.choice(("", margin + "# about it", "# left")))
        head = margin + ("-" if key is None else f"{_scalar(random, key, False)}:")
        remark = random.choice(("", "", "  # why"))
        if isinstance(value, (dict, list)) and value and random.random() < 0.75:
            inner = column + random.choice((2, 2, 2, 4, 1))
            if isinstance(value, list) and key is not None and random.random() < 0.5:
                inner = column
            first, *below = _block(random, value, inner)
            beside = key is None and first.strip(" ")[:1] not in ("", "#") and inner > column + 1
            if beside and random.random() < 0.6:  # '- key: value'
                lines += [head + first[column + 1 :], *below]
            else:
                lines += [head + remark, first, *below]
        elif isinstance(value, str) and _fits_literal(value) and random.random() < 0.5:
            lines.append(f"{head} |{'' if value.endswith(chr(10)) else '-'}")
            lines += [margin + "  " + line for line in value.removesuffix("\n").split("\n")]
        else:
            lines.append(f"{head} {_flow(random, value)}{remark}")
    return lines


def _fits_literal(value: str) -> bool:
    return (
        value.strip() != ""
        and not value.startswith((" ", "\t"))
        and "\u00a0" not in value
        and "\n\n" not in value
    )


def _flow(random: Random, data: object) -> str:
    space = random.choice(("", "", " "))
    if isinstance(data, dict):
        pairs = (f"{_scalar(random, k, True)}: {_flow(random, v)}" for k, v in data.items())
        return "{" + space + ", ".join(pairs) + space + "}"
    if isinstance(data, list):
        return "[" + space + ", ".join(_flow(random, v) for v in data) + space + "]"
    return _scalar(random, data, True)


def _scalar(random: Random, value: object, flow: bool) -> str:
    assert value is None or isinstance(value, bool | int | float | str)
    if isinstance(value, str) and value.isprintable() and random.random() < 0.3:
        return random.choice(
            (json.dumps(value, ensure_ascii=False), "'" + value.replace("'", "''") + "'")
        )
    return written(value, flow)
