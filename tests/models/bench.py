# SPDX-License-Identifier: Apache-2.0
"""The benchmark tables, measured now: networks and kernels on the Verilated RTL.

    python tests/models/bench.py --output build/bench

Bound: max(MACs / MACs per cycle, tensor bytes / bus bytes per cycle), from the network file alone.
The Ethos-U column is the best estimate of its public compiler for a 256-MAC core with all data in
SRAM (Vela 5.2), for orientation; it is an estimate, Lilong's figures are RTL cycles.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import subprocess
import sys
import time
from typing import Any

import cycles
import lilong

ETHOS_U = {
    "kws": 40_347, "ic": 85_092, "vww": 113_479, "ad": 22_200, "sww": 16_675,
    "person_detect": 113_767, "mobilenet_v2_224": 3_240_477,
}  # fmt: skip
GOAL = {
    "kws": 14_500, "ic": 55_000, "vww": 42_000, "ad": 18_500, "sww": 5_400,
    "person_detect": 42_000, "mobilenet_v2_224": 1_700_000,
}  # fmt: skip


def network(case: cycles.Case) -> dict[str, Any]:
    """One row of the network table."""
    program = cycles.compile_case(case)
    session = lilong.Session(program, lilong.Device("rtl", preset=case.preset, memory=case.memory))
    start = time.process_time()
    session.run_random(seed=1)
    seconds = time.process_time() - start
    report = session.report()
    layers = report["layers"]
    compute = sum(layer["bound_compute"] or 0 for layer in layers)
    memory = (report["bytes_read"] + report["bytes_written"]) // 16
    return {
        "network": case.network,
        "numerics": case.numerics,
        "dead_channels": case.dead_channels,
        "cycles": session.cycles,
        "macs": report["macs"],
        "bound_compute": compute,
        "bus_cycles": memory,
        "utilisation": report["utilisation"],
        "goal": GOAL.get(case.network),
        "ethos_u": ETHOS_U.get(case.network),
        "simulated_cycles_per_second": int((session.cycles or 0) / seconds),
    }


def main() -> int:
    """Measures and prints both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=pathlib.Path, default=pathlib.Path("build/bench"))
    output: pathlib.Path = parser.parse_args().output
    output.mkdir(parents=True, exist_ok=True)
    rows = []
    print(
        f"{'network':18s}{'arithmetic':12s}{'cycles':>11s}{'MACs/256':>11s}{'bus':>9s}"
        f"{'peak':>7s}{'goal':>11s}{'Ethos-U est.':>14s}{'k cycles/s':>12s}"
    )
    for case in cycles.cases():
        if not case.file.exists():
            print(f"{case.network:18s}not found, skipped (set LILONG_MODELS)")
            continue
        row = network(case)
        rows.append(row)
        print(
            f"{row['network']:18s}{row['numerics']:12s}{row['cycles']:>11,}"
            f"{row['bound_compute']:>11,}{row['bus_cycles']:>9,}{row['utilisation']:>7.1%}"
            f"{row['goal'] or 0:>11,}{row['ethos_u'] or 0:>14,}"
            f"{row['simulated_cycles_per_second'] // 1000:>12,}"
        )
    (output / "networks.json").write_text(json.dumps(rows, indent=1) + "\n")
    tool = cycles.ROOT / "build/release/sim/lockstep/lilong_lockstep"
    kernels = subprocess.run(
        [tool, "--preset", "edge", "--flavour", "fast", "--kernel", "all"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    print(kernels)
    (output / "kernels.txt").write_text(kernels)
    return 0


if __name__ == "__main__":
    sys.exit(main())
