"""How a field is spelled, as folding noticed it."""

from __future__ import annotations

from collections.abc import Iterator

from floe_ls.ide.model import Fix
from floe_ls.ide.page import page
from floe_ls.ide.rule import Code, Finding, Rule, Subject
from floe_ls.schema.meta import ERROR, HINT, SHIPPED
from floe_ls.text import TextEdit

CODES = (
    Code(
        "spelling/twice",
        ERROR,
        "One field is written in two spellings.",
        page(
            """
            Some fields can be written in two ways, such as `dependsOn` and `depends_on`, or `platform.manifest` and
            `platform.ref`. Where both stand in one place, only one of them counts.
            """,
            """
            # floe.yaml
            platform:
              ref: oci://registry.example.com/sales-manifest:v1.0.0
              manifest: oci://registry.example.com/platform-manifest:v1.0.0
            """,
            """
            # floe.yaml
            platform:
              ref: oci://registry.example.com/sales-manifest:v1.0.0
            """,
            "Remove one of the two.",
        ),
        "I35, U16",
    ),
    Code(
        "spelling/not-shipped",
        SHIPPED,
        "A spelling that the released compiler does not read.",
        page(
            """
            The founding document names a product's manifest in `platform.ref`, the released form in
            `platform.manifest`. A file of the released form, with `kind: FloeSpec`, is refused with the other
            spelling.
            """,
            """
            # floe.yaml
            apiVersion: floe.dev/v1
            kind: FloeSpec
            metadata: {name: customer-360, version: 1.0.0}
            platform:
              ref: oci://registry.example.com/sales-manifest:v1.0.0
            transforms:
              - name: stg_customers
            """,
            """
            # floe.yaml
            apiVersion: floe.dev/v1
            kind: FloeSpec
            metadata: {name: customer-360, version: 1.0.0}
            platform:
              manifest: oci://registry.example.com/sales-manifest:v1.0.0
            transforms:
              - name: stg_customers
            """,
        ),
        "X3, I35",
    ),
    Code(
        "approved/scalar",
        HINT,
        "One name stands in place of a list.",
        page(
            "`approved_plugins` maps each category to a list. One name is read as a list of one; the released"
            " form needs the list.",
            """
            scope: enterprise
            approved_plugins:
              compute: duckdb
            """,
            """
            scope: enterprise
            approved_plugins:
              compute: [duckdb]
            """,
        ),
        "R13, I1",
    ),
)


def check(subject: Subject) -> Iterator[Finding]:
    for note in subject.document.notes:
        severity = note.severity[subject.dialect]
        if severity is None:
            continue
        fixes: tuple[Fix, ...] = ()
        if note.replacement is not None:
            edit = TextEdit(note.edit or note.span, note.replacement)
            fixes = (subject.edit(note.title, edit, preferred=True, safe=True),)
        yield Finding(note.code, note.span, note.message, fixes=fixes, severity=severity)


RULE = Rule(CODES, check, alone=True)
