# SPDX-License-Identifier: Apache-2.0
"""The benchmark tables, measured now, each figure beside its goal; JSON in build/bench.

    python tests/models/bench.py                   everything (make bench)
    python tests/models/bench.py --only kernels    one section: networks, kernels, speed, compile

Goals are in goals.json, the figures of the peer with their source in ethos_u.json; everything else
is measured.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import sys

import cycles
from bench_common import Bench, say
from bench_kernels import kernels
from bench_networks import compile_times, networks
from bench_speed import speed
from lilong.program import PRESETS

# Those that `make test` builds; the reference first.
CHIPS = ("edge", "nano", "lite", "plus")
# Speeds first, while the machine is fresh.
SECTIONS = {"speed": speed, "compile": compile_times, "kernels": kernels, "networks": networks}


def on_one_core() -> None:
    """This process and its children."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def main() -> int:
    """Runs the sections; 1 if --strict and a goal is missed or not measured."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", choices=SECTIONS, action="append", help="a section; may repeat")
    parser.add_argument("--output", type=pathlib.Path, default=cycles.ROOT / "build/bench")
    parser.add_argument(
        "--preset", choices=PRESETS, action="append", help=f"default: {', '.join(CHIPS)}"
    )
    parser.add_argument("--device", choices=("rtl", "cycle"), default="rtl", help="of networks")
    parser.add_argument("--repeats", type=int, default=3, help="best of so many, for times")
    parser.add_argument("--strict", action="store_true", help="exit code 1 if a goal is missed")
    parser.add_argument(
        "--tool",
        type=pathlib.Path,
        default=cycles.ROOT / "build/release/sim/lockstep/lilong_lockstep",
        help="lilong_lockstep, which runs the kernels",
    )
    arguments = parser.parse_args()
    if arguments.repeats < 1:
        parser.error("--repeats must be at least 1")
    bench = Bench(
        output=arguments.output,
        tool=arguments.tool,
        presets=arguments.preset or list(CHIPS),
        device=arguments.device,
        repeats=arguments.repeats,
    )
    on_one_core()
    for name, section in SECTIONS.items():
        if not arguments.only or name in arguments.only:
            section(bench)
    text = bench.summary()
    say("\n" + text)
    bench.write("goals.json", [vars(goal) | {"met": goal.met} for goal in bench.goals])
    complete = all(goal.met for goal in bench.goals) and not bench.missing
    return 1 if arguments.strict and not complete else 0


if __name__ == "__main__":
    sys.exit(main())
