#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs the test stages one after the other and prints what each took against tests/budget.txt.
#   tests/run.sh smoke | default | lint | long        (called by make; the tools are installed)
# Every stage runs even when an earlier one failed; the exit code says whether all passed.
set -uo pipefail
cd "$(dirname "$0")/.."
BUILD=build/release
PYTHON=.venv/bin/python
SEED=${SEED:-1}
COUNT=${COUNT:-10000}
SECONDS=0
failed=()
report=()

stage() {  # stage NAME COMMAND...
  local name=$1 start=$SECONDS status=passed
  shift
  printf '\n==== %s: %s\n' "$name" "$*"
  "$@" || { status=FAILED; failed+=("$name"); }
  local budget
  budget=$(awk -v n="$name" '$1 == n {print $2}' tests/budget.txt)
  report+=("$(printf '%-22s %-7s %6.1f min of %s' "$name" "$status" \
    "$(awk -v s=$((SECONDS - start)) 'BEGIN {print s / 60}')" "${budget:-?}")")
}

lint_stages() {
  stage rtl-lint $PYTHON rtl/lint.py
  stage ruff $PYTHON -m ruff check python rtl tests
  stage mypy $PYTHON -m mypy
  stage formal $PYTHON rtl/formal/prove.py
  stage mypy-synth env MYPYPATH=rtl/synth $PYTHON -m mypy --explicit-package-bases \
    rtl/synth/fpga.py rtl/synth/check.py rtl/synth/asic.py rtl/synth/tables.py rtl/synth/module.py
}

lockstep() {  # lockstep PRESET FLAVOUR COUNT SEED
  stage "lockstep-$1-$2" $BUILD/sim/lockstep/lilong_lockstep --preset "$1" --flavour "$2" --count "$3" --seed "$4"
}

timing() {  # timing PRESET COUNT
  stage "timing-$1" $BUILD/sim/lockstep/lilong_lockstep --timing --preset "$1" --count "$2" --seed "$SEED"
}

case ${1:-default} in
  smoke)
    stage ctest-smoke ctest --test-dir $BUILD -L smoke --output-on-failure
    stage pytest-smoke $PYTHON -m pytest -m smoke -q
    ;;
  default)
    stage ctest ctest --test-dir $BUILD -LE long --output-on-failure -j 2
    stage pytest $PYTHON -m pytest -m "not long" -q
    lockstep edge checked 2000 "$SEED"
    lockstep edge fast 2000 $((SEED + 1000000))
    for preset in nano lite plus; do lockstep $preset checked 300 "$SEED"; done
    timing edge 2000
    for preset in nano lite plus; do timing $preset 500; done
    stage cycles $PYTHON tests/models/cycles.py
    stage synthesis $PYTHON rtl/synth/check.py nano
    stage netlist tests/netlist.sh 50 "$SEED"
    ;;
  lint) lint_stages ;;
  long)
    stage ctest-long ctest --test-dir $BUILD --output-on-failure
    for preset in edge nano lite plus edge-fpga; do lockstep $preset fast "$COUNT" "$SEED"; done
    for preset in edge nano lite plus edge-fpga; do timing $preset "$COUNT"; done
    stage synthesis-long $PYTHON rtl/synth/check.py nano lite
    stage netlist-long tests/netlist.sh 500 "$SEED"
    stage pytest-long env LILONG_CONFORMANCE_SEED="$SEED" $PYTHON -m pytest -q
    ;;
  *) echo "tests/run.sh: unknown speed '$1'; choose smoke, default, lint or long" >&2; exit 2 ;;
esac

printf '\n==== stages, minutes against the budget\n'
printf '%s\n' "${report[@]}"
if [ ${#failed[@]} -gt 0 ]; then
  printf 'failed: %s\n' "${failed[*]}" >&2
  exit 1
fi
