# The table of contents of Firedrill's habits: `make help`.
SHELL := /bin/bash
.DEFAULT_GOAL := help
VENV := .venv
BIN := $(VENV)/bin
FIREDRILL := $(BIN)/firedrill
READY := $(VENV)/.ready
# Three tests for two cores: about a third of the time a test waits for something else.
WORKERS = $(shell expr $$(nproc) \* 3 / 2)
PACKS := $(foreach pack,$(PACK),--pack $(pack))

.PHONY: help doctor up down status list scenario prove mutants soak ci-scenarios nightly chaos export heal judge report new check test cluster-test killmatrix bench suite history play shell drills host-undo lock format

help: ## this table
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  \033[1m%-13s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): requirements/lock.txt pyproject.toml
	@test -x $(BIN)/python || python3 -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/lock.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

doctor: $(READY) ## what this host lacks, and the command that mends it
	@$(FIREDRILL) doctor

up: $(READY) ## the cluster, from nothing or from half; says what it installs
	@$(FIREDRILL) up

down: $(READY) ## remove everything of the lab; PURGE=1 removes images and caches too
	@$(FIREDRILL) down $(if $(PURGE),--purge)

status: $(READY) ## what is up
	@$(FIREDRILL) status

list: $(READY) ## the scenarios
	@$(FIREDRILL) list $(PACKS)

scenario: $(READY) ## play one incident: NAME=cache-stampede [RUN=incident|no-fault|no-fix|prevention|second-prevention|third-prevention] [KEEP=1]
	@$(FIREDRILL) run $(NAME) --kind $(or $(RUN),incident) $(PACKS) $(if $(KEEP),--keep)

prove: $(READY) ## play all runs of one scenario that prove it: NAME=
	@$(FIREDRILL) prove $(NAME) $(PACKS)

mutants: $(READY) ## break a scenario in one place at a time; each mutant must end in its verdict: NAME= [ONLY=left-out]
	@$(FIREDRILL) mutants $(NAME) $(PACKS) $(foreach only,$(ONLY),--only $(only))

soak: $(READY) ## play one incident again and again: NAME= [N=10]
	@$(FIREDRILL) soak $(NAME) --times $(or $(N),10) $(PACKS)

ci-scenarios: $(READY) ## prove and mutants of smoke, then of changed scenarios, in [MINUTES=20]; names what it left
	@$(FIREDRILL) ci-scenarios --minutes $(or $(MINUTES),20) $(PACKS)

nightly: $(READY) ## everything: prove and mutants of every scenario, cluster tests, kill matrix: [REUSE=days]
	@$(FIREDRILL) nightly $(PACKS) $(if $(REUSE),--reuse-days $(REUSE))

chaos: $(READY) ## every scenario's incident, as tests: [RUNS=all] [SMOKE=1] [KEEP=1] [PACK=folder]
	@$(BIN)/pytest -m "chaos$(if $(SMOKE), and smoke)" --runs=$(or $(RUNS),incident) $(PACKS) $(if $(KEEP),--keep) tests/chaos

export: $(READY) ## a Chaos Toolkit file of one scenario: NAME= [OUT=file.json]
	@$(FIREDRILL) export $(NAME) $(PACKS) $(if $(OUT),--out $(OUT))

heal: $(READY) ## undo whatever an earlier run left behind
	@$(FIREDRILL) heal

judge: $(READY) ## judge a run folder again, without a cluster: RUN=reports/latest
	@$(FIREDRILL) judge $(or $(RUN),reports/latest)

report: $(READY) ## write a run's report again: RUN=reports/latest
	@$(FIREDRILL) report $(or $(RUN),reports/latest)

new: $(READY) ## a fresh scenario folder: NAME=
	@$(FIREDRILL) new $(NAME)

check: $(READY) ## validate scenario folders offline: [NAME=]
	@$(FIREDRILL) check $(NAME) $(PACKS)

test: $(READY) ## everything that needs no cluster: lint, types, unit, rules, components
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy cluster drills experiments firedrill fixtures reports scenarios tests tools conftest.py
	$(FIREDRILL) images
	$(FIREDRILL) check
	$(BIN)/pytest -m unit --numprocesses=$(WORKERS) tests/unit
	$(BIN)/pytest -m component --numprocesses=3 tests/component

cluster-test: $(READY) ## tests on the real cluster; NIGHTLY=1 those of the night too: every fault and its undo
	$(BIN)/pytest -m "cluster$(if $(NIGHTLY), or nightly)" tests/cluster

killmatrix: $(READY) ## kill runs in every phase and see that nothing is left; SMOKE=1 six of the kills
	@$(BIN)/pytest -m "killmatrix$(if $(SMOKE), and smoke)" tests/killmatrix

bench: $(READY) ## floor, wall, overhead, detect, notify, recover of every scenario, and the kill matrix
	@$(FIREDRILL) bench $(PACKS)

suite: $(READY) ## write the page over all scenarios again, with JUnit and summary: reports/latest-suite
	@$(FIREDRILL) suite $(PACKS)

history: $(READY) ## verdicts, flakes, slowest phase, what changed since the last pass: [NAME=]
	@$(FIREDRILL) history $(NAME) $(PACKS)

play: $(READY) ## a drill: NAME=cache-stampede|random [LEVEL=1|2|3] [MODE=guided|blind] [LIMIT=30m] [PLAYER=blue] [SEED=]
	@$(FIREDRILL) play $(NAME) $(PACKS) $(if $(LEVEL),--level $(LEVEL)) $(if $(MODE),--mode $(MODE)) $(if $(LIMIT),--limit $(LIMIT)) $(if $(PLAYER),--player "$(PLAYER)") $(if $(SEED),--seed $(SEED))

shell: $(READY) ## the toolbox of the drill that is being played, in another terminal
	@$(FIREDRILL) shell

drills: $(READY) ## drills that were played; firedrill drills show RUN, firedrill drills delete RUN
	@$(FIREDRILL) drills list

host-undo: $(READY) ## take back what was installed and written on the host
	@$(FIREDRILL) host-undo

.PHONY: gameday
gameday: $(READY) ## lead a game day for teams: PLAN=plan.yaml (docs/gameday-plans.md)
	@$(FIREDRILL) gameday $(or $(PLAN),drills/gameday/example.yaml) $(PACKS)

lock: ## pin the requirements again, with hashes and without addresses (needs uv)
	uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock" requirements/lab.in -o requirements/lock.txt
	@for image in $$(find cluster fixtures -name requirements.in); do uv pip compile --quiet --python-version 3.13 --generate-hashes --no-emit-index-url --custom-compile-command "make lock" $$image -o $${image%.in}.txt; done

format: $(READY) ## ruff, writing
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
