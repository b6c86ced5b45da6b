#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Synthesises the chip of a preset and compares its resources with the committed figures.

    python rtl/synth/check.py nano            compare with rtl/synth/resources.csv
    python rtl/synth/check.py nano --update   write the row again

LUTs and flip-flops may differ by 2 percent, multipliers and block memories not at all.  Leaves the
netlist for simulation in build/netlist/PRESET.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from lilong_synth import backdoor, figures, flow
from lilong_synth.design import chip
from lilong_synth.device import budget
from lilong_synth.presets import PRESETS
from lilong_synth.tools import ROOT, FlowError


def check(preset: str, update: bool) -> None:
    design, folder = chip(preset), Path("build/netlist") / preset
    usage, resources = flow.netlist_for_simulation(design, folder)
    tables = backdoor.tables(folder / "netlist.json", design.top)
    (ROOT / folder / "scratchpad.inc").write_text(tables, encoding="utf-8")
    print("\n".join(budget(resources)), flush=True)
    if update:
        row = {
            "preset": preset,
            "design": design.name,
            **figures.of(resources),
            "minutes": f"{usage.seconds / 60:.1f}",
            "peak_mb": usage.peak_mb,
        }
        figures.record(row)
        print(f"{figures.FILE.name}: row {preset} written")
        return
    committed = figures.find(preset, design.name)
    if committed is None:
        raise FlowError(f"{figures.FILE.name} has no row for {preset}; run with --update")
    found = figures.differences(committed, resources)
    if found:
        raise FlowError(
            f"resources of {preset} are not as committed: {'; '.join(found)}; if that is "
            "intended run `make update-resources` and commit rtl/synth/resources.csv"
        )
    print(f"{preset}: resources as committed")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("presets", nargs="+", choices=PRESETS)
    parser.add_argument("--update", action="store_true", help="write the committed figures")
    arguments = parser.parse_args()
    try:
        for preset in arguments.presets:
            check(preset, arguments.update)
    except FlowError as error:
        print(f"check: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
