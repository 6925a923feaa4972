"""Moments in the middle of typing: texts that are no YAML yet, with the cursor as ‸.

Each has a name, the text, whether a key or a value belongs there ("" where nothing can be added), the canonical path
of the mapping or of the value, and a word that completion must propose.
"""

from __future__ import annotations

from typing import NamedTuple


class State(NamedTuple):
    name: str
    text: str
    place: str
    path: str
    proposed: str = ""
    file: str = "manifest.yaml"


HEAD = "scope: enterprise\n"
TAIL = "governance:\n  pii_encryption: required\n  policies: []\n"
COMPUTE = "plugins:\n  compute:\n    type: duckdb\n"
STORAGE = "  storage:\n    version: 1.0.0\n"
SINKS = "approved_sinks:\n"
STEPS = "transforms:\n"


def _manifest(body: str) -> str:
    return HEAD + body + TAIL


def _product(body: str) -> str:
    return "metadata:\n  name: orders\n" + body + "schedule:\n  enabled: true\n"


def states() -> list[State]:
    made: list[State] = []

    def add(
        name: str, body: str, place: str, path: str, proposed: str = "", *, raw: bool = False
    ) -> None:
        made.append(State(name, body if raw else _manifest(body), place, path, proposed))

    def product(name: str, body: str, place: str, path: str, proposed: str = "") -> None:
        made.append(State(name, _product(body), place, path, proposed, "floe.yaml"))

    inside = "plugins.compute"
    plugin = "plugins.compute.type"
    add(
        "half-typed key, end of mapping", COMPUTE + "    ver‸\n" + STORAGE, "key", inside, "version"
    )
    add(
        "half-typed key, middle of mapping",
        "plugins:\n  compute:\n    ver‸\n    type: duckdb\n" + STORAGE, "key", inside, "version",
    )  # fmt: skip
    add(
        "half-typed key, first child",
        "plugins:\n  compute:\n    t‸\n" + STORAGE,
        "key",
        inside,
        "type",
    )
    add(
        "half-typed key at the end of the file",
        _manifest("") + "plug‸",
        "key",
        "",
        "plugins",
        raw=True,
    )
    add("half-typed key on the first line", "sco‸\n" + TAIL, "key", "", "scope", raw=True)
    add(
        "half-typed key between blocks", COMPUTE + STORAGE + "app‸\n", "key", "", "approved_plugins"
    )
    add(
        "key without colon, its block below",
        "plugins:\n  comp‸\n    type: duckdb\n" + STORAGE,
        "key",
        "plugins",
        "compute",
    )
    add(
        "key:value without a space",
        COMPUTE + "    version:1‸\n" + STORAGE,
        "value",
        "plugins.compute.version",
    )
    add(
        "key:value that is a key of something else",
        COMPUTE + "    colour:1‸\n" + STORAGE,
        "key",
        inside,
        "version",
    )
    add(
        "empty value",
        COMPUTE + "    version: ‸\n" + STORAGE,
        "value",
        "plugins.compute.version",
        "1.0.0",
    )
    add(
        "empty value in the middle",
        "plugins:\n  compute:\n    type: ‸\n    version: 1.0.0\n" + STORAGE,
        "value",
        plugin,
        "duckdb",
    )
    add(
        "empty value without a space",
        "plugins:\n  compute:‸\n" + STORAGE,
        "value",
        plugin,
        "duckdb",
    )
    add(
        "key that has its block below",
        "plugins:\n  compute: ‸\n    version: 1.0.0\n" + STORAGE,
        "",
        "",
    )
    add(
        "value before a deeper block",
        "plugins:\n  compute: duck‸\n    version: 1.0.0\n" + STORAGE,
        "value",
        plugin,
        "duckdb",
    )
    add(
        "unclosed double quote",
        'plugins:\n  compute:\n    type: "duck‸\n    version: 1.0.0\n' + STORAGE,
        "value",
        plugin,
        "duckdb",
    )
    add(
        "unclosed single quote",
        "plugins:\n  compute:\n    version: 1.0.0\n    type: 'duck‸\n" + STORAGE,
        "value",
        plugin,
        "duckdb",
    )
    add(
        "unclosed quote in a list",
        'approved_plugins:\n  compute:\n    - "sno‸\n    - duckdb\n',
        "value",
        "approved_plugins.compute.0",
        "snowflake",
    )
    add(
        "unclosed [",
        "approved_plugins:\n  compute: [duckdb, ‸\n  storage: [s3]\n",
        "value",
        "approved_plugins.compute.1",
        "snowflake",
    )
    add(
        "unclosed {",
        "plugins:\n  compute: {type: duckdb, ‸\n  storage: s3\n",
        "key",
        inside,
        "version",
    )
    add(
        "half-typed key in {}",
        "plugins:\n  compute: {type: duckdb, ver‸}\n" + STORAGE,
        "key",
        inside,
        "version",
    )
    add(
        "empty value in {}",
        "plugins:\n  compute: {type: ‸, version: 1.0.0}\n" + STORAGE,
        "value",
        plugin,
        "duckdb",
    )
    add(
        "unclosed [ over several lines",
        "approved_plugins:\n  compute: [\n    duckdb,\n    sno‸\n  storage: [s3]\n",
        "value",
        "approved_plugins.compute.1",
        "snowflake",
    )
    add(
        "stray closing bracket",
        "plugins:\n  compute: duck]‸\n" + STORAGE,
        "value",
        plugin,
        "duckdb",
    )
    add(
        "dangling dash",
        "approved_plugins:\n  compute:\n    - duckdb\n    - ‸\n",
        "value",
        "approved_plugins.compute.1",
        "snowflake",
    )
    add(
        "dangling dash without a space",
        "approved_plugins:\n  compute:\n    - duckdb\n    -‸\n",
        "value",
        "approved_plugins.compute.1",
        "snowflake",
    )
    add(
        "word without a dash in a list",
        "approved_plugins:\n  compute:\n    - duckdb\n    sno‸\n",
        "value",
        "approved_plugins.compute.1",
        "snowflake",
    )
    product(
        "half-typed key in an item",
        STEPS + "  - name: a\n    dep‸\n  - name: b\n    type: dbt\n",
        "key",
        "transforms.0",
        "dependsOn",
    )
    product(
        "half-typed first key of an item",
        STEPS + "  - name: a\n    type: dbt\n  - na‸\n",
        "key",
        "transforms.1",
        "name",
    )
    add(
        "one column too deep",
        COMPUTE + "     version: 1‸\n" + STORAGE,
        "value",
        "plugins.compute.version",
    )
    add(
        "one column too shallow",
        COMPUTE + "   version: 1‸\n" + STORAGE,
        "value",
        "plugins.compute.version",
    )
    add(
        "tab for indentation",
        COMPUTE + "\tversion: 1‸\n" + STORAGE,
        "value",
        "plugins.compute.version",
    )
    add("key written twice", COMPUTE + "    type: ‸\n" + STORAGE, "value", plugin, "duckdb")
    add(
        "merge conflict",
        "plugins:\n  compute:\n<<<<<<< HEAD\n    type: d‸\n=======\n    type: s\n>>>>>>> other\n"
        + STORAGE,
        "value",
        plugin,
        "duckdb",
    )
    add("blank line, column of the block", COMPUTE + "    ‸\n" + STORAGE, "key", inside, "version")
    add(
        "blank line, column of the parent", COMPUTE + "  ‸\n" + STORAGE, "key", "plugins", "catalog"
    )
    add("blank line, column 0", COMPUTE + STORAGE + "‸\n", "key", "", "approved_plugins")
    add(
        "blank line under an empty key",
        "plugins:\n  compute:\n    ‸\n" + STORAGE,
        "key",
        inside,
        "type",
    )
    add(
        "blank line under the last key",
        HEAD + TAIL + "plugins:\n  compute:\n    ‸",
        "key",
        inside,
        "type",
        raw=True,
    )
    add("blank line deeper than a scalar", COMPUTE + "      ‸\n" + STORAGE, "", "")
    product(
        "dash at the column of the key",
        STEPS + "- name: a\n  dep‸\n- name: b\n",
        "key",
        "transforms.0",
        "dependsOn",
    )
    add("two colons on a line", COMPUTE + "    version: 1: 2‸\n" + STORAGE, "", "")
    add("half-typed anchor", "plugins:\n  compute: &‸\n    type: duckdb\n" + STORAGE, "", "")
    add("half-typed alias", "plugins:\n  compute: *‸\n" + STORAGE, "value", plugin)
    add("half-typed merge key", COMPUTE + "    <<‸\n" + STORAGE, "key", inside, "version")
    add("block scalar without text", COMPUTE + "    version: |‸\n" + STORAGE, "", "")
    add(
        "block scalar that ends too early",
        COMPUTE + "    config:\n      run: |\n        echo a\n     echo b‸\n" + STORAGE,
        "*",
        "",
    )
    add("half-typed quoted key", COMPUTE + '    "ver‸\n' + STORAGE, "key", inside, "version")
    add("half-typed ---", COMPUTE + STORAGE + "--‸\n", "key", "", "approved_plugins")
    add(
        "unclosed { and a blank line",
        "plugins:\n  compute: {type: duckdb,\n    version: 1.0.0\n  ‸\n" + STORAGE,
        "*",
        "",
    )
    add("braces of a template", "plugins:\n  compute: {{ engine }}‸\n" + STORAGE, "", "")
    add("@ at the start of a value", "plugins:\n  compute: @d‸\n" + STORAGE, "value", plugin)
    return made


STATES = states()
