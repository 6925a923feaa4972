"""Values as the type of a shape, with the leniency that floe's models have."""

from __future__ import annotations

from typing import Any, Final

from floe_ls.schema.formats import FORMATS
from floe_ls.schema.shape import Shape


class Wrong:
    """What `typed` answers where a value is of another type."""


WRONG: Final = Wrong()


def typed(shape: Shape, value: Any) -> Any:
    """The value as the type of a shape; WRONG where it is not one."""
    match shape.kind:
        case "str":
            return value if isinstance(value, str) else WRONG
        case "bool":
            return _bool(value)
        case "int":
            return _int(shape, value)
        case "float":
            return _float(value)
        case "date" | "datetime":
            if isinstance(value, str):
                return value if FORMATS[shape.kind].check(value) is None else WRONG
            return value if hasattr(value, "isoformat") else WRONG
    return value


_BOOLS = {
    **dict.fromkeys(("true", "t", "yes", "y", "on", "1"), True),
    **dict.fromkeys(("false", "f", "no", "n", "off", "0"), False),
}


def _bool(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _BOOLS.get(value.lower(), WRONG)
    return bool(value) if isinstance(value, int | float) and value in (0, 1) else WRONG


def _int(shape: Shape, value: Any) -> Any:
    if isinstance(value, bool):
        return int(value) if not shape.choices else WRONG
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else WRONG
    if isinstance(value, str):
        try:
            return int(value.strip().replace("_", ""))
        except ValueError:
            return WRONG
    return WRONG


def _float(value: Any) -> Any:
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, int | float):
        return value
    if isinstance(value, str):
        try:
            return float(value.strip())
        except ValueError:
            return WRONG
    return WRONG
