"""What was judged of a document: what is wrong in each entry, kept with it, and how that becomes findings.

Offsets are relative to the entry that holds a node, like those of the nodes themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as Lookup
from typing import Any, NamedTuple

from floe_ls.forms.document import Document
from floe_ls.ide.model import Diagnostic, Fix, Related, Tag
from floe_ls.ide.remedy import Remedy, fix
from floe_ls.ide.rule import Finding
from floe_ls.schema.meta import Severity
from floe_ls.schema.shape import Shape
from floe_ls.syntax.nodes import Collection, Entry
from floe_ls.text import Span


class Slip(NamedTuple):
    """Something wrong, relative to the entry that holds it."""

    start: int
    end: int
    code: str
    severity: Severity
    message: str
    remedies: tuple[Remedy, ...] | Callable[[], tuple[Remedy, ...]] = ()
    """Or what makes them, since most are never asked for."""
    tags: tuple[Tag, ...] = ()
    also: tuple[int, int, str] | None = None
    """Another place that explains it, with words."""


class Part:
    """The judgement on one entry: what is wrong with it, and the judgement on the collection that it holds."""

    __slots__ = ("bad", "below", "bundle", "mild", "slips", "told")

    def __init__(self, slips: tuple[Slip, ...], below: Judged | None, mild: bool = False) -> None:
        self.slips = slips
        self.mild = mild
        """Whether nobody reads it in earnest, so that nothing in it is an error."""
        self.below = below
        self.bad: bool = bool(slips) or (below is not None and below.bad)
        self.told: list[tuple[int, Slip]] | None = None
        """See `_told`."""
        self.bundle: Bundle | None = None
        """What is shown of it, kept for whoever shows it."""


class Bundle:
    """All that is wrong in one entry of a long list. It is the same object as long as the entry is, so it holds what
    was made of it for an editor: after the next key that is all the same, save perhaps where it stands."""

    __slots__ = ("items", "reach", "rules", "said", "slips")

    def __init__(self, slips: tuple[tuple[int, Slip], ...]) -> None:
        self.slips = slips
        self.reach = max(at + slip.start for at, slip in slips)
        """Where the last of them starts, relative to the entry."""
        self.rules: Lookup[str, str] | None = None
        self.items: tuple[Diagnostic, ...] = ()
        """The findings, relative to the entry, as `rules` of the settings want them."""
        self.said: tuple[object, tuple[int, int], str] | None = None
        """What a client was told, for which one, and at which line and column the entry stood."""


Bundles = list[tuple[int, Bundle]]
"""Bundles with the offsets of their entries."""


class Parts(NamedTuple):
    """The judgements on the entries of a collection: None for a scalar with which nothing is wrong."""

    entries: list[Part | None]
    wrong: list[int]
    """Which entries have something wrong in them."""
    first: int = 0
    """How many at the start are those of an earlier judgement."""
    last: int = 0
    """And how many at the end."""


class Names(NamedTuple):
    """What tells the items of a list apart."""

    values: list[Any]
    repeat: bool
    """Whether two of them are the same."""


class Judged:
    """The judgement on a collection. `slips` are about it as a whole, `names` what must not repeat in it, `muted`
    the entries that have no effect since a later one has the same key."""

    __slots__ = ("bad", "calm", "key", "muted", "names", "node", "parts", "shape", "slips")

    def __init__(
        self,
        node: Collection,
        shape: Shape | None,
        key: str,
        parts: Parts,
        slips: tuple[Slip, ...],
        names: tuple[Names | None, ...] = (),
        muted: frozenset[int] = frozenset(),
    ) -> None:
        self.node = node
        self.shape = shape
        self.key = key
        self.parts = parts
        self.slips = slips
        self.names = names
        self.muted = muted
        self.bad = bool(slips or parts.wrong)
        self.calm: dict[str, Entry | None] | None = None
        """The keys that the shape's constraints read, with their entries, where nothing breaks a constraint."""


def plain_finding(at: int, slip: Slip) -> Finding:
    """A slip as a finding, without fixes and other places."""
    start, end, code, severity, message, _, tags, _ = slip
    return Finding(code, Span(at + start, at + end), message, tags=tags, severity=severity)


def slips_of(judgement: Judged) -> list[tuple[int, Slip]]:
    """All slips, each with the offset that it is relative to."""
    out = [(0, slip) for slip in judgement.slips]
    offsets, entries = judgement.node.at, judgement.parts.entries
    for index in judgement.parts.wrong:
        part = entries[index]
        if part is not None and index not in judgement.muted:
            at = offsets[index]
            out += [(at + more, slip) for more, slip in _told(part)]
    return out


_LONG = 8
"""Entries of a list from which on what is wrong in each is a bundle of its own."""


def bundled(judgement: Judged, base: int, bundles: Bundles, at: int = 0) -> list[tuple[int, Slip]]:
    """The slips that are in no long list; those that are go to `bundles`, by their entries."""
    out = [(at, slip) for slip in judgement.slips]
    node, parts, muted = judgement.node, judgement.parts.entries, judgement.muted
    offsets, entries = node.at, node.entries
    long = len(entries) >= _LONG
    for index in judgement.parts.wrong:
        part = parts[index]
        if part is None or index in muted:
            continue
        here = at + offsets[index]
        bundle = part.bundle
        if bundle is not None and long:
            bundles.append((base + here, bundle))
            continue
        below = part.below
        own = type(entries[index]) is Entry  # what is folded may stand anywhere
        if below is not None and own and not part.mild and len(below.node.entries) >= _LONG:
            out += [(here, slip) for slip in part.slips]
            out += bundled(below, base, bundles, here)
            continue
        told = _told(part)
        if told and long and own and all(_is_plain(slip) for _, slip in told):
            bundle = part.bundle = Bundle(tuple(told))
            bundles.append((base + here, bundle))
        else:
            out += [(here + more, slip) for more, slip in told]
    return out


def _is_plain(slip: Slip) -> bool:
    """Whether it speaks of nothing but its own place: not of another one, nor of how its line is read."""
    return slip.also is None and not slip.code.startswith("yaml/")


def _told(part: Part) -> list[tuple[int, Slip]]:
    """The slips of an entry and of all below it, worked out once."""
    if part.told is None:
        told = [(0, slip) for slip in part.slips]
        if part.below is not None and part.below.bad:
            told += slips_of(part.below)
        part.told = [(at, _mild(slip)) for at, slip in told] if part.mild else told
    return part.told


def _mild(slip: Slip) -> Slip:
    if slip.severity is not Severity.ERROR or slip.code.startswith("yaml/"):
        return slip
    return slip._replace(severity=Severity.WARNING)


def finding(document: Document, base: int, slip: Slip, mends: bool) -> Finding:
    fixes: tuple[Fix, ...] = ()
    if mends and slip.remedies:
        remedies = slip.remedies() if callable(slip.remedies) else slip.remedies
        made = (fix(document, base, remedy) for remedy in remedies)
        fixes = tuple(each for each in made if each is not None)
    related: tuple[Related, ...] = ()
    if slip.also is not None:
        start, end, message = slip.also
        related = (Related(document, Span(base + start, base + end), message),)
    span = Span(base + slip.start, base + slip.end)
    return Finding(slip.code, span, slip.message, related, fixes, slip.tags, slip.severity)
