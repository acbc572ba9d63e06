# Everything one needs: make run · make test · make check. The rest serves these three.
# Needs Python 3.11 or later with venv or pip; nothing else has to be installed beforehand.

PYTHON ?= python3
VENV := .venv/bin
UV ?= $(shell command -v uv || echo .tools/uv/bin/uv)
UV_VERSION := 0.13.9
COMPILE := $(UV) pip compile --universal --generate-hashes --no-emit-index-url --no-annotate --no-header \
	--python-version 3.11 --quiet
# Two workers: tests own their servers, and more would only make a small machine wait for itself. Whoever has done
# their half early takes from the other (the tests that start whole fleets stand together at the end).
PYTEST := $(VENV)/python -m pytest
export UV_PYTHON_DOWNLOADS := never

.PHONY: help run test chaos drill bench bench-calls profile docs transcripts screenshots check setup setup-test lock clean
.DEFAULT_GOAL := help

help: ## Show the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

run: setup ## Start the gateway in demo mode on http://127.0.0.1:8080
	@LANGNGHE_MODE="$${LANGNGHE_MODE:-demo}" exec $(VENV)/langnghe serve

test: setup-test ## Run all tests but the long ones, with real servers and a browser
	@$(PYTEST) -n 2 --dist worksteal -m "not chaos"

chaos: setup-test ## Run the long fault and load tests, and write docs/reliability.md (ONLY=tests/faults: some of them)
	@$(PYTEST) -m chaos $(ONLY); status=$$?; $(VENV)/python -m tests.faults.render && exit $$status

drill: setup-test ## An hour of 1.6 calls a second and nobody there, then ten agents call back (MINUTES=10: shorter); docs/reliability.md
	@$(VENV)/python -m tests.surge --keep $(if $(MINUTES),--minutes $(MINUTES))

bench: setup-test ## Measure; tables in docs/performance.md (ONLY="hook.sqlite growth", QUICK=1)
	@$(VENV)/python -m bench $(if $(ONLY),--only $(ONLY)) $(if $(QUICK),--quick)

bench-calls: setup-test ## Measure the hotline alone; tables in docs/performance.md (QUICK=1)
	@$(VENV)/python -m bench --only calls $(if $(QUICK),--quick)

profile: setup-test .tools/bench/bin/py-spy ## Watch the gateway under load (ENGINE=postgresql): a flame graph in build/
	@$(VENV)/python -m bench.profile --engine $(or $(ENGINE),sqlite)

.tools/bench/bin/py-spy: requirements/bench.txt
	@$(UV) venv --quiet --clear .tools/bench
	@$(UV) pip sync --quiet --require-hashes --python .tools/bench/bin/python requirements/bench.txt
	@touch $@

transcripts: requirements/transcripts.txt ## Set up the program that drafts what callers said (optional; see the hotline's README)
	@$(UV) venv --quiet --clear .tools/transcripts
	@$(UV) pip sync --quiet --require-hashes --python .tools/transcripts/bin/python requirements/transcripts.txt

docs: setup-test ## Renew the pages that are made from data: docs/rules.md, docs/regulations, docs/channels.md, docs/call-flow.md
	@$(VENV)/python -m gateway.cli regulation draw --all --write
	@$(VENV)/python -m gateway.cli regulation rules --all --write >/dev/null
	@$(VENV)/python -m gateway.cli channel table --write
	@$(VENV)/python -m gateway.cli calls draw --write

screenshots: setup-test ## Take the pictures of docs/screens anew (ONLY="home send": some of them)
	@$(VENV)/python -m tests.screens $(ONLY)
	@$(if $(ONLY),,$(VENV)/python -m tests.screens.hotline)

check: setup-test ## Format, lint, types, boundaries
	@$(VENV)/ruff check .
	@$(VENV)/ruff format --check .
	@$(VENV)/mypy
	@$(VENV)/mypy tests/support scripts
	@$(VENV)/mypy bench
	@$(VENV)/mypy --config-file tests/mypy.ini tests
	@$(PYTEST) -q tests/test_boundaries.py
	@if [ -f gateway/static/tsconfig.json ]; then $(PYTHON) scripts/tsc.py -p gateway/static; fi
	@if command -v docker-compose >/dev/null; then docker-compose config --quiet; fi

setup: ## Set up what a run needs
	@$(PYTHON) scripts/setup.py

setup-test: ## Set up what the tests need
	@$(PYTHON) scripts/setup.py --test

lock: setup-test ## Choose versions anew; the locks hold hashes, never addresses
	$(COMPILE) --upgrade pyproject.toml --group build -o requirements/run.txt
	$(COMPILE) --upgrade pyproject.toml --group build --group dev -c requirements/run.txt -o requirements/dev.txt
	echo "uv==$(UV_VERSION)" | $(COMPILE) - -o requirements/uv.txt
	echo "espeakng-loader==0.2.4" | $(COMPILE) - -o requirements/voice.txt
	echo "py-spy>=0.4" | $(COMPILE) --upgrade - -o requirements/bench.txt
	$(COMPILE) --upgrade requirements/peer.in -o requirements/peer.txt
	echo "pyVoIP==1.6.8" | $(COMPILE) - -o requirements/phone.txt
	echo "viet-asr==0.1.0.dev11" | $(COMPILE) --prerelease allow - -o requirements/transcripts.txt
	npm update --package-lock-only

clean: ## Remove what set-up and tools made; your data in var/ stays
	rm -rf .venv .tools node_modules build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
