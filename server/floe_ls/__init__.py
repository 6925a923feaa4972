"""Language server for floe's layered manifests and data products, and the same engine for Python programs.

from floe_ls import Manifest, DataProduct, resolve_manifest, merge_manifests, ValidationError
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from floe_ls.api import (
        DataProduct,
        Manifest,
        ResolvedManifest,
        ValidationError,
        merge_manifests,
        resolve_manifest,
    )

__version__ = "0.1.0"

__all__ = [
    "DataProduct",
    "Manifest",
    "ResolvedManifest",
    "ValidationError",
    "merge_manifests",
    "resolve_manifest",
]


def __getattr__(name: str) -> Any:
    """The models are loaded when they are asked for: the server must start without them."""
    if name in __all__:
        from floe_ls import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
