"""The settings, of `floe-ls.toml` and of the editor's `floe.*` alike. The editor's win."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Literal

if TYPE_CHECKING:
    from pydantic import TypeAdapter

RuleSeverity = Literal["off", "hint", "information", "warning", "error"]

_READ = {"extra": "forbid", "use_attribute_docstrings": True}
"""How pydantic reads these classes. They are no models of its own, so that who has no settings does not wait for it."""


@dataclass(frozen=True)
class Registry:
    """How to reach one registry, or one prefix of it."""

    __pydantic_config__: ClassVar[Any] = _READ

    mirror: str | None = None
    """Where to look in its place: an OCI image layout folder, another `oci://host/prefix`, or a local folder of
    manifests. Relative paths start at the settings file."""
    insecure: bool = False
    """Speak plain HTTP. Loopback addresses need no leave."""
    ca: str | None = None
    """A PEM file with the certificate authority that signs its certificate."""


@dataclass(frozen=True)
class Hints:
    """What editors show at the ends of lines."""

    __pydantic_config__: ClassVar[Any] = _READ

    overrides: bool = True
    """What a value replaces in a tier above, or the value that holds in its place."""
    inherited: bool = True
    """What a block, or the whole file, takes over from the tiers above without saying it."""


@dataclass(frozen=True)
class Settings:
    """Everything that can be set."""

    __pydantic_config__: ClassVar[Any] = _READ

    offline: bool = False
    """Never use the network: parents come from the workspace, the mirrors and the cache."""
    sources: dict[str, str] = field(default_factory=dict)
    """Which file of the workspace is published as which reference, with any tag or with one. Paths start at the
    settings file."""
    registries: dict[str, Registry] = field(default_factory=dict)
    """By host, or by `host/prefix`; the longest match wins. Beside them `allow`, a list of hosts (`*.example.com`)
    or `host/prefix`: where it stands, no other registry is asked."""
    rules: dict[str, RuleSeverity] = field(default_factory=dict)
    """A severity for each code, or `off`. Codes that begin with `security/` or `whitelist/` cannot be lowered."""
    hints: Hints = field(default_factory=Hints)
    """What editors show at the ends of lines, beside what is written there. Each kind can be switched off."""
    workspace_diagnostics: Literal["auto", "open", "all"] = "auto"
    """Whose findings an editor shows: those of `open` files, or of `all` files of the workspace. `auto` shows all where
    the editor asks for them by itself, as VS Code does."""
    exclude: tuple[str, ...] = ()
    """Files and folders that are left out when a workspace is read, as a `.gitignore` in the place of the settings
    file would name them. What the editor's own setting names (VS Code: also `files.exclude`) is left out, too."""
    folder: str = ""
    """The folder that relative paths start at. Set by the reader of the file, not by people."""
    allow: tuple[str, ...] | None = None
    """`registries.allow`."""
    within: tuple[str, ...] | None = None
    """In a workspace that is not trusted: the URIs of its folders. No file outside of them is read, and no network
    is used. Set by the session."""

    def __post_init__(self) -> None:
        plain: Mapping[str, Any] = self.registries
        registries = {
            key: r if isinstance(r, Registry) else Registry(**r) for key, r in plain.items()
        }
        object.__setattr__(self, "registries", registries)

    def allows(self, registry: str, repository: str) -> bool:
        """Whether `registries.allow` lets a registry be asked."""
        return self.allow is None or any(_covers(each, registry, repository) for each in self.allow)

    def registry(self, registry: str, repository: str) -> tuple[str, Registry] | None:
        """The longest entry of `registries` that covers a repository, and what it says."""
        whole = f"{registry}/{repository}"
        covering = [
            key
            for key in self.registries
            if whole == key or whole.startswith(key.rstrip("/") + "/") or key == registry
        ]
        best = max(covering, key=len, default=None)
        return (best, self.registries[best]) if best is not None else None


def _covers(entry: str, registry: str, repository: str) -> bool:
    host, _, prefix = entry.removeprefix("oci://").rstrip("/").partition("/")
    host, registry = host.lower(), registry.lower()
    same = host == registry or (":" not in host and host == registry.rpartition(":")[0])
    if host.startswith("*."):
        same = registry.partition(":")[0].endswith(host[1:])
    return same and (not prefix or f"{repository}/".startswith(f"{prefix}/"))


INNER = frozenset({"folder", "allow", "within"})
"""Fields that are not set by people."""


def parse_settings(data: Mapping[str, Any], folder: str = "") -> tuple[Settings, list[str]]:
    """Settings from plain data, and what is wrong with it in words. Wrong parts are left out, the rest holds."""
    problems = [f"`{key}` is not a setting." for key in data if key in INNER]
    data = {key: value for key, value in data.items() if key not in INNER}
    registries = data.get("registries")
    if isinstance(registries, Mapping) and not isinstance(registries.get("allow"), Mapping | None):
        data["registries"] = {key: value for key, value in registries.items() if key != "allow"}
        data["allow"] = registries["allow"]
        if not _are_hosts(data["allow"]):
            # Nobody is allowed then: whoever wrote it did not mean everybody.
            data["allow"] = ()
            problems.append("`registries.allow`: a list of hosts belongs here.")
    if not data:
        return Settings(folder=folder), problems
    from pydantic import ValidationError

    reader = _reader()
    for _ in range(20):
        try:
            return reader.validate_python({**data, "folder": folder}), problems
        except ValidationError as error:
            for found in error.errors():
                loc = ".".join(str(step) for step in found["loc"])
                unknown = found["type"] == "unexpected_keyword_argument"
                problems.append(
                    f"`{loc}` is not a setting." if unknown else f"`{loc}`: {found['msg']}."
                )
                _drop(data, found["loc"])
    return Settings(folder=folder), problems


@cache
def _reader() -> TypeAdapter[Settings]:
    from pydantic import TypeAdapter

    return TypeAdapter(Settings)


def merged(file: Mapping[str, Any], editor: Mapping[str, Any]) -> dict[str, Any]:
    """The editor's settings over the file's, table by table."""
    out = dict(file)
    for key, value in editor.items():
        both = isinstance(value, Mapping) and isinstance(out.get(key), Mapping)
        out[key] = merged(out[key], value) if both else value
    return out


def _are_hosts(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)


def _drop(data: dict[str, Any], loc: tuple[int | str, ...]) -> None:
    here: Any = data
    for step in loc[:-1]:
        inner = here.get(step) if isinstance(here, dict) else None
        if not isinstance(inner, dict):
            here.pop(step, None) if isinstance(here, dict) else None
            return
        here[step] = dict(inner)
        here = here[step]
    if isinstance(here, dict):
        here.pop(loc[-1], None)
