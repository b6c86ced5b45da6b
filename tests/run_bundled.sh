#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What `make run` shows: the bundled network, compiled, run on the Verilated chip, every output byte
# compared with a public interpreter, and where the cycles went.
set -euo pipefail
cd "$(dirname "$0")/.."
network=python/lilong/networks/vibration
mkdir -p build/run
lilong=.venv/bin/lilong
for numerics in tflm:tflm litert-ref:litert_ref litert:litert_xnnpack; do
  echo "== $network/vibration.tflite, arithmetic ${numerics%%:*}, on the Verilated chip"
  $lilong compile $network/vibration.tflite -o build/run/vibration.lilong --numerics "${numerics%%:*}"
  $lilong run build/run/vibration.lilong --device rtl --input $network/vibration.npz:input --samples 4 \
    --check "$network/vibration.npz:${numerics##*:}"
done
$lilong profile $network/vibration.tflite --device rtl --json build/run/vibration.json
