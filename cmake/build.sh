#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds into build/release and leaves the command at .venv/bin/lilong:  cmake/build.sh run|test|long
#   run    the Python package and the fast RTL of `edge`
#   test   also the C++ tests, and the RTL of nano, lite, edge and plus, fast and checked
#   long   the same and the RTL of edge-fpga
set -euo pipefail
cd "$(dirname "$0")/.."
tier=${1:-run}
build=build/release
python=$PWD/.venv/bin/python
# Other tools of .venv (ninja, say) must not shadow those of the system, and the other way round.
options=(-DCMAKE_BUILD_TYPE=Release "-DLILONG_PYTHON=$python" "-DPython_EXECUTABLE=$python"
  -DLILONG_BUILD_PYTHON=ON -DLILONG_NETLIST_PRESETS=)
if [ "$tier" != run ]; then
  presets="edge;nano;lite;plus"
  [ "$tier" = long ] && presets="$presets;edge-fpga"
  options+=(-DLILONG_BUILD_TESTS=ON "-DLILONG_RTL_PRESETS=$presets"
    "-DLILONG_RTL_FLAVOURS=fast;checked")
else
  options+=(-DLILONG_BUILD_TESTS=OFF -DLILONG_RTL_PRESETS=edge -DLILONG_RTL_FLAVOURS=fast)
fi
if command -v ccache >/dev/null; then
  options+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache -DCMAKE_C_COMPILER_LAUNCHER=ccache)
fi

mkdir -p build
cmake -S . -B "$build" -G Ninja "${options[@]}" >"$build.configure.log" 2>&1 || {
  tail -n 20 "$build.configure.log" >&2
  echo "build: configuring failed (whole log: $build.configure.log)" >&2
  exit 2
}
if [ "$tier" != run ]; then
  cmake --build "$build"
else
  cmake --build "$build" --target _lilong lilong_rtl_modules
fi

# The package: Python files stay in the checkout, the compiled part is installed beside the others.
packages=$("$python" -c 'import sysconfig; print(sysconfig.get_paths()["platlib"])')
printf '%s\n' "$PWD/python" >"$packages/lilong-checkout.pth"
if ! cmp -s "$build/python/_lilong"*.so python/lilong/_lilong*.so 2>/dev/null; then
  rm -f python/lilong/_lilong*.so
  cp "$build/python/_lilong"*.so python/lilong/
fi
cat >.venv/bin/lilong <<EOF
#!$python
import sys
from lilong.cli.main import entry
sys.exit(entry())
EOF
chmod +x .venv/bin/lilong
