"""Runs the server of the extension: `python -I serve.py PACKAGES serve`."""
# ruff: noqa: INP001

import sys

packages = sys.argv.pop(1)
sys.path.insert(0, packages)

from floe_ls.__main__ import main  # noqa: E402  the line above tells where it is

main(sys.argv[1:])
