"""Which spelling a new key gets, where a dialect writes it otherwise than the canonical tree."""

from __future__ import annotations

from floe_ls.forms.dialect import Kind
from floe_ls.forms.manifest import OBSERVABILITY
from floe_ls.schema.meta import Dialect

_DOCUMENTS = frozenset({Dialect.ADR, Dialect.DESIGN})
_ADR = frozenset({Dialect.ADR})
_SPELLINGS: dict[tuple[Kind, tuple[str, ...]], tuple[str, frozenset[Dialect]]] = {
    (Kind.PRODUCT, ("platform", "manifest")): ("ref", _DOCUMENTS),
    (Kind.MANIFEST, ("plugins", "telemetry_backend")): (OBSERVABILITY, _ADR),
    (Kind.MANIFEST, ("approved_plugins", "telemetry_backend")): (OBSERVABILITY, _ADR),
}


def preferred_key(kind: Kind, dialect: Dialect, path: tuple[str | int, ...]) -> str:
    """How a document of a dialect spells the key at a canonical path."""
    words = tuple(step for step in path if isinstance(step, str))
    spelling, dialects = _SPELLINGS.get((kind, words), ("", frozenset()))
    return spelling if dialect in dialects else str(path[-1])


def writes_names_alone(dialect: Dialect) -> bool:
    """Whether a dialect writes `compute: duckdb` where floe's released form has `compute: {type: duckdb}`."""
    return dialect is not Dialect.V1
