"""How fresh a reference is: newer versions, the digest behind a tag, when it was looked up, and what may be done."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from floe_ls.chain.layers import Found, Reference, reference
from floe_ls.chain.ref import OciRef, parse_ref, parts, version_key
from floe_ls.forms.document import Document
from floe_ls.ide import markdown as md
from floe_ls.ide.facts import Facts
from floe_ls.ide.mend import flow
from floe_ls.ide.model import Completion, Fix, ItemKind
from floe_ls.ide.snapshot import Snapshot
from floe_ls.ide.words import ago
from floe_ls.syntax.nodes import Scalar
from floe_ls.text import Span, TextEdit

_SHOWN = 8
"""Tags that hover lists."""
_IMAGE = "org.opencontainers.image."
_TOLD = (
    (f"{_IMAGE}version", "version"),
    (f"{_IMAGE}created", "created"),
    (f"{_IMAGE}source", "source"),
)
_TYPED = re.compile(r":\s+['\"]?(oci://[^\s'\"#]+)$")
_SUFFIX = re.compile(r"-([A-Za-z]+)$")


@dataclass(frozen=True)
class Fresh:
    """A document's reference to an artifact of a registry, with what is known of both."""

    snapshot: Snapshot
    document: Document
    here: Reference
    ref: OciRef
    facts: Facts | None

    @property
    def tags(self) -> tuple[str, ...]:
        known = self.snapshot.tags.get(str(self.ref.without_version))
        return known.names if known is not None else ()

    @property
    def newer(self) -> tuple[str, ...]:
        """Versions above that of the reference, the newest first."""
        return newer(self.ref.tag, self.tags)

    @property
    def newest(self) -> str | None:
        """The newest version; a release where there is one."""
        versions = [tag for tag in self.tags if version_key(tag)[0] == 0]
        return next((tag for tag in versions if "-" not in tag), versions[0] if versions else None)


def fresh(snapshot: Snapshot, document: Document) -> Fresh | None:
    """The document's reference, where it leads to a registry and not to a file of the workspace."""
    here = reference(document, snapshot.shapes)
    ref = parse_ref(here.text) if here is not None else None
    if here is None or not isinstance(ref, OciRef):
        return None
    found = snapshot.find(here.text, document)
    if isinstance(found, Found) and not found.document.ref:
        return None
    return Fresh(snapshot, document, here, ref, snapshot.facts.get(str(ref)))


def newer(tag: str | None, tags: tuple[str, ...]) -> tuple[str, ...]:
    """The tags that are later versions. A release is not followed by pre-releases, and what has a word at its end
    (`v1.0.0-prod`) only by those with the same word."""
    if tag is None or version_key(tag)[0] != 0:
        return ()
    word = _SUFFIX.search(tag)
    later = []
    for each in tags:
        key = version_key(each)
        if key[0] != 0 or key[:3] >= version_key(tag)[:3]:
            continue
        other = _SUFFIX.search(each)
        if (other and other[1]) != (word and word[1]):
            continue
        if "-" in each and "-" not in tag:
            continue
        later.append(each)
    alike = [each for each in later if each[:1].isdigit() == tag[:1].isdigit()]
    return tuple(sorted(alike or later, key=version_key))


# --- hover


def words(
    snapshot: Snapshot, document: Document, ref: OciRef, now: float | None
) -> tuple[str, ...]:
    """What hover adds about an artifact and its repository, as paragraphs."""
    facts = snapshot.facts.get(str(ref))
    found = Fresh(snapshot, document, Reference(str(ref), document.root), ref, facts)
    return tuple(filter(None, (md.bullets(_about(found, now)), _tags_in_words(found))))


def _about(found: Fresh, now: float | None) -> Iterator[str]:
    facts = found.facts
    if facts is None:
        return
    yield f"digest: {md.code(facts.digest)}"
    for key, name in _TOLD:
        if text := facts.annotations.get(key):
            yield f"{name}: {md.code(text)}"
    if facts.media_type:
        yield f"type: {md.code(facts.media_type)}"
    if facts.looked_at is not None and now is not None:
        yield f"looked up {ago(now - facts.looked_at)}"
    if facts.read_from:
        yield f"read from {md.code(facts.read_from)}"
    if facts.before:
        yield f"before that the same tag named {md.code(short(facts.before))}"


def _tags_in_words(found: Fresh) -> str:
    tags = found.tags
    if not tags:
        return ""
    later = found.newer
    shown = ", ".join(md.code(tag) for tag in tags[:_SHOWN])
    rest = f" and {len(tags) - _SHOWN} more" if len(tags) > _SHOWN else ""
    listed = f"Tags: {shown}{rest}."
    return f"**Newer: {md.code(later[0])}.** {listed}" if later else listed


def short(digest: str) -> str:
    algorithm, _, value = digest.partition(":")
    return f"{algorithm}:{value[:12]}"


# --- completion


def typed(text: str) -> OciRef | None:
    """The repository of a reference whose tag is being typed; None before its colon, where it may be half typed."""
    where = parts(text.strip())
    if where.tag is None or where.repository is None:
        return None
    ref = parse_ref(text.strip()[: where.tag.start - 1])
    return ref.without_version if isinstance(ref, OciRef) else None


def tags_for(snapshot: Snapshot, text: str) -> Iterator[tuple[str, str]]:
    """References to the versions of the repository that is being typed, the newest first, each with what it is."""
    repository = typed(text)
    known = snapshot.tags.get(str(repository)) if repository is not None else None
    if repository is None or known is None:
        return
    versions = 0
    for tag in known.names:
        is_version = version_key(tag)[0] == 0
        told = "the newest version" if is_version and not versions else ""
        versions += is_version
        moves = OciRef(repository.registry, repository.repository, tag).mutable
        yield f"{repository}:{tag}", told or ("moves" if moves else "version" if is_version else "")


def after_colon(snapshot: Snapshot, document: Document, offset: int) -> list[Completion]:
    """The versions behind `oci://host/name:` at the end of a line, which YAML takes for a key."""
    span = _ends_in_colon(document, offset)
    if span is None:
        return []
    text = document.text[span.start : span.end]
    return [
        Completion(ref, ref, span, ItemKind.REFERENCE, detail=told, sort=f"{index:05d}")
        for index, (ref, told) in enumerate(tags_for(snapshot, text))
    ]


def typed_at(document: Document, offset: int) -> OciRef | None:
    """The repository of the reference whose tag is being typed at an offset."""
    start = document.lines.starts[document.lines.position(offset)[0]]
    found = _TYPED.search(document.text[start:offset])
    return typed(found[1]) if found is not None else None


def _ends_in_colon(document: Document, offset: int) -> Span | None:
    line = document.lines.position(offset)[0]
    start = document.lines.starts[line]
    before = document.text[start:offset]
    rest = document.lines.line(line)[offset - start :]
    found = _TYPED.search(before)
    if found is None or not before.endswith(":") or rest.strip() or "'" in before or '"' in before:
        return None
    return Span(start + found.start(1), offset)


# --- what may be done


def fixes(snapshot: Snapshot, document: Document) -> tuple[Fix, ...]:
    """Take the newest tag, pin to the digest."""
    found = fresh(snapshot, document)
    if found is None:
        return ()
    return tuple(fix for fix in (take_newest(found), pin(found)) if fix is not None)


def take_newest(found: Fresh) -> Fix | None:
    """To the newest version; where the reference moves, to the newest that there is."""
    later = found.newer
    tag = later[0] if later else None
    if tag is None and not found.ref.digest and not found.ref.pinned:
        tag = found.newest
    if tag is None or tag == found.ref.tag:
        return None
    new = OciRef(found.ref.registry, found.ref.repository, tag)
    return _replaced(found, f"Take the newest version, {tag}", new)


def pin(found: Fresh) -> Fix | None:
    """The digest behind the tag, so that it stays the same whatever becomes of the tag."""
    if found.ref.digest or found.facts is None or not found.facts.digest:
        return None
    ref, digest = found.ref, found.facts.digest
    new = OciRef(ref.registry, ref.repository, ref.tag, digest)
    return _replaced(found, f"Pin to {short(digest)}…", new)


def _replaced(found: Fresh, title: str, new: OciRef) -> Fix | None:
    here, node = found.here, found.here.at.node
    if not isinstance(node, Scalar) or node.style in ("|", ">", "*"):
        return None
    span = here.span
    at = found.document.text.find(here.text, span.start, span.end)
    old_head = here.text[: _version_at(here.text)]
    text = str(new)
    if at >= 0 and text.startswith(old_head):
        # The version alone, so that quotes and all else stay as their author wrote them.
        edit = TextEdit(Span(at + len(old_head), at + len(here.text)), text[len(old_head) :])
    else:
        edit = TextEdit(span, flow(text))
    return Fix(title, ((found.document, edit),))


def _version_at(text: str) -> int:
    where = parts(text)
    starts = [part.start - 1 for part in (where.tag, where.digest) if part is not None]
    return min(starts, default=len(text))
