# SPDX-License-Identifier: Apache-2.0
"""Kernels on the Verilated RTL: named shapes with their goals, odd shapes beside them, and the gap
between EXEC instructions."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from bench_common import GOALS, Bench, Goal, say, track, verdict


def measure(bench: Bench, preset: str) -> list[dict[str, Any]]:
    """Runs the kernels; their results and times are compared with the simulators on the way."""
    bench.output.mkdir(parents=True, exist_ok=True)
    path = bench.output / f"kernels_{preset}.json"
    path.unlink(missing_ok=True)
    subprocess.run(
        [bench.tool, "--preset", preset, "--flavour", "fast", "--kernel", "all", "--json", path],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    kernels: list[dict[str, Any]] = json.loads(path.read_text())["kernels"]
    for kernel in kernels:
        kernel["preset"] = preset
        kernel["rate"] = kernel["work"] / kernel["cycles"]
        kernel["share"] = kernel["rate"] / kernel["best"]
    return kernels


def gaps(kernels: list[dict[str, Any]]) -> dict[str, float]:
    """Cycles from the last array beat of an instruction to the first of the next."""
    by_name = {kernel["name"]: kernel for kernel in kernels}
    one, four = by_name["exec_one"], by_name["exec_four_dependent"]
    two, independent = by_name["exec_two_dependent"], by_name["exec_two_independent"]
    beats = one["mac_beats"]
    return {
        "dependent": (four["cycles"] - two["cycles"]) / 2 - beats,
        "independent": independent["cycles"] - one["cycles"] - beats,
    }


def goal_of(kernel: dict[str, Any]) -> Goal | None:
    goals = GOALS["kernels"]
    name = kernel["name"]
    if kernel["preset"] != "edge":
        return None
    if name in goals["rates"]:
        return Goal("kernels", name, kernel["rate"], goals["rates"][name], kernel["unit"], True)
    if name in goals["shares"]:
        what = "of the bus" if kernel["unit"].startswith("byte") else "of peak"
        return Goal("kernels", name, kernel["share"], goals["shares"][name], what, True)
    return None


def kernels(bench: Bench) -> None:
    """The section."""
    everything: dict[str, Any] = {"kernels": [], "gaps": {}}
    for preset in track(bench.presets, "kernels", len(bench.presets)):
        try:
            found = measure(bench, preset)
        except (OSError, subprocess.CalledProcessError) as error:
            reason = getattr(error, "stderr", "") or str(error)
            bench.missing.append(f"kernels on {preset}: {' '.join(reason.split())[:200]}")
            continue
        everything["kernels"] += found
        everything["gaps"][preset] = gaps(found)
    for preset in bench.presets:
        print_kernels(bench, [k for k in everything["kernels"] if k["preset"] == preset], preset)
    for preset, gap in everything["gaps"].items():
        limit = GOALS["kernels"]["dependent_gap_below"]
        text = f"gap between EXEC instructions on {preset}: {gap['dependent']:.1f} cycles dependent"
        text += f", {gap['independent']:.1f} independent"
        if preset == "edge":
            goal = Goal("kernels", "gap between dependent EXEC", gap["dependent"], limit, "cycles",
                        below=True)  # fmt: skip
            bench.goals.append(goal)
            text += f" (goal < {limit}: {verdict(goal)})"
        say(text)
    bench.write("kernels.json", everything)


def print_kernels(bench: Bench, found: list[dict[str, Any]], preset: str) -> None:
    if not found:
        return
    say(f"\nkernels on {preset}, rtl, from issue to last write; waits of the array in cycles")
    say(
        f"{'kernel':30s}{'cycles':>9s}{'rate':>9s} {'':11s}{'share':>6s}{'weights':>9s}"
        f"{'input':>8s}{'output':>8s}  goal"
    )
    for kernel in found:
        goal = goal_of(kernel)
        line = (
            f"{kernel['name']:30s}{kernel['cycles']:>9,}{kernel['rate']:>9.1f} "
            f"{kernel['unit']:11s}{kernel['share']:>6.0%}{kernel['stall_weights']:>9,}"
            f"{kernel['stall_input']:>8,}{kernel['stall_output']:>8,}"
        )
        if goal is not None:
            bench.goals.append(goal)
            line += f"  >= {goal.limit:g} {goal.unit}: {verdict(goal)}"
        say(line)
