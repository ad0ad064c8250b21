# Two commands do all the set-up: `make demo` grades an example, `make test` proves the code.

PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin

.PHONY: demo test sweep bench clean

demo: $(VENV)/.installed
	$(BIN)/grade submissions/alice || test $$? -eq 1

test: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/grade problems verify --seeds 2 --mutants 4
	$(BIN)/pytest

# What `make test` samples: twenty draws and all mutants of every problem, and the slow tests.
sweep: $(VENV)/.installed-dev
	$(BIN)/grade problems verify --seeds 20 --mutants all
	$(BIN)/pytest -m slow

bench: $(VENV)/.installed-dev
	$(BIN)/pytest -n 0 -m benchmark -s tests/benchmarks

$(VENV)/.installed: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[references]'
	$(BIN)/python -m compileall -q grader # servers can write nothing, so they would compile at each start
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	sh .ci/system-packages
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[references,dev]'
	touch $@

clean:
	rm -rf $(VENV) .grade reports build dist
