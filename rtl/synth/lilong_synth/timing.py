# SPDX-License-Identifier: Apache-2.0
"""Frequency and critical path from the report of the place-and-route tool, in words."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lilong_synth.design import place, short
from lilong_synth.tools import ROOT, FlowError


@dataclass(frozen=True)
class Clock:
    """One clock of a design."""

    name: str
    achieved_mhz: float
    wanted_mhz: float


@dataclass(frozen=True)
class Timing:
    """Result of timing analysis."""

    clocks: tuple[Clock, ...]
    critical_path: str

    def main(self) -> Clock:
        """The clock with the least reserve."""
        return min(self.clocks, key=lambda c: c.achieved_mhz / max(c.wanted_mhz, 1e-9))


def _kind(port: str) -> str:
    """What a path starts or ends at, by the port of the cell."""
    if port.startswith(("DO", "DI", "AD", "WE", "RAD", "WAD", "WD")) and port not in ("DI",):
        return "memory"
    if port[:1] in ("P", "A", "B") and port[1:].isdigit() and len(port) > 1:
        return "multiplier"
    return "register"


def describe(top: str, path: dict[str, Any]) -> str:
    """One sentence: length, share of routing, modules in order, first and last register."""
    steps = path["path"]
    total = sum(step["delay"] for step in steps)
    routing = sum(step["delay"] for step in steps if step["type"] == "routing")
    cells = sum(1 for step in steps if step["type"] == "logic")
    nets = [step["net"] for step in steps if step["type"] == "routing"]
    last = steps[-1]["to"] if "to" in steps[-1] else steps[-1]["from"]
    first = steps[0]["from"]
    start = place(top, nets[0] if nets else first["cell"])
    end = place(top, last["cell"])
    modules = short([place(top, net).module for net in nets] + [end.module])
    return (
        f"{total:.1f} ns, {routing / total:.0%} of it routing, {cells} cells: from "
        f"{_kind(first['port'])} {start.name} of {start.module} to "
        f"{_kind(last['port'])} {end.name} of {end.module}, through {modules}"
    )


def read_report(file: Path, top: str, wanted_mhz: float = 0) -> Timing:
    """Reads nextpnr's JSON report; what is wanted of the clocks, if it is not what it aimed at."""
    data = json.loads((ROOT / file).read_text(encoding="utf-8"))
    clocks = tuple(
        Clock(name, entry["achieved"], wanted_mhz or entry["constraint"])
        for name, entry in data["fmax"].items()
    )
    if not clocks:
        raise FlowError(f"{file} names no clock")
    slowest = min(clocks, key=lambda c: c.achieved_mhz / max(c.wanted_mhz, 1e-9))
    inside = [
        path
        for path in data["critical_paths"]
        if slowest.name in path["from"] and slowest.name in path["to"]
    ]
    longest = max(inside, key=lambda p: sum(s["delay"] for s in p["path"]), default=None)
    return Timing(clocks, describe(top, longest) if longest else "")
