#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what a tier needs and is missing:  cmake/setup.sh run|test|train|fpga
# System packages come from the distribution (the exact command is printed first), Python packages
# go into .venv.  When everything is present nothing is installed and nothing runs as root.
set -euo pipefail
cd "$(dirname "$0")/.."
tier=${1:-run}

run_packages="g++ cmake ninja-build python3 python3-venv python3-dev pkg-config libeigen3-dev
  flatbuffers-compiler libflatbuffers-dev libfmt-dev nlohmann-json3-dev"
test_packages="$run_packages ccache libgtest-dev liblz4-dev zlib1g-dev
  libsystemc-dev gcc-riscv64-unknown-elf tcl device-tree-compiler"
case $tier in
  run)   packages=$run_packages;  python_tiers="run" ;;
  test)  packages=$test_packages; python_tiers="run test" ;;
  train) packages=$run_packages;  python_tiers="run train" ;;
  fpga)  packages="python3 python3-venv"; python_tiers="fpga" ;;
  *) echo "setup: unknown tier '$tier'; choose run, test, train or fpga" >&2; exit 2 ;;
esac

if command -v dpkg-query >/dev/null; then
  missing=""
  for package in $packages; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q "install ok installed" || missing="$missing $package"
  done
  if [ -n "$missing" ]; then
    line="apt-get install -y --no-install-recommends$missing"
    echo "These system packages are missing; the command that installs them:"
    echo "    $line"
    if [ "$(id -u)" != 0 ]; then
      echo "setup: no right to install; run the command above as root, then make again" >&2
      exit 2
    fi
    log=$(mktemp)
    export DEBIAN_FRONTEND=noninteractive
    if ! { apt-get update && $line; } >"$log" 2>&1; then
      tail -n 15 "$log" >&2
      echo "setup: installing system packages failed (whole log: $log)" >&2
      exit 2
    fi
    rm -f "$log"
  fi
else
  missing=""
  for tool in g++ cmake ninja python3 flatc; do command -v $tool >/dev/null || missing="$missing $tool"; done
  if [ -n "$missing" ]; then
    echo "setup: this is not Debian; install these and make again:$missing (and the headers of Eigen, FlatBuffers, fmt, nlohmann-json)" >&2
    exit 2
  fi
fi

python=python3
[ -x /usr/bin/python3 ] && python=/usr/bin/python3
if [ ! -x .venv/bin/python ]; then
  echo "Creating .venv"
  "$python" -m venv .venv || { rm -rf .venv; echo "setup: python3 cannot make a virtual environment; install python3-venv" >&2; exit 2; }
fi
for name in $python_tiers; do
  stamp=.venv/.lilong-$name-$(sha256sum "python/requirements/$name.txt" | cut -c1-16)
  [ -e "$stamp" ] && continue
  echo "Installing the Python packages of tier '$name' into .venv"
  .venv/bin/python -m pip install --quiet --disable-pip-version-check -r "python/requirements/$name.txt" || {
    echo "setup: installing Python packages failed; check the connection to the package index and make again" >&2
    exit 2
  }
  touch "$stamp"
done
