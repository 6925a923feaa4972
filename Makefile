# Every target sets up what it needs: a virtual environment in .venv, and, where it may, the programs that tests use.
# Nothing is done twice: the stamps are older than what they depend on only when that changed.

.PHONY: demo test test-editors check generate bench instructions scale stall soak vsix oracle tools clean help
.DEFAULT_GOAL := help

PYTHON ?=
BIN := .venv/bin
RUN := .venv/.stamp-run
DEV := .venv/.stamp-dev
TOOLS := .tools/.stamp
BENCH := .venv/.stamp-bench
ORACLE := .tools/.stamp-oracle
EDITORS := .tools/.stamp-editors

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 18

demo: $(RUN) ## checks examples/ and tells the story of one product
	@PATH="$(CURDIR)/$(BIN):$$PATH" scripts/demo.sh

test: $(DEV) $(TOOLS) $(if $(CI),$(ORACLE) $(EDITORS)) ## all tests, those against a real registry and a real Neovim included
	$(BIN)/python -m pytest $(ARGS)

test-editors: $(DEV) $(TOOLS) $(EDITORS) ## the tests in a real Neovim, VS Code and Emacs, and the pictures of docs/images
	$(BIN)/python -m pytest tests/editors $(ARGS)

check: $(DEV) ## style, types, layers, stale generated files
	$(BIN)/ruff check
	$(BIN)/ruff format --check --quiet
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python scripts/generate.py --check

generate: $(DEV) ## schemas/, docs/rules, docs/fields.md, docs/settings.md, the extension's settings
	$(BIN)/python scripts/generate.py

bench: $(BENCH) ## the tables and plots of benchmarks/README.md, measured here
	$(BIN)/python benchmarks/run.py $(ARGS)

instructions: $(DEV) $(TOOLS) ## how many instructions a key costs: a figure that other load does not move
	$(BIN)/python benchmarks/instructions.py $(ARGS)

scale: $(DEV) ## 25,000 products: scan, check, an enterprise edit, and whether exactly what is planted is found
	$(BIN)/python benchmarks/scale.py $(ARGS)

stall: $(DEV) ## how long an editor waits at most while the server reads and judges 25,000 products; what it finds live
	$(BIN)/python benchmarks/stall.py --products 25000 --keep $(ARGS)

soak: $(DEV) ## 100,000 edits and 1,000 changed parents: memory flat, findings as after a fresh start
	$(BIN)/python benchmarks/soak.py $(ARGS)

vsix: $(DEV) ## the VS Code extension, as vscode-extension/floe.vsix
	scripts/vsix.sh

oracle: $(ORACLE) ## floe's own compiler, for the tests that compare verdicts (a minute, 540 MB)

tools: $(TOOLS) ## the programs that tests use: a registry, skopeo, a screen

clean: ## everything that the targets made
	rm -rf .venv .tools build dist vscode-extension/node_modules vscode-extension/dist vscode-extension/out \
	  vscode-extension/bundled/wheels vscode-extension/*.vsix

$(RUN): pyproject.toml scripts/venv.sh
	@PYTHON="$(PYTHON)" scripts/venv.sh .
	@touch $@

$(DEV): pyproject.toml scripts/venv.sh
	@PYTHON="$(PYTHON)" scripts/venv.sh ".[dev]"
	@touch $@ $(RUN)

$(BENCH): $(DEV)
	@PYTHON="$(PYTHON)" scripts/venv.sh ".[dev,bench]"
	@touch $@

$(TOOLS): scripts/tools.sh
	@scripts/tools.sh
	@mkdir -p $(@D) && touch $@

$(EDITORS): $(DEV) scripts/tools.sh scripts/vscode.sh scripts/yaml_server.sh
	scripts/tools.sh editors
	scripts/vscode.sh
	scripts/yaml_server.sh
	@mkdir -p $(@D) && touch $@

$(ORACLE): $(DEV) scripts/oracle.sh
	scripts/oracle.sh
	@mkdir -p $(@D) && touch $@
