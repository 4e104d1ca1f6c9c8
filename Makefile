# What one does with Voxpop at a desk. Every target does its own set-up, in .venv.
# GNU make 3.81 suffices.

BIN := .venv/bin
PEERS := .venv-peers
PYTEST := $(BIN)/pytest -q
UV ?= uv

# The first Python that starts runs tools/setup.py; that one looks for the best there is.
define setup
@for python in $(BIN)/python python3 python3.14 python3.13 python3.12 python3.11 python; do \
  if [ "$$("$$python" -c 'import sys; print(sys.version_info >= (3, 6))' 2>/dev/null)" = True ]; \
  then exec "$$python" tools/setup.py $(1); fi; \
done; \
echo 'Voxpop needs Python 3.11 or newer, and there is none here. Install one, for example with' \
  '`sudo apt install python3 python3-venv`, and call make again.' >&2; exit 1
endef

.DEFAULT_GOAL := help
.PHONY: help install run test e2e check pages pictures schema bench bench-large bench-peers \
  torture lock setup-run setup-test

help: ## Show this list
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1|/p' Makefile | awk -F'|' '{printf "make %-11s %s\n", $$1, $$2}'

setup-run:
	$(call setup,run)

setup-test:
	$(call setup,test)

install: setup-run ## Set Voxpop up in .venv, and nothing else

run: setup-run ## Serve the chat, and print its address
	@$(BIN)/voxpop run || test $$? -eq 130 # Ctrl-C is a way to leave

test: setup-test ## Run the tests, in seconds
	@$(PYTEST) -n auto -m 'not e2e'

e2e: setup-test ## Run the tests that act as a person would; they need Chromium
	@$(PYTEST) -n auto -m e2e

check: setup-test ## Check all that a change has to hold to
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(PYTEST) -n auto -m 'not e2e' --cov --cov-report=term

pages: setup-test ## Write the index of lint's codes anew
	@$(BIN)/python tools/lint_pages.py

pictures: setup-test ## Take the pictures of the documentation anew
	@CHAT_PICTURES=docs/images $(PYTEST) -m e2e -k picture_of

schema: setup-test ## Renew the JSON Schemas of flows, their tests and settings
	@$(BIN)/voxpop schema flow --output flows/flow.schema.json
	@$(BIN)/voxpop schema test --output flows/test.schema.json
	@$(BIN)/voxpop schema config --output config.schema.json

bench: setup-test ## Measure rates, waiting times, memory and growth, in some minutes
	@$(BIN)/python benchmarks/inbound.py
	@$(BIN)/python benchmarks/inbound.py --engine postgresql
	@$(BIN)/python benchmarks/chat.py
	@$(BIN)/python benchmarks/webhook.py
	@$(BIN)/python benchmarks/latency.py
	@$(BIN)/python benchmarks/memory.py
	@$(BIN)/python benchmarks/workers.py
	@$(BIN)/python benchmarks/talks.py
	@$(BIN)/python benchmarks/growth.py contacts flows

bench-large: setup-test ## Measure with ten million answers: 12 GB of disk, in BENCH_DIR
	@$(BIN)/python benchmarks/growth.py answers
	@$(BIN)/python benchmarks/reports.py

bench-peers: setup-test $(PEERS)/made ## Measure the same survey through other bots, too
	@$(BIN)/python benchmarks/peers.py

$(PEERS)/made: requirements/peers.txt
	$(BIN)/python -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --require-hashes -r $<
	@touch $@

MINUTES ?= 10
ENGINE ?= sqlite
WORKERS ?= 1

torture: setup-test ## Kill it, starve it and cut it off for some minutes, and look it over
	@EVERY_CALL=1 $(PYTEST) tests/torture/test_faults.py -k $(ENGINE)
	@$(BIN)/python -m tests.torture --minutes $(MINUTES) --engine $(ENGINE) --workers $(WORKERS)

COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-header --no-emit-index-url --no-annotate $(LOCK_WITH)

lock: ## Renew requirements/*.txt after a change of dependencies (needs uv)
	$(COMPILE) pyproject.toml --group build -o requirements/run.txt
	$(COMPILE) pyproject.toml --group test -c requirements/run.txt -o requirements/test.txt
	$(COMPILE) --group pyproject.toml:peers -o requirements/peers.txt
