"""The other domains of an enterprise, as far as the workspace has them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from floe_ls.chain.layers import MAX_LAYERS
from floe_ls.chain.ref import OciRef, parse_ref
from floe_ls.forms.document import Document
from floe_ls.ide.rule import Subject
from floe_ls.ide.snapshot import Snapshot
from floe_ls.mesh.census import Row
from floe_ls.schema.meta import Tier


def siblings(subject: Subject, wanted: Callable[[Row], bool] = lambda _: True) -> Iterator[Row]:
    """The manifests of other domains under the same enterprise. Two files with one name are versions, or copies,
    of one domain. Of many, those that are `wanted` are looked at."""
    snapshot = subject.snapshot
    own = snapshot.row(subject.document)
    if own is None or subject.tier is not Tier.DOMAIN:
        return
    enterprise = _enterprise(snapshot, own)
    for row in snapshot.census.manifests:
        if row.tier is not Tier.DOMAIN or row.uri == own.uri or row.name == own.name:
            continue
        if wanted(row) and _same(enterprise, _enterprise(snapshot, row), own.ref, row.ref):
            yield row


def _enterprise(snapshot: Snapshot, row: Row) -> Document | None:
    """The enterprise manifest above a domain, where it is known. The family knows it without a look at the files."""
    parents, here = snapshot.family.parents, row.uri
    for _ in range(MAX_LAYERS):
        above = parents.get(here)
        known = snapshot.census.by_uri.get(above) if above is not None else None
        if above is None or (known is not None and known.tier is Tier.PLATFORM):
            return None
        document = snapshot.at_uri(above)
        if document is None or document.tier is Tier.ENTERPRISE:
            return document
        here = above
    return None


def _same(here: Document | None, there: Document | None, ref: str, other_ref: str) -> bool:
    if here is None or there is None:
        return bool(ref) and _repository(ref) == _repository(other_ref)
    return here is there or (bool(here.ref) and _repository(here.ref) == _repository(there.ref))


def _repository(ref: str) -> str:
    found = parse_ref(ref)
    return str(found.without_version) if isinstance(found, OciRef) else ref
