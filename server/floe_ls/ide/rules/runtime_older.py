"""A file of the older floe-runtime, which is not judged."""

from __future__ import annotations

from collections.abc import Iterator

from floe_ls.forms.document import Kind
from floe_ls.ide.page import page
from floe_ls.ide.rule import Code, Finding, Rule, Subject
from floe_ls.schema.meta import INFORMATION
from floe_ls.text import Span

CODE = Code(
    "runtime/older",
    INFORMATION,
    "A file of floe-runtime, the older project.",
    page(
        """
        floe-runtime had two files, `floe.yaml` and `platform.yaml`, with profiles in place of references and no tiers.
        They are of another form than floe's, so nothing else is said of them.
        """,
        """
        # floe.yaml
        name: customers
        version: 1.0.0
        storage: default
        compute: default
        """,
        """
        # floe.yaml
        apiVersion: floe.dev/v1
        kind: FloeSpec
        metadata: {name: customers, version: 1.0.0}
        platform: {manifest: oci://registry.example.com/platform-manifest:v1.0.0}
        transforms: [{name: stg_customers}]
        """,
    ),
    "catalogue 2.5",
)


def check(subject: Subject) -> Iterator[Finding]:
    document = subject.document
    if document.kind is not Kind.RUNTIME:
        return
    at = document.root.value_span.start
    line, _ = document.lines.position(at)
    message = "This file is of floe-runtime, the older project: it is not judged."
    yield Finding(CODE.slug, Span(at, document.lines.end(line)), message)


RULE = Rule((CODE,), check, any_file=True, alone=True, kinds=frozenset({Kind.RUNTIME}))
