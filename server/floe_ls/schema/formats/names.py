"""Names and versions: the texts by which manifests, products, models and secrets are known."""

from __future__ import annotations

import re
from collections.abc import Callable

from floe_ls.schema.formats.format import Format, character, shown
from floe_ls.schema.meta import INFORMATION

_SEMVER = re.compile(r"\d+\.\d+\.\d+")
_NUMBERS = re.compile(r"\d+(\.\d+)*")
_MANIFEST_NAME = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
_PRODUCT_NAME = re.compile(r"[a-z][a-z0-9-]*")
_MODEL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_ENVIRONMENT_NAME = re.compile(r"[a-z][a-z0-9_-]*")
_SOURCE_NAME = re.compile(r"[A-Za-z0-9_-]+")

RESERVED_NAMES = frozenset({"admin", "default", "floe", "root", "system"})
"""Names that floe keeps for itself (catalogue A06)."""

_TABLE = "a table is written as namespace.table, such as `raw.orders`"
_KUBERNETES_NAME = "lower-case letters, digits and inner hyphens"


def _semver(text: str) -> str | None:
    if _SEMVER.fullmatch(text):
        return None
    if (stripped := text.strip()) != text and _SEMVER.fullmatch(stripped):
        return _around("version")
    if text[:1] in {"v", "V"} and (mended := _mended_semver(text)):
        return f"A version has no `v` in front: write `{mended}`."
    if _NUMBERS.fullmatch(text):
        count = text.count(".") + 1
        counted = "one number" if count == 1 else f"{count} numbers"
        return f"{shown(text)} has {counted}; a version has three, such as 1.0.0."
    if _SEMVER.match(text):
        part = {"-": "pre-release part", "+": "build part"}.get(_SEMVER.sub("", text, 1)[:1])
        return f"A version is three numbers, with no {part or 'more text'}: not {shown(text)}."
    if not text.strip():
        return "A version is missing: three numbers with dots between them, such as 1.0.0."
    return f"{shown(text)} is no version: three numbers with dots between them, such as 1.0.0."


def _mended_semver(text: str) -> str | None:
    bare = text.strip()
    bare = bare[1:] if bare[:1] in {"v", "V"} else bare
    if not _NUMBERS.fullmatch(bare) or bare.count(".") > 2:
        return None
    mended = _three_numbers(bare)
    return mended if mended != text else None


def _three_numbers(text: str) -> str:
    return text + ".0" * (2 - text.count("."))


def _manifest_name(text: str) -> str | None:
    if text in RESERVED_NAMES:
        return f"The name `{text}` is reserved. Names that may not be used: " + (
            ", ".join(sorted(RESERVED_NAMES)) + "."
        )
    if _MANIFEST_NAME.fullmatch(text):
        return None
    return _wrong_name(text, "A name", _KUBERNETES_NAME, "-", inner_hyphens=True)


def _product_name(text: str) -> str | None:
    if _PRODUCT_NAME.fullmatch(text):
        return None
    allowed = "lower-case letters, digits and hyphens"
    return _wrong_name(text, "A product's name", allowed, "-", letter=True)


def _model_name(text: str) -> str | None:
    if _MODEL_NAME.fullmatch(text):
        return None
    allowed = "letters, digits and underscores"
    return _wrong_name(text, "A name", allowed, "_", letter=True, upper=True)


def _environment_name(text: str) -> str | None:
    if _ENVIRONMENT_NAME.fullmatch(text):
        return None
    allowed = "lower-case letters, digits, `_` and `-`"
    return _wrong_name(text, "An environment's name", allowed, "_-", letter=True)


def _source_name(text: str) -> str | None:
    if _SOURCE_NAME.fullmatch(text):
        return None
    allowed = "letters, digits, `_` and `-`"
    return _wrong_name(text, "A source's name", allowed, "_-", upper=True)


def _secret_name(text: str) -> str | None:
    if _MANIFEST_NAME.fullmatch(text):
        return None
    if "env_var(" in text or "{{" in text or "${" in text:
        return "A secret is named as it is: templates and variables are not filled in."
    return _wrong_name(text, "A secret's name", _KUBERNETES_NAME, "-", inner_hyphens=True)


def _wrong_name(
    text: str,
    what: str,
    allowed: str,
    joiners: str,
    *,
    letter: bool = False,
    upper: bool = False,
    inner_hyphens: bool = False,
) -> str:
    """What is wrong with a name, the most telling fault first."""
    rule = f"{what} has only {allowed}"
    if not text.strip():
        return f"{what} is missing: {allowed}."
    if text.strip() != text:
        return _around("name")
    strange = [c for c in text if not (c.isascii() and c.isalnum()) and c not in joiners]
    if strange:
        return f"{rule}: {character(strange[0])} is not allowed."
    if not upper and text.lower() != text:
        return f"{rule}: write {shown(text.lower())}."
    if letter and not text[0].isalpha():
        start = "a letter or an underscore" if "_" in joiners and upper else "a letter"
        return f"{what} begins with {start}, and {shown(text)} begins with {shown(text[0])}."
    if inner_hyphens and text[0] + text[-1] != text.strip("-")[:1] + text.strip("-")[-1:]:
        where = "begins" if text[0] == "-" else "ends"
        return f"{what} {where} with a letter or a digit, not with a hyphen: {shown(text)}."
    return f"{rule}."


def _mended_name(check: Callable[[str], str | None], joiner: str) -> Callable[[str], str | None]:
    """The name in the spelling asked for: case and separators changed, no letter lost."""

    def mended(text: str) -> str | None:
        for upper in (True, False):
            name = re.sub(r"[\s_.-]+" if joiner == "-" else r"[\s.-]+", joiner, text.strip())
            name = name.strip("-") if joiner == "-" else name
            name = name if upper else name.lower()
            if name != text and name and check(name) is None:
                return name
        return None

    return mended


def _table_name(text: str) -> str | None:
    parts = text.split(".")
    if len(parts) == 2 and all(part and part == part.strip() for part in parts):
        return None
    if any(part != part.strip() for part in parts):
        return f"There are spaces around a part of {shown(text)}: {_TABLE}."
    if len(parts) == 1:
        return f"{shown(text)} names no namespace: {_TABLE}."
    if len(parts) > 2:
        return f"{shown(text)} has {len(parts)} parts: {_TABLE}."
    missing = "namespace" if not parts[0] else "table"
    return f"The {missing} is missing in {shown(text)}: {_TABLE}."


def _mended_table_name(text: str) -> str | None:
    mended = ".".join(part.strip() for part in text.split("."))
    return mended if mended != text and _table_name(mended) is None else None


def _nonblank(text: str) -> str | None:
    return None if text.strip() else "A text is expected here; this one is empty."


def _manifest_ref(text: str) -> str | None:
    if text.strip():
        return None
    return "A reference is expected here, such as `oci://registry.example.com/enterprise-manifest:v1.0.0`."


def _padded(text: str) -> str | None:
    if text == text.strip():
        return None
    return f"{shown(text)} has spaces around it, which are part of the value."


def _stripped(text: str) -> str | None:
    return text.strip() if text.strip() and text != text.strip() else None


def _around(what: str) -> str:
    return f"There are spaces around this {what}: write it without them."


NAMES = (
    Format(
        name="semver",
        title="a version of three numbers",
        check=_semver,
        code="version/form",
        examples=("1.0.0", "2.3.1"),
        suggest=_mended_semver,
    ),
    Format(
        name="manifest-name",
        title=f"a name of {_KUBERNETES_NAME}",
        check=_manifest_name,
        code="name/form",
        examples=("acme-platform", "sales-domain"),
        suggest=_mended_name(_manifest_name, "-"),
    ),
    Format(
        name="product-name",
        title="a name of lower-case letters, digits and hyphens that begins with a letter",
        check=_product_name,
        code="name/form",
        examples=("customer-analytics",),
        suggest=_mended_name(_product_name, "-"),
    ),
    Format(
        name="model-name",
        title="a name of letters, digits and underscores that does not begin with a digit",
        check=_model_name,
        code="name/form",
        examples=("stg_customers", "fct_orders"),
        suggest=_mended_name(_model_name, "_"),
    ),
    Format(
        name="source-name",
        title="a name of letters, digits, `_` and `-`",
        check=_source_name,
        code="name/form",
        examples=("orders_csv",),
        suggest=_mended_name(_source_name, "_"),
    ),
    Format(
        name="environment-name",
        title="a name of lower-case letters, digits, `_` and `-` that begins with a letter",
        check=_environment_name,
        code="name/form",
        examples=("dev", "staging", "prod"),
        suggest=_mended_name(_environment_name, "_"),
    ),
    Format(
        name="secret-name",
        title=f"the name of a Kubernetes Secret: {_KUBERNETES_NAME}",
        check=_secret_name,
        code="secret/name",
        examples=("snowflake-credentials",),
        suggest=_mended_name(_secret_name, "-"),
    ),
    Format(
        name="table-name",
        title="a table, as namespace.table",
        check=_table_name,
        code="table/form",
        examples=("raw.orders",),
        suggest=_mended_table_name,
    ),
    Format(
        name="manifest-ref",
        title="a reference to a manifest",
        check=_manifest_ref,
        code="ref/syntax",
        examples=("oci://registry.example.com/enterprise-manifest:v1.0.0",),
        suggest=_stripped,
    ),
    Format(
        name="nonblank",
        title="a text that is not empty",
        check=_nonblank,
        code="schema/empty",
        examples=("data-platform-team",),
        doubt=_padded,
        doubt_code="text/spaces",
        doubt_severity=INFORMATION,
        suggest=_stripped,
    ),
)
