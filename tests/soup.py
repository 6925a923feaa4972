"""Text that people and programs might leave behind: tokens of manifests in any order, and where a cursor may be."""

from __future__ import annotations

from hypothesis import strategies as st

TOKENS = (
    "plugins:",
    "compute:",
    "governance:",
    "  ",
    "    ",
    "\n",
    "\n",
    "\n  ",
    "- ",
    "-",
    ": ",
    ":",
    ", ",
    "[",
    "]",
    "{",
    "}",
    "'",
    '"',
    "|",
    ">",
    "&a",
    "*a",
    "<<: ",
    "!!str ",
    "!x",
    "? ",
    "# note",
    " # note",
    "---\n",
    "...",
    "%YAML 1.2\n",
    "scope: domain\n",
    "scope: enterprise\n",
    "parent_manifest: ",
    "../enterprise-manifest.yaml",
    "oci://r.example/m:1.0",
    "approved_plugins:",
    "approved_products:",
    "transforms:",
    "  - name: a\n",
    "    dependsOn: [a]\n",
    "platform:",
    "ref: ",
    "duckdb",
    "snowflake",
    "type: ",
    "pii_encryption: ",
    "required",
    "off",
    "010",
    "1:30",
    "metadata:",
    "name: ",
    "🎉",
    "\t",
    "\r\n",
    "\r",
    "\u2028",
    "\ufeff",
    "\x00",
    "<<<<<<< a\n",
    "é",
    "plugins:\n  compute: duckdb\n",
    "apiVersion: floe.dev/v1\n",
    "kind: Manifest\n",
    "governance:\n  pii_encryption: required\n",
    "  policies:\n    - {name: x}\n",
    "data_retention_days: 3\n",
)

soup = st.lists(st.sampled_from(TOKENS), max_size=40).map("".join)
offsets = st.integers(0, 200)
names = st.sampled_from(["manifest.yaml", "sales-domain-manifest.yaml", "floe.yaml", "other.yaml"])


@st.composite
def values(draw: st.DrawFn, depth: int = 3) -> object:
    """Plain data as files hold it."""
    words = st.sampled_from(
        [
            "duckdb",
            "a b",
            "off",
            "1.0",
            "",
            "x: y",
            "- x",
            "# no",
            "é🎉",
            "a\nb\n",
            "a\n\n  b",
            "null",
        ]
    )
    leaves = st.one_of(words, st.integers(-5, 5), st.booleans(), st.none())
    if depth == 0:
        return draw(leaves)
    inner = values(depth - 1)
    keys = st.sampled_from(["plugins", "compute", "type", "name", "policies", "a b", "1"])
    return draw(
        st.one_of(leaves, st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=4))
    )


@st.composite
def written(draw: st.DrawFn) -> str:
    """A valid text, laid out in any way that YAML allows."""
    return "\n".join(_block(draw, draw(values()), draw(st.integers(0, 2)))) + "\n"


def _block(draw: st.DrawFn, value: object, column: int) -> list[str]:
    pad = " " * column
    notes = draw(st.sampled_from(["", "", "", "#  note", " "]))
    out = [" " * draw(st.integers(0, 4)) + notes] if notes else []
    tail = draw(st.sampled_from(["", "", "  # why", "  "]))
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            out += _pair(draw, f"{pad}{_flow(key)}", ":", inner, column, tail)
        return out
    if isinstance(value, list) and value:
        for inner in value:
            gap = " " * draw(st.integers(1, 3))
            below = _block(draw, inner, column + 1 + len(gap))
            if isinstance(inner, dict | list) and inner and below[0].strip().startswith("#"):
                out += [f"{pad}-", *below]
            elif isinstance(inner, dict | list) and inner and below[0].strip():
                out += [f"{pad}-{gap}{below[0].lstrip()}", *below[1:]]
            else:
                out += _pair(draw, pad + "-", "", inner, column, tail)
        return out
    return [*out, pad + _flow(value)]


def _pair(
    draw: st.DrawFn, start: str, colon: str, value: object, column: int, tail: str
) -> list[str]:
    if isinstance(value, str) and "\n" in value and draw(st.booleans()):
        pad = " " * (column + draw(st.integers(1, 4)))
        if not value.startswith(" "):
            chomp = "" if value.endswith("\n") else "-"
            return [
                f"{start}{colon} |{chomp}",
                *(pad + v if v else "" for v in value.rstrip("\n").split("\n")),
            ]
    if isinstance(value, dict | list) and value and draw(st.integers(0, 3)):
        deep = draw(st.integers(1, 4))
        if colon and isinstance(value, list) and draw(st.booleans()):
            deep = 0
        return [start + colon + tail, *_block(draw, value, column + deep)]
    gap = " " * draw(st.integers(1, 3))
    return [f"{start}{colon}{gap}{_flow(value)}{tail}"]


def _flow(value: object) -> str:
    from floe_ls.ide.mend import flow

    return flow(value, inside=True)
