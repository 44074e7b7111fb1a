# `make help` lists the targets. Each sets up what it needs, once; nothing is to be done by hand.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

BIN := .venv/bin
READY := .venv/.ready
LAKE ?= lake
SIZE ?= small

.PHONY: help setup demo test cases leak-scan coverage calibrate attack campaign bench lint package preflight cluster-test

help: ## list the targets
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

setup: $(READY) ## create .venv, install the pinned packages, resolve Delta's jars (once)

demo: setup ## generate about 20,000 attainment records, link them, show how well
	@$(BIN)/attainment-linkage run --synthesise --config local --lake "$(LAKE)"

test: lint ## all that CI runs: lint, then every test
	@$(BIN)/pytest

cases: setup ## link the cases in ../shared/cases; rewrite their table in README.md
	@$(BIN)/python tests/cases/run_cases.py

bench: setup ## ours against Splink on DuckDB and on Spark; SIZE=small, skewed, medium, large, census
	@$(BIN)/python -m tests.benchmarks "$(SIZE)" "lake-bench/$(SIZE)"

leak-scan: setup ## run the road on 200 canaries, also failing and killed; find none where they must not be
	@$(BIN)/python -m tests.leaks.run_leaks

coverage: setup ## do 95% intervals cover the truth of 20 generated populations (hours; by hand)
	@$(BIN)/python -m tests.coverage.run_coverage

calibrate: setup ## do expected error rates hold the true ones on 40 generated populations (hours; by hand)
	@$(BIN)/python -m tests.calibration.run_calibrate

attack: setup ## attack what release lets out: 1,000 tables, 20 registers, acro, the optimum
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m tests.attack.attack

campaign: setup ## kill it, starve it, feed it rubbish, run it twice (GOAL=G5: one goal)
	@$(BIN)/python -m tests.campaign.run_campaign $(GOAL)

lint: setup ## formatting, lint, types, import directions
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

package: setup ## dist/attainment_linkage.zip, for spark-submit --py-files
	@mkdir -p dist
	@$(BIN)/python -m zipfile -c dist/attainment_linkage.zip lib/attainment_linkage

cluster-test: package ## the link stage on a master and two workers, one executor killed
	@$(BIN)/python tests/cluster/run_cluster.py

preflight:
	@.ci/preflight >/dev/null

# Redone when a pin or a launch-time setting changes; the last line is what needs the network.
$(READY): setup.py conf/constraints.txt conf/spark-defaults.conf | preflight
	@python="$$(.ci/preflight)"; \
	if ! $(BIN)/python -m pip --version >/dev/null 2>&1; then "$$python" -m venv --clear .venv; fi
	@echo "setup: installing the pinned packages into .venv (some minutes the first time)"
	@$(BIN)/python -m pip install --quiet --constraint conf/constraints.txt --editable '.[dev]'
	@$(BIN)/python -m compileall -q lib  # once, where Python may not keep what it compiles at each start
	@echo "setup: starting Spark once, so that Delta's jars are resolved"
	@$(BIN)/attainment-linkage session
	@touch $@
