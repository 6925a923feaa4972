"""A value is judged as floe's loader reads it: PyYAML, YAML 1.1."""

from __future__ import annotations

import pytest
import yaml

from floe_ls.forms.document import read_document
from floe_ls.forms.reading import loaded
from floe_ls.syntax.nodes import Mapping, Scalar
from floe_ls.syntax.scalars import UNREADABLE


@pytest.mark.parametrize("tag", ["!!null", "!!bool", "!!int", "!!float", "!!timestamp", "!!str"])
@pytest.mark.parametrize(
    "text",
    "x ~ yes No TRUE 010 '0100' 1_000 1:30 0x1f 1e3 08 -5 3.0 .inf 2020-01-01".split(),
)
def test_a_tagged_value_is_what_floes_loader_makes_of_it(tag: str, text: str) -> None:
    written = f"a: {tag} {text}\n"
    try:
        wanted = yaml.safe_load(written)["a"]
    except (yaml.YAMLError, ValueError, KeyError, AttributeError):
        wanted = UNREADABLE
    root = read_document("file:///w/a.yaml", written).written.node
    assert isinstance(root, Mapping)
    node = root.entries[0].value
    assert isinstance(node, Scalar)
    assert (type(loaded(node)), loaded(node)) == (type(wanted), wanted)
