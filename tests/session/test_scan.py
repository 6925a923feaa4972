"""What the scan of a workspace learns about files that nobody has open."""

from __future__ import annotations

from pathlib import Path

from floe_ls.ide.graph import graph
from floe_ls.remote.files import uri_of
from floe_ls.session import Session, floe_shapes


def test_settings_below_the_roots_hold_for_files_that_nobody_opened(tmp_path: Path) -> None:
    below = tmp_path / "team" / "sales"
    below.mkdir(parents=True)
    enterprise = tmp_path / "above-manifest.yaml"
    enterprise.write_text("scope: enterprise\nplugins: {compute: duckdb}\n", "utf-8")
    domain = below / "sales-domain-manifest.yaml"
    domain.write_text("scope: domain\nparent_manifest: oci://registry/above:v1.0.0\n", "utf-8")
    source = '[sources]\n"oci://registry/above" = "../../above-manifest.yaml"\n'
    (below / "floe-ls.toml").write_text(source, "utf-8")

    session = Session(floe_shapes())
    session.set_roots([uri_of(tmp_path)])
    session.scan(wait=True)

    assert graph(session.snapshot).edges == ((uri_of(enterprise), uri_of(domain)),)
