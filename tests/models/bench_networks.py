# SPDX-License-Identifier: Apache-2.0
"""Networks x presets x arithmetics: cycles beside bound, goal and the Ethos-U estimate; compile
times; activations spilled, by layer."""

from __future__ import annotations

import time
from typing import Any

import cycles
import lilong
from bench_common import ETHOS_U, GOALS, Bench, Goal, say, track, verdict

CONSTANTS, INPUTS, OUTPUTS = 1, 3, 4  # regions


def cases(presets: Any) -> list[cycles.Case]:
    """Those of the committed counts, for every preset."""
    return [case._replace(preset=preset) for preset in presets for case in cycles.cases()]


def measure(case: cycles.Case, device: str) -> dict[str, Any]:
    """One row of the table."""
    start = time.process_time()
    program = cycles.compile_case(case)
    compiled = time.process_time() - start
    session = lilong.Session(program, lilong.Device(device, preset=case.preset, memory=case.memory))
    start = time.process_time()
    session.run_random(seed=1)
    seconds = time.process_time() - start
    report = session.report()
    bytes_per_cycle = report["chip"]["bytes_per_cycle"]
    regions = program.native.region_bytes
    least = sum(regions[region] for region in (CONSTANTS, INPUTS, OUTPUTS))
    compute = -(-report["macs_executed"] // report["chip"]["macs_per_cycle"])
    memory = -(-least // bytes_per_cycle)
    bound = max(compute, memory)
    traffic = report["traffic"]
    peer = ETHOS_U["cycles"].get(case.network) if case.preset == "edge" else None
    return {
        "network": case.network,
        "preset": case.preset,
        "numerics": case.numerics,
        "memory": case.memory,
        "dead_channels": case.dead_channels,
        "device": device,
        "cycles": report["cycles"],
        "macs": report["macs"],
        "macs_executed": report["macs_executed"],
        "bound_compute": compute,
        "bound_memory": memory,
        "bound": bound,
        "above_percent": 100 * (report["cycles"] - bound) / bound,
        "utilisation": report["utilisation"],
        "bytes_read": report["bytes_read"],
        "bytes_written": report["bytes_written"],
        "bus_cycles": (report["bytes_read"] + report["bytes_written"]) // bytes_per_cycle,
        "spill_written": traffic["spill_written"],
        "spill_read": traffic["spill_read"],
        "spilled_layers": [
            {
                "layer": layer["name"],
                "op": layer["op"],
                "written": layer["traffic"]["spill_written"],
                "read": layer["traffic"]["spill_read"],
            }
            for layer in report["layers"]
            if layer["traffic"]["spill_written"] or layer["traffic"]["spill_read"]
        ],
        "advice": [advice["text"] for advice in report["advice"][:3]],
        "ethos_u": peer,
        "speed_up": peer / report["cycles"] if peer else None,
        "goal": GOALS["networks"][case.dead_channels].get(case.network)
        if case.preset == "edge"
        else None,
        "compile_seconds": compiled,
        "simulated_cycles_per_second": int(report["cycles"] / max(seconds, 1e-6)),
    }


def goal_of(row: dict[str, Any]) -> Goal | None:
    """Goals are for the RTL."""
    if row["goal"] is None or row["device"] != "rtl":
        return None
    what = f"{row['network']} {row['numerics']}"
    if row["dead_channels"] == "remove":
        what += ", dead channels removed"
    return Goal("networks", what, row["cycles"], row["goal"], "cycles")


def print_rows(rows: list[dict[str, Any]], preset: str) -> None:
    """One preset."""
    found = [row for row in rows if row["preset"] == preset]
    if not found:
        return
    say(f"\n{preset}, memory {found[0]['memory']}, device {found[0]['device']}")
    say(
        f"{'network':18s}{'arithmetic':12s}{'dead':8s}{'cycles':>11s}{'bound':>11s}{'above':>8s}"
        f"{'of peak':>9s}{'spilled':>11s}{'compile':>9s}"
        + (f"{'goal':>11s}{'':>7s}{'Ethos-U':>11s}{'faster':>8s}" if preset == "edge" else "")
    )
    for row in found:
        spilled = row["spill_written"] + row["spill_read"]
        line = (
            f"{row['network']:18s}{row['numerics']:12s}{row['dead_channels']:8s}"
            f"{row['cycles']:>11,}{row['bound']:>11,}{row['above_percent']:>7.0f}%"
            f"{row['utilisation']:>9.1%}{spilled:>11,}{row['compile_seconds']:>8.2f}s"
        )
        if row["goal"] is not None:
            line += f"{row['goal']:>11,}{verdict(goal_of(row)):>7s}"
        elif row["ethos_u"]:
            line += " " * 18
        if row["ethos_u"]:
            line += f"{row['ethos_u']:>11,}{row['speed_up']:>7.2f}x"
        say(line)


def print_spills(rows: list[dict[str, Any]]) -> None:
    """Layer by layer, for the first arithmetic of every network that spills."""
    seen = set()
    for row in rows:
        key = (row["network"], row["preset"], row["dead_channels"])
        if not row["spilled_layers"] or key in seen:
            continue
        seen.add(key)
        total = row["spill_written"] + row["spill_read"]
        say(
            f"\nspilled by {row['network']} on {row['preset']}, {row['numerics']}, dead channels "
            f"{row['dead_channels']}: {total:,} bytes"
        )
        if row["preset"] != "edge":
            continue  # networks.json has its layers
        say(f"  {'layer':46s}{'operator':20s}{'written':>10s}{'read back':>11s}")
        for layer in row["spilled_layers"]:
            name = layer["layer"].split(";", 1)[0][-44:]
            say(f"  {name:46s}{layer['op']:20s}{layer['written']:>10,}{layer['read']:>11,}")


def networks(bench: Bench) -> None:
    """The section."""
    rows = []
    all_cases = cases(bench.presets)
    for case in track(all_cases, "networks", len(all_cases)):
        what = f"{case.network} {case.numerics} on {case.preset}"
        if not case.file.exists():
            bench.missing.append(f"{what}: network not found (set LILONG_MODELS)")
            continue
        try:
            row = measure(case, bench.device)
        except lilong.Error as error:
            bench.missing.append(f"{what}: {error}")
            continue
        rows.append(row)
        if (goal := goal_of(row)) is not None:
            bench.goals.append(goal)
    for preset in bench.presets:
        print_rows(rows, preset)
    print_spills(rows)
    say("\nbound: larger of MAC / array and bytes of constants, inputs, outputs / bus")
    say(f"Ethos-U: {ETHOS_U['source']}")
    bench.write("networks.json", rows)


def compile_times(bench: Bench) -> None:
    """Processor time of the compiler on one core, the best of some, in every arithmetic."""
    rows = []
    edge = [case for case in cases(["edge"]) if case.file.exists()]
    for case in track(edge, "compile", len(edge)):
        seconds = []
        for _ in range(bench.repeats):
            start = time.process_time()
            cycles.compile_case(case)
            seconds.append(time.process_time() - start)
        row = {
            "network": case.network,
            "numerics": case.numerics,
            "dead_channels": case.dead_channels,
            "seconds": min(seconds),
            "goal": GOALS["compile_seconds_below"].get(case.network),
        }
        rows.append(row)
    say(f"\n{'compile time, edge':30s}{'arithmetic':12s}{'dead':8s}{'seconds':>9s}{'goal':>7s}")
    for row in rows:
        goal = None
        if row["goal"] is not None:
            what = f"compile {row['network']} {row['numerics']}, dead channels"
            goal = Goal("compile", f"{what} {row['dead_channels']}", row["seconds"], row["goal"],
                        "s", below=True)  # fmt: skip
            bench.goals.append(goal)
        say(
            f"{row['network']:30s}{row['numerics']:12s}{row['dead_channels']:8s}"
            f"{row['seconds']:>9.2f}{row['goal'] or '-':>7} {verdict(goal)}"
        )
    bench.write("compile.json", rows)
