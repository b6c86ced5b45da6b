# SPDX-License-Identifier: Apache-2.0
"""Speed of the simulators side by side in one run: MobileNetV2 224 on one core."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import cycles
import lilong
from bench_common import GOALS, Bench, Goal, say, track, verdict

NETWORK = "mobilenet_v2_224"


def seconds(work: Callable[[], Any]) -> float:
    """Processor time, so that other programs on the machine count as little as they can."""
    start = time.process_time()
    work()
    return time.process_time() - start


class Speeds:
    """One round measures all four; `best` holds the shortest times."""

    def __init__(self, program: lilong.Program, case: cycles.Case) -> None:
        self.program = program
        self.case = case
        self.functional = self.session("functional")
        self.functional.run_random(seed=1)  # loads the constants
        self.rtl = self.session("rtl")
        self.best: dict[str, float] = {}
        self.cycles = 0

    def session(self, name: str) -> lilong.Session:
        case = self.case
        return lilong.Session(
            self.program, lilong.Device(name, preset=case.preset, memory=case.memory)
        )

    def note(self, name: str, value: float) -> None:
        self.best[name] = min(value, self.best.get(name, value))

    def round(self) -> None:
        self.note("functional", seconds(lambda: self.functional.run_random(seed=1)))
        # A device that has timed a program keeps the answer: new ones, the first call only loads
        # (with the other setting of the trace, so that the second one works it out again).
        cycle = self.session("cycle")
        cycle.time(trace=True)
        self.note("cycle", seconds(lambda: cycle.time(trace=False)))
        cycle = self.session("cycle")
        cycle.time(trace=False)
        self.note("cycle_with_values", seconds(lambda: cycle.run_random(seed=1)))
        self.note("rtl", seconds(lambda: self.rtl.run_random(seed=1)))
        if cycle.cycles != self.rtl.cycles:
            raise AssertionError(f"cycle: {cycle.cycles} cycles, rtl: {self.rtl.cycles}")
        self.cycles = self.rtl.cycles or 0


def speed(bench: Bench) -> None:
    """The section."""
    case = next(
        (c for c in cycles.cases() if c.network == NETWORK and c.numerics == "litert"), None
    )
    if case is None or not case.file.exists():
        bench.missing.append(f"speed: {NETWORK} not found (set LILONG_MODELS)")
        return
    speeds = Speeds(cycles.compile_case(case), case)
    for _ in track(range(bench.repeats), f"speed of {NETWORK}", bench.repeats):
        speeds.round()
    report(bench, speeds)


def report(bench: Bench, speeds: Speeds) -> None:
    best, count, limits = speeds.best, speeds.cycles, GOALS["speed"]
    timing, rtl = count / best["cycle"], count / best["rtl"]
    over = best["cycle_with_values"] / best["functional"] - 1
    goals = [
        Goal("speed", "functional, one inference", best["functional"],
             limits["functional_seconds_below"], "s", below=True),
        Goal("speed", "cycle, timing alone", timing, limits["cycle_per_second"], "cycles/s", True),
        Goal("speed", "cycle, timing alone, over an rtl of 400 k cycles/s", timing / 400_000,
             limits["cycle_over_rtl_400k"], "x", True),
        Goal("speed", "cycle with values, time over functional", over,
             limits["values_over_functional"], "of it"),
        Goal("speed", "rtl, fast build", rtl, limits["rtl_per_second"], "cycles/s", True),
    ]  # fmt: skip
    bench.goals += goals
    say(
        f"\nspeed on one core, {NETWORK}, {count:,} cycles, best of {bench.repeats}, processor time"
    )
    for name, text in (
        ("functional", "functional"),
        ("cycle", "cycle, timing alone"),
        ("cycle_with_values", "cycle, with values"),
        ("rtl", "rtl, fast build"),
    ):
        rate = "" if name == "functional" else f"{count / best[name]:>14,.0f} cycles/s"
        say(f"  {text:24s}{best[name]:>9.3f} s {rate}")
    say(f"  timing alone is {timing / rtl:.1f} times as fast as this rtl")
    for goal in goals:
        say(goal.line())
    bench.write(
        "speed.json",
        {
            "network": NETWORK,
            "cycles": count,
            "repeats": bench.repeats,
            "seconds": best,
            "cycle_over_rtl": timing / rtl,
            "values_over_functional": over,
            "goals": {goal.what: verdict(goal) for goal in goals},
        },
    )
