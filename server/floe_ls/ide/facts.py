"""What is known of artifacts and repositories beside the texts: digests, moments, tags. Plain values, put there by
the session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Facts:
    """Of one artifact."""

    digest: str
    media_type: str = ""
    annotations: Mapping[str, str] = field(default_factory=dict)
    looked_at: float | None = None
    """When the registry last said that this is it, in seconds since 1970."""
    read_from: str = ""
    """The file, folder or other reference that stood in for it."""
    before: str = ""
    """The digest that the same tag had when it was used here last, where that was another one."""
    changed_at: float | None = None
    """When that was noticed."""


@dataclass(frozen=True)
class RepositoryTags:
    """The newest version first."""

    names: tuple[str, ...]
    looked_at: float
