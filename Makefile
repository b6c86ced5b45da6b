# SPDX-License-Identifier: Apache-2.0
# Root commands; each works on a fresh Debian 12 with nothing but git and make.
#   make run | test | test-long COUNT= SEED= | build | bench | lint | docs | update-cycles | clean
SHELL := /bin/bash
VENV := .venv
COUNT ?= 10000
SEED ?= 1


.PHONY: run build test test-build test-long bench lint docs update-cycles clean setup-run setup-test

run: build
	@tests/run_bundled.sh

setup-run:
	@cmake/setup.sh run

setup-test:
	@cmake/setup.sh test

# The package, its command .venv/bin/lilong and the fast RTL of `edge`.
build: setup-run
	@cmake/build.sh run

test-build: setup-test
	@cmake/build.sh test

test: test-build
	@tests/run.sh default

test-long: test-build
	@COUNT=$(COUNT) SEED=$(SEED) tests/run.sh long

bench: test-build
	@$(VENV)/bin/python tests/models/bench.py --output build/bench

lint: setup-test
	@tests/run.sh lint

docs: setup-test
	@$(VENV)/bin/python rtl/spec/gen.py

update-cycles: test-build
	@$(VENV)/bin/python tests/models/cycles.py --update

clean:
	rm -rf build .venv
