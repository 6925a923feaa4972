"""What every product's runs report about themselves: traces, lineage and logs."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from floe_ls.schema.meta import By, Examples, Form, Rules, Severity, Unknown
from floe_ls.schema.section import Section


class Tracing(Section):
    """How spans of a run are exported."""

    enabled: bool = True
    """Whether runs are traced."""
    exporter: Literal["otlp", "console", "none"] = "otlp"
    """Where spans go: `otlp` sends them to `endpoint`, `console` prints them, `none` drops them."""
    endpoint: Annotated[
        str | None, Form("public-endpoint"), Examples(("https://otel.example.com:4317",))
    ] = None
    """Address of the OTLP collector, over http or https. Private and local addresses are
    refused."""


class Lineage(Section):
    """How OpenLineage events of a run are sent."""

    enabled: bool = True
    """Whether runs report which tables they read and write."""
    transport: Literal["http", "console", "noop"] = "http"
    """How events travel: `http` to `endpoint`, `console` prints them, `noop` drops them."""
    endpoint: Annotated[
        str | None,
        Form("public-endpoint"),
        Examples(("https://marquez.example.com/api/v1/lineage",)),
    ] = None
    """Address of the lineage API, over http or https. Without one (and without `OPENLINEAGE_URL` at
    run time) the `http` transport sends nothing."""


class Logging(Section):
    """What runs write to their logs."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """Messages below this level are left out."""
    format: Literal["json", "text"] = "json"
    """`json` writes one object a line, for machines; `text` is for reading."""


class Observability(Section):
    """Settings of traces, lineage and logs. The backends themselves are chosen under `plugins`."""

    tracing: Tracing = Field(default_factory=Tracing)
    """Traces of each run."""
    lineage: Lineage = Field(default_factory=Lineage)
    """Lineage of the tables that runs touch."""
    logging: Logging = Field(default_factory=Logging)
    """Logs of each run."""

    # The ADR names this block and gives it no keys, so there any key goes.
    rules: ClassVar[Rules] = Rules(
        unknown=Unknown(severity=By(None, Severity.ERROR, Severity.ERROR))
    )
