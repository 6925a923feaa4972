"""Writes the files that are made from others: schemas, references, the extension's settings, compiled shapes.

`generate.py` writes them, `generate.py --check` says which are stale and exits with 1.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from shapes import source

from floe_ls.forms.jsonschema import FILES, rendered
from floe_ls.ide.diagnostics import CODES
from floe_ls.ide.rule import Code
from floe_ls.schema.kinds import KINDS
from floe_ls.schema.meta import By, Dialect, Merge, Severity, Tier
from floe_ls.schema.shape import Shape, shape_of
from floe_ls.session import models_fingerprint
from floe_ls.settings import INNER, Settings

REPOSITORY = Path(__file__).resolve().parent.parent
COMMAND = "make generate"
TITLES = {"manifest": "Manifest", "product": "Data product"}


def main(arguments: list[str]) -> int:
    made = dict(generated())
    old = leftovers(made)
    stale = [path for path, text in made.items() if text != written(path)]
    if "--check" in arguments:
        for path in stale + old:
            print(f"stale: {path}", file=sys.stderr)
        if stale or old:
            print(f"Run: {COMMAND}", file=sys.stderr)
        return bool(stale or old)
    for path in old:
        (REPOSITORY / path).unlink()
    for path in stale:
        file = REPOSITORY / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(made[path], encoding="utf-8", newline="\n")
        print(f"wrote {path}")
    return 0


def generated() -> Iterator[tuple[str, str]]:
    """Every file by its path, with what belongs in it."""
    yield from schemas()
    shapes = {kind: shape_of(model) for kind, model in KINDS.items()}
    yield "server/floe_ls/schema/compiled.py", source(shapes, models_fingerprint(), COMMAND)
    yield "docs/fields.md", fields()
    yield "docs/settings.md", settings()
    yield "docs/rules/README.md", rules()
    for code in CODES.values():
        yield f"docs/rules/{code.slug}.md", rule(code)
    yield "vscode-extension/package.json", extension()


def leftovers(made: Mapping[str, str]) -> list[str]:
    """Files of an earlier run that nothing makes any more."""
    folders = ("docs/rules", "schemas")
    there = (
        path.relative_to(REPOSITORY).as_posix()
        for folder in folders
        for path in (REPOSITORY / folder).rglob("*")
        if path.is_file()
    )
    return sorted(path for path in there if path not in made)


def written(path: str) -> str | None:
    file = REPOSITORY / path
    return file.read_text(encoding="utf-8") if file.exists() else None


# --- schemas/


def schemas() -> Iterator[tuple[str, str]]:
    for kind, model in KINDS.items():
        yield f"schemas/{FILES[kind]}", rendered(kind, shape_of(model))


# --- docs/fields.md

MERGE = {
    Merge.OVERRIDE: "the nearest tier wins",
    Merge.DEEP: "key by key",
    Merge.EXTEND: "all tiers' entries together",
    Merge.STRENGTHEN: "the strictest tier wins",
    Merge.IMMUTABLE: "the topmost tier wins, others may not differ",
    Merge.LOCAL: "not inherited",
}


def fields() -> str:
    parts = [
        note_on_origin(),
        "# Fields",
        "Every key that may stand in a file, with its type, its default, and how the tiers' values become one.",
    ]
    for kind, model in KINDS.items():
        shape = shape_of(model)
        by_path = places(shape)
        parts += [f"## {TITLES[kind]}", one_line(shape.doc)]
        below = {name: [p for p in by_path if p[0] == name] for name in shape.fields}
        parts.append(
            table([path for paths in below.values() if len(paths) == 1 for path in paths], by_path)
        )
        for name, paths in below.items():
            if len(paths) > 1:
                parts += [
                    f"### `{name}`",
                    one_line(shape.fields[name].doc),
                    table(paths[1:], by_path),
                ]
    return "\n\n".join(part for part in parts if part) + "\n"


Places = Mapping[tuple[str, ...], list[Shape]]
"""The shapes that each place may have: several where its object has several forms."""


def places(root: Shape) -> Places:
    found: dict[tuple[str, ...], list[Shape]] = {}
    for shape in root.walk():
        if shape.path and (shape.doc or shape.name):
            found.setdefault(shape.path, []).append(shape)
    return found


def table(paths: list[tuple[str, ...]], by_path: Places) -> str:
    rows = ["| Key | Value | Default | Over tiers | Meaning |", "|---|---|---|---|---|"]
    for path in paths:
        shapes = by_path[path]
        cells = (
            f"`{'.'.join(path)}`",
            value(shapes),
            default(shapes[0]),
            over_tiers(shapes[0], by_path),
            " Or: ".join(dict.fromkeys(meaning(shape) for shape in shapes)),
        )
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(rows)


def value(shapes: list[Shape]) -> str:
    if choices := dict.fromkeys(choice for shape in shapes for choice in shape.choices):
        return ", ".join(f"`{plain(choice)}`" for choice in choices)
    shape = shapes[0]
    words = [shape.type_name()]
    if shape.minimum is not None and shape.maximum is not None:
        words.append(f"{shape.minimum:g} to {shape.maximum:g}")
    elif shape.minimum is not None:
        words.append(f"at least {shape.minimum:g}")
    elif shape.maximum is not None:
        words.append(f"at most {shape.maximum:g}")
    if (
        named := shape.category.known
        if shape.category
        else shape.known.values
        if shape.known
        else ()
    ):
        words.append("such as " + ", ".join(f"`{name}`" for name in named))
    elif shape.examples:
        words.append(f"such as `{plain(shape.examples[0])}`")
    return ", ".join(words)


def default(shape: Shape) -> str:
    if shape.needed:
        tiers = [tier.value for tier in Tier if tier in shape.needed.tiers]
        asking = [d.value for d in Dialect if shape.needed.severity[d] is Severity.ERROR]
        where = f" in a {' or '.join(tiers)}" if tiers else ""
        if asking:
            forms = "" if len(asking) == len(Dialect) else f" ({', '.join(asking)})"
            return f"needed{where}{forms}"
    if shape.required:
        return "needed"
    if not shape.has_default or shape.default is None or shape.is_container:
        return ""
    return f"`{plain(shape.default)}`"


def over_tiers(shape: Shape, by_path: Places) -> str:
    for length in range(1, len(shape.path)):
        above = by_path.get(shape.path[:length])
        if above and above[0].inherit.merge is not Merge.DEEP:
            return f"with `{above[0].dotted}`"
    words = MERGE[shape.inherit.merge]
    if shape.inherit.order and shape.inherit.merge is Merge.STRENGTHEN:
        words += ": " + " < ".join(f"`{plain(step)}`" for step in shape.inherit.order)
    if shape.only:
        tiers = ", ".join(tier.value for tier in Tier if tier in shape.only.tiers)
        words += f"; {tiers} only"
    return words


def meaning(shape: Shape) -> str:
    words = one_line(shape.doc)
    if shape.other_spellings:
        also = ", ".join(f"`{name}`" for name in shape.other_spellings)
        words += f" Also written {also}."
    if shape.dialects != frozenset(Dialect):
        named = " and ".join(dialect.value for dialect in Dialect if dialect in shape.dialects)
        words += f" (Only in the form {named}.)"
    if shape.deprecated:
        words += f" Of no use: {shape.deprecated.why}"
    return words.strip()


# --- docs/rules/


RULES_INTRODUCTION = """\
Every finding has a code. `floe-ls rule CODE` explains it on the command line; `# floe-ls: ignore[CODE]` on a line, or
above it, silences it; `[rules]` in `floe-ls.toml` changes how severe it is. Codes that begin with `security/` or
`whitelist/` cannot be silenced or lowered.

Where the severity depends on the form of the file, it is given for the forms adr, design and v1 in turn."""


def rules() -> str:
    rows = [
        "| Code | | What is wrong |",
        "|---|---|---|",
        *(
            f"| [`{code.slug}`]({code.slug}.md) | {in_dialects(code.severity)} | {code.summary} |"
            for code in sorted(CODES.values(), key=lambda code: code.slug)
        ),
    ]
    return (
        "\n\n".join(
            [
                note_on_origin(),
                "# Rules",
                RULES_INTRODUCTION,
                "\n".join(rows),
            ]
        )
        + "\n"
    )


def rule(code: Code) -> str:
    parts = [
        note_on_origin(),
        f"# `{code.slug}`",
        code.summary,
        f"Severity: {in_dialects(code.severity)}."
        + (" It cannot be silenced or lowered." if code.fixed else ""),
        code.text.strip(),
    ]
    if not code.fixed:
        parts.append(
            f"Silence it for one line with `# floe-ls: ignore[{code.slug}]`, or everywhere in `floe-ls.toml`:\n\n"
            f'```toml\n[rules]\n"{code.slug}" = "off"\n```'
        )
    return "\n\n".join(part for part in parts if part) + "\n"


FORMS = {
    Dialect.ADR: "the ADR's short form",
    Dialect.DESIGN: "that of the design documents",
    Dialect.V1: "the released form",
}


def in_dialects(by: By) -> str:
    """A severity in words: one word, or which form has which."""
    found: dict[str, list[str]] = {}
    for dialect in Dialect:
        severity = by[dialect]
        found.setdefault(severity.value if severity else "off", []).append(FORMS[dialect])
    if len(found) == 1:
        return next(iter(found))
    return "; ".join(f"{word} in {' and '.join(forms)}" for word, forms in found.items())


# --- docs/settings.md and the extension


SETTINGS_INTRODUCTION = """\
Settings stand in `floe-ls.toml`, which is searched upwards from a file, so that a team commits them beside its
manifests. An editor may give the same keys under `floe`; they win over the file's.

```toml
offline = false

[sources] # which file of the workspace is published as which reference (with any tag, or with one)
"oci://registry.example.com/enterprise-manifest" = "platform/enterprise-manifest.yaml"

[registries."registry.example.com/team"] # a host or a prefix; the longest match wins
mirror = "mirror/" # an OCI image layout folder, another "oci://host/prefix", or a folder of manifests
ca = "certs/ca.pem"

[rules]
"inherit/redundant" = "off" # off, hint, information, warning, error

[hints]
inherited = false # what editors show at the ends of lines
```"""


def settings() -> str:
    rows = ["| Key | Value | Default | Meaning |", "|---|---|---|---|"]
    for key, schema in setting_schemas():
        said = schema.get("description", "").replace("|", "\\|")
        words = {
            "object": "table",
            "boolean": "true or false",
            "string": "string",
            "array": "list",
        }[schema["type"]]
        rows.append(f"| `{key}` | {words} | {shown_default(schema)} | {said} |")
    registry = TypeAdapter(Settings).json_schema()["$defs"]["Registry"]
    for key, schema in registry["properties"].items():
        said = one_line(schema.get("description", ""))
        rows.append(
            f"| `registries.*.{key}` | {schema_type(schema)} | {shown_default(schema)} | {said} |"
        )
    return (
        "\n\n".join(
            [
                note_on_origin(),
                "# Settings",
                SETTINGS_INTRODUCTION,
                "\n".join(rows),
            ]
        )
        + "\n"
    )


def extension() -> str:
    """package.json with the settings of the server; those of the extension itself stay as they are."""
    path = REPOSITORY / "vscode-extension" / "package.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    configuration = package["contributes"]["configuration"]
    own = {
        key: schema
        for key, schema in configuration["properties"].items()
        if key.startswith(("floe.server.", "floe.trace."))
    }
    # Each folder of a window may have its own.
    settings = {f"floe.{key}": {"scope": "resource", **schema} for key, schema in setting_schemas()}
    configuration["properties"] = own | settings
    return json.dumps(package, indent=2, ensure_ascii=False) + "\n"


def setting_schemas() -> Iterator[tuple[str, dict[str, Any]]]:
    """The top-level settings as JSON Schema, without references, and with the codes in `rules`."""
    whole = TypeAdapter(Settings).json_schema()
    for key, schema in whole["properties"].items():
        if key in INNER:
            continue
        found = resolved(schema, whole.get("$defs", {}))
        if "properties" in found:  # a table of switches: each is a setting of its own
            yield from ((f"{key}.{name}", inner) for name, inner in found["properties"].items())
            continue
        found.pop("title", None)
        found.setdefault("default", {} if found["type"] == "object" else None)
        if "description" in found:
            found["description"] = one_line(found["description"])
        if key == "registries":
            found["properties"] = {"allow": {"type": "array", "items": {"type": "string"}}}
        if key == "rules":
            choices = found["additionalProperties"]["enum"]
            found["properties"] = {
                code.slug: {"enum": choices, "description": code.summary}
                for code in sorted(CODES.values(), key=lambda code: code.slug)
                if not code.fixed
            }
        yield key, found


def resolved(schema: Any, definitions: Mapping[str, Any]) -> Any:
    """A JSON Schema with its references replaced and titles left out: settings pages show titles as they stand."""
    if isinstance(schema, list):
        return [resolved(item, definitions) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return resolved(definitions[schema["$ref"].rsplit("/", 1)[1]], definitions)
    out = {
        key: resolved(value, definitions)
        for key, value in schema.items()
        if key != "title" or not isinstance(value, str)
    }
    if isinstance(out.get("description"), str):
        out["description"] = one_line(out["description"])
    return out


def shown_default(schema: Mapping[str, Any]) -> str:
    found = schema.get("default")
    return "" if found is None or found == {} else f"`{plain(found)}`"


def schema_type(schema: Mapping[str, Any]) -> str:
    types: list[str] = [
        option["type"] for option in schema.get("anyOf", [schema]) if option["type"] != "null"
    ]
    return {"boolean": "true or false"}.get(types[0], types[0])


# --- words


def note_on_origin() -> str:
    return f"<!-- Generated by `{COMMAND}`. -->"


def one_line(text: str) -> str:
    return " ".join(text.split())


def plain(found: Any) -> str:
    """A value as people write it in YAML."""
    if isinstance(found, str):
        return found
    text: str = json.dumps(found, ensure_ascii=False, default=str)
    return text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
