"""The compiled shapes are those of the models, and are not used where the models have changed since."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from floe_ls import session
from floe_ls.forms.document import Kind
from floe_ls.schema.compiled import SHAPES
from floe_ls.schema.kinds import KINDS
from floe_ls.schema.shape import Shape, shape_of

COMMAND = "make generate"


def described(shape: Shape) -> Iterator[tuple[str, dict[str, Any]]]:
    """Everything that is known of each place, without what is below it."""
    for each in shape.walk():
        for found in (each, *([each.keys] if each.keys else [])):
            said = {key: getattr(found, key) for key in Shape.__annotations__ if key != "model"}
            for below in ("fields", "item", "keys", "options"):
                del said[below]
            said["fields"] = [*found.fields]
            said["spellings"] = found.spellings
            said["wanted"] = [field.name for field in found.wanted]
            said["mistakable"] = [field.name for field in found.mistakable]
            yield found.dotted, said


@pytest.mark.parametrize("kind", KINDS)
def test_they_are_those_of_the_models(kind: str) -> None:
    compiled, read = [*described(SHAPES[kind])], [*described(shape_of(KINDS[kind]))]
    assert compiled == read, f"Run: {COMMAND}"


def test_where_the_models_have_changed_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "models_fingerprint", lambda: 0)
    shapes = session.floe_shapes()
    assert shapes[Kind.PRODUCT] is shape_of(KINDS["product"])
    assert shapes[Kind.PRODUCT].model is KINDS["product"]


def test_findings_need_no_models_and_no_editor() -> None:
    code = (
        "import sys, floe_ls.lsp.server as s;"
        "from floe_ls.session import floe_shapes, models_fingerprint;"
        "from floe_ls.schema.compiled import MADE_FROM;"
        f"assert MADE_FROM == models_fingerprint(), 'Run: {COMMAND}';"
        "floe_shapes();"
        "print([m for m in ('pydantic', 'pygls', 'lsprotocol', 'asyncio') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
