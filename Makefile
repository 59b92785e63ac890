# Two commands for a new machine: `make run` and `make test`. Everything they need is set up first.

# PyTorch's own wheel index for a CPU, CUDA or ROCm build; see README. Empty: the default build.
TORCH_INDEX ?=
ARGS ?=
PYTHON ?= python3

VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test clean desktop no-desktop

# Standard output belongs to the application: everything of ours goes to standard error.
run: $(VENV)/run.stamp
	@$(BIN)/desktopsearch $(ARGS)

test: $(VENV)/test.stamp
	@PATH="$(CURDIR)/$(BIN):$$PATH" packaging/check.sh

# "Search similar photos" in file managers, and an entry among the programs; and their removal.
desktop: $(VENV)/run.stamp
	@$(BIN)/python packaging/desktop_entries.py install

no-desktop:
	@$(PYTHON) packaging/desktop_entries.py remove

$(VENV)/run.stamp: pyproject.toml packaging/setup.sh
	@packaging/setup.sh run "$(PYTHON)" "$(VENV)" "$(TORCH_INDEX)" >&2
	@touch $@

$(VENV)/test.stamp: $(VENV)/run.stamp
	@packaging/setup.sh test "$(PYTHON)" "$(VENV)" "$(TORCH_INDEX)" >&2
	@touch $@

clean:
	rm -rf $(VENV) .cache .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
