# SPDX-License-Identifier: Apache-2.0
"""The bundled network on the synthesised netlist: bytes of the interpreter, cycles of the RTL.

python tests/models/netlist.py [PRESET [SAMPLES]]
"""

from __future__ import annotations

import pathlib
import sys

import lilong
import numpy as np

NETWORK = pathlib.Path(lilong.__file__).parent / "networks/vibration"


def main() -> int:
    """Returns 1 on a difference."""
    preset = sys.argv[1] if len(sys.argv) > 1 else "nano"
    samples = int(sys.argv[2]) if len(sys.argv) > 2 else 2
    golden = np.load(NETWORK / "vibration.npz")
    program = lilong.compile(str(NETWORK / "vibration.tflite"), preset=preset, numerics="litert")
    cycles: dict[str, list[int]] = {}
    wrong = 0
    for flavour in ("fast", "netlist"):
        device = lilong.Device("rtl", preset=preset, flavour=flavour)
        session = lilong.Session(program, device)
        cycles[flavour] = []
        for i in range(samples):
            try:
                output = session.run(golden["input"][i : i + 1])
            except lilong.Error as error:
                print(f"netlist: sample {i} on {flavour}: {error}")
                wrong += 1
                continue
            cycles[flavour].append(session.cycles)
            if not np.array_equal(
                np.asarray(output).reshape(-1), golden["litert_xnnpack"][i].reshape(-1)
            ):
                print(f"netlist: sample {i} on {flavour} differs from the interpreter")
                wrong += 1
    if not wrong and cycles["fast"] != cycles["netlist"]:
        print(f"netlist: cycles {cycles['netlist']}, on the RTL {cycles['fast']}")
        wrong += 1
    if not wrong:
        print(f"netlist of {preset}: {samples} samples equal, {cycles['netlist'][0]} cycles each")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
