"""Which transforms need which: `dependsOn` as a hierarchy of calls."""

from __future__ import annotations

from dataclasses import dataclass

from floe_ls.forms.document import Document
from floe_ls.ide.mentions import (
    Transform,
    What,
    mention_at,
    named_transforms,
    transform_around,
    transforms_that_need,
)
from floe_ls.ide.snapshot import Snapshot
from floe_ls.text import Span


@dataclass(frozen=True)
class Call:
    """A transform, and where it is named as one that is needed, or names one that it needs."""

    transform: Transform
    spans: tuple[Span, ...]


def called(snapshot: Snapshot, document: Document, offset: int) -> tuple[Transform, ...]:
    """The transform that is named at an offset, else the one that an offset is in."""
    mention = mention_at(document, snapshot.shapes, offset)
    if mention is not None and mention.what is What.TRANSFORM:
        return named_transforms(document, snapshot.shapes, mention.name)[:1]
    around = transform_around(document, snapshot.shapes, offset)
    return (around,) if around is not None else ()


def incoming(snapshot: Snapshot, document: Document, name: str) -> tuple[Call, ...]:
    """The transforms that need the one of a name, with the places where they say so."""
    return tuple(
        Call(t, tuple(need.span for need in t.needs if need.name == name))
        for t in transforms_that_need(document, snapshot.shapes, name)
    )


def outgoing(snapshot: Snapshot, document: Document, name: str) -> tuple[Call, ...]:
    """The transforms that the one of a name needs, with the places where it says so."""
    named = named_transforms(document, snapshot.shapes, name)
    by_name: dict[str, list[Span]] = {}
    for need in named[0].needs if named else ():
        by_name.setdefault(need.name, []).append(need.span)
    return tuple(
        Call(needed, tuple(spans))
        for other, spans in by_name.items()
        for needed in named_transforms(document, snapshot.shapes, other)[:1]
    )
