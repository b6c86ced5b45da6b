#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds the bitstream of a preset for the ULX3S (ECP5 LFE5U-85F): make fpga PRESET=nano.

Writes build/fpga/PRESET/lilong.bit and report.json.  Exit code 1 when the design does not fit or
misses its clock, 2 for wrong use and for a floorplan that cannot be read.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import time
from pathlib import Path
from typing import Any

from lilong_synth import floorplan, flow
from lilong_synth.design import CLOCK_MHZ, MEMORIES, Design, pins, ulx3s
from lilong_synth.device import Resources, budget, read_netlist, refuse_what_cannot_fit
from lilong_synth.flow import Ways
from lilong_synth.presets import PRESETS
from lilong_synth.timing import Timing, read_report
from lilong_synth.tools import MEMORY_LIMIT_MB, ROOT, FlowError, HopelessError, InputError, Usage

SEEDS = (1, 2, 3)  # of the placement, in the order in which they are tried


def summary(
    design: Design, resources: Resources, timing: Timing, usage: dict[str, Usage], seed: int
) -> dict[str, Any]:
    """Everything that is worth keeping of a build."""
    clock = timing.main()
    return {
        "preset": design.preset,
        "design": design.name,
        "lut4": resources.lut4,
        "lut_sites": resources.sites,
        "ff": resources.ff,
        "dsp": resources.dsp,
        "bram": resources.bram,
        "dsp_by_module": dict(resources.dsp_by_module),
        "bram_by_module": dict(resources.bram_by_module),
        "lut4_by_module": dict(resources.lut_by_module.most_common()),
        "fmax_mhz": round(clock.achieved_mhz, 2),
        "clock": clock.name,
        "clock_wanted_mhz": round(clock.wanted_mhz, 2),
        "clocks": {c.name: [round(c.achieved_mhz, 2), c.wanted_mhz] for c in timing.clocks},
        "critical_path": timing.critical_path,
        "seed": seed,
        "seconds": {name: round(u.seconds, 1) for name, u in usage.items()},
        "peak_mb": {name: u.peak_mb for name, u in usage.items()},
    }


def route(design: Design, folder: Path, arguments: argparse.Namespace) -> tuple[int, Usage]:
    """Places and routes with the seed that was asked for, else with the first that works.

    If none does, the first once more: with slow connections as they come, then for short wires
    alone, which leaves the clock to them.
    """
    seeds = [arguments.seed] if arguments.seed else SEEDS
    attempts = [(seed, Ways.AGAIN) for seed in seeds]
    attempts += [(seeds[0], Ways.ONCE), (seeds[0], Ways.SHORT)]

    def attempt(seed: int, ways: Ways) -> tuple[int, Usage]:
        return seed, flow.place_and_route(design, folder, seed, arguments.memory_limit, ways)

    for now, (_, ways) in itertools.pairwise(attempts):
        try:
            return attempt(*now)
        except HopelessError as error:
            print(f"{error}: trying {ways}", flush=True)
    return attempt(*attempts[-1])


def place_blocks(
    design: Design, folder: Path, plan: dict[str, str] | None, renew: str, limit_mb: int
) -> dict[str, Usage]:
    """Writes blocks.json: sites of the floorplan if it is for this netlist, else chosen now."""
    if not design.floorplan:
        reason = f"{design.name} has no floorplan"
    elif plan is None:
        reason = f"{design.floorplan} does not exist (`{renew}` writes it)"
    else:
        differences = flow.pin_blocks(design, folder, plan)
        if not differences:
            print(f"{len(plan)} multipliers and memories: sites of {design.floorplan}", flush=True)
            return {}
        reason = f"{design.floorplan} is for another netlist ({differences}; `{renew}` renews it)"
    print(f"{reason}, so a first placement chooses the sites of the blocks", flush=True)
    return {"first placement": flow.place_blocks(design, folder, limit_mb)}


def build(design: Design, folder: Path, arguments: argparse.Namespace) -> None:
    start = time.monotonic()
    file, renew = Path(design.floorplan), floorplan.command(design.preset, arguments.memory)
    reads = design.floorplan and not arguments.synthesis_only and not arguments.renew_floorplan
    plan = floorplan.read(file, renew) if reads else None
    usage = {"synthesis": flow.synthesise(design, folder, arguments.memory_limit)}
    resources = read_netlist(folder / "netlist.json", design.top)
    title = f"preset {design.preset} ({design.name})"
    print(f"{title} on LFE5U-85F:")
    print("\n".join(budget(resources)), flush=True)
    refuse_what_cannot_fit(title, resources)
    if arguments.synthesis_only:
        return
    if arguments.renew_floorplan:
        _, chosen = flow.choose_sites(design, folder, arguments.memory_limit)
        floorplan.write(file, f"{design.preset} ({design.name})", renew, chosen)
        print(f"{file}: sites of {len(chosen)} multipliers and memories")
        return
    usage |= place_blocks(design, folder, plan, renew, arguments.memory_limit)
    seed, usage["place and route"] = route(design, folder, arguments)
    timing = read_report(folder / "timing.json", design.top, design.clock_mhz)
    usage["packing"] = flow.pack(design, folder)
    report = summary(design, resources, timing, usage, seed)
    (ROOT / folder / "report.json").write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    for clock in timing.clocks:
        print(f"clock {clock.name}: {clock.achieved_mhz:.1f} MHz, {clock.wanted_mhz:.1f} wanted")
    print(f"critical path: {timing.critical_path}")
    slow = [c for c in timing.clocks if c.achieved_mhz < c.wanted_mhz]
    if slow:
        (ROOT / folder / "lilong.bit").unlink()
        raise FlowError(
            f"{title} reaches {slow[0].achieved_mhz:.1f} MHz on clock {slow[0].name}, "
            f"{slow[0].wanted_mhz:.1f} MHz are needed, so there is no bitstream; "
            "try another SEED or lower the clock of the preset"
        )
    seconds = time.monotonic() - start
    print(
        f"{folder}/lilong.bit: {seconds / 60:.1f} minutes, "
        f"{max(u.peak_mb for u in usage.values())} MB at most"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--preset", choices=PRESETS, default="nano")
    parser.add_argument("--memory", choices=MEMORIES, default="sdram", help="external memory")
    parser.add_argument("--clock", type=int, help="MHz; default: what the preset reaches")
    parser.add_argument("--chip-only", action="store_true", help="the chip without the board")
    parser.add_argument("--seed", type=int, help="of the placement; default: the first that works")
    until = parser.add_mutually_exclusive_group()
    until.add_argument("--synthesis-only", action="store_true", help="stop at the budget")
    until.add_argument(
        "--renew-floorplan",
        action="store_true",
        help="choose sites of multipliers and memories by a first placement, write them and stop",
    )
    parser.add_argument("--memory-limit", type=int, default=MEMORY_LIMIT_MB, help="MB per tool")
    arguments = parser.parse_args()
    if arguments.renew_floorplan and (arguments.chip_only or arguments.seed):
        parser.error("--renew-floorplan is for the board and has one seed")
    try:
        if arguments.chip_only:
            design = pins(arguments.preset)
            folder = Path("build/fpga") / f"{arguments.preset}-chip"
        else:
            clock = arguments.clock or CLOCK_MHZ[arguments.preset]
            if clock % 5 or not 30 <= clock <= 100:
                raise InputError(f"CLOCK={clock}: choose a multiple of 5 from 30 to 100 MHz")
            design = ulx3s(arguments.preset, arguments.memory, clock)
            folder = Path("build/fpga") / arguments.preset
        (ROOT / folder).mkdir(parents=True, exist_ok=True)
        build(design, folder, arguments)
    except FlowError as error:
        print(f"fpga: {error}", file=sys.stderr)
        return 2 if isinstance(error, InputError) else 1
    except KeyboardInterrupt:
        print("fpga: interrupted", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
