"""Plain values to the protocol's JSON. Columns become the client's units here and nowhere else."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from floe_ls.forms.document import Document
from floe_ls.ide.diagnostics import CODES, Shown
from floe_ls.ide.judgement import Bundle
from floe_ls.ide.model import Completion, Diagnostic, Fix, Hover, ItemKind, Tag
from floe_ls.lsp.wire import Json, compact
from floe_ls.schema.meta import Severity
from floe_ls.text import Encoding, Span, TextEdit

if TYPE_CHECKING:
    from floe_ls.ide.effective import LineOrigin

SEVERITY = {
    Severity.ERROR: 1,
    Severity.WARNING: 2,
    Severity.INFORMATION: 3,
    Severity.HINT: 4,
}
_TAG = {Tag.UNNECESSARY: 1, Tag.DEPRECATED: 2}
_ITEM = {
    ItemKind.KEY: 10,
    ItemKind.VALUE: 12,
    ItemKind.CHOICE: 20,
    ItemKind.PLUGIN: 9,
    ItemKind.REFERENCE: 18,
    ItemKind.FILE: 17,
    ItemKind.TRANSFORM: 3,
    ItemKind.PRODUCT: 7,
    ItemKind.SNIPPET: 15,
}


class Converter:
    """For one client: its encoding and what it can show."""

    def __init__(self, encoding: Encoding, capabilities: dict[str, Any], client: str = "") -> None:
        self.encoding = encoding
        self.triggers = client.startswith("Visual Studio Code") or client in (
            "VSCodium",
            "code-server",
        )
        """Whether the client knows VS Code's command that asks for completions again."""
        text = capabilities.get("textDocument") or {}
        workspace = capabilities.get("workspace") or {}
        publish = text.get("publishDiagnostics") or {}
        pull = text.get("diagnostic") or {}
        self.related = bool(
            publish.get("relatedInformation", pull.get("relatedInformation", False))
        )
        self.tags = bool(publish.get("tagSupport") or pull.get("tagSupport"))
        self.href = bool(
            publish.get("codeDescriptionSupport", pull.get("codeDescriptionSupport", False))
        )
        edit = workspace.get("workspaceEdit") or {}
        self.document_changes = bool(edit.get("documentChanges"))
        self.annotations = edit.get("changeAnnotationSupport") is not None
        self.creates = self.document_changes and "create" in (edit.get("resourceOperations") or ())
        item = (text.get("completion") or {}).get("completionItem") or {}
        self.snippets = bool(item.get("snippetSupport"))
        self.item_tags = bool(item.get("tagSupport"))
        formats = (text.get("hover") or {}).get("contentFormat") or ["markdown"]
        self.markdown = "markdown" in formats
        self._said: dict[str, dict[tuple[Any, ...], str]] = {}
        """The findings last said of a document, as JSON, by what they say."""

    def position(self, document: Document, offset: int) -> dict[str, int]:
        line, column = document.lines.position(offset, self.encoding)
        return {"line": line, "character": column}

    def range(self, document: Document, span: Span) -> dict[str, Any]:
        return {
            "start": self.position(document, span.start),
            "end": self.position(document, span.end),
        }

    def origins(self, found: Iterable[LineOrigin]) -> list[dict[str, Any]]:
        """Where lines of a text lead."""
        return [
            {
                "line": origin.line,
                "uri": origin.document.uri,
                "range": self.range(origin.document, origin.span),
            }
            for origin in found
        ]

    def offset(self, document: Document, position: Any) -> int:
        """The offset of a position, in plain JSON or in the protocol's type."""
        if isinstance(position, dict):
            line, character = position["line"], position["character"]
        else:
            line, character = position.line, position.character
        return document.lines.offset(line, character, self.encoding)

    def diagnostics(self, document: Document, found: Shown) -> Json:
        """Findings as a JSON array. What was said the last time is not written anew."""
        before, said = self._said.get(document.uri, {}), {}
        places, encoding = document.lines.places, self.encoding
        out = [self._bundle(document, at, bundle) for at, bundle in found.bundles]
        offsets = [at for at, _ in found.bundles] if found.loose else []
        for each in reversed(found.loose):
            span, code, severity, message, related, _, tags = each
            if related and self.related:  # other places may have moved
                text = compact(self.diagnostic(document, each))
            else:
                key = *places(*span, encoding), code, severity, message, tags
                text = said[key] = before.get(key) or compact(self.diagnostic(document, each))
            out.insert(bisect_left(offsets, span.start), text)
        self._said[document.uri] = said
        return Json(f"[{','.join(out)}]")

    def _bundle(self, document: Document, at: int, bundle: Bundle) -> str:
        """All of its findings as they stand in a JSON array."""
        place = document.lines.position(at, self.encoding)
        said = bundle.said
        if said is None or said[0] is not self or said[1] != place:
            out = []
            for each in bundle.items:
                moved = each._replace(span=each.span.shifted(at))
                out.append(compact(self.diagnostic(document, moved)))
            said = bundle.said = self, place, ",".join(out)
        return said[2]

    def forget(self, uri: str) -> None:
        """A document is closed."""
        self._said.pop(uri, None)

    def diagnostic(self, document: Document, found: Diagnostic) -> dict[str, Any]:
        out: dict[str, Any] = {
            "range": self.range(document, found.span),
            "severity": SEVERITY[found.severity],
            "code": found.code,
            "source": "floe",
            "message": found.message,
        }
        if self.href:
            out["codeDescription"] = {"href": CODES[found.code].href}
        if found.tags and self.tags:
            out["tags"] = [_TAG[tag] for tag in found.tags]
        if found.related and self.related:
            out["relatedInformation"] = [
                {
                    "location": {"uri": r.document.uri, "range": self.range(r.document, r.span)},
                    "message": r.message,
                }
                for r in found.related
            ]
        return out

    def hover(self, document: Document, found: Hover) -> dict[str, Any]:
        return {
            "contents": {"kind": "markdown", "value": found.markdown},
            "range": self.range(document, found.span),
        }

    def completion(self, document: Document, item: Completion, index: int) -> dict[str, Any]:
        out: dict[str, Any] = {
            "label": item.label,
            "kind": _ITEM[item.kind],
            "sortText": item.sort or f"{index:04d}",
            "textEdit": {"range": self.range(document, item.span), "newText": item.insert},
        }
        if item.filter and item.filter != item.label:
            out["filterText"] = item.filter
        if item.detail:
            out["detail"] = item.detail
        if item.snippet:
            out["insertTextFormat"] = 2
        if item.deprecated and self.item_tags:
            out["tags"] = [1]
        if item.retrigger and self.triggers:
            out["command"] = {"title": "Suggest", "command": "editor.action.triggerSuggest"}
        return out

    def workspace_edit(
        self,
        edits: Iterable[tuple[Document, TextEdit]],
        home: Document | None = None,
        created: Iterable[tuple[str, str]] = (),
    ) -> dict[str, Any]:
        """Edits by file. Those outside of `home` are marked, where the client asks about marked ones. `created` are
        new files with their texts, for clients that can create files."""
        by_document: dict[str, tuple[Document, list[dict[str, Any]]]] = {}
        for document, edit in edits:
            changes = by_document.setdefault(document.uri, (document, []))[1]
            changes.append({"range": self.range(document, edit.span), "newText": edit.new})
        if not self.document_changes:
            return {"changes": {uri: changes for uri, (_, changes) in by_document.items()}}
        out: list[dict[str, Any]] = []
        marks: dict[str, dict[str, Any]] = {}
        for uri, text in created:
            out.append({"kind": "create", "uri": uri, "options": {"ignoreIfExists": True}})
            start = {"line": 0, "character": 0}
            edit_of = {"range": {"start": start, "end": start}, "newText": text}
            out.append({"textDocument": {"uri": uri, "version": None}, "edits": [edit_of]})
        for document, changes in by_document.values():
            if self.annotations and home is not None and document is not home:
                mark = f"floe-{len(marks)}"
                marks[mark] = {
                    "label": f"Change {document.name}",
                    "description": f"another file than {home.name}",
                    "needsConfirmation": True,
                }
                changes = [{**change, "annotationId": mark} for change in changes]
            where = {"uri": document.uri, "version": document.version}
            out.append({"textDocument": where, "edits": changes})
        marked = {"changeAnnotations": marks} if marks else {}
        return {"documentChanges": out, **marked}

    def code_action(
        self, document: Document, fix: Fix, found: Diagnostic | None, kind: str = "quickfix"
    ) -> dict[str, Any]:
        out: dict[str, Any] = {
            "title": fix.title,
            "kind": kind,
            "edit": self.workspace_edit(fix.edits, document),
        }
        if found is not None:
            out["diagnostics"] = [self.diagnostic(document, found)]
        if fix.preferred:
            out["isPreferred"] = True
        return out


def as_json(value: Any) -> Any:
    """pygls gives free-form data as named tuples; here it is JSON again."""
    if hasattr(value, "_asdict"):
        return {k: as_json(v) for k, v in value._asdict().items()}
    if isinstance(value, dict):
        return {k: as_json(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(v) for v in value]
    return value
