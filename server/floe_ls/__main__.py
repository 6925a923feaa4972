"""The command `floe-ls`: the language server, or the command line."""

from __future__ import annotations

import sys


def main(arguments: list[str] | None = None) -> None:
    """Runs the command and ends the process with its exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments[:1] == ["serve"]:
        from floe_ls.lsp.serve import serve

        sys.exit(serve(arguments[1:]))
    from floe_ls.cli import main as cli

    sys.exit(cli(arguments))


if __name__ == "__main__":
    main()
