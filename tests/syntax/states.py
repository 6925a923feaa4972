"""States that a text is in while it is being typed: the cursor is ‸ and most of them are not YAML."""

from __future__ import annotations

from typing import NamedTuple


class State(NamedTuple):
    """A text with the cursor, and what a tree of it must tell."""

    name: str
    text: str
    place: str
    """What is typed: k, a key of the mapping at the path; v, the value there; i, an item of that list."""
    paths: tuple[str, ...]
    """The paths that the cursor may be at; one that starts with `*` is only the path's end."""
    keys: tuple[str, ...]
    """The paths that the tree must have."""


HEAD = "version: 1\n"
TAIL = "logging:\n  level: info\n  sinks: [a, b]\n"
OUTER_KEYS = ["version", "logging", "logging.level", "logging.sinks"]
PLUGINS = "plugins:\n"
COMPUTE = "  compute:\n    image: reg/c:v1\n"
STORAGE = "  storage:\n    size: 10Gi\n"
COMPUTE_KEYS = ["plugins", "plugins.compute", "plugins.compute.image"]
STORAGE_KEYS = ["plugins.storage", "plugins.storage.size"]


def _whole(body: str) -> str:
    return HEAD + body + TAIL


def _state(
    name: str, body: str, place: str, paths: str, keys: list[str], whole: bool = False
) -> State:
    """A state of a part between HEAD and TAIL, or of the `whole` text."""
    text = body if whole else _whole(body)
    return State(
        name, text, place, tuple(paths.split("|")), tuple(keys if whole else OUTER_KEYS + keys)
    )


STATES = [
    _state(
        "half-typed key, end of mapping",
        PLUGINS + COMPUTE + "    rep‸\n" + STORAGE,
        "k",
        "plugins.compute",
        COMPUTE_KEYS + STORAGE_KEYS,
    ),
    _state(
        "half-typed key, middle of mapping",
        PLUGINS + "  compute:\n    rep‸\n    image: reg/c:v1\n" + STORAGE,
        "k",
        "plugins.compute",
        COMPUTE_KEYS + STORAGE_KEYS,
    ),
    _state(
        "half-typed key, start of nested map (first child)",
        PLUGINS + "  compute:\n    ima‸\n" + STORAGE,
        "k",
        "plugins.compute",
        ["plugins", "plugins.compute", *STORAGE_KEYS],
    ),
    _state(
        "half-typed top-level key at end of file",
        _whole("") + "plug‸",
        "k",
        "",
        OUTER_KEYS,
        whole=True,
    ),
    _state(
        "half-typed top-level key, first line",
        "ver‸\n" + TAIL,
        "k",
        "",
        ["logging", "logging.level"],
        whole=True,
    ),
    _state(
        "half-typed top-level key between",
        PLUGINS + COMPUTE + STORAGE + "plu‸\n",
        "k",
        "",
        COMPUTE_KEYS + STORAGE_KEYS,
    ),
    _state(
        "key without colon, deeper sibling below",
        PLUGINS + "  compute‸\n    image: reg/c:v1\n" + STORAGE,
        "k",
        "plugins",
        ["plugins", "plugins.compute", "plugins.compute.image", *STORAGE_KEYS],
    ),
    _state(
        "key: with a space missing (key:value)",
        PLUGINS + COMPUTE + "    replicas:3‸\n" + STORAGE,
        "k",
        "plugins.compute",
        COMPUTE_KEYS + STORAGE_KEYS,
    ),
    _state(
        "empty value, cursor after ': '",
        PLUGINS + COMPUTE + "    replicas: ‸\n" + STORAGE,
        "v",
        "plugins.compute.replicas",
        [*COMPUTE_KEYS, "plugins.compute.replicas", *STORAGE_KEYS],
    ),
    _state(
        "empty value in the middle",
        PLUGINS + "  compute:\n    replicas: ‸\n    image: reg/c:v1\n" + STORAGE,
        "v",
        "plugins.compute.replicas",
        [*COMPUTE_KEYS, "plugins.compute.replicas", *STORAGE_KEYS],
    ),
    _state(
        "key: followed by a deeper sibling",
        PLUGINS + "  compute:\n    image: ‸\n      tag: v1\n" + STORAGE,
        "v",
        "plugins.compute.image",
        [*COMPUTE_KEYS, "plugins.compute.image.tag", *STORAGE_KEYS],
    ),
    _state(
        "value followed by deeper mapping",
        PLUGINS + "  compute:\n    image: reg‸\n      tag: v1\n" + STORAGE,
        "v",
        "plugins.compute.image",
        COMPUTE_KEYS + STORAGE_KEYS,
    ),
    _state(
        "unclosed double quote",
        PLUGINS + '  compute:\n    image: "reg/c‸\n    replicas: 3\n' + STORAGE,
        "v",
        "plugins.compute.image",
        [*COMPUTE_KEYS, "plugins.compute.replicas", *STORAGE_KEYS],
    ),
    _state(
        "unclosed single quote, last key",
        PLUGINS + "  compute:\n    replicas: 3\n    image: 'reg/c‸\n" + STORAGE,
        "v",
        "plugins.compute.image",
        [*COMPUTE_KEYS, "plugins.compute.replicas", *STORAGE_KEYS],
    ),
    _state(
        "unclosed quote in a list",
        PLUGINS + '  compute:\n    image: x\n    args:\n      - "a‸\n      - b\n' + STORAGE,
        "i",
        "plugins.compute.args",
        [*COMPUTE_KEYS, "plugins.compute.args", *STORAGE_KEYS],
    ),
    _state(
        "unclosed [",
        PLUGINS + "  compute:\n    image: x\n    args: [a, ‸\n    replicas: 3\n" + STORAGE,
        "i",
        "plugins.compute.args",
        [*COMPUTE_KEYS, "plugins.compute.args", "plugins.compute.replicas", *STORAGE_KEYS],
    ),
    _state(
        "unclosed {",
        PLUGINS + "  compute:\n    image: x\n    res: {cpu: 1, ‸\n    replicas: 3\n" + STORAGE,
        "k",
        "plugins.compute.res",
        [
            *COMPUTE_KEYS,
            "plugins.compute.res",
            "plugins.compute.res.cpu",
            "plugins.compute.replicas",
            *STORAGE_KEYS,
        ],
    ),
    _state(
        "half-typed key in {}",
        PLUGINS + "  compute:\n    image: x\n    res: {cpu: 1, mem‸}\n" + STORAGE,
        "k",
        "plugins.compute.res",
        [*COMPUTE_KEYS, "plugins.compute.res.cpu", *STORAGE_KEYS],
    ),
    _state(
        "empty value in {}",
        PLUGINS + "  compute:\n    image: x\n    res: {cpu: ‸, mem: 2}\n" + STORAGE,
        "v",
        "plugins.compute.res.cpu",
        [*COMPUTE_KEYS, "plugins.compute.res.mem", *STORAGE_KEYS],
    ),
    _state(
        "unclosed [ over several lines",
        PLUGINS
        + "  compute:\n    image: x\n    args: [\n      a,\n      b‸\n    replicas: 3\n"
        + STORAGE,
        "i",
        "plugins.compute.args",
        [*COMPUTE_KEYS, "plugins.compute.args", "plugins.compute.replicas", *STORAGE_KEYS],
    ),
    _state(
        "stray closing bracket",
        PLUGINS + "  compute:\n    image: x]‸\n    replicas: 3\n" + STORAGE,
        "v",
        "plugins.compute.image",
        [*COMPUTE_KEYS, "plugins.compute.replicas", *STORAGE_KEYS],
    ),
    _state(
        "dangling dash",
        PLUGINS + "  compute:\n    image: x\n    args:\n      - a\n      - ‸\n" + STORAGE,
        "i",
        "plugins.compute.args",
        [*COMPUTE_KEYS, "plugins.compute.args", *STORAGE_KEYS],
    ),
    _state(
        "dangling dash without space",
        PLUGINS + "  compute:\n    image: x\n    args:\n      - a\n      -‸\n" + STORAGE,
        "i",
        "plugins.compute.args",
        [*COMPUTE_KEYS, "plugins.compute.args", *STORAGE_KEYS],
    ),
    _state(
        "word without dash in a list",
        PLUGINS + "  compute:\n    image: x\n    args:\n      - a\n      bb‸\n" + STORAGE,
        "i",
        "plugins.compute.args",
        [*COMPUTE_KEYS, "plugins.compute.args", *STORAGE_KEYS],
    ),
    _state(
        "half-typed key in a list item map",
        PLUGINS
        + "  compute:\n    image: x\n    env:\n      - name: A\n        val‸\n      - name: B\n        value: 2\n"
        + STORAGE,
        "k",
        "plugins.compute.env.0",
        [
            *COMPUTE_KEYS,
            "plugins.compute.env.0.name",
            "plugins.compute.env.1.name",
            "plugins.compute.env.1.value",
            *STORAGE_KEYS,
        ],
    ),
    _state(
        "half-typed first key of a list item",
        "steps:\n  - name: A\n    run: x\n  - na‸\n",
        "k|i",
        "steps.1",
        ["steps", "steps.0.name", "steps.0.run"],
    ),
    _state(
        "one column too deep",
        PLUGINS + COMPUTE + "     replicas: 3‸\n" + STORAGE,
        "v",
        "plugins.compute.replicas",
        COMPUTE_KEYS + STORAGE_KEYS,
    ),
    _state(
        "one column too shallow",
        PLUGINS + COMPUTE + "   replicas: 3‸\n" + STORAGE,
        "v",
        "plugins.compute.replicas",
        COMPUTE_KEYS + STORAGE_KEYS,
    ),
    _state(
        "tab indent",
        PLUGINS + COMPUTE + "\treplicas: 3‸\n" + STORAGE,
        "v",
        "*.replicas",
        COMPUTE_KEYS + STORAGE_KEYS,
    ),
    _state(
        "duplicated key",
        PLUGINS + COMPUTE + "    image: ‸\n" + STORAGE,
        "v",
        "plugins.compute.image",
        COMPUTE_KEYS + STORAGE_KEYS,
    ),
    _state(
        "merge-conflict markers",
        PLUGINS
        + "  compute:\n<<<<<<< HEAD\n    image: a‸\n=======\n    image: b\n>>>>>>> other\n"
        + STORAGE,
        "v",
        "plugins.compute.image",
        ["plugins", "plugins.compute", "plugins.compute.image", *STORAGE_KEYS],
    ),
    _state(
        "blank line, column of the map",
        PLUGINS + COMPUTE + "    ‸\n" + STORAGE,
        "k",
        "plugins.compute",
        COMPUTE_KEYS + STORAGE_KEYS,
    ),
    _state(
        "blank line, column of the parent",
        PLUGINS + COMPUTE + "  ‸\n" + STORAGE,
        "k",
        "plugins",
        COMPUTE_KEYS + STORAGE_KEYS,
    ),
    _state(
        "blank line, column 0",
        PLUGINS + COMPUTE + STORAGE + "‸\n",
        "k",
        "",
        COMPUTE_KEYS + STORAGE_KEYS,
    ),
    _state(
        "blank line under an empty key",
        PLUGINS + "  compute:\n    ‸\n" + STORAGE,
        "k",
        "plugins.compute",
        ["plugins", "plugins.compute", *STORAGE_KEYS],
    ),
    _state(
        "blank line under the last key of the file",
        HEAD + TAIL + PLUGINS + "  compute:\n    ‸",
        "k",
        "plugins.compute",
        [*OUTER_KEYS, "plugins", "plugins.compute"],
        whole=True,
    ),
    _state(
        "blank line deeper, under a scalar's key",
        PLUGINS + COMPUTE + "      ‸\n" + STORAGE,
        "k|v",
        "plugins.compute|plugins.compute.image",
        COMPUTE_KEYS + STORAGE_KEYS,
    ),
    _state(
        "dash at the column of the keys, half-typed",
        "steps:\n- name: A\n  r‸\n- name: B\n",
        "k",
        "steps.0",
        ["steps", "steps.0.name", "steps.1.name"],
    ),
    _state(
        "two colons on a line",
        PLUGINS + COMPUTE + "    url: http: //x‸\n" + STORAGE,
        "v",
        "plugins.compute.url",
        [*COMPUTE_KEYS, "plugins.compute.url", *STORAGE_KEYS],
    ),
    _state(
        "half-typed anchor",
        PLUGINS + COMPUTE + "    base: &‸\n      a: 1\n" + STORAGE,
        "v",
        "plugins.compute.base",
        [*COMPUTE_KEYS, "plugins.compute.base", "plugins.compute.base.a", *STORAGE_KEYS],
    ),
    _state(
        "half-typed alias",
        PLUGINS + COMPUTE + "    base: *‸\n" + STORAGE,
        "v",
        "plugins.compute.base",
        [*COMPUTE_KEYS, "plugins.compute.base", *STORAGE_KEYS],
    ),
    _state(
        "half-typed merge key",
        PLUGINS + COMPUTE + "    <<‸\n" + STORAGE,
        "k",
        "plugins.compute",
        COMPUTE_KEYS + STORAGE_KEYS,
    ),
    _state(
        "block scalar header, no text yet",
        PLUGINS + COMPUTE + "    run: |‸\n" + STORAGE,
        "v",
        "plugins.compute.run",
        [*COMPUTE_KEYS, "plugins.compute.run", *STORAGE_KEYS],
    ),
    _state(
        "block scalar, under-indented second line",
        PLUGINS + COMPUTE + "    run: |\n      echo a\n   echo b‸\n" + STORAGE,
        "k|v",
        "*",
        [*COMPUTE_KEYS, "plugins.compute.run", *STORAGE_KEYS],
    ),
    _state(
        "half-typed quoted key",
        PLUGINS + COMPUTE + '    "rep‸\n' + STORAGE,
        "k",
        "plugins.compute",
        COMPUTE_KEYS + STORAGE_KEYS,
    ),
    _state(
        "half-typed '---' (two dashes)",
        PLUGINS + COMPUTE + STORAGE + "--‸\n",
        "k",
        "",
        COMPUTE_KEYS + STORAGE_KEYS,
    ),
    _state(
        "unclosed flow at root of a value, rest deeper",
        PLUGINS + "  compute: {image: x,\n    replicas: 3\n  ‸\n" + STORAGE,
        "k",
        "plugins.compute|plugins",
        ["plugins", "plugins.compute", "plugins.compute.image", *STORAGE_KEYS],
    ),
    _state(
        "template braces {{ x }}",
        PLUGINS + COMPUTE + "    name: {{ x }}‸\n" + STORAGE,
        "v",
        "plugins.compute.name",
        [*COMPUTE_KEYS, "plugins.compute.name", *STORAGE_KEYS],
    ),
    _state(
        "% or @ at the start of a value",
        PLUGINS + COMPUTE + "    name: @x‸\n" + STORAGE,
        "v",
        "plugins.compute.name",
        [*COMPUTE_KEYS, "plugins.compute.name", *STORAGE_KEYS],
    ),
]
