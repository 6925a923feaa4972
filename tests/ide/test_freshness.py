"""How fresh references are: newer versions, changed tags, digests, and what may be done."""

from __future__ import annotations

import pytest

from check import found
from fixture import World, world
from floe_ls.ide.completion import completions
from floe_ls.ide.diagnostics import diagnostics
from floe_ls.ide.facts import Facts, RepositoryTags
from floe_ls.ide.freshness import fixes, newer, typed
from floe_ls.ide.hover import hover
from floe_ls.text import apply_edits

DIGEST = "sha256:" + "a" * 64
TAGS = ("v1.2.0", "v1.1.0", "v1.1.0-rc.1", "v1.0.0", "latest")


def here(
    ref: str = "oci://r.io/acme/up:v1.0.0", tags: tuple[str, ...] = TAGS, **facts: object
) -> World:
    made = world(
        f"""
        #- manifest.yaml
        scope: domain
        parent_manifest: {ref}$0
        plugins: {{compute: duckdb}}
        #- up.yaml @ {ref.strip("'")}
        scope: enterprise
        plugins: {{compute: duckdb}}
        """
    )
    told = Facts(**{"digest": DIGEST, **facts})  # type: ignore[arg-type]
    made.snapshot = made.snapshot.changed(
        facts={ref.strip("'"): told}, tags={"oci://r.io/acme/up": RepositoryTags(tags, 1000.0)}
    )
    return made


def told(made: World, code: str) -> list[tuple[str, str, str]]:
    document = made.document
    return [
        (document.text[d.span.start : d.span.end], d.severity, d.message)
        for d in diagnostics(made.snapshot, document)
        if d.code == code
    ]


def mended(made: World, title: str) -> str:
    offered = [
        *fixes(made.snapshot, made.document),
        *(f for d in diagnostics(made.snapshot, made.document) for f in d.fixes),
    ]
    fix = next(f for f in offered if f.title == title)
    text = apply_edits(made.document.text, [edit for _, edit in fix.edits])
    return next(line for line in text.splitlines() if line.startswith("parent"))


@pytest.mark.parametrize(
    ("tag", "later"),
    [
        ("v1.0.0", ("v1.2.0", "v1.1.0")),
        ("v1.2.0", ()),
        ("v1.1.0-rc.0", ("v1.2.0", "v1.1.0", "v1.1.0-rc.1")),
        ("1.0.0", ("v1.2.0", "v1.1.0")),
        ("v1", ("v1.2.0", "v1.1.0", "v1.0.0")),
        ("latest", ()),
        (None, ()),
    ],
)
def test_later_versions_are_known_by_the_rules_of_semantic_versions(
    tag: str | None, later: tuple[str, ...]
) -> None:
    assert newer(tag, TAGS) == later


def test_versions_of_an_environment_are_compared_with_their_like() -> None:
    tags = ("v1.2.0-dev", "v1.2.0", "v1.1.0-prod", "v1.0.0-prod")
    assert newer("v1.0.0-prod", tags) == ("v1.1.0-prod",)
    assert newer("v1.0.0", tags) == ("v1.2.0",)
    assert newer("1.0.0", ("v3.0.0", "2.0.0")) == ("2.0.0",)


def test_a_newer_version_is_a_hint_on_the_tag() -> None:
    assert told(here(), "ref/newer-version") == [
        ("v1.0.0", "hint", "v1.2.0 is the newest version of up (2 newer versions); this is v1.0.0.")
    ]
    assert told(here("oci://r.io/acme/up:v1.1.0"), "ref/newer-version")[0][2] == (
        "v1.2.0 is the newest version of up; this is v1.1.0."
    )
    assert told(here("oci://r.io/acme/up:v1.2.0"), "ref/newer-version") == []
    assert told(here(tags=()), "ref/newer-version") == []


def test_a_version_that_changed_is_a_warning_and_a_moving_tag_an_information() -> None:
    before = {"before": "sha256:" + "b" * 64, "changed_at": 86400.0}
    assert told(here(**before), "ref/digest-changed") == [
        (
            "v1.0.0",
            "warning",
            (
                "The tag `v1.0.0` names other content than before: it was sha256:bbbbbbbbbbbb, and has been"
                " sha256:aaaaaaaaaaaa since it was looked up on 1970-01-02. A version should not change: ask its"
                " owner what did, or pin the digest that you trust."
            ),
        )
    ]
    moved = told(here("oci://r.io/acme/up:latest", **before), "ref/digest-changed")
    assert [severity for _, severity, _ in moved] == ["information"]
    assert told(here(f"oci://r.io/acme/up:v1.0.0@{DIGEST}", **before), "ref/digest-changed") == []


@pytest.mark.parametrize("quote", ["", "'"])
def test_the_newest_tag_and_the_digest_are_one_key_press_away(quote: str) -> None:
    made = here(f"{quote}oci://r.io/acme/up:v1.0.0{quote}")
    line = f"parent_manifest: {quote}oci://r.io/acme/up:"
    assert mended(made, "Take the newest version, v1.2.0") == f"{line}v1.2.0{quote}"
    assert mended(made, "Pin to sha256:aaaaaaaaaaaa…") == f"{line}v1.0.0@{DIGEST}{quote}"


def test_a_reference_that_moves_is_settled_by_a_fix() -> None:
    made = here("oci://r.io/acme/up:latest")
    assert mended(made, "Take the newest version, v1.2.0").endswith("/up:v1.2.0")
    assert mended(made, "Pin to sha256:aaaaaaaaaaaa…").endswith(f"/up:latest@{DIGEST}")
    made = here("oci://r.io/acme/up")
    assert mended(made, "Take the newest version, v1.2.0").endswith("/up:v1.2.0")


def test_a_pinned_reference_takes_the_newest_and_drops_the_digest() -> None:
    made = here(f"oci://r.io/acme/up:v1.0.0@{DIGEST}")
    assert mended(made, "Take the newest version, v1.2.0").endswith("/up:v1.2.0")
    assert [f.title for f in fixes(made.snapshot, made.document)] == [
        "Take the newest version, v1.2.0"
    ]


def test_hover_tells_what_the_registry_says_of_it() -> None:
    made = here(
        media_type="application/yaml",
        annotations={
            "org.opencontainers.image.version": "1.0.0",
            "org.opencontainers.image.created": "2026-01-02T03:04:05Z",
            "org.opencontainers.image.source": "https://git.example.com/acme",
            "other": "not told",
        },
        looked_at=1000.0,
        read_from="/mirror",
    )
    shown = hover(made.snapshot, made.document, made.cursor - 3, now=1000.0 + 7200)
    assert shown is not None
    for part in (
        f"- digest: `{DIGEST}`",
        "- version: `1.0.0`",
        "- created: `2026-01-02T03:04:05Z`",
        "- source: `https://git.example.com/acme`",
        "- type: `application/yaml`",
        "- looked up 2 hours ago",
        "- read from `/mirror`",
        "**Newer: `v1.2.0`.** Tags: `v1.2.0`, `v1.1.0`, `v1.1.0-rc.1`, `v1.0.0`, `latest`.",
    ):
        assert part in shown.markdown, part
    assert "not told" not in shown.markdown


def test_tags_are_proposed_newest_first() -> None:
    made = here()
    text = "scope: domain\nparent_manifest: oci://r.io/acme/up:"
    for typing in ("", "v", "v1.", "'"):
        quoted = text.replace("oci", "'oci") if typing == "'" else text + typing
        again = world(quoted + "$0\nplugins: {compute: duckdb}\n")
        snapshot = again.snapshot.changed(tags=made.snapshot.tags)
        items = completions(snapshot, again.document, again.cursor)
        assert [(i.label.rpartition(":")[2], i.detail) for i in items][:5] == [
            ("v1.2.0", "the newest version"),
            ("v1.1.0", "version"),
            ("v1.1.0-rc.1", "version"),
            ("v1.0.0", "version"),
            ("latest", "moves"),
        ], quoted


def test_a_repository_is_known_only_when_its_tag_is_being_typed() -> None:
    assert str(typed("oci://r.io/acme/up:")) == "oci://r.io/acme/up"
    assert str(typed("oci://r.io/acme/up:v1")) == "oci://r.io/acme/up"
    assert str(typed("oci://localhost:5000/up:v1")) == "oci://localhost:5000/up"
    for text in ("oci://r.io/acme/up", "oci://r.io", "oci://localhost:5000/up", "../up:v1", ""):
        assert typed(text) is None, text


def test_a_part_of_a_manifest_says_that_it_is_one() -> None:
    made = here()
    artifact = made.snapshot.artifacts["oci://r.io/acme/up:v1.0.0"]
    object.__setattr__(artifact, "partial", True)
    assert [d.code for d in diagnostics(made.snapshot, made.document) if d.code == "ref/partial"]


def test_a_file_of_the_workspace_has_no_tags() -> None:
    codes = {d.code for d in found("scope: domain\nparent_manifest: ../up.yaml\n")}
    assert not codes & {"ref/newer-version", "ref/digest-changed", "ref/partial"}
