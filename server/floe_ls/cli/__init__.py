"""The command line: the editor's verdict for a tree, and what the engine knows of one file."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import TypeAlias

import floe_ls
from floe_ls.cli.words import Refused

OK, ERRORS, FAILED = 0, 1, 2

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001


def main(arguments: Sequence[str]) -> int:
    """Runs one command. Exit codes: 0 no errors, 1 errors found, 2 it could not run."""
    parser = _parser()
    if not arguments:
        parser.print_help()
        return FAILED
    options = parser.parse_args(arguments)
    try:
        return int(options.run(options))
    except Refused as refused:
        sys.stderr.write(f"floe-ls: {refused}\n")
        return FAILED
    except BrokenPipeError:  # the reader, `head` perhaps, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except KeyboardInterrupt:
        sys.stderr.write("floe-ls: interrupted\n")
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="floe-ls",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description=(
            "Checks floe's manifests and data products, and tells where each value comes from.\n\n"
            "A product names its manifest, a domain manifest names its enterprise manifest. floe-ls\n"
            "follows these references (files, bare names, oci:// artifacts) and holds every layer\n"
            "against the ones above it, exactly as the language server does in an editor."
        ),
        epilog=(
            "examples:\n"
            "  floe-ls check                                everything below this folder\n"
            "  floe-ls check --format github sales/         for a pull request\n"
            "  floe-ls effective sales/floe.yaml            the resolved configuration, each value with its origin\n"
            "  floe-ls explain sales/floe.yaml governance.pii_encryption\n"
            "  floe-ls impact enterprise-manifest.yaml      who changes and who breaks, for a pull request\n"
            "  floe-ls diff sales/floe.yaml --ref oci://registry.example.com/sales-domain-manifest:v3.0.0\n"
            "  floe-ls graph --format html > mesh.html      the mesh as a picture\n"
            "  floe-ls rule security/override               what a code means and what to do\n"
            "  floe-ls publish manifest.yaml oci://registry.example.com/enterprise-manifest:v1.0.0\n"
            "  floe-ls doctor oci://registry.example.com/enterprise-manifest:v1.0.0    why it cannot be had\n"
            "  floe-ls cache warm .                         fetch all parents, to work offline\n\n"
            "exit codes: 0 no errors, 1 errors found, 2 it could not run\n"
            "settings: floe-ls.toml, searched upwards from each file"
        ),
    )
    parser.add_argument("--version", action="version", version=f"floe-ls {floe_ls.__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _check(commands)
    _effective(commands)
    _explain(commands)
    _impact(commands)
    _diff(commands)
    _graph(commands)
    _publish(commands)
    _cache(commands)
    _doctor(commands)
    _schema(commands)
    _rule(commands)
    commands.add_parser("serve", help="the language server; editors start it", add_help=False)
    return parser


def _command(commands: Commands, name: str, text: str, more: str = "") -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = commands.add_parser(
        name,
        help=text,
        description=f"{text[0].upper()}{text[1:]}.{more}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    return made


def _check(commands: Commands) -> None:
    parser = _command(
        commands,
        "check",
        "the editor's findings for files and folders",
        "\n\nWithout a path: this folder. Folders are searched for manifests and data products; what\n"
        ".gitignore names is left out. Parents are fetched where they are needed; one that cannot\n"
        "be had is reported once, and what depends on it is left unknown, never red.",
    )
    parser.add_argument("paths", nargs="*", metavar="PATH", help="a file or a folder")
    parser.add_argument(
        "--format",
        choices=["text", "json", "sarif", "github"],
        default="text",
        help="text for people (default), json for programs, sarif for code scanning, github for annotations",
    )
    parser.add_argument(
        "--offline", action="store_true", help="use the workspace and the cache only"
    )
    parser.set_defaults(run=_run_check)


def _effective(commands: Commands) -> None:
    parser = _command(
        commands,
        "effective",
        "the resolved configuration of a file, every value with its origin",
        "\n\nAs yaml the origin is a comment at the end of each line: tier, file and line, rule.\n"
        "As json every leaf also lists who else set it and lost.",
    )
    parser.add_argument("file", metavar="FILE", help="a manifest or a data product")
    parser.add_argument("--format", choices=["yaml", "json"], default="yaml")
    parser.add_argument(
        "--offline", action="store_true", help="use the workspace and the cache only"
    )
    parser.set_defaults(run=_run_effective)


def _explain(commands: Commands) -> None:
    parser = _command(
        commands,
        "explain",
        "one value's story, tier by tier, with the rule that decided",
        "\n\nPATH is dotted: governance.pii_encryption, plugins.compute.type. A path above several\n"
        "values (plugins.compute, governance) tells the story of each.",
    )
    parser.add_argument("file", metavar="FILE", help="a manifest or a data product")
    parser.add_argument("path", metavar="PATH", help="where the value is, dotted")
    parser.add_argument(
        "--offline", action="store_true", help="use the workspace and the cache only"
    )
    parser.set_defaults(run=_run_explain)


def _impact(commands: Commands) -> None:
    parser = _command(
        commands,
        "impact",
        "what an edit of a manifest does to the domains and products below it",
        "\n\nCompares FILE with what it was: in git's HEAD, in another revision, or as a published artifact.\n"
        "Lists every value that files below it get otherwise, and every file that breaks.\n"
        "Exit codes: 0 nothing breaks, 1 something does, 2 it could not run.",
    )
    parser.add_argument("file", metavar="FILE", help="a manifest")
    parser.add_argument(
        "--against",
        default="HEAD",
        metavar="REF|REVISION",
        help="a git revision (default: HEAD), an oci:// reference, or another file",
    )
    parser.add_argument("--format", choices=["text", "json", "markdown"], default="text")
    parser.add_argument(
        "--offline", action="store_true", help="use the workspace and the cache only"
    )
    parser.set_defaults(run=_run_impact)


def _diff(commands: Commands) -> None:
    parser = _command(
        commands,
        "diff",
        "what would change for a file if it took another version of its parent",
        "\n\nValues before and after, and findings that would come or go. Nothing is edited.\n"
        "Exit codes: 0 it would have no new errors, 1 it would, 2 it could not run.",
    )
    parser.add_argument("file", metavar="FILE", help="a product, or a domain manifest")
    parser.add_argument(
        "--ref",
        required=True,
        metavar="REF",
        help="the reference that it would take, or only a tag",
    )
    parser.add_argument("--format", choices=["text", "json", "markdown"], default="text")
    parser.add_argument(
        "--offline", action="store_true", help="use the workspace and the cache only"
    )
    parser.set_defaults(run=_run_diff)


def _graph(commands: Commands) -> None:
    parser = _command(
        commands,
        "graph",
        "the mesh as a picture: who inherits from whom, and where findings are",
        "\n\nProducts are drawn one by one while there are few, and counted where there are many.",
    )
    parser.add_argument("path", nargs="?", default=".", metavar="PATH", help="a folder")
    parser.add_argument(
        "--format",
        choices=["svg", "html", "mermaid", "dot", "text"],
        default="text",
        help="text for a terminal (default), svg and html for browsers, mermaid for Markdown, dot for Graphviz",
    )
    parser.add_argument(
        "--products",
        type=int,
        default=None,
        metavar="N",
        help="draw products one by one up to this many (default: 40)",
    )
    parser.add_argument(
        "--offline", action="store_true", help="use the workspace and the cache only"
    )
    parser.set_defaults(run=_run_graph)


def _publish(commands: Commands) -> None:
    parser = _command(
        commands,
        "publish",
        "pushes a manifest as an OCI artifact",
        "\n\nREF is oci://host/name:tag for a registry, or folder:tag for an OCI image layout folder.\n"
        "A manifest with errors is not published. A tag that looks like a version (v1.2.3) is never\n"
        "overwritten with other content unless --force is given.\n"
        "Credentials: Docker's config.json, or FLOE_REGISTRY_USERNAME and _PASSWORD, or _TOKEN.",
    )
    parser.add_argument("file", metavar="FILE", help="a manifest")
    parser.add_argument("ref", metavar="REF", help="where to")
    parser.add_argument(
        "--force", action="store_true", help="overwrite a version that is there already"
    )
    parser.set_defaults(run=_run_publish)


def _cache(commands: Commands) -> None:
    parser = _command(
        commands,
        "cache",
        "the parents that were fetched before",
        "\n\nOne folder of the user's, shared by editors and the command line, bounded in size\n"
        "(FLOE_LS_CACHE names another, FLOE_LS_CACHE_MB another limit than 256 MB).",
    )
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    listed = actions.add_parser("list", help="what is there")
    listed.add_argument("--format", choices=["text", "json"], default="text")
    listed.set_defaults(run=_run_cache_list)
    prune = actions.add_parser("prune", help="remove what was not used for longest")
    prune.add_argument("--size", metavar="MB", type=float, help="until so much is left")
    prune.set_defaults(run=_run_cache_prune)
    actions.add_parser("clear", help="remove everything").set_defaults(run=_run_cache_clear)
    warm = actions.add_parser(
        "warm", help="fetch every parent that files need, to check them without a network later"
    )
    warm.add_argument("paths", nargs="*", metavar="PATH", help="files and folders (default: .)")
    warm.set_defaults(run=_run_cache_warm)
    accept = actions.add_parser("accept", help="what a tag names now is known; tell it no more")
    accept.add_argument("ref", metavar="REF")
    accept.set_defaults(run=_run_cache_accept)


def _doctor(commands: Commands) -> None:
    parser = _command(
        commands,
        "doctor",
        "why a reference can be had or not, step by step",
        "\n\nShows which settings apply, what the cache has, how the registry is reached, which\n"
        "login is shown to it (never its secret), and which file of the artifact is the manifest.",
    )
    parser.add_argument("ref", metavar="REF", help="such as oci://registry.example.com/name:v1")
    parser.add_argument("--offline", action="store_true", help="ask nobody")
    parser.set_defaults(run=_run_doctor)


def _schema(commands: Commands) -> None:
    parser = _command(
        commands,
        "schema",
        "the JSON Schema of manifests and data products",
        "\n\nFor editors without this language server. Printed, or written into schemas/ with --write.",
    )
    parser.add_argument(
        "kind", nargs="?", choices=["manifest", "floe"], help="one of the two (default: both)"
    )
    parser.add_argument(
        "--write", action="store_true", help="write schemas/*.schema.json below this folder"
    )
    parser.set_defaults(run=_run_schema)


def _rule(commands: Commands) -> None:
    parser = _command(
        commands,
        "rule",
        "what a code means, with an example and what to do",
        "\n\nWithout a code: the list of all.",
    )
    parser.add_argument("code", nargs="?", metavar="CODE", help="such as security/override")
    parser.set_defaults(run=_run_rule)


# Each command is imported when it runs: `--help` should not wait for the engine.


def _run_check(options: argparse.Namespace) -> int:
    from floe_ls.cli.check import check

    return check(options.paths or ["."], options.format, offline=options.offline)


def _run_effective(options: argparse.Namespace) -> int:
    from floe_ls.cli.effective import effective

    return effective(options.file, options.format, offline=options.offline)


def _run_explain(options: argparse.Namespace) -> int:
    from floe_ls.cli.explain import explain

    return explain(options.file, options.path, offline=options.offline)


def _run_impact(options: argparse.Namespace) -> int:
    from floe_ls.cli.impact import impact

    return impact(options.file, options.against, options.format, offline=options.offline)


def _run_diff(options: argparse.Namespace) -> int:
    from floe_ls.cli.diff import diff

    return diff(options.file, options.ref, options.format, offline=options.offline)


def _run_graph(options: argparse.Namespace) -> int:
    from floe_ls.cli.graph import graph

    return graph(options.path, options.format, options.products, offline=options.offline)


def _run_publish(options: argparse.Namespace) -> int:
    from floe_ls.cli.publish import publish

    return publish(options.file, options.ref, force=options.force)


def _run_cache_list(options: argparse.Namespace) -> int:
    from floe_ls.cli.cache import listed

    return listed(options.format)


def _run_cache_prune(options: argparse.Namespace) -> int:
    from floe_ls.cli.cache import prune

    return prune(options.size)


def _run_cache_clear(_: argparse.Namespace) -> int:
    from floe_ls.cli.cache import clear

    return clear()


def _run_cache_warm(options: argparse.Namespace) -> int:
    from floe_ls.cli.cache import warm

    return warm(options.paths or ["."])


def _run_cache_accept(options: argparse.Namespace) -> int:
    from floe_ls.cli.cache import accept

    return accept(options.ref)


def _run_doctor(options: argparse.Namespace) -> int:
    from floe_ls.cli.doctor import doctor

    return doctor(options.ref, offline=options.offline)


def _run_schema(options: argparse.Namespace) -> int:
    from floe_ls.cli.schema import schema

    return schema(options.kind, write=options.write)


def _run_rule(options: argparse.Namespace) -> int:
    from floe_ls.cli.rule import rule

    return rule(options.code)
