"""Whether a value that stands in the open looks like a secret (catalogue 4.4, K07 and K08).

Passing over a secret is bad, and so is a warning on a harmless name: keys that hold names, addresses or
paths of secrets are left alone, and so are values that stand for a secret kept elsewhere.
"""

from __future__ import annotations

import re
from functools import lru_cache
from math import log2

_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY")
_TOKENS = (
    (re.compile(r"(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])"), "an AWS access key"),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}"), "a JSON Web Token"),
    (re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{30,})"), "a GitHub token"),
    (re.compile(r"\bglpat-[A-Za-z0-9_-]{20,}"), "a GitLab token"),
    (re.compile(r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}"), "a Slack token"),
    (re.compile(r"\b[sr]k_(?:live|test)_[A-Za-z0-9]{10,}"), "an API key"),
    (re.compile(r"\bAIza[A-Za-z0-9_-]{35}"), "a Google API key"),
)
"""Forms that nothing but a secret has."""

_SUSPICIOUS = re.compile(
    r"PRIVATE KEY|A[KS]IA|eyJ|gh[pousr]_|github_pat_|glpat-|xox|[sr]k_|AIza|://[^\s/@:]*:"
    r"|^(?:[sp]k-|api_|key_|token_|secret_)"
)
"""What every telling form has, so that most values are looked at once."""

_USER_AND_PASSWORD = re.compile(r"\b[A-Za-z][A-Za-z0-9+.-]*://[^\s/@:]*:(?P<password>[^\s/@]+)@")
_ENCODED = re.compile(r"eyJ[A-Za-z0-9_=-]{20,}")
_API_KEY = re.compile(r"(?:sk|pk)-(?P<rest>[A-Za-z0-9_-]{6,})")
_TOKEN_PREFIX = re.compile(r"(?P<kind>api|key|token|secret)_(?P<rest>[A-Za-z0-9_.=+/-]{12,})")
_NO_KEY = re.compile(
    r"(?:sha|md|base|utf|aes|rsa|ecdsa|ed|rs|hs|es|ps|x|oauth|ipv)\d+|[a-z]+\d{4}(?:\d\d){0,2}"
)
"""Parts of names that mix letters and digits: `sha256`, `orders20240101`."""

_SECRET_ENDS = (
    *("password", "passwd", "passphrase", "pwd", "client_secret", "api_secret", "app_secret"),
    *("api_key", "apikey", "access_key", "secret_key", "private_key", "account_key", "signing_key"),
    *("encryption_key", "secret_access_key", "access_key_id", "api_token", "access_token"),
    *("auth_token", "bearer_token", "refresh_token", "session_token", "sas_token"),
    *("jwt_secret", "webhook_secret", "connection_string", "basic_auth"),
)
"""Keys, and last words of keys, whose plain value is a secret."""

_NAMING_ENDS = ("secret", "token", "credential", "credentials", "authorization")
"""Keys, and last words of keys, whose value is a secret or the name of one."""

_WORDS = ("password", "passwd", "secret", "token", "credential", "credentials", "apikey", "auth")
_BENIGN_ENDS = (
    *("ref", "refs", "name", "names", "namespace", "url", "uri", "endpoint", "path", "file", "dir"),
    *("folder", "prefix", "suffix", "version", "type", "kind", "mode", "provider", "source"),
    *("column", "columns", "field", "fields", "store", "backend", "manager", "role", "arn", "id"),
    *("env", "enabled", "required", "method", "scheme", "header", "format", "policy", "issuer"),
    *("audience", "scope", "scopes", "count", "limit", "digest", "hash", "algorithm", "rotation"),
    *("ttl", "expiry", "expires", "description", "label", "plugin", "engine", "region", "user"),
    *("username", "host", "port", "database", "table", "schema", "model"),
)
"""Last words of keys that speak about a secret without holding it."""

_INSIDE_A_SECRET = re.compile(
    r"(?:^|_)(?:key|keys|password|username|user|token|secret|credentials?)_secret_key$"
)
"""`access_key_secret_key`: the name of a key inside a Kubernetes Secret."""

_REFERENCE = re.compile(
    r"""
    \$\{ | \{\{ | \$\( | ^\$[A-Za-z_] | ^%[A-Za-z_]+%$ | env_var\( | ^<.*>$ | ^\[.*\]$
    | ^(?:vault|secret|secrets|secretref|secretkeyref|k8s|kubernetes|env|file|ssm|op|gcpsm|awssm
        |azurekv|keyvault|akv|infisical|sops|doppler):
    | ^arn:aws[a-z-]*:(?:secretsmanager|ssm|kms|iam):
    | ^projects/[^/]+/secrets/
    | ^ENC\[
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""What stands for a value that is filled in later, or is kept in a store."""

_ENVIRONMENT_VARIABLE = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_PATH = re.compile(
    r"(?:~|\.{1,2})?/[\w./ -]+|[a-z0-9_-]+(?:/[a-z0-9_.-]+)+|[\w.-]+\.(?:pem|key|crt|p8|p12|json)"
)
_DIGEST = re.compile(r"(?:sha(?:256|384|512):)?[0-9a-f]{64}(?:[0-9a-f]{32}){0,2}|sha\d+:.*")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S+")
_WORDY_NAME = re.compile(r"[a-z]+(?:[-_][a-z]+)*(?:[-_]v?\d{1,3})?")
_SECRET_NAME = re.compile(
    r"[a-z0-9]+(?:[-.][a-z0-9]+)*[-.](?:credentials?|creds|ref|secret-name)(?:-v?\d+)?"
)
_PLACEHOLDER = re.compile(
    r"[x*.•…-]+|redacted|\(?hidden\)?|null|none|nil|true|false|todo|tbd|n/?a|unset|empty|placeholder"
    r"|(?:your|my|insert|replace|enter|put)[-_ ].*|required|optional|enabled|disabled",
    re.IGNORECASE,
)

_LEAST_RANDOM_LENGTH = 20
_LEAST_ENTROPY = 3.5
"""Bits per character; words and dates have less, random keys more."""


def looks_secret(key: str, value: str) -> str | None:
    """Why `value`, written as it is under `key`, looks like a secret: a clause that goes on after
    "This value" and does not repeat the value. None where it does not.

    Whether the value is one of a map whose keys or values are names by their nature (the columns of
    a field mapping, the names of secrets) is not seen here.
    """
    value = value.strip()
    kind = _key_kind(key)
    suspicious = _SUSPICIOUS.search(value)
    if not value or (kind is None and not suspicious) or _stands_for_another(value):
        return None
    if suspicious and (reason := _telling_form(value)):
        return reason
    if kind is None or _PLACEHOLDER.fullmatch(value) or _names_a_place(value):
        return None
    return _under_key(kind, value)


def _telling_form(value: str) -> str | None:
    """What gives a value away under any key."""
    if _PRIVATE_KEY.search(value):
        return "holds a private key"
    for form, what in _TOKENS:
        if form.search(value):
            return f"has the form of {what}"
    if found := _USER_AND_PASSWORD.search(value):
        password = found["password"]
        if not _stands_for_another(password) and not _PLACEHOLDER.fullmatch(password):
            return "is an address with a password in it"
    if _ENCODED.fullmatch(value):
        return "has the form of an encoded token"
    if (found := _API_KEY.fullmatch(value)) and _random_part(found["rest"], 6, 2):
        return "begins like an API key"
    if (found := _TOKEN_PREFIX.fullmatch(value)) and _random_part(found["rest"], 12, 3):
        return f"begins like {'an API key' if found['kind'] in {'api', 'key'} else 'a token'}"
    return None


def _under_key(kind: str, value: str) -> str | None:
    """What makes the value of a key that speaks of secrets one."""
    if kind == "secret":
        return (
            None if _SECRET_NAME.fullmatch(value) else "stands in the open under a key for secrets"
        )
    if kind == "naming":
        sent = value.lower().startswith(("bearer ", "basic ", "token "))
        harmless = _WORDY_NAME.fullmatch(value) or _SECRET_NAME.fullmatch(value) or " " in value
        return "stands in the open under a key for secrets" if sent or not harmless else None
    return "looks like a random key" if _random(value) else None


@lru_cache(maxsize=1024)
def _key_kind(key: str) -> str | None:
    """How far a key speaks of secrets: `secret` (its value is one), `naming` (its value is one or the
    name of one), `near` (only a random value is one), None."""
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key.strip())
    name = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    if _INSIDE_A_SECRET.search(name):
        return None
    if _ends(name, _SECRET_ENDS):
        return "secret"
    if _ends(name, _NAMING_ENDS):
        return "naming"
    words = name.split("_")
    if words[-1] in _BENIGN_ENDS or not any(word in _WORDS for word in words):
        return None
    return "near" if words[-1] != "key" else None


def _ends(name: str, ends: tuple[str, ...]) -> bool:
    return any(name == end or name.endswith(f"_{end}") for end in ends)


def _stands_for_another(value: str) -> bool:
    return bool(_REFERENCE.search(value) or _ENVIRONMENT_VARIABLE.fullmatch(value))


def _names_a_place(value: str) -> bool:
    """A path, an address or a digest: where a secret is, not the secret."""
    return bool(_PATH.fullmatch(value) or _URL.fullmatch(value) or _DIGEST.fullmatch(value))


def _random_part(text: str, length: int, digits: int) -> bool:
    """Whether a part between `-` and `_` mixes letters and digits as names do not."""
    for part in re.split(r"[-_]", text):
        if len(part) < length or _NO_KEY.fullmatch(part.lower()):
            continue
        mixed = any(c.isalpha() for c in part) and sum(c.isdigit() for c in part) >= digits
        if mixed or _random(part):
            return True
    return False


def _random(value: str) -> bool:
    """Whether a value is as long and as mixed as a generated key."""
    if len(value) < _LEAST_RANDOM_LENGTH or not re.fullmatch(r"[A-Za-z0-9+/=_.~-]+", value):
        return False
    kinds = sum(bool(re.search(kind, value)) for kind in ("[a-z]", "[A-Z]", "[0-9]"))
    return kinds > 1 and _entropy(value) >= _LEAST_ENTROPY


def _entropy(text: str) -> float:
    """Bits of surprise per character."""
    shares = [text.count(letter) / len(text) for letter in set(text)]
    return -sum(share * log2(share) for share in shares)
