# Everything starts here and sets itself up: `make` alone tells what there is.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.NOTPARALLEL: # one after the other, so that what failed stands last

BIN := .venv/bin
# More phones, other ports, …: make demo ARGS="--volunteers 5000"
ARGS ?=
# Which figure to measure: make bench BENCH=alert
BENCH ?= alert

.PHONY: help demo story test bench lint format types imports frontend browser pytest openapi schema lock clean

help: ## This list
	@echo 'Hjerteløber – usage: make TARGET'
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | awk -F'\t' '{ printf "  %-10s %s\n", $$1, $$2 }'

demo: ## A simulated Denmark: database, API, worker, phones; arrests every few seconds (ARGS="--volunteers 5000")
	@requirements/install.sh demo
	@exec $(BIN)/hjerteloeber demo $(ARGS)

story: ## One arrest from report to stand-down, every step with its time (ARGS="--json --seed 7")
	@requirements/install.sh demo
	@exec $(BIN)/hjerteloeber story $(ARGS)

bench: ## Measure a figure and print it with a verdict (BENCH=alert)
	@requirements/install.sh demo
	@exec $(BIN)/hjerteloeber bench $(BENCH) $(ARGS)

test: lint frontend browser pytest ## Everything a change must pass, set up from nothing

pytest: ## Only the tests (ARGS="tests/ground -k postgres")
	@requirements/install.sh dev
	@$(BIN)/python -m pytest $(ARGS)

lint: ## Formatting, likely bugs, types, the layers
	@requirements/install.sh dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	PYTHONPATH=. $(BIN)/lint-imports

format: ## Put the code in its standard form
	@requirements/install.sh dev
	$(BIN)/ruff check --fix-only --exit-zero .
	$(BIN)/ruff format .

frontend: ## Lint the OpenAPI files and type what a front end would generate from them
	@requirements/install.sh dev
	@tests/openapi_lint/check.sh

browser: # a Chromium for the browser tests
	@requirements/install.sh dev
	@tests/harness/chromium.sh

openapi: ## Write openapi/*.json anew from the app
	@requirements/install.sh dev
	$(BIN)/hjerteloeber openapi --write

schema: ## Write backend/foundation/schema.sql anew from the migrations
	@requirements/install.sh dev
	$(BIN)/python -m tests.house.schema

lock: ## Resolve the dependencies anew within pyproject.toml (ARGS=--upgrade to take newer ones)
	@requirements/install.sh dev
	UV=$(BIN)/uv requirements/lock.sh $(ARGS)
	@tests/openapi_lint/lock.sh

clean: ## Remove what make made here (the demo's data stay)
	rm -rf .venv .venv.lock .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .schemathesis
	find . -name node_modules -prune -exec rm -rf {} +
	find backend campaigns tests -name __pycache__ -prune -exec rm -rf {} +
