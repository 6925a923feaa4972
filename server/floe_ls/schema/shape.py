"""The models as a tree that is walked by YAML path: features ask about fields, not about types."""

from __future__ import annotations

import datetime
import inspect
import types
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Annotated, Any, ForwardRef, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from floe_ls.schema.meta import (
    DEEP,
    MANIFEST_TIERS,
    WARNING,
    Category,
    Codes,
    Deprecated,
    Dialect,
    DialectOnly,
    Examples,
    Form,
    Inherit,
    Is,
    Known,
    Mistaken,
    Needed,
    Only,
    Role,
    Rules,
    Section,
    Single,
    Spelled,
    Tier,
    Unique,
)
from floe_ls.schema.meta import OVERRIDE as _OVERRIDE

Path = tuple[str | int, ...]
"""Where a value is: keys, and indices of lists, in canonical spelling."""

_SCALARS: dict[Any, str] = {
    str: "str",
    int: "int",
    float: "float",
    bool: "bool",
    datetime.date: "date",
    datetime.datetime: "datetime",
    Any: "any",
    type(None): "null",
}
_A = TypeVar("_A")
ALL_DIALECTS = frozenset(Dialect)
ANY_STEP = "*"
"""Stands for any key or index in the path of a shape."""


class Shape:
    """One place in a file: what may stand there, and what is known of it. Built once, never changed.

    `kind` is object (named `fields`), map (any key, `item` for each value), list (`item`), str, int, float, bool,
    date, datetime, any, or union (`options`). `path` is the template of its place, `*` for any key or index.
    """

    def __init__(
        self, name: str, path: tuple[str, ...], annotation: Any, field: FieldInfo | None
    ) -> None:
        self.name = name
        self.path = path
        self.doc = (field.description or "").strip() if field else ""
        self.nullable = False
        self.fields: dict[str, Shape] = {}
        self.spellings: dict[str, str] = {}
        self.wanted: tuple[Shape, ...] = ()
        """The fields that may be missed."""
        self.mistakable: tuple[Shape, ...] = ()
        self.item: Shape | None = None
        self.keys: Shape | None = None
        self.options: tuple[Shape, ...] = ()
        self.discriminator: str = ""
        self.choices: tuple[Any, ...] = ()
        self.minimum: float | None = None
        self.maximum: float | None = None
        self.min_length: int | None = None
        self.max_length: int | None = None
        self.rules = Rules()
        self.model: type[BaseModel] | None = None
        self.kind = "any"
        notes: list[Any] = list(field.metadata) if field else []
        self._type(annotation, notes)
        self.required = field is not None and field.is_required()
        self.has_default = field is not None and not field.is_required()
        self.default = _default(field)
        if field is not None and isinstance(field.discriminator, str):
            self.discriminator = field.discriminator
        self._limits(notes)
        self.only = _note(notes, Only)
        self.needed = _note(notes, Needed)
        self.form = _note(notes, Form)
        self.known = _note(notes, Known)
        self.category = _note(notes, Category)
        self.mistaken = _note(notes, Mistaken)
        self.single = _note(notes, Single)
        self.codes = _note(notes, Codes) or Codes()
        self.unique = tuple(note for note in notes if isinstance(note, Unique))
        if self.codes.duplicate:
            self.unique += (Unique("", self.codes.duplicate, WARNING),)
        self.examples: tuple[Any, ...] = (_note(notes, Examples) or Examples(())).values
        self.deprecated = _note(notes, Deprecated)
        dialects = _note(notes, DialectOnly)
        self.dialects: frozenset[Dialect] = dialects.dialects if dialects else ALL_DIALECTS
        spelled = _note(notes, Spelled)
        self.other_spellings: tuple[str, ...] = spelled.names if spelled else ()
        role = _note(notes, Is)
        self.role: Role | None = role.role if role else None
        own = _note(notes, Inherit)
        self.says_inherit = own is not None
        self.inherit: Inherit = own or (DEEP if self.kind == "object" else _OVERRIDE)
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

    # --- building

    def _type(self, annotation: Any, notes: list[Any]) -> None:
        origin, args = get_origin(annotation), get_args(annotation)
        if origin is Annotated:
            for note in args[1:]:
                if isinstance(note, FieldInfo):
                    notes.extend(note.metadata)
                    if note.discriminator and isinstance(note.discriminator, str):
                        self.discriminator = note.discriminator
                else:
                    notes.append(note)
            self._type(args[0], notes)
        elif origin in (Union, types.UnionType):
            options = [a for a in args if a is not type(None)]
            self.nullable = len(options) < len(args)
            if len(options) == 1:
                self._type(options[0], notes)
            else:
                self.kind = "union"
                self.options = tuple(Shape(self.name, self.path, o, None) for o in options)
        elif origin is Literal:
            self.choices = tuple(a for a in args if a is not None)
            self.nullable = self.nullable or None in args
            kinds = {type(a) for a in self.choices}
            self.kind = _SCALARS[kinds.pop()] if len(kinds) == 1 else "any"
        elif origin in (list, tuple, set, frozenset):
            self.kind = "list"
            self.item = Shape("", (*self.path, ANY_STEP), args[0] if args else Any, None)
        elif origin in (dict, Mapping):
            self.kind = "map"
            self.keys = Shape("", self.path, args[0] if args else str, None)
            self.item = Shape("", (*self.path, ANY_STEP), args[1] if args else Any, None)
        elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
            self._object(annotation)
        elif isinstance(annotation, ForwardRef | str):
            raise TypeError(f"{self.path}: unresolved annotation {annotation!r}")
        else:
            self.kind = _SCALARS.get(annotation, "any")

    def _object(self, model: type[BaseModel]) -> None:
        self.kind = "object"
        self.model = model
        if issubclass(model, Section):
            self.rules = model.rules
        if not self.doc:
            self.doc = inspect.cleandoc(model.__doc__ or "")
        for name, field in model.model_fields.items():
            key = field.alias or name
            shape = Shape(key, (*self.path, key), field.annotation, field)
            self.fields[key] = shape
            for other in shape.other_spellings:
                self.spellings[other] = key
        fields = self.fields.values()
        self.wanted = tuple(f for f in fields if f.required or f.needed is not None)
        self.mistakable = tuple(f for f in fields if f.mistaken is not None)

    def _limits(self, notes: list[Any]) -> None:
        for note in notes:
            for limit, name in (
                ("ge", "minimum"),
                ("le", "maximum"),
                ("min_length", "min_length"),
                ("max_length", "max_length"),
            ):
                value = getattr(note, limit, None)
                if value is not None and not isinstance(note, Inherit):
                    setattr(self, name, value)


def _note(notes: list[Any], kind: type[_A]) -> _A | None:
    return next((note for note in reversed(notes) if isinstance(note, kind)), None)


def _default(field: FieldInfo | None) -> Any:
    """A field's default as plain data."""
    if field is None or field.is_required():
        return None
    factory = field.default_factory
    if isinstance(factory, type) and issubclass(factory, BaseModel):
        return _defaults(factory)
    if factory is not None:
        return _data(field.get_default(call_default_factory=True, validated_data={}))
    return None if field.default is PydanticUndefined else _data(field.default)


def _defaults(model: type[BaseModel]) -> dict[str, Any]:
    """What an object of this model is when nothing in it is written."""
    return {
        field.alias or name: value
        for name, field in model.model_fields.items()
        if (value := _default(field)) is not None
    }


def _data(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return {
            field.alias or name: _data(held)
            for name, field in type(value).model_fields.items()
            if (held := getattr(value, name)) is not None
        }
    if isinstance(value, list | tuple):
        return [_data(item) for item in value]
    if isinstance(value, dict):
        return {key: _data(item) for key, item in value.items()}
    return value


@lru_cache(maxsize=64)
def shape_of(model: type[BaseModel]) -> Shape:
    """The shape of a whole document of this model."""
    return Shape("", (), model, None)
