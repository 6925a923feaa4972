"""A transform whose folder does not exist."""

from __future__ import annotations

from collections.abc import Iterator

from floe_ls.chain.ref import resolve_path
from floe_ls.forms.tree import text_of
from floe_ls.ide.page import page
from floe_ls.ide.rule import PRODUCTS, Code, Finding, Rule, Subject
from floe_ls.schema.meta import WARNING, Role

CODE = Code(
    "product/path",
    WARNING,
    "The folder of a transform does not exist.",
    page(
        """
        `path` leads to the folder of the models, from that of `floe.yaml`. With a path that leads nowhere
        nothing is built.
        """,
        """
        # floe.yaml
        transforms:
          - {type: dbt, path: modles/}
        """,
        """
        # floe.yaml
        transforms:
          - {type: dbt, path: models/}
        """,
        "Put the path right, or make the folder.",
    ),
    "R30; I15",
)


def check(subject: Subject) -> Iterator[Finding]:
    document, missing = subject.document, subject.snapshot.missing
    if not missing:
        return
    path = subject.path(Role.TRANSFORM_PATH)
    transforms = subject.at(Role.TRANSFORMS)
    if path is None or transforms is None or document.ref:
        return
    for _, transform in transforms.children():
        folder = transform.child(path[-1])
        text = text_of(folder.node) if folder is not None else None
        if folder is None or text is None or not text.strip():
            continue
        if resolve_path(document.uri, text.strip()) in missing:
            message = f"There is no folder `{text.strip()}` beside {document.name}."
            yield Finding(CODE.slug, folder.value_span, message)


RULE = Rule((CODE,), check, kinds=PRODUCTS, reads=(Role.TRANSFORM_PATH,))
