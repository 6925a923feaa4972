"""Reads a workspace from one string, and the marks in its comments.

    #- sales/manifest.yaml                     starts a file
    #- up.yaml @ oci://reg/acme/up:1.0.0       starts an artifact that answers a reference
    scope: dom$0ain                            $0 is the cursor
    #      ^^^^^^ error[code]: message         labels the text above the carets
    #^^^^ error[code]                          carets glued to the # begin under the #; no message: any will do

Every finding of severity error, warning and information must be marked, so that silence is tested too; hints are
compared where the fixture marks one, or where `hints=True`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from textwrap import dedent

from floe_ls.chain.layers import Shapes, Unavailable
from floe_ls.chain.ref import OciRef, parse_ref
from floe_ls.forms.document import Document, Kind, read_document
from floe_ls.ide.snapshot import Snapshot
from floe_ls.settings import Settings

ROOT = "file:///w/"
_FILE = re.compile(r"^(#- (\S+)(?: @ (\S+))?\n)", re.MULTILINE)
_MARK = re.compile(r"^ *# *\^+ .*(?:\n|\Z)", re.MULTILINE)


def real_shapes() -> Shapes:
    from floe_ls.schema.kinds import KINDS
    from floe_ls.schema.shape import shape_of

    return {Kind(name): shape_of(model) for name, model in KINDS.items()}


@dataclass
class World:
    text: str
    """The fixture, dedented."""
    snapshot: Snapshot
    files: list[tuple[str, Document, str]] = field(default_factory=list)
    """Every file with the header that started it and its text with marks."""
    uri: str = ""
    cursor: int = -1

    @property
    def document(self) -> Document:
        return self.snapshot.documents[self.uri]

    def file(self, name: str) -> Document:
        return self.snapshot.documents[ROOT + name]


def world(
    fixture: str,
    *,
    shapes: Shapes | None = None,
    settings: Settings | None = None,
    failures: Mapping[str, Unavailable] | None = None,
    name: str = "manifest.yaml",
    scanned: bool = True,
    missing: frozenset[str] = frozenset(),
) -> World:
    """The workspace that a fixture describes; one without a header is a single file called `name`."""
    text = dedent(fixture).lstrip("\n")
    start = Snapshot(
        shapes or real_shapes(),
        settings=settings or Settings(folder=ROOT),
        failures=failures or {},
        scanned=scanned,
        missing=missing,
    )
    result = World(text, start)
    first, *rest = _FILE.split(text)
    chunks = [("", name, None, first)] if first.strip() else []
    chunks += zip(rest[0::4], rest[1::4], rest[2::4], rest[3::4], strict=True)
    documents: dict[str, Document] = {}
    for header, path, ref, marked in chunks:
        body = _MARK.sub("", marked)
        uri = ROOT + path
        if "$0" in body:
            result.uri, result.cursor = uri, body.index("$0")
            body = body.replace("$0", "")
        parsed = parse_ref(ref or "")
        if isinstance(parsed, OciRef):
            uri = "floe-oci://" + str(parsed).removeprefix("oci://") + "/" + path
            document = read_document(uri, body, ref=str(parsed), digest="sha256:" + "a" * 64)
            result.snapshot = result.snapshot.with_artifact(str(parsed), document)
        else:
            document = read_document(uri, body, 1, label=path)
            documents[uri] = document
            result.uri = result.uri or uri
        result.files.append((header, document, marked))
    result.snapshot = result.snapshot.with_documents(documents).changed(opened=frozenset(documents))
    return result


@dataclass(frozen=True)
class Label:
    line: int
    start: int
    end: int
    severity: str
    code: str
    message: str | None


_LABEL = re.compile(r"(\w+)\[([\w/-]+)\](?:: (.*))?$")


def labels(marked: str) -> list[Label]:
    """The labels of a file's text: lines from 0 of the text without marks, columns in characters."""
    out: list[Label] = []
    line = -1
    for row in marked.split("\n"):
        if re.match(r" *# *\^+ ", row):
            hash_at = row.index("#")
            start = row.index("^")
            end = start + len(row[start:]) - len(row[start:].lstrip("^"))
            if start == hash_at + 1 and hash_at == 0:
                start = 0  # carets glued to the # begin under it
            match = _LABEL.match(row[end:].strip())
            assert match, f"not a label: {row}"
            out.append(Label(line, start, end, match[1], match[2], match[3]))
        else:
            line += 1
    return out
