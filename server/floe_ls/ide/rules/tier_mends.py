"""Fixes for keys in the wrong tier that need to look at other files. The findings are the walk's own."""

from __future__ import annotations

from collections.abc import Iterator

from floe_ls.forms.document import At, Document
from floe_ls.forms.tree import is_null
from floe_ls.ide.mend import (
    append_item,
    insert_after,
    insert_before,
    insert_key,
    reference_to,
    remove_key,
    set_value,
)
from floe_ls.ide.model import Fix
from floe_ls.ide.rule import Finding, Rule, Subject
from floe_ls.schema.meta import Role, Tier
from floe_ls.schema.shape import Path
from floe_ls.syntax.nodes import Mapping, Sequence
from floe_ls.text import TextEdit

_MOST = 10


def check(_: Subject) -> Iterator[Finding]:
    yield from ()


def into_parent(subject: Subject, finding: Finding) -> Iterator[Fix]:
    """Moves what only the enterprise decides into the enterprise's file, where that is in the workspace (R14)."""
    path = _misplaced(subject, finding)
    own = subject.document.at(path) if path is not None else None
    above = subject.chain.layer(Tier.ENTERPRISE)
    if path is None or own is None or above is None or above.document is subject.document:
        return
    file = above.document
    if subject.snapshot.documents.get(file.uri) is not file:
        return
    gone = remove_key(subject.document, path, subject.shape)
    added = _added(file, path, own)
    if gone is not None and added is not None:
        edits = ((subject.document, gone), *((file, edit) for edit in added))
        yield Fix(f"Move `{path[-1]}` into {file.name}", edits)


def _added(file: Document, path: Path, own: At) -> list[TextEdit] | None:
    """What a file lacks of a field; None where it cannot be written there."""
    there = file.at(path)
    if there is None or is_null(there.node):
        if there is None:
            edits = [insert_key(file, path[:-1], str(path[-1]), own.value)]
        else:
            edits = [set_value(file, path, own.value)]
    elif isinstance(own.node, Sequence) and isinstance(there.node, Sequence):
        known = [item.value for _, item in there.children()]
        new = [item.value for _, item in own.children() if item.value not in known]
        if len(new) > 1:  # edits at one place would be in each other's way
            edits = [set_value(file, path, [*known, *new])]
        else:
            edits = [append_item(file, path, value) for value in new]
    elif isinstance(own.node, Mapping) and isinstance(there.node, Mapping):
        missing = {str(k): c.value for k, c in own.children() if there.child(k) is None}
        both = [(k, c) for k, c in own.children() if there.child(k) is not None]
        added = [_added(file, (*path, key), child) for key, child in both]
        edits = [edit for each in added for edit in (each if each is not None else [None])]
        if len(missing) == 1 and not edits:
            edits = [insert_key(file, path, key, value) for key, value in missing.items()]
        elif missing:  # edits that touch would be in each other's way
            edits = [set_value(file, path, _joined(there, own))]
    else:
        return None
    made = [edit for edit in edits if edit is not None]
    return made if len(made) == len(edits) else None


def _joined(there: At, own: At) -> dict[str, object]:
    """A mapping of lists with what another one has beside it."""
    out: dict[str, object] = {str(key): child.value for key, child in there.children()}
    for key, child in own.children():
        old, new = out.get(str(key)), child.value
        if isinstance(old, list) and isinstance(new, list):
            new = [*old, *(name for name in new if name not in old)]
        out[str(key)] = new
    return out


def as_domain(subject: Subject, finding: Finding) -> Iterator[Fix]:
    """A manifest that names a parent may be meant as a domain's (R21)."""
    path = subject.path(Role.SCOPE)
    parent = _misplaced(subject, finding)
    if path is None or parent is None:
        return
    if subject.document.at(path) is not None:
        edit = set_value(subject.document, path, Tier.DOMAIN)
    else:
        edit = insert_before(subject.document, parent, str(path[-1]), Tier.DOMAIN)
    if edit is not None:
        yield subject.edit(f"Set `{path[-1]}: {Tier.DOMAIN}`", edit)


def name_parent(subject: Subject, _: Finding) -> Iterator[Fix]:
    """The enterprise manifests of the workspace, for a domain that names none (R20)."""
    path, scope = subject.path(Role.PARENT), subject.path(Role.SCOPE)
    if path is None or scope is None:
        return
    snapshot, document = subject.snapshot, subject.document
    rows = [row for row in snapshot.census.manifests if row.tier is Tier.ENTERPRISE]
    for row in rows[:_MOST]:
        text = reference_to(snapshot, document, row.document)
        if document.at(path) is not None:
            edit = set_value(document, path, text)
        else:
            edit = insert_after(document, scope, str(path[-1]), text)
        if edit is not None:
            title = f"Inherit from {row.document.name}, as `{text}`"
            yield subject.edit(title, edit, preferred=len(rows) == 1)


def _misplaced(subject: Subject, finding: Finding) -> Path | None:
    """The field that a finding of this code is about."""
    found = (
        shape
        for shape in subject.shape.walk()
        if shape.only is not None and shape.only.code == finding.code
    )
    return next(
        (shape.path for shape in found if subject.document.at(shape.path) is not None), None
    )


RULE = Rule(
    (),
    check,
    kinds=frozenset(),
    mends={
        "approved/not-enterprise": into_parent,
        "sinks/not-enterprise": into_parent,
        "scope/parent-forbidden": as_domain,
        "scope/parent-required": name_parent,
    },
)
