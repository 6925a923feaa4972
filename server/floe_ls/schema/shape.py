"""The models as a tree that is walked by YAML path: features ask about fields, not about types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from floe_ls.schema.meta import (
    MANIFEST_TIERS,
    Category,
    Codes,
    Deprecated,
    Dialect,
    Form,
    Inherit,
    Known,
    Mistaken,
    Needed,
    Only,
    Role,
    Rules,
    Single,
    Tier,
    Unique,
)
from floe_ls.schema.meta import OVERRIDE as _OVERRIDE

if TYPE_CHECKING:
    from pydantic import BaseModel

Path = tuple[str | int, ...]
"""Where a value is: keys, and indices of lists, in canonical spelling."""

ALL_DIALECTS = frozenset(Dialect)
ANY_STEP = "*"
"""Stands for any key or index in the path of a shape."""


class Shape:
    """One place in a file: what may stand there, and what is known of it. Built once, never changed.

    `kind` is object (named `fields`), map (any key, `item` for each value), list (`item`), str, int, float, bool,
    date, datetime, any, or union (`options`). `path` is the template of its place, `*` for any key or index.
    """

    name: str
    path: tuple[str, ...]
    doc: str = ""
    kind: str = "any"
    nullable: bool = False
    fields: Mapping[str, Shape] = MappingProxyType({})
    item: Shape | None = None
    keys: Shape | None = None
    options: tuple[Shape, ...] = ()
    discriminator: str = ""
    choices: tuple[Any, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    rules: Rules = Rules()
    required: bool = False
    has_default: bool = False
    default: Any = None
    only: Only | None = None
    needed: Needed | None = None
    form: Form | None = None
    known: Known | None = None
    category: Category | None = None
    mistaken: Mistaken | None = None
    single: Single | None = None
    codes: Codes = Codes()
    unique: tuple[Unique, ...] = ()
    examples: tuple[Any, ...] = ()
    deprecated: Deprecated | None = None
    dialects: frozenset[Dialect] = ALL_DIALECTS
    other_spellings: tuple[str, ...] = ()
    role: Role | None = None
    says_inherit: bool = False
    inherit: Inherit = _OVERRIDE
    model: type[BaseModel] | None = None
    """The model that it was read from; None where it was compiled."""

    def __init__(self, name: str, path: tuple[str, ...], **said: Any) -> None:
        self.name, self.path = name, path
        self.__dict__.update(said)
        fields = self.fields.values()
        self.spellings: dict[str, str] = {
            other: field.name for field in fields for other in field.other_spellings
        }
        self.wanted = tuple(f for f in fields if f.required or f.needed is not None)
        """The fields that may be missed."""
        self.mistakable = tuple(f for f in fields if f.mistaken is not None)
        self._roles: dict[Role, Shape] | None = None

    def __repr__(self) -> str:
        return f"Shape({'.'.join(self.path) or '.'}: {self.kind})"

    # --- what is below

    def child(self, step: str | int) -> Shape | None:
        """The shape of a key or item, whatever its spelling; None where none is known."""
        if isinstance(step, int):
            found = self.item if self.kind == "list" else None
        elif self.kind == "object":
            found = self.fields.get(step) or self.fields.get(self.spellings.get(step, ""))
        else:
            found = self.item if self.kind == "map" else None
        if found is None and self.kind == "union":
            found = next((s for o in self.options if (s := o.child(step)) is not None), None)
        return found

    def at(self, path: Path) -> Shape | None:
        shape: Shape | None = self
        for step in path:
            shape = shape.child(step) if shape else None
        return shape

    def canonical(self, key: str) -> str:
        """The canonical spelling of one of its keys."""
        return self.spellings.get(key, key) if key not in self.fields else key

    def children(self) -> Iterator[Shape]:
        """The named fields, also those of the options of a union."""
        yield from self.fields.values()
        seen = set(self.fields)
        for option in self.options:
            for child in option.children():
                if child.name not in seen:
                    seen.add(child.name)
                    yield child

    def walk(self) -> Iterator[Shape]:
        """This shape and all below it."""
        yield self
        for child in self.fields.values():
            yield from child.walk()
        if self.item is not None:
            yield from self.item.walk()
        for option in self.options:
            yield from option.walk()

    def role_shape(self, role: Role) -> Shape | None:
        if self._roles is None:
            self._roles = {}
            for shape in self.walk():
                if shape.role is not None:
                    self._roles.setdefault(shape.role, shape)
        return self._roles.get(role)

    def role_path(self, role: Role) -> tuple[str, ...] | None:
        """Where the field with a role is, from this shape's root."""
        shape = self.role_shape(role)
        return shape.path if shape else None

    # --- in words

    @property
    def dotted(self) -> str:
        return ".".join(self.path)

    @property
    def is_container(self) -> bool:
        return self.kind in ("object", "map", "list") or any(o.is_container for o in self.options)

    @property
    def open_to(self) -> frozenset[Tier]:
        """The tiers that may set it."""
        return self.only.tiers if self.only else MANIFEST_TIERS

    def type_name(self) -> str:
        """Its type in words, such as `list of string`."""
        match self.kind:
            case "list":
                return f"list of {self.item.type_name()}" if self.item else "list"
            case "map":
                return f"mapping of {self.item.type_name()}" if self.item else "mapping"
            case "object":
                return "mapping"
            case "union":
                return " or ".join(dict.fromkeys(option.type_name() for option in self.options))
            case "str":
                return "one of" if self.choices else "string"
            case "int":
                return "whole number"
            case "float":
                return "number"
            case "bool":
                return "true or false"
            case "any":
                return "any value"
        return self.kind


@lru_cache(maxsize=64)
def shape_of(model: type[BaseModel]) -> Shape:
    """The shape of a whole document of this model."""
    from floe_ls.schema.reading import read_model

    return read_model(model)
