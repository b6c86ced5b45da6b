# SPDX-License-Identifier: Apache-2.0
"""Longest path of every module of a mapped netlist, from the delays of the Liberty file.

An estimate to compare revisions with: no wires, ideal buffers, every module by itself (inputs
arrive with the clock, outputs leave with it), memories without delay of their own.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from lilong_synth.liberty import Cell

SETUP = 0.1  # ns


@dataclass(frozen=True)
class Longest:
    """The longest path of a module."""

    ns: float
    cells: int


def longest_path(module: dict[str, Any], library: dict[str, Cell]) -> Longest:
    """Arrival times in the order of the logic; loops (there are none) would be left out."""
    load: dict[int, float] = defaultdict(float)
    users: dict[int, list[str]] = defaultdict(list)
    waiting: dict[str, int] = {}
    drivers: set[int] = set()
    gates: dict[str, tuple[Cell, dict[str, int]]] = {}
    flops: list[tuple[Cell, dict[str, int]]] = []
    for name, cell in module["cells"].items():
        kind = library.get(cell["type"])
        if kind is None:
            continue
        pins = {
            pin: wires[0]
            for pin, wires in cell["connections"].items()
            if wires and isinstance(wires[0], int)
        }
        for pin, wire in pins.items():
            load[wire] += kind.inputs.get(pin, 0.0)
        if kind.sequential:
            flops.append((kind, pins))
            continue
        gates[name] = (kind, pins)
        drivers.update(pins[pin] for pin in kind.arcs if pin in pins)
    arrival: dict[int, tuple[float, int]] = {}
    for kind, pins in flops:
        for output, arcs in kind.arcs.items():
            if output in pins and arcs:
                wire = pins[output]
                arrival[wire] = (max(arc.at(load[wire]) for arc in arcs.values()), 1)
    for name, (kind, pins) in gates.items():
        sources = {pins[pin] for pin in kind.inputs if pin in pins} & drivers
        waiting[name] = len(sources)
        for wire in sources:
            users[wire].append(name)
    ready = [name for name, count in waiting.items() if count == 0]
    while ready:
        name = ready.pop()
        kind, pins = gates[name]
        for output, arcs in kind.arcs.items():
            if output not in pins:
                continue
            wire = pins[output]
            best = (0.0, 0)
            for source, arc in arcs.items():
                if source in pins:
                    before = arrival.get(pins[source], (0.0, 0))
                    best = max(best, (before[0] + arc.at(load[wire]), before[1] + 1))
            arrival[wire] = best
            for user in users[wire]:
                waiting[user] -= 1
                if waiting[user] == 0:
                    ready.append(user)
    ns, cells = max(arrival.values(), default=(0.0, 0))
    return Longest(ns + SETUP if cells else 0.0, cells)
