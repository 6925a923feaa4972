"""The other domains of an enterprise, as far as the workspace has them."""

from __future__ import annotations

from collections.abc import Iterator

from floe_ls.chain.layers import Layer
from floe_ls.chain.ref import OciRef, parse_ref
from floe_ls.ide.rule import Subject
from floe_ls.mesh.census import Row
from floe_ls.schema.meta import Tier


def siblings(subject: Subject) -> Iterator[Row]:
    """The manifests of other domains under the same enterprise. Two files with one name are versions, or copies,
    of one domain."""
    snapshot = subject.snapshot
    own = snapshot.row(subject.document)
    if own is None or subject.tier is not Tier.DOMAIN:
        return
    enterprise = subject.chain.layer(Tier.ENTERPRISE)
    for row in snapshot.census.manifests:
        if row.tier is not Tier.DOMAIN or row.uri == own.uri or row.name == own.name:
            continue
        other = snapshot.chain(row.document).layer(Tier.ENTERPRISE)
        if _same(enterprise, other, own.ref, row.ref):
            yield row


def _same(enterprise: Layer | None, other: Layer | None, ref: str, other_ref: str) -> bool:
    if enterprise is None or other is None:
        return bool(ref) and _repository(ref) == _repository(other_ref)
    here, there = enterprise.document, other.document
    return here is there or (bool(here.ref) and _repository(here.ref) == _repository(there.ref))


def _repository(ref: str) -> str:
    found = parse_ref(ref)
    return str(found.without_version) if isinstance(found, OciRef) else ref
