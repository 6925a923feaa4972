"""The forms of strings, by the names that fields call them by."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from floe_ls.schema.formats.addresses import ADDRESSES
from floe_ls.schema.formats.dates import DATES
from floe_ls.schema.formats.format import Format
from floe_ls.schema.formats.names import NAMES
from floe_ls.schema.formats.patterns import PATTERNS
from floe_ls.schema.formats.quantity import QUANTITIES
from floe_ls.schema.formats.schedule import SCHEDULES

__all__ = ["FORMATS", "Format"]

FORMATS: Mapping[str, Format] = MappingProxyType(
    {form.name: form for form in (*NAMES, *SCHEDULES, *DATES, *QUANTITIES, *PATTERNS, *ADDRESSES)}
)
