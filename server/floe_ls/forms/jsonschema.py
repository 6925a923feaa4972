"""The models as JSON Schema, for editors that know nothing of floe: every spelling that `forms` folds is accepted.

Only what is an error in every dialect is refused. What JSON Schema has no words for is said in `x-floe-merge`,
`x-floe-order`, `x-floe-tiers`, `x-floe-dialects` and `x-floe-form`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from floe_ls.schema.formats import FORMATS
from floe_ls.schema.kinds import KINDS
from floe_ls.schema.meta import By, Dialect, Role, Severity, Tier
from floe_ls.schema.shape import Shape, shape_of

Schema = dict[str, Any]

SITE = "https://floe-language-server.readthedocs.io/en/latest/schemas/"
FILES: Mapping[str, str] = MappingProxyType(
    {"manifest": "manifest.schema.json", "product": "floe.schema.json"}
)
"""The schema file of each kind of document."""
_TITLES = {"manifest": "floe manifest", "product": "floe data product"}


def rendered(kind: str, shape: Shape) -> str:
    """The text of a kind's schema file."""
    return json.dumps(json_schema(kind, shape), indent=2, ensure_ascii=False) + "\n"


def json_schemas() -> dict[str, Schema]:
    """Both schemas, by the names of their files."""
    return {FILES[kind]: json_schema(kind, shape_of(model)) for kind, model in KINDS.items()}


def json_schema(kind: str, shape: Shape) -> Schema:
    """The schema of a kind of document: `manifest` or `product`."""
    writer = _Writer(shape)
    root = writer.object(shape)
    spell = _spell_manifest if kind == "manifest" else _spell_product
    spell(root, writer, shape)
    root["allOf"] = [*root.get("allOf", ()), *_with_envelope(shape)]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SITE + FILES[kind],
        "title": _TITLES[kind],
        "description": _doc(shape),
        **root,
        "$defs": dict(sorted(writer.definitions.items())),
    }


class _Writer:
    """Turns shapes into schemas; objects become definitions, each written once."""

    def __init__(self, root: Shape) -> None:
        self.root = root
        self.definitions: dict[str, Schema] = {}
        self.scoped = root.role_path(Role.SCOPE) is not None

    def field(self, shape: Shape) -> Schema:
        """A field: what it may hold, and all that is known of it."""
        out: Schema = {"title": title(shape.name)} if shape.name else {}
        if shape.doc:
            out["description"] = " ".join(shape.doc.split())
        value = self.value(shape)
        if shape.category is not None:
            value = _plugin(shape, value)
        if shape.nullable:
            value = _or_null(value)
        out |= value
        out |= self.notes(shape)
        return out

    def value(self, shape: Shape) -> Schema:
        match shape.kind:
            case "object":
                return {"$ref": self.reference(shape)}
            case "map":
                return self.map(shape)
            case "list":
                return self.list(shape)
            case "union":
                return {_choice(shape): [self.field(option) for option in shape.options]}
            case "any":
                return {}
        return _scalar(shape)

    def reference(self, shape: Shape) -> str:
        assert shape.model is not None
        name = shape.model.__name__
        if name not in self.definitions:
            self.definitions[name] = {}  # it stands before what it holds is written
            self.definitions[name] = {"description": _doc(shape), **self.object(shape)}
        return f"#/$defs/{name}"

    def object(self, shape: Shape) -> Schema:
        properties: Schema = {}
        required: list[str] = []
        either: list[Schema] = []
        for name, child in shape.fields.items():
            properties[name] = self.field(child)
            for other in child.other_spellings:
                properties[other] = {
                    **properties[name],
                    "description": f"Another spelling of `{name}`.",
                }
            if not _is_required(child):
                continue
            if names := child.other_spellings:
                either.append({"anyOf": [{"required": [n]} for n in (name, *names)]})
            else:
                required.append(name)
        out: Schema = {"type": "object", "properties": properties}
        if required:
            out["required"] = required
        if either:
            out["allOf"] = either
        if _always_error(shape.rules.unknown.severity):
            out["additionalProperties"] = False
        forbidden = sorted(
            name
            for rule in shape.rules.forbidden
            if not rule.deep and _always_error(rule.severity)
            for name in rule.names
        )
        if forbidden:
            out["propertyNames"] = {"not": {"enum": forbidden}}
        return out

    def map(self, shape: Shape) -> Schema:
        item = self.field(shape.item) if shape.item else {}
        out: Schema = {"type": "object"}
        known = shape.keys.known.values if shape.keys and shape.keys.known else ()
        allowed = shape.keys.choices if shape.keys else ()
        if names := (*allowed, *known):
            out["properties"] = {str(name): {"title": title(str(name)), **item} for name in names}
        out["additionalProperties"] = False if allowed else item or True
        if shape.min_length is not None:
            out["minProperties"] = shape.min_length
        if shape.max_length is not None:
            out["maxProperties"] = shape.max_length
        return out

    def list(self, shape: Shape) -> Schema:
        out: Schema = {"type": "array"}
        if shape.item is not None and (items := self.field(shape.item)):
            out["items"] = items
        missed = shape.needed is None or _always_error(shape.needed.severity)
        if shape.min_length is not None and missed:
            out["minItems"] = shape.min_length
        if shape.max_length is not None:
            out["maxItems"] = shape.max_length
        return out

    def notes(self, shape: Shape) -> Schema:
        """What is said of a field beside its type."""
        out: Schema = {}
        if shape.has_default and shape.default is not None:
            out["default"] = shape.default
        examples = shape.examples
        if not examples and shape.form is not None:
            examples = FORMATS[shape.form.name].examples
        if examples:
            out["examples"] = list(examples)
        if shape.deprecated is not None:
            out["deprecated"] = True
        if not shape.name:
            return out
        if self.scoped:
            out["x-floe-merge"] = shape.inherit.merge.value
            if shape.inherit.has_order:
                out["x-floe-order"] = list(shape.inherit.order) or (
                    "lower" if shape.inherit.lower_is_stricter else "higher"
                )
        if shape.only is not None:
            out["x-floe-tiers"] = [tier for tier in Tier if tier in shape.only.tiers]
        if shape.dialects != frozenset(Dialect):
            out["x-floe-dialects"] = [dialect for dialect in Dialect if dialect in shape.dialects]
        if shape.form is not None:
            out["x-floe-form"] = shape.form.name
        return out


PATTERNS: Mapping[str, str] = MappingProxyType(
    {
        "environment-name": "^[a-z][a-z0-9_-]*$",
        "model-name": "^[a-zA-Z_][a-zA-Z0-9_]*$",
        "secret-name": "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$",
        "semver": "^[0-9]+\\.[0-9]+\\.[0-9]+$",
        "source-name": "^[A-Za-z0-9_-]+$",
    }
)
"""Forms that a regular expression can tell."""


def _pattern(shape: Shape) -> str | None:
    if shape.form is None or not _always_error(
        shape.form.severity or FORMATS[shape.form.name].severity
    ):
        return None
    return PATTERNS.get(shape.form.name)


def _scalar(shape: Shape) -> Schema:
    if len(shape.choices) == 1:
        return {"const": shape.choices[0]}
    if shape.choices:
        return {"enum": list(shape.choices)}
    types = {"str": "string", "int": "integer", "float": "number", "bool": "boolean"}
    out: Schema = {"type": types.get(shape.kind, "string")}
    if shape.kind == "date":
        out["format"] = "date"
    elif shape.kind == "datetime":
        out["format"] = "date-time"
    limits = {
        "minimum": shape.minimum,
        "maximum": shape.maximum,
        "minLength": shape.min_length,
        "maxLength": shape.max_length,
    }
    out |= {name: limit for name, limit in limits.items() if limit is not None}
    if pattern := _pattern(shape):
        out["pattern"] = pattern
    if shape.known is not None:
        return {"anyOf": [{"enum": list(shape.known.values)}, out]}
    return out


def _choice(shape: Shape) -> str:
    """Options that a discriminator tells apart exclude each other."""
    return "oneOf" if shape.discriminator else "anyOf"


def _or_null(value: Schema) -> Schema:
    if not value:
        return value
    if isinstance(value.get("type"), str):
        return {**value, "type": [value["type"], "null"]}
    if set(value) == {"enum"}:
        return {"enum": [*value["enum"], None]}
    if set(value) == {"anyOf"}:
        return {"anyOf": [*value["anyOf"], {"type": "null"}]}
    return {"anyOf": [value, {"type": "null"}]}


def _is_required(shape: Shape) -> bool:
    """Whether every dialect and tier refuses a document without it."""
    needed = shape.needed
    return shape.required or (
        needed is not None and not needed.tiers and _always_error(needed.severity)
    )


def _always_error(severity: By) -> bool:
    return all(severity[dialect] is Severity.ERROR for dialect in Dialect)


def _doc(shape: Shape) -> str:
    model = shape.model
    return " ".join(((model.__doc__ if model else "") or "").split())


# --- what a document with an envelope needs beside


def _with_envelope(shape: Shape) -> list[Schema]:
    """The ADR's short form has no `apiVersion` and no `kind`; the others need more."""
    version, kind = shape.role_shape(Role.API_VERSION), shape.role_shape(Role.KIND)
    assert version is not None
    assert kind is not None
    enveloped = {"anyOf": [{"required": [key]} for key in (version.name, kind.name)]}
    out: list[Schema] = [{"if": enveloped, "then": _missed(shape, (Dialect.DESIGN, Dialect.V1))}]
    shipped = kind.choices[0]
    if len(kind.choices) > 1:
        said = {"properties": {kind.name: {"const": shipped}}, "required": [kind.name]}
        out.append({"if": said, "then": _missed(shape, (Dialect.V1,))})
    return out


def _missed(shape: Shape, dialects: tuple[Dialect, ...]) -> Schema:
    """What is an error to leave out in each of some dialects, here and in the objects right below."""
    missed = [child for child in shape.fields.values() if _is_missed(child, dialects)]
    out: Schema = {"required": [child.name for child in missed if not child.other_spellings]}
    out["allOf"] = [
        {"anyOf": [{"required": [name]} for name in (child.name, *child.other_spellings)]}
        for child in missed
        if child.other_spellings
    ]
    out["properties"] = {
        child.name: {"required": names}
        for child in shape.fields.values()
        if (names := [c.name for c in child.fields.values() if _is_missed(c, dialects)])
    }
    return {key: value for key, value in out.items() if value}


def _is_missed(shape: Shape, dialects: tuple[Dialect, ...]) -> bool:
    needed = shape.needed
    if needed is None or needed.tiers or _is_required(shape):
        return False
    return all(needed.severity[dialect] is Severity.ERROR for dialect in dialects)


# --- words

_WORDS = {
    word.lower(): word
    for word in "API CPU GB ID ms OIDC PII RBAC SBOM SLA SLAs TLS TTL URI URL dbt".split()
}


def title(name: str) -> str:
    """A key as a heading: `qualityChecks` and `quality_checks` are `Quality checks`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).replace("_", " ").replace("-", " ").split()
    spelled = [_WORDS.get(word.lower(), word.lower()) for word in words]
    first = spelled[0] if spelled else name
    return " ".join([first if first in _WORDS.values() else first.capitalize(), *spelled[1:]])


# --- the spellings that `forms` folds


def _plugin(shape: Shape, selection: Schema) -> Schema:
    """A category holds a plugin's name, or its selection."""
    assert shape.category is not None
    return {"anyOf": [_name(shape.category.known), selection]}


def _name(known: Iterable[str]) -> Schema:
    return {"anyOf": [{"enum": list(known)}, {"type": "string", "minLength": 1}]}


def _spell_manifest(root: Schema, writer: _Writer, shape: Shape) -> None:
    properties = root["properties"]
    _observability(writer, shape)
    _approved_and_default(writer, shape)
    _approved_lists(properties, shape)
    _flat_presets(writer, shape)
    _scope_in_metadata(properties, writer, shape)
    _parents(root, shape)


def _at(writer: _Writer, shape: Shape, role: Role) -> Schema:
    """The definition of the object at a role's field."""
    found = shape.role_shape(role)
    assert found is not None
    return writer.definitions[writer.reference(found).rpartition("/")[2]]


def _observability(writer: _Writer, shape: Shape) -> None:
    """The ADR's one plugin for what became two backends."""
    properties = _at(writer, shape, Role.PLUGINS)["properties"]
    both = [properties["telemetry_backend"], properties["lineage_backend"]]
    names = [n for backend in both for n in backend["anyOf"][0]["anyOf"][0]["enum"]]
    properties["observability"] = {
        "title": "Observability",
        "description": "The backend of traces, metrics and logs, or of lineage: the short form of"
        " `telemetry_backend` and `lineage_backend`.",
        "anyOf": [_name(names), *both[0]["anyOf"][1:]],
        "x-floe-merge": both[0]["x-floe-merge"],
    }


def _approved_and_default(writer: _Writer, shape: Shape) -> None:
    """`{approved: [...], default: x}` in a category."""
    plugins = shape.role_shape(Role.PLUGINS)
    assert plugins is not None
    writer.definitions["ApprovedPlugin"] = _APPROVED_PLUGIN
    for category in plugins.fields.values():
        selection = writer.definitions[writer.reference(category).rpartition("/")[2]]
        selection["properties"] |= {
            "approved": {
                "title": "Approved",
                "description": "Plugins that domains may choose: the short form of `approved_plugins`.",
                "type": "array",
                "items": {"$ref": _APPROVED},
            },
            "default": {
                "title": "Default",
                "description": "The plugin that is taken where nothing is chosen.",
                "type": "string",
            },
        }


_APPROVED = "#/$defs/ApprovedPlugin"
_APPROVED_PLUGIN: Schema = {
    "description": "A plugin that may be chosen: its name, or a mapping with its name.",
    "anyOf": [
        {"type": "string"},
        {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]},
    ],
}


def _approved_lists(properties: Schema, shape: Shape) -> None:
    """One name in place of a list, items with a name, and known names by category."""
    whitelist, plugins = shape.role_shape(Role.WHITELIST), shape.role_shape(Role.PLUGINS)
    assert whitelist is not None
    assert plugins is not None
    known = {c.name: list(c.category.known) for c in plugins.fields.values() if c.category}
    known["observability"] = known["telemetry_backend"]
    lists: Schema = {}
    for category, names in known.items():
        item = {"anyOf": [{"enum": names}, {"$ref": _APPROVED}]}
        lists[category] = {
            "title": title(category),
            "description": f"Plugins that domains may choose for `{category}`.",
            "anyOf": [{"type": "array", "items": item}, {"type": "string"}],
        }
    other = {"anyOf": [{"type": "array", "items": {"$ref": _APPROVED}}, {"type": "string"}]}
    field = properties[whitelist.name]
    field["properties"], field["additionalProperties"] = lists, other


_FLAT = {
    "cpu_request": ("requests", "cpu"),
    "memory_request": ("requests", "memory"),
    "cpu_limit": ("limits", "cpu"),
    "memory_limit": ("limits", "memory"),
}


def _flat_presets(writer: _Writer, shape: Shape) -> None:
    """Four flat keys of a resource preset."""
    presets = shape.child("resource_presets")
    preset = presets.item if presets else None
    if preset is None:
        return
    nested = writer.definitions[writer.reference(preset).rpartition("/")[2]]
    flat: Schema = {}
    for key, path in _FLAT.items():
        leaf = preset.at(path)
        assert leaf is not None
        flat[key] = writer.field(leaf) | {"title": title(key)}
    description = nested.pop("description")
    either = [nested, {"type": "object", "properties": flat, "required": list(_FLAT)}]
    writer.definitions[writer.reference(preset).rpartition("/")[2]] = {
        "description": description,
        "anyOf": either,
    }


def _scope_in_metadata(properties: Schema, writer: _Writer, shape: Shape) -> None:
    scope, name = shape.role_shape(Role.SCOPE), shape.role_path(Role.NAME)
    assert scope is not None
    assert name is not None
    metadata = shape.at(name[:-1])
    assert metadata is not None
    definition = writer.definitions[writer.reference(metadata).rpartition("/")[2]]
    definition["properties"][scope.name] = properties[scope.name] | {
        "description": f"Another place of `{scope.name}`."
    }


def _parents(root: Schema, shape: Shape) -> None:
    """`parent`, `parent.ref` and `parent_ref`; a domain needs one of the spellings."""
    parent, scope = shape.role_shape(Role.PARENT), shape.role_shape(Role.SCOPE)
    name = shape.role_path(Role.NAME)
    assert parent is not None
    assert scope is not None
    assert name is not None
    properties = root["properties"]
    field = properties[parent.name]
    short = field | {"description": f"Another spelling of `{parent.name}`."}
    properties["parent_ref"] = short
    holder = {"type": "object", "properties": {"ref": field}, "required": ["ref"]}
    properties["parent"] = {
        key: value for key, value in short.items() if key not in ("type", "anyOf")
    } | {"anyOf": [{"type": ["string", "null"]}, holder]}
    if parent.needed is None or not parent.needed.tiers:
        return
    said = {
        "properties": {scope.name: {"enum": sorted(parent.needed.tiers)}},
        "required": [scope.name],
    }
    inside = {"properties": {name[0]: said}, "required": [name[0]]}
    root.setdefault("allOf", []).append(
        {
            "if": {"anyOf": [said, inside]},
            "then": {
                "anyOf": [{"required": [key]} for key in (parent.name, "parent", "parent_ref")]
            },
        }
    )


def _spell_product(root: Schema, writer: _Writer, shape: Shape) -> None:
    """`platform.ref`, `domain.ref`, and the name and its like at the top level."""
    properties = root["properties"]
    path, name = shape.role_path(Role.PLATFORM), shape.role_path(Role.NAME)
    assert path is not None
    assert name is not None
    platform, key = path
    holder = shape.fields[platform]
    definition = writer.definitions[writer.reference(holder).rpartition("/")[2]]
    reference = definition["properties"][key]
    definition["properties"]["ref"] = reference
    if key in definition.get("required", ()):
        definition["required"].remove(key)
        definition["anyOf"] = [{"required": [key]}, {"required": ["ref"]}]
        if not definition["required"]:
            del definition["required"]
    properties["domain"] = {
        "title": "Domain",
        "description": f"The domain's manifest: another spelling of `{platform}`.",
        "type": "object",
        "properties": {"ref": reference},
        "required": ["ref"],
    }
    metadata = writer.definitions[writer.reference(shape.fields[name[0]]).rpartition("/")[2]]
    for loose in ("name", "version", "description", "owner"):
        properties[loose] = metadata["properties"][loose]
