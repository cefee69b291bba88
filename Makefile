# Everything starts here and sets itself up: `make` alone tells what there is.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.NOTPARALLEL: # one after the other, so that what failed stands last

BIN := .venv/bin
# More phones, other ports, …: make demo ARGS="--volunteers 5000"
ARGS ?=
# Test processes side by side: as many as there are cores; 0 is this one alone, as a debugger wants it
WORKERS ?= auto
# Which figure to measure: make bench BENCH=alert; left out: all of them, forty minutes, and the table of aims
BENCH ?= all
# Which way to break things: make chaos CHAOS=kills ARGS="--kills 50 --seed 7"; left out: all of them, minutes
CHAOS ?= nets model histories crash_points century faults kills surge outage overload

.PHONY: help demo story test bench chaos chaos-long chaos-mutants attack-statistics lint format types imports frontend browser pytest screens openapi access leak attack-api sbom audit schema look lock clean

help: ## This list
	@echo 'Hjerteløber – usage: make TARGET'
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | awk -F'\t' '{ printf "  %-13s %s\n", $$1, $$2 }'

demo: ## A simulated Denmark: database, API, worker, phones; arrests every few seconds (ARGS="--volunteers 5000")
	@requirements/install.sh demo
	@exec $(BIN)/hjerteloeber demo $(ARGS)

story: ## One arrest from report to stand-down, every step with its time (ARGS="--json --seed 7")
	@requirements/install.sh demo
	@exec $(BIN)/hjerteloeber story $(ARGS)

bench: ## Measure everything beside what others would use, and print the table of aims (BENCH=alert: one alone)
	@requirements/install.sh dev
	@exec $(BIN)/python -m tests.performance $(BENCH) $(ARGS)

# Each scenario prints its seed first and one JSON line last; the others run all the same where one fails.
chaos: ## Break things on purpose and check every promise, minutes (CHAOS=kills ARGS="--kills 50 --seed 7")
	@requirements/install.sh dev
	@broken=; for name in $(CHAOS); do $(BIN)/python -m tests.chaos $$name $(ARGS) || broken="$$broken $$name"; done; \
	if [ -n "$$broken" ]; then echo "not as promised:$$broken" >&2; exit 1; fi

chaos-long: ## The same for hours: 1,000 kills, 100,000 crash points, a century of alarms, a real ten-minute outage
	@requirements/install.sh dev
	$(BIN)/python -m tests.chaos kills --kills 1000 $(ARGS)
	$(BIN)/python -m tests.chaos crash_points --points 100000 $(ARGS)
	$(BIN)/python -m tests.chaos histories --histories 1000 $(ARGS)
	$(BIN)/python -m tests.chaos century --incidents 314000 $(ARGS)
	$(BIN)/python -m tests.chaos outage --minutes 10 $(ARGS)

chaos-mutants: ## Twenty-seven deliberate bugs, one at a time: the harness has to notice each
	@requirements/install.sh dev
	@$(BIN)/python -m tests.chaos mutants $(ARGS)

attack-statistics: ## Attack what campaigns are told with an exact solver: 10,000 random campaigns, minutes
	@requirements/install.sh dev
	@$(BIN)/python -m tests.recruitment.attack_statistics $(ARGS)

test: lint frontend browser pytest ## Everything a change must pass, set up from nothing

pytest: ## Only the tests (ARGS="tests/ground -k postgres")
	@requirements/install.sh dev
	@$(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

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

frontend: ## Lint the OpenAPI files, type what a front end would generate from them, and the console's modules
	@requirements/install.sh dev
	@tests/openapi_lint/check.sh
	@tests/console/check_modules.sh

browser: # a Chromium for the browser tests
	@requirements/install.sh dev
	@tests/harness/chromium.sh

screens: ## Make docs/screens anew: every page of the console on a desk and a wall, dark and light (ARGS="--only tavle")
	@requirements/install.sh dev
	@$(BIN)/python -m tests.console.screens $(ARGS)

openapi: ## Write openapi/*.json anew from the app
	@requirements/install.sh dev
	$(BIN)/hjerteloeber openapi --write
	$(BIN)/python -m campaigns openapi --write

access: ## Write docs/security/access.md anew: who may call what, from the guards
	@requirements/install.sh dev
	$(BIN)/python -m tests.access

leak: ## A million calls as everybody, canaries planted: nobody learns what is another's; an hour (ARGS="--seed 7")
	@requirements/install.sh dev
	@$(BIN)/python -m tests.leak $(ARGS)

attack-api: ## schemathesis as every role against the running service, an hour or so (ROUNDS=20 EXAMPLES=100)
	@requirements/install.sh dev
	ATTACK_ROUNDS=$(or $(ROUNDS),20) ATTACK_EXAMPLES=$(or $(EXAMPLES),100) \
	$(BIN)/python -m pytest tests/edge/test_attack.py tests/campaigns/test_attack.py $(ARGS)

sbom: ## What is in what we ship, as CycloneDX 1.6 (sbom.cdx.json); the same lock makes the same bytes
	@requirements/install.sh dev
	@$(BIN)/python -m tests.supply.sbom $(ARGS)

audit: ## Whether anything is known against what is locked; needs the way out, and fails for what nobody looked at
	@requirements/install.sh dev
	@$(BIN)/python -m tests.supply.audit

schema: ## Write backend/foundation/schema.sql anew from the migrations
	@requirements/install.sh dev
	$(BIN)/python -m tests.house.schema

look: ## Make the pages' style sheet, fonts and map anew from the locked parts
	@requirements/install.sh dev
	@tests/signup/parts/build.sh
	@tests/console/parts/build.sh

lock: ## Resolve the dependencies anew within pyproject.toml (ARGS=--upgrade to take newer ones)
	@requirements/install.sh dev
	UV=$(BIN)/uv requirements/lock.sh $(ARGS)
	@tests/openapi_lint/lock.sh
	@tests/signup/parts/lock.sh
	@tests/campaigns/parts/lock.sh
	@tests/console/parts/lock.sh

clean: ## Remove what make made here (the demo's data stay)
	rm -rf .venv .venv.lock .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .schemathesis
	find . -name node_modules -prune -exec rm -rf {} +
	find backend campaigns tests -name __pycache__ -prune -exec rm -rf {} +
