"""Reads models as shapes. Apart from shapes, so that who has compiled ones does without models."""

from __future__ import annotations

import datetime
import inspect
import types
from collections.abc import Mapping
from typing import Annotated, Any, ForwardRef, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from floe_ls.schema.meta import (
    DEEP,
    OVERRIDE,
    WARNING,
    Category,
    Codes,
    Deprecated,
    DialectOnly,
    Examples,
    Form,
    Inherit,
    Is,
    Known,
    Mistaken,
    Needed,
    Only,
    Single,
    Spelled,
    Unique,
)
from floe_ls.schema.section import Section
from floe_ls.schema.shape import ALL_DIALECTS, ANY_STEP, Shape

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
_LIMITS = (
    ("ge", "minimum"),
    ("le", "maximum"),
    ("min_length", "min_length"),
    ("max_length", "max_length"),
)
_A = TypeVar("_A")


def read_model(model: type[BaseModel]) -> Shape:
    """The shape of a whole document of this model."""
    return _shape("", (), model, None)


def _shape(name: str, path: tuple[str, ...], annotation: Any, field: FieldInfo | None) -> Shape:
    notes: list[Any] = list(field.metadata) if field else []
    said: dict[str, Any] = {"doc": (field.description or "").strip() if field else ""}
    _read_type(name, path, annotation, notes, said)
    if field is not None:
        said["required"], said["has_default"] = field.is_required(), not field.is_required()
        said["default"] = _default(field)
        if isinstance(field.discriminator, str):
            said["discriminator"] = field.discriminator
    _read_limits(notes, said)
    for key, kind in (
        ("only", Only),
        ("needed", Needed),
        ("form", Form),
        ("known", Known),
        ("category", Category),
        ("mistaken", Mistaken),
        ("single", Single),
        ("deprecated", Deprecated),
    ):
        said[key] = _note(notes, kind)
    codes = said["codes"] = _note(notes, Codes) or Codes()
    unique = tuple(note for note in notes if isinstance(note, Unique))
    if codes.duplicate:
        unique += (Unique("", codes.duplicate, WARNING),)
    said["unique"] = unique
    said["examples"] = (_note(notes, Examples) or Examples(())).values
    dialects = _note(notes, DialectOnly)
    said["dialects"] = dialects.dialects if dialects else ALL_DIALECTS
    spelled = _note(notes, Spelled)
    said["other_spellings"] = spelled.names if spelled else ()
    role = _note(notes, Is)
    said["role"] = role.role if role else None
    own = _note(notes, Inherit)
    said["says_inherit"] = own is not None
    said["inherit"] = own or (DEEP if said["kind"] == "object" else OVERRIDE)
    return Shape(name, path, **said)


def _read_type(
    name: str, path: tuple[str, ...], annotation: Any, notes: list[Any], said: dict[str, Any]
) -> None:
    """What a type says, and the notes that stand at it."""
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        for note in args[1:]:
            if isinstance(note, FieldInfo):
                notes.extend(note.metadata)
                if note.discriminator and isinstance(note.discriminator, str):
                    said["discriminator"] = note.discriminator
            else:
                notes.append(note)
        _read_type(name, path, args[0], notes, said)
    elif origin in (Union, types.UnionType):
        options = [a for a in args if a is not type(None)]
        said["nullable"] = len(options) < len(args)
        if len(options) == 1:
            _read_type(name, path, options[0], notes, said)
        else:
            said["kind"] = "union"
            said["options"] = tuple(_shape(name, path, option, None) for option in options)
    elif origin is Literal:
        choices = said["choices"] = tuple(a for a in args if a is not None)
        said["nullable"] = said.get("nullable", False) or None in args
        kinds = {type(a) for a in choices}
        said["kind"] = _SCALARS[kinds.pop()] if len(kinds) == 1 else "any"
    elif origin in (list, tuple, set, frozenset):
        said["kind"] = "list"
        said["item"] = _shape("", (*path, ANY_STEP), args[0] if args else Any, None)
    elif origin in (dict, Mapping):
        said["kind"] = "map"
        said["keys"] = _shape("", path, args[0] if args else str, None)
        said["item"] = _shape("", (*path, ANY_STEP), args[1] if args else Any, None)
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        _read_object(path, annotation, said)
    elif isinstance(annotation, ForwardRef | str):
        raise TypeError(f"{path}: unresolved annotation {annotation!r}")
    else:
        said["kind"] = _SCALARS.get(annotation, "any")


def _read_object(path: tuple[str, ...], model: type[BaseModel], said: dict[str, Any]) -> None:
    said["kind"] = "object"
    said["model"] = model
    if issubclass(model, Section):
        said["rules"] = model.rules
    said["doc"] = said["doc"] or inspect.cleandoc(model.__doc__ or "")
    said["fields"] = fields = {}
    for name, field in model.model_fields.items():
        key = field.alias or name
        fields[key] = _shape(key, (*path, key), field.annotation, field)


def _read_limits(notes: list[Any], said: dict[str, Any]) -> None:
    for note in notes:
        for limit, name in _LIMITS:
            value = getattr(note, limit, None)
            if value is not None and not isinstance(note, Inherit):
                said[name] = value


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
