"""Which model describes a document. The only module that names the concrete models to the layers
above."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from floe_ls.schema.manifest import Manifest
from floe_ls.schema.product import DataProduct
from floe_ls.schema.section import Section

KINDS: Mapping[str, type[Section]] = MappingProxyType(
    {"manifest": Manifest, "product": DataProduct}
)
"""By the kind of document: `manifest` for every tier, `product` for a floe.yaml."""
