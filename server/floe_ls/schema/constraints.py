"""Rules between the fields of one object.

Each function gets the object as plain data, whatever was written, so of any type. Its own keys are
canonical, those further down as the author spelled them. What is of the wrong type is somebody
else's finding: here it is passed over.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from floe_ls.schema.meta import Breach, Severity

Object = Mapping[Any, Any]
"""What was written: keys and values may be anything."""


# --- governance


def custom_patterns_missing(naming: Object) -> Iterator[Breach]:
    """`pattern: custom` asks for `custom_patterns`."""
    if naming.get("pattern") != "custom" or naming.get("custom_patterns"):
        return
    if "custom_patterns" in naming:
        yield Breach(
            ("custom_patterns",),
            "With `pattern: custom` there must be at least one pattern here.",
        )
    else:
        yield Breach(
            ("pattern",),
            "`pattern: custom` needs `custom_patterns`: the regular expressions, one of which every model name"
            " must match.",
        )


def custom_patterns_unused(naming: Object) -> Iterator[Breach]:
    """`custom_patterns` is read with `pattern: custom` only."""
    if naming.get("custom_patterns") and naming.get("pattern") != "custom":
        yield Breach(
            ("custom_patterns",),
            "These patterns are read only with `pattern: custom`.",
            on_key=True,
            drop=True,
        )


# --- plugins


_WEIGHTS = {
    "completeness": 0.25,
    "accuracy": 0.25,
    "validity": 0.2,
    "consistency": 0.15,
    "timeliness": 0.15,
}
"""The weights that count where none is written."""


def weights_add_up(weights: Object) -> Iterator[Breach]:
    """The five weights add up to 1, defaults included."""
    numbers = [number(weights.get(name, default)) for name, default in _WEIGHTS.items()]
    if any(weight is None for weight in numbers):
        return
    total = math.fsum(weight for weight in numbers if weight is not None)
    if not math.isclose(total, 1.0):
        left_out = [
            f"{name} {default:g}" for name, default in _WEIGHTS.items() if name not in weights
        ]
        defaults = (
            f" with the defaults of what is left out ({', '.join(left_out)})" if left_out else ""
        )
        yield Breach((), f"The weights add up to {total:.6g}{defaults}; together they must be 1.")


def choices_are_approved(manifest: Object) -> Iterator[Breach]:
    """What a manifest chooses is in its own list of approved plugins. A domain's list approves nothing, and is refused
    where it stands."""
    if manifest.get("scope") == "domain":
        return
    for category, allowed in _object(manifest.get("approved_plugins")).items():
        if not isinstance(allowed, list):
            continue
        choice = _object(_object(manifest.get("plugins")).get(category))
        key = "provider" if category == "quality" else "type"
        if isinstance(name := choice.get(key), str) and name not in allowed:
            yield Breach(("plugins", category, key), _not_approved(name, category, allowed))
        default = _object(manifest.get("defaults")).get(category)
        if isinstance(default, str) and default not in allowed:
            yield Breach(("defaults", category), _not_approved(default, category, allowed))


def _not_approved(name: str, category: str, allowed: Iterable[Any]) -> str:
    listed = ", ".join(f"`{item}`" for item in allowed) or "none"
    return (
        f"`{name}` is not among the plugins that this file approves for `{category}`: {listed}."
        " Choose one of them, or add it to `approved_plugins`."
    )


# --- artifacts

_WITH_CREDENTIALS = ("basic", "token")


def credentials_unused(auth: Object) -> Iterator[Breach]:
    """Only `basic` and `token` have credentials."""
    kind = auth.get("type")
    if isinstance(kind, str) and kind not in _WITH_CREDENTIALS and auth.get("credentials_ref"):
        yield Breach(
            ("credentials_ref",),
            f"`type: {kind}` has no credentials: only `basic` and `token` read `credentials_ref`.",
            on_key=True,
            drop=True,
        )


def credentials_missing(auth: Object) -> Iterator[Breach]:
    """`basic` and `token` have credentials. floe's compiler misses their absence until it pulls
    (catalogue U5)."""
    kind = auth.get("type")
    if kind not in _WITH_CREDENTIALS or auth.get("credentials_ref") is not None:
        return
    if any(auth.get(key) for key in ("token_ref", "username_ref", "password_ref")):
        return
    if "credentials_ref" in auth:
        yield Breach(("credentials_ref",), f"`type: {kind}` needs the name of a secret here.")
    else:
        yield Breach(
            ("type",),
            f"`type: {kind}` needs `credentials_ref`, the secret with the credentials.",
            Severity.WARNING,
        )


def delays_in_order(retry: Object) -> Iterator[Breach]:
    """The first wait is no longer than the longest."""
    first = number(retry.get("initial_delay_ms", 1000))
    longest = number(retry.get("max_delay_ms", 30000))
    if first is not None and longest is not None and first > longest:
        key = "initial_delay_ms" if "initial_delay_ms" in retry else "max_delay_ms"
        yield Breach(
            (key,),
            f"The first wait of {first:g} ms is longer than the longest, {longest:g} ms.",
        )


def signing_fits_mode(signing: Object) -> Iterator[Breach]:
    """`keyless` has an issuer and no key; `key-based` has a key."""
    mode = signing.get("mode")
    has_key = signing.get("private_key_ref") is not None
    if mode == "keyless":
        if signing.get("oidc_issuer") is None:
            yield Breach(
                ("oidc_issuer",) if "oidc_issuer" in signing else ("mode",),
                "`mode: keyless` needs `oidc_issuer`, the address of who vouches for the job.",
            )
        if has_key:
            yield Breach(
                ("private_key_ref",),
                "`mode: keyless` signs without a key: remove it, or write `mode: key-based`.",
                on_key=True,
                drop=True,
            )
    elif mode == "key-based" and not has_key:
        yield Breach(
            ("private_key_ref",) if "private_key_ref" in signing else ("mode",),
            "`mode: key-based` needs `private_key_ref`, the secret with the key.",
        )


def someone_is_trusted(verification: Object) -> Iterator[Breach]:
    """Enabled verification knows somebody whose signature counts."""
    if truth(verification.get("enabled", True)) is False:
        return
    if not verification.get("trusted_issuers") and verification.get("public_key_ref") is None:
        yield Breach(
            (),
            "Verification is enabled, and nobody's signature counts: add `trusted_issuers` or `public_key_ref`,"
            " or write `enabled: false`.",
        )


def one_subject(issuer: Object) -> Iterator[Breach]:
    """Either an exact subject or a pattern."""
    exact, pattern = issuer.get("subject"), issuer.get("subject_regex")
    if exact and pattern:
        yield Breach(
            ("subject_regex",),
            "Either `subject` or `subject_regex`, not both: remove one of them.",
            on_key=True,
            drop=True,
        )
    elif not exact and not pattern:
        yield Breach(
            (), "Add `subject`, or `subject_regex` for a pattern: who of this issuer is trusted."
        )


def mandatory_gate_is_on(environment: Object) -> Iterator[Breach]:
    """`policy_compliance` holds in every environment."""
    if truth(_object(environment.get("gates")).get("policy_compliance")) is False:
        yield Breach(
            ("gates", "policy_compliance"),
            "This gate holds in every environment and cannot be turned off: write `true`, or leave it out.",
            right="true",
        )


# --- resources

_QUANTITY = re.compile(r"([0-9]+(?:\.[0-9]+)?)(m|k|[KMGTPE]i?|)")
_UNITS = {
    "": Decimal(1),
    "m": Decimal("0.001"),
    "k": Decimal(1000),
    **{unit: Decimal(1000) ** power for power, unit in enumerate("KMGTPE", 1)},
    **{f"{unit}i": Decimal(1024) ** power for power, unit in enumerate("KMGTPE", 1)},
}


def limits_hold_requests(preset: Object) -> Iterator[Breach]:
    """Kubernetes refuses a request that is more than its limit."""
    requests, limits = _object(preset.get("requests")), _object(preset.get("limits"))
    for resource in ("cpu", "memory"):
        asked, most = _quantity(requests.get(resource)), _quantity(limits.get(resource))
        if asked is not None and most is not None and asked > most:
            yield Breach(
                ("limits", resource),
                f"The limit of `{limits[resource]}` is below what is requested, `{requests[resource]}`.",
            )


def _quantity(text: Any) -> Decimal | None:
    matched = _QUANTITY.fullmatch(text) if isinstance(text, str) and len(text) < 30 else None
    return Decimal(matched[1]) * _UNITS[matched[2]] if matched else None


# --- products


def name_is_missing(product: Object) -> Iterator[Breach]:
    if _metadata(product).get("name") is None:
        yield Breach(
            (),
            "The product has no name, so its folder's name is taken. A domain approves products by name:"
            " write `name`.",
        )


def version_is_missing(product: Object) -> Iterator[Breach]:
    if _metadata(product).get("version") is None:
        yield Breach((), "The product has no `version`: three numbers, such as 1.0.0.")


def description_is_missing(product: Object) -> Iterator[Breach]:
    if _metadata(product).get("description") is None:
        yield Breach((), "The product has no `description`: say what it offers.")


_MOST_CONFIG_KEYS = 50


def few_config_keys(destination: Object) -> Iterator[Breach]:
    count = len(_object(destination.get("config")))
    if count > _MOST_CONFIG_KEYS:
        yield Breach(
            ("config",),
            f"There are {count} settings here; {_MOST_CONFIG_KEYS} are allowed.",
            on_key=True,
        )


def merge_has_a_key(source: Object) -> Iterator[Breach]:
    """`writeMode: merge` matches rows by `primaryKey`, which names at least one column."""
    key = source.get("primaryKey")
    if key is None:
        if source.get("writeMode") == "merge":
            yield Breach(
                ("writeMode",),
                "`writeMode: merge` needs `primaryKey`: the column or columns that identify a row.",
            )
    elif (isinstance(key, str) and not key.strip()) or key == []:
        yield Breach(("primaryKey",), "Name at least one column here.")
    elif isinstance(key, list):
        for index, column in enumerate(key):
            if isinstance(column, str) and not column.strip():
                yield Breach(("primaryKey", index), "This names no column.")


# --- shared


def _metadata(product: Object) -> Object:
    return _object(product.get("metadata"))


def _object(value: Any) -> Object:
    return value if isinstance(value, Mapping) else {}


def number(value: Any) -> float | None:
    """A number as floe's compiler reads it, texts such as `"0.5"` included; None for anything
    else."""
    try:
        found = float(value) if isinstance(value, int | float | str) else None
    except (ValueError, OverflowError):
        return None
    return found if found is not None and math.isfinite(found) else None


_TRUE = frozenset({"1", "true", "t", "yes", "y", "on"})
_FALSE = frozenset({"0", "false", "f", "no", "n", "off"})


def truth(value: Any) -> bool | None:
    """True or false as floe's compiler reads it, words such as `"off"` included; None for anything
    else."""
    if isinstance(value, str):
        word = value.lower()
        return True if word in _TRUE else False if word in _FALSE else None
    if isinstance(value, int | float) and value in (0, 1):
        return bool(value)
    return None
