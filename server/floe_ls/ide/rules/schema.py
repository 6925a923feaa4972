"""The walk of a document over its shape: everything that its fields say about themselves."""

from __future__ import annotations

from collections.abc import Iterator

from floe_ls.ide.pages.artifacts import ARTIFACT_CODES
from floe_ls.ide.pages.manifest import MANIFEST_CODES
from floe_ls.ide.pages.product import PRODUCT_CODES
from floe_ls.ide.pages.schema import SCHEMA_CODES
from floe_ls.ide.pages.texts import TEXT_CODES
from floe_ls.ide.pages.yaml import AMBIGUOUS, HIDDEN_KEY, UNKNOWN_TAG, UNREADABLE
from floe_ls.ide.rule import Finding, Rule, Subject
from floe_ls.ide.validate import findings


def check(subject: Subject) -> Iterator[Finding]:
    return findings(subject.document, subject.shape, subject.mends, subject.bundles)


RULE = Rule(
    (
        *SCHEMA_CODES,
        *TEXT_CODES,
        *MANIFEST_CODES,
        *ARTIFACT_CODES,
        *PRODUCT_CODES,
        AMBIGUOUS,
        UNKNOWN_TAG,
        HIDDEN_KEY,
        UNREADABLE,
    ),
    check,
    alone=True,
)
