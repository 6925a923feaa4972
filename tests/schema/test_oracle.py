"""Every field of the released form is judged as floe's own compiler judges it, one wrong value at a time."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from complete import COMPLETE, PLUGINS, Path, paths, template, with_value, without
from floe_ls.forms.document import Document, read_document
from floe_ls.ide.validate import findings
from floe_ls.schema.kinds import KINDS
from floe_ls.schema.meta import Severity
from floe_ls.schema.shape import shape_of
from tools import oracle

Case = tuple[str, Path, str, dict[str, Any]]
"""The kind, the place, what was done there in words, and the document."""

VALUES: tuple[Any, ...] = (
    None, "", " ", "x", "off", "1.5", 0, -1, 1.5, 2.0, 10**9, True, [], {}, ["x"], [1], {"x": 1}, "A b",
)  # fmt: skip
FILES = {"manifest": "manifest.yaml", "product": "floe.yaml"}
PROGRAM = """
import json, sys, warnings
warnings.simplefilter("ignore")
from floe_core.schemas.floe_spec import FloeSpec
from floe_core.schemas.manifest import PlatformManifest
from pydantic import ValidationError
verdicts = []
for kind, document in json.load(sys.stdin):
    try:
        (PlatformManifest if kind == "manifest" else FloeSpec).model_validate(document)
        verdicts.append("")
    except ValidationError as error:
        verdicts.append(error.errors()[0]["msg"])
json.dump(verdicts, sys.stdout)
"""

STRICTER = {
    # No date or time is written as a number of seconds.
    ("artifacts.promotion.environments.*.lock.locked_at", "number"),
    ("governance.policy_overrides.*.expires", "number"),
    # True is no number of days (R23).
    ("governance.data_retention_days", "true"),
    # An empty reference leads nowhere (U7).
    ("parent_manifest", "text"),
    ("platform.manifest", "text"),
}
"""Where we refuse what floe lets pass, by place and what was written there."""

LAXER = {
    *((f"plugins.{category}", "text") for category in PLUGINS),  # another dialect's spelling of it
    ("plugins.quality", "text"),  # the same
    ("approved_plugins.compute", "text"),  # the same
}
"""Where we let pass what floe refuses."""

ENVELOPE = ("apiVersion", "kind", "metadata", "scope", "parent_manifest")
SMALLEST = {"manifest": {"plugins": {}}, "product": {"transforms": [{"name": "stg_orders"}]}}


def lean(kind: str, document: dict[str, Any], path: Path) -> dict[str, Any]:
    """As much of a document as its kind asks for, and the block that a path is in."""
    kept = {key: value for key, value in document.items() if key in (*ENVELOPE, *path[:1])}
    for key in path[:1]:
        if key in ("governance", "plugins") and len(path) > 1:
            kept[key] = {path[1]: document[key][path[1]]}
    return {**SMALLEST[kind], **kept}


def cases() -> Iterator[Case]:
    for kind, document in COMPLETE:
        yield kind, (), "nothing", document
        for path in paths(document):
            small = lean(kind, document, path)
            for value in VALUES:
                yield kind, path, words(value), with_value(small, path, value)
            yield kind, path, "removal", without(small, path)
            if isinstance(at(small, path), dict):
                yield kind, path, "unknown key", with_value(small, (*path, "zz_unknown"), 1)


def at(document: Any, path: Path) -> Any:
    for step in path:
        document = document[step]
    return document


def words(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    return {str: "text", int: "number", float: "number", list: "list", dict: "mapping"}[type(value)]


def errors(document: Document, kind: str) -> list[str]:
    found = [
        f.code for f in findings(document, shape_of(KINDS[kind])) if f.severity is Severity.ERROR
    ]
    noted = [n.code for n in document.notes if n.severity[document.dialect] is Severity.ERROR]
    return found + noted


@pytest.mark.slow
def test_every_field_is_judged_as_floe_judges_it() -> None:
    tried = list(cases())
    ran = subprocess.run(
        [oracle(), "-c", PROGRAM],
        input=json.dumps([(kind, document) for kind, _, _, document in tried]),
        capture_output=True,
        text=True,
        check=True,
    )
    laxer, stricter = [], []
    for (kind, path, done, written), verdict in zip(tried, json.loads(ran.stdout), strict=True):
        document = read_document(f"file:///w/{FILES[kind]}", json.dumps(written))
        ours = errors(document, kind)
        where = template(path), done
        if verdict and not ours and where not in LAXER:
            laxer.append((*where, verdict))
        if ours and not verdict and where not in STRICTER:
            stricter.append((*where, ours))
    assert (laxer, stricter) == ([], [])
