# Everything a developer does, by name; `make help` lists it. Nothing here but names: the work is in shared/finnest.
SHELL  := bash
PYTHON ?= python3
PORT   ?= 8080
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/lock-$(firstword $(shell cksum requirements.lock))
PYTEST := $(BIN)/python -m pytest
UNIT   := $(PYTEST) --numprocesses logical --dist worksteal tests/unit tests/architecture
PROMTOOL := .finnest/bin/promtool
PROMTOOL_VERSION := v0.316.0
.DEFAULT_GOAL := help
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

.PHONY: help run demo status stop doctor clean-data prepare test check lint format types unit simulation contract e2e e2e-services e2e-postgres faults-few faults dojo bench bench-peers images promtool manifests k8s-check k8s-test

help: ## List what there is.
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

run: $(STAMP) ## Start everything and keep it alive until Ctrl-C (PORT=8080 is the gateway's).
	@exec $(BIN)/finnest run --port $(PORT)

demo: $(STAMP) ## Feed the demo documents through the public API; needs `make run` in another terminal.
	@$(BIN)/finnest demo

status: $(STAMP) ## Show what runs now.
	@$(BIN)/finnest status

stop: $(STAMP) ## Stop what `make run` started.
	@$(BIN)/finnest stop

doctor: $(STAMP) ## Say what is well, what is not, and what to do about it.
	@$(BIN)/finnest doctor --port $(PORT)

clean-data: $(STAMP) ## Remove all stored data, after asking; keys and logs stay.
	@$(BIN)/finnest clean-data

prepare: $(STAMP) ## Fetch and build everything that needs the network, so that the rest does not.
	@$(BIN)/finnest prepare

test: prepare check manifests simulation contract e2e faults-few ## Check everything, with real sidecars and broker.

check: lint ## Check what needs no sidecar, in less than a minute.
	@$(BIN)/basedpyright >$(VENV)/types.log 2>&1 & types=$$!; \
	$(UNIT); unit=$$?; \
	wait $$types || { cat $(VENV)/types.log; exit 1; }; exit $$unit

lint: $(STAMP) ## Style and import contracts.
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet . || { echo "✗ Files are not formatted. Run make format."; exit 1; }
	@$(BIN)/lint-imports --no-logo >$(VENV)/imports.log 2>&1 || { cat $(VENV)/imports.log; exit 1; }

format: $(STAMP) ## Rewrite the source in the one style.
	@$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format --quiet .

types: $(STAMP) ## Strict types over source and tests.
	@$(BIN)/basedpyright

unit: $(STAMP) ## Rules, architecture.
	@$(UNIT)

simulation: $(STAMP) ## The whole turn, bus and store under seeded crashes.
	@$(PYTEST) tests/simulation

contract: $(STAMP) ## Each port's promises, on the twin and on the real thing.
	@$(PYTEST) tests/contract

e2e: $(STAMP) ## The whole system, through its public API.
	@$(PYTEST) tests/e2e -m "not slow"

e2e-services: $(STAMP) ## The same stories with a process and a sidecar per feature.
	@$(PYTEST) tests/e2e -m "not slow" --services

e2e-postgres: $(STAMP) ## The same stories with PostgreSQL beneath, as in production.
	@$(PYTEST) tests/e2e -m "not slow" --postgres

faults-few: $(STAMP) ## A few seeds of kill -9 under load.
	@$(PYTEST) tests/faults -m "not slow"

faults: $(STAMP) ## kill -9 under load, named failpoints: half an hour; writes the table in the README.
	@$(BIN)/python -m tests.faults
	@$(PYTEST) tests/faults tests/e2e -m slow

dojo: $(STAMP) ## AgentDojo's injections, obeyed by the model, against guard and people; writes the table in tests/dojo.
	@$(BIN)/python -m tests.dojo --write

bench: $(STAMP) ## Measure, and write the table in the README.
	@$(BIN)/finnest bench

bench-peers: $(STAMP) ## Measure a run of an agent beside others' agents; writes the table in tests/bench.
	@$(BIN)/python -m tests.bench.peers --write

images: $(STAMP) ## Make an image per feature, with an engine or with the lab.
	@$(BIN)/finnest images

manifests: $(STAMP) ## Render every overlay, hold it to the rules, and let a scanner look.
	@$(PYTEST) tests/k8s --ignore tests/k8s/test_server.py

promtool: $(STAMP) ## Build what `make k8s-check` tries the alerts with: once per clone, a few minutes on two cores.
	@command -v go >/dev/null || { echo "✗ Go is not installed, and promtool is built with it."; exit 1; }
	@[ -x $(PROMTOOL) ] || GOBIN=$(CURDIR)/$(dir $(PROMTOOL)) go install -tags remove_all_sd github.com/prometheus/prometheus/cmd/promtool@$(PROMTOOL_VERSION)

k8s-check: $(STAMP) ## Render every overlay and hold it to the rules; with the lab, against a real API server.
	@lab="$${FINNEST_LAB:-../shared/k8s}"; if [ -n "$$KUBECONFIG" ]; then :; elif [ -x "$$lab/build.sh" ]; then "$$lab/build.sh" 1; \
	  else echo "no lab at $$lab (FINNEST_LAB names it), and no KUBECONFIG: no API server is asked"; fi
	@$(PYTEST) tests/k8s

k8s-test: $(STAMP) ## Apply the platform to the lab's node and use it; about 35 minutes the first time, a quarter of an hour after that.
	@$(PYTEST) tests/cluster

# The environment: made again whenever the lock changes.
$(STAMP): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "✗ Python 3.11 or newer is needed, and '$(PYTHON)' is not that. Install it, or name it: make PYTHON=python3.12 …"; exit 1; }
	@echo "making $(VENV) from requirements.lock; this happens once per clone"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "✗ Python cannot make environments here. Install its venv package (Debian: apt install python3-venv)."; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
	  -r requirements.lock >$(VENV)/pip.log 2>&1 || { tail -n 4 $(VENV)/pip.log; \
	  if grep -qi 'no space left' $(VENV)/pip.log; then \
	    echo "✗ The disk is full. Free some space and run it again."; \
	  elif grep -qi 'do not match the hashes' $(VENV)/pip.log; then \
	    echo "✗ A package arrived broken. Run it again; if it stays so, pip cache purge and once more."; \
	  elif grep -qiE 'connection|resolution|timed out|no matching distribution' $(VENV)/pip.log; then \
	    echo "✗ The packages could not be downloaded. Check the network or proxy and run it again; what arrived is kept."; \
	  else echo "✗ The packages could not be installed. The lines above and $(VENV)/pip.log say why."; fi; exit 1; }
	@printf '%s\n' '$(CURDIR)/shared' '$(CURDIR)' \
	  >"$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/finnest.pth"
	@printf '#!%s\nimport sys\n\nfrom finnest.cli import main\n\nsys.exit(main())\n' '$(CURDIR)/$(BIN)/python' >$(BIN)/finnest
	@chmod +x $(BIN)/finnest && rm -f $(VENV)/lock-* && touch $@
