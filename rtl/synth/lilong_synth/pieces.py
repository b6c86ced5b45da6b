# SPDX-License-Identifier: Apache-2.0
"""A placed netlist as pieces that move as one, with the nets between them."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

Position = tuple[float, float]
Box = tuple[float, float, float, float]  # x and y from, x and y to

LOGIC = ("TRELLIS_COMB", "TRELLIS_FF", "TRELLIS_RAMW")
CARRY = {"FCI", "FCO"}
FANOUT = 200  # nets with more pins are everywhere anyway
NEAR = 3  # nets between a block and the logic that moves with it
WIDE = 24  # pieces on a net behind which nothing is near any more
NOWHERE: Box = (1e9, 1e9, -1e9, -1e9)


def position(site: str) -> tuple[int, int]:
    """Column and row in the name of a site."""
    found = re.match(r"X(\d+)/Y(\d+)/", site)
    if found is None:
        raise ValueError(f"{site} is no site")
    return int(found[1]), int(found[2])


def placement(module: dict[str, Any]) -> dict[str, str]:
    """Site of every placed cell."""
    cells = module["cells"].items()
    return {n: c["attributes"]["NEXTPNR_BEL"] for n, c in cells if "NEXTPNR_BEL" in c["attributes"]}


class _Pins:
    """Cells and pin names at every net."""

    def __init__(self, module: dict[str, Any], placed: dict[str, str]) -> None:
        self.cells: defaultdict[int, set[str]] = defaultdict(set)
        self.names: defaultdict[int, set[str]] = defaultdict(set)
        for name in sorted(placed):
            for pin, wires in module["cells"][name]["connections"].items():
                for wire in wires:
                    if isinstance(wire, int):
                        self.cells[wire].add(name)
                        self.names[wire].add(pin)


def _joined(module: dict[str, Any], placed: dict[str, str], pins: _Pins) -> list[list[str]]:
    """Cells that lie side by side: carry chains, tables with the register behind them."""
    chief = {name: name for name in placed}

    def find(name: str) -> str:
        while chief[name] != name:
            chief[name] = chief[chief[name]]
            name = chief[name]
        return name

    for wire, cells in pins.cells.items():
        chain = bool(pins.names[wire] & CARRY)
        register = len(cells) == 2 and "DI" in pins.names[wire]
        if (chain or register) and all(module["cells"][n]["type"] in LOGIC for n in cells):
            first, *others = sorted(cells)
            for name in others:
                chief[find(name)] = find(first)
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for name in sorted(placed):
        groups[find(name)].append(name)
    return list(groups.values())


class Pieces:
    """Pieces by number, where they are, and the nets between them."""

    def __init__(self, module: dict[str, Any], blocks: Iterable[str]) -> None:
        placed = placement(module)
        pins = _Pins(module, placed)
        groups = _joined(module, placed, pins)
        number = {name: n for n, names in enumerate(groups) for name in names}
        kinds = [module["cells"][names[0]]["type"] for names in groups]
        self.at: list[Position] = []
        for names in groups:
            sites = [position(placed[name]) for name in names]
            self.at.append(
                (sum(x for x, _ in sites) / len(sites), sum(y for _, y in sites) / len(sites))
            )
        self.blocks = {name: number[name] for name in blocks}
        members = [sorted({number[n] for n in names}) for _, names in sorted(pins.cells.items())]
        self.nets = [pieces for pieces in members if 2 <= len(pieces) <= FANOUT]
        self.of: list[list[int]] = [[] for _ in groups]
        for net, pieces in enumerate(self.nets):
            for piece in pieces:
                self.of[piece].append(net)
        self.near = self._near([kind in LOGIC for kind in kinds])

    def _near(self, logic: list[bool]) -> list[int]:
        """Logic few nets away from a block."""
        seen = set(self.blocks.values())
        front = set(seen)
        for _ in range(NEAR):
            nets = {n for piece in front for n in self.of[piece] if len(self.nets[n]) <= WIDE}
            front = {p for n in nets for p in self.nets[n] if logic[p]} - seen
            seen |= front
        return sorted(piece for piece in seen if logic[piece])

    def box(self, pieces: list[int]) -> Box:
        """The box around pieces, an empty one for none."""
        if not pieces:
            return NOWHERE
        points = [self.at[piece] for piece in pieces]
        xs, ys = [x for x, _ in points], [y for _, y in points]
        return min(xs), min(ys), max(xs), max(ys)

    def length(self, nets: list[int]) -> float:
        """Sum of the half perimeters of nets."""
        total = 0.0
        for net in nets:
            left, low, right, high = self.box(self.nets[net])
            total += right - left + high - low
        return total

    def follow(self, dice: random.Random) -> None:
        """Moves the logic near blocks where its nets are shortest, one piece after the other.

        The half perimeters are least where as many edges of the nets, as they are without the
        piece, lie on one side as on the other.  Pieces may overlap: it is the placer that spreads.
        """
        order = self.near[:]
        dice.shuffle(order)
        for piece in order:
            xs: list[float] = []
            ys: list[float] = []
            for net in self.of[piece]:
                left, low, right, high = self.box([p for p in self.nets[net] if p != piece])
                xs += (left, right)
                ys += (low, high)
            xs.sort()
            ys.sort()
            middle = len(xs) // 2
            x = (xs[middle - 1] + xs[middle]) / 2
            y = (ys[middle - 1] + ys[middle]) / 2
            self.at[piece] = (x, y)
