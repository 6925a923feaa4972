"""Pages of what is wrong with a text as YAML."""

from __future__ import annotations

from floe_ls.ide.page import page
from floe_ls.ide.rule import Code
from floe_ls.schema.meta import ERROR, WARNING
from floe_ls.syntax.problems import CODES as PROBLEMS

_BROKEN = """
    floe's loader refuses the whole file when its YAML is broken. Here the lines around the place are still
    understood, so that hover and completion go on working; what a broken line seems to say is not judged.
"""


def _code(slug: str, wrong: str, right: str, advice: str = "", why: str = _BROKEN) -> Code:
    severity = WARNING if slug == "yaml/duplicate-key" else ERROR
    return Code(slug, severity, PROBLEMS[slug], page(why, wrong, right, advice), "A13")


_INDENTATION = """
    In YAML the indentation says what belongs to what: entries of one mapping or list start in the same column, and
    what belongs to them stands further in.
"""

YAML_CODES: tuple[Code, ...] = (
    _code(
        "yaml/alias",
        """
        plugins:
          compute: * duckdb
        """,
        """
        defaults: &engine
          compute: duckdb
        plugins: *engine
        """,
        "An alias is `*` and the name of an anchor, with nothing between or before them. A text that starts with a"
        " star, such as a glob, is quoted.",
    ),
    _code(
        "yaml/block-scalar",
        """
        metadata:
          description: | All sales
            of all shops
        """,
        """
        metadata:
          description: |
            All sales
            of all shops
        """,
        "The text starts on the line below `|` or `>`, further in than the key.",
    ),
    _code(
        "yaml/character",
        """
        metadata:
          name: sales\x07platform
        """,
        """
        metadata:
          name: sales-platform
        """,
        "Such characters come with text that was copied from elsewhere and mostly cannot be seen. Delete and retype"
        " the word.",
    ),
    _code(
        "yaml/directive",
        """
        %YAML 1.2
        scope: enterprise
        """,
        """
        %YAML 1.2
        ---
        scope: enterprise
        """,
        "Lines that start with `%` stand before a `---`. A text that starts with `%` is quoted.",
    ),
    Code(
        "yaml/duplicate-key",
        WARNING,
        PROBLEMS["yaml/duplicate-key"],
        page(
            """
            YAML forbids a key that stands twice, but floe's loader says nothing: it keeps the last one, and
            what the first one held is lost. Whoever reads the file sees both.
            """,
            """
            plugins:
              compute: duckdb
            plugins:
              catalog: polaris
            """,
            """
            plugins:
              compute: duckdb
              catalog: polaris
            """,
            "Join the two, or remove the one that has no effect.",
        ),
        "A15",
    ),
    _code(
        "yaml/escape",
        r"""
        metadata:
          description: "C:\data"
        """,
        r"""
        metadata:
          description: 'C:\data'
        """,
        r"Between double quotes a backslash starts an escape such as `\n`. Between single quotes it is itself.",
    ),
    _code(
        "yaml/indentation",
        """
        plugins:
            compute: duckdb
          catalog: polaris
        """,
        """
        plugins:
          compute: duckdb
          catalog: polaris
        """,
        why=_INDENTATION,
    ),
    _code(
        "yaml/merge-conflict",
        """
        plugins:
        <<<<<<< HEAD
          compute: duckdb
        =======
          compute: snowflake
        >>>>>>> main
        """,
        """
        plugins:
          compute: snowflake
        """,
        "Choose what stays, and remove the lines with the markers.",
    ),
    _code(
        "yaml/merge-value",
        """
        plugins:
          <<: duckdb
        """,
        """
        defaults: &engine
          compute: duckdb
        plugins:
          <<: *engine
          catalog: polaris
        """,
        "`<<` takes over the entries of another mapping, or of a list of them. A key that stands beside it wins.",
    ),
    _code(
        "yaml/missing-colon",
        """
        scope: domain
        parent_manifest
        """,
        """
        scope: domain
        parent_manifest: oci://registry.example.com/enterprise-manifest:v1.0.0
        """,
        "Behind every key stands a colon, and behind the colon a space or the end of the line.",
    ),
    _code(
        "yaml/missing-comma",
        """
        scope: domain
        parent_manifest: oci://registry.example.com/enterprise-manifest:v1.0.0
        approved_products: ["sales" "returns"]
        """,
        """
        scope: domain
        parent_manifest: oci://registry.example.com/enterprise-manifest:v1.0.0
        approved_products: ["sales", "returns"]
        """,
    ),
    _code(
        "yaml/missing-dash",
        """
        scope: domain
        parent_manifest: oci://registry.example.com/enterprise-manifest:v1.0.0
        approved_products:
          - orders
          customers
        """,
        """
        scope: domain
        parent_manifest: oci://registry.example.com/enterprise-manifest:v1.0.0
        approved_products:
          - orders
          - customers
        """,
    ),
    _code(
        "yaml/multiline-key",
        """
        scope: domain
        "parent_
          manifest": oci://registry.example.com/enterprise-manifest:v1.0.0
        """,
        """
        scope: domain
        parent_manifest: oci://registry.example.com/enterprise-manifest:v1.0.0
        """,
        "A key stands on one line.",
    ),
    _code(
        "yaml/property",
        """
        plugins: &one &two
          compute: duckdb
        """,
        """
        plugins: &one
          compute: duckdb
        """,
    ),
    _code(
        "yaml/tab",
        """
        plugins:
        \tcompute: duckdb
        """,
        """
        plugins:
          compute: duckdb
        """,
        "Use spaces, also between words: floe's loader takes tabs within quotes, blocks of text and comments alone."
        " Most editors can be told to insert spaces when the tab key is pressed.",
        why=_INDENTATION,
    ),
    _code(
        "yaml/too-deep",
        "plugins: " + "[" * 300 + "]" * 300,
        """
        plugins:
          compute: duckdb
        """,
        "No field of floe lies deeper than ten levels.",
        why="A file that is nested hundreds of levels deep is no manifest. What lies deeper is left out.",
    ),
    _code(
        "yaml/unclosed-bracket",
        """
        approved_plugins:
          compute: [duckdb, snowflake
        scope: enterprise
        """,
        """
        approved_plugins:
          compute: [duckdb, snowflake]
        scope: enterprise
        """,
    ),
    _code(
        "yaml/unclosed-quote",
        """
        metadata:
          name: "sales-platform
          version: 1.0.0
        """,
        """
        metadata:
          name: "sales-platform"
          version: 1.0.0
        """,
    ),
    _code(
        "yaml/unexpected",
        """
        metadata:
          name: "sales" platform
        """,
        """
        metadata:
          name: "sales platform"
        """,
    ),
    _code(
        "yaml/unknown-anchor",
        """
        plugins: *engine
        """,
        """
        defaults: &engine
          compute: duckdb
        plugins: *engine
        """,
        "An anchor (`&name`) stands above its aliases (`*name`), in the same file. A text that starts with a star,"
        " such as a glob, is quoted.",
    ),
    _code(
        "yaml/unknown-tag-handle",
        """
        plugins: !e!plugins
          compute: duckdb
        """,
        """
        plugins:
          compute: duckdb
        """,
        "floe needs no tags: remove it.",
    ),
    _code(
        "yaml/unquoted-colon",
        """
        metadata:
          description: Orders: all shops
        """,
        """
        metadata:
          description: "Orders: all shops"
        """,
        "Quote a text in which a colon is followed by a space.",
    ),
)

AMBIGUOUS = Code(
    "yaml/ambiguous-scalar",
    ERROR,
    "An unquoted word means one thing in YAML 1.1 and another in YAML 1.2.",
    page(
        """
        floe loads its files with a reader of YAML 1.1. There `off`, `no`, `yes` and `on` are truth values,
        `1:30` is the number 90, `010` is 8, and `2030-01-31` is a date. Editors, formatters and most other
        programs read YAML 1.2, where they are the words that they look like. Where the difference makes a value
        wrong, that is an error; where floe takes another number than you see, a warning.
        """,
        """
        governance:
          policy_enforcement_level: off
        """,
        """
        governance:
          policy_enforcement_level: "off"
        """,
        "Quote the word.",
    ),
    "A16, U15",
)
UNKNOWN_TAG = Code(
    "yaml/unknown-tag",
    ERROR,
    "A value has a tag that floe's loader does not know.",
    page(
        """
        A tag such as `!env` asks the reader of a file to make something special of a value. floe's loader knows
        YAML's own tags only, such as `!!str`, and refuses a file with others.
        """,
        """
        metadata:
          owner: !env OWNER
        """,
        """
        metadata:
          owner: platform-team@example.com
        """,
        "Write the value itself. What differs between environments is chosen at run time, by `FLOE_ENV`.",
    ),
    "A13",
)
HIDDEN_KEY = Code(
    "security/hidden-key",
    ERROR,
    "A key is another one to floe's loader than it looks like.",
    page(
        """
        To floe's loader a key with the tag `!!merge` takes over the entries of another mapping, whatever the key is
        called, and other tags make other things of a key, or stop the loader. Within brackets it takes `?key` for
        `key`. So a policy can be weakened under a name that means nothing: this code cannot be silenced or lowered.
        """,
        """
        governance:
          !!merge notes:
            pii_encryption: optional
        """,
        """
        governance:
          pii_encryption: required
        """,
        "Remove the tag: keys of floe's files are texts. Quote a key that starts with a question mark.",
    ),
    "A13",
)
UNREADABLE = Code(
    "yaml/unreadable-scalar",
    ERROR,
    "An unquoted word looks like a date or number, and is none.",
    page(
        """
        To floe's loader, which reads YAML 1.1, `2030-02-31` has the form of a date. As there is no such day it
        gives up, and with it goes the whole file.
        """,
        """
        governance:
          policy_overrides:
            - {pattern: "legacy_*", action: exclude, reason: Moved soon, expires: 2030-02-31}
        """,
        """
        governance:
          policy_overrides:
            - {pattern: "legacy_*", action: exclude, reason: Moved soon, expires: 2030-02-28}
        """,
        "Put the date right, or quote a text that is none.",
    ),
    "A13",
)
