# SPDX-License-Identifier: Apache-2.0
# Root commands; each works on a fresh Debian 12 with nothing but git and make.
#   make fpga PRESET= MEMORY=sdram|bram CLOCK= SEED= | floorplan PRESET= MEMORY= CLOCK= | asic PRESETS= | netlist | fpga-table | update-resources
#   make run | test | test-long COUNT= SEED= | build | bench | lint | docs | update-cycles | clean
SHELL := /bin/bash
VENV := .venv
COUNT ?= 10000
SEED ?= 1
PRESET ?= nano
PRESETS ?= nano lite
MEMORY ?= sdram
CLOCK ?=


.PHONY: test-long-build fpga floorplan asic netlist fpga-table update-resources setup-fpga run build test test-build test-long bench lint docs update-cycles clean setup-run setup-test

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

test-long-build: setup-test
	@cmake/build.sh long

test-long: test-long-build
	@COUNT=$(COUNT) SEED=$(SEED) tests/run.sh long

bench: test-build
	@$(VENV)/bin/python tests/models/bench.py --output build/bench

lint: setup-test
	@tests/run.sh lint

docs: setup-test
	@$(VENV)/bin/python rtl/spec/gen.py

update-cycles: test-build
	@$(VENV)/bin/python tests/models/cycles.py --update

setup-fpga:
	@cmake/setup.sh fpga

# Bitstream for the ULX3S: build/fpga/PRESET/lilong.bit.
# The SEED above is that of test-long; only one that was asked for goes to the placement.
fpga: setup-fpga
	@$(VENV)/bin/python rtl/synth/fpga.py --preset $(PRESET) --memory $(MEMORY) \
	  $(if $(CLOCK),--clock $(CLOCK)) $(if $(filter-out file,$(origin SEED)),--seed $(SEED))

# Sites of multipliers and memories by a first placement, for `fpga` to start from.
floorplan: setup-fpga
	@$(VENV)/bin/python rtl/synth/fpga.py --preset $(PRESET) --memory $(MEMORY) \
	  $(if $(CLOCK),--clock $(CLOCK)) --renew-floorplan

# Area by module in standard cells, an estimate.
asic: setup-fpga
	@$(VENV)/bin/python rtl/synth/asic.py $(PRESETS)

# Synthesised netlist of `nano` against the functional simulator, the timing core and the interpreters.
netlist: test-build setup-fpga
	@tests/netlist.sh

# Figures of complete builds become committed ones, and the tables in docs/ are written again.
fpga-table: setup-fpga
	@$(VENV)/bin/python rtl/synth/tables.py --collect

update-resources: test-build setup-fpga
	@$(VENV)/bin/python rtl/synth/check.py nano lite --update
	@$(VENV)/bin/python rtl/synth/asic.py $(PRESETS) --update
	@$(VENV)/bin/python rtl/synth/tables.py --collect --measure nano lite

clean:
	rm -rf build .venv
