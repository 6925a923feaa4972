"""Which plugins a document may choose in a category, and who says so."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from floe_ls.chain.say import Origin
from floe_ls.forms.document import Document
from floe_ls.ide.snapshot import Snapshot
from floe_ls.schema.meta import Role
from floe_ls.schema.shape import Shape


@dataclass(frozen=True)
class Approved:
    names: tuple[str, ...] | None
    """None where the list is open, or not known."""
    origin: Origin | None = field(default=None, repr=False)
    """Who wrote the list."""
    waits_for: str = ""
    """Why it is not known whether there is a list: what is being fetched, or cannot be had."""

    @property
    def open(self) -> bool:
        """Whether any name may be chosen."""
        return self.names is None and not self.waits_for

    def allows(self, name: str) -> bool | None:
        """None where it is not known."""
        if self.waits_for:
            return None
        return self.names is None or name in self.names


def approved_plugins(snapshot: Snapshot, document: Document, category: str) -> Approved:
    """The approved names of a category, as a document inherits them."""
    path = snapshot.manifest_shape.role_path(Role.WHITELIST)
    return _approved(snapshot, document, (*path, category)) if path else Approved(None)


def approved_sinks(snapshot: Snapshot, document: Document) -> Approved:
    path = snapshot.manifest_shape.role_path(Role.SINKS)
    return _approved(snapshot, document, path) if path else Approved(None)


def _approved(snapshot: Snapshot, document: Document, path: tuple[str, ...]) -> Approved:
    setting = snapshot.inherited(document).at(path)
    if setting is not None and isinstance(setting.value, list):
        return Approved(tuple(v for v in setting.value if isinstance(v, str)), setting.winner)
    chain = snapshot.chain(document)
    if chain.complete:
        return Approved(None)
    return Approved(None, waits_for=chain.pending or chain.subject.name)


def categories_with(snapshot: Snapshot, names: tuple[str, ...]) -> str:
    """The category whose plugins have these known names; empty without one."""
    return _category(snapshot.manifest_shape, names)


@lru_cache(maxsize=16)
def _category(manifest: Shape, names: tuple[str, ...]) -> str:
    plugins = manifest.role_shape(Role.PLUGINS)
    for name, shape in plugins.fields.items() if plugins else ():
        if shape.category is not None and shape.category.known == names:
            return name
    return ""
