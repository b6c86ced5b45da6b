#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The synthesised netlist of `nano`, Verilated with the cell models, as a chip: random programs
# against the functional simulator, time against the timing core, the bundled network against the
# public interpreter.   tests/netlist.sh [COUNT [SEED]]
set -euo pipefail
cd "$(dirname "$0")/.."
count=${1:-50} seed=${2:-1}
BUILD=build/release
PYTHON=.venv/bin/python

netlist=build/netlist/nano/netlist.v
if [ ! -e $netlist ] || [ -n "$(find rtl -name '*.sv*' -newer $netlist -print -quit)" ]; then
  $PYTHON rtl/synth/check.py nano
fi
cmake -S . -B $BUILD -DLILONG_NETLIST_PRESETS=nano >$BUILD.configure.log
cmake --build $BUILD --target lilong_rtl_nano_netlist
$BUILD/sim/lockstep/lilong_lockstep --preset nano --flavour netlist --count "$count" --seed "$seed"
$BUILD/sim/lockstep/lilong_lockstep --preset nano --flavour netlist --timing --count "$count" --seed "$seed"
$PYTHON tests/models/netlist.py nano 2
