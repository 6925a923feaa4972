"""Layers made of texts, without files and references."""

from __future__ import annotations

from floe_ls.chain.layers import Layer
from floe_ls.forms.document import read_document


def layers_of(texts: list[str]) -> tuple[Layer, ...]:
    """A layer for each text, topmost first."""
    documents = [
        read_document(f"file:///w/{i}-manifest.yaml", text, label=f"layer {i}")
        for i, text in enumerate(texts)
    ]
    return tuple(Layer(document, document.tier) for document in documents)
