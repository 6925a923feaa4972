"""The forms of strings, by the names that fields call them by."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from floe_ls.schema.formats.format import Format
from floe_ls.schema.formats.names import NAMES

__all__ = ["FORMATS", "Format"]

FORMATS: Mapping[str, Format] = MappingProxyType({f.name: f for f in NAMES})
