# SPDX-License-Identifier: Apache-2.0
"""Moves look-up tables in front of adders into the carry cells.

Every bit of a carry cell CCU2C is a table of its own four inputs, of which an adder as Yosys maps
it uses two.  A table that feeds carry cells only, for example the selection of an operand or the
partial product of a multiplier, costs nothing once it lies inside them.

One bit of a carry cell with the inputs A, B, C, D and the table INIT:

    p = INIT[D C B A]      sum       = p ^ carry in
    g = INIT[0 0 B A]      carry out = p ? carry in : g

so a function fits when it has at most four variables and these can be placed such that g is right
wherever p is 0.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from itertools import permutations, product
from typing import Any

PINS = "ABCD"


@dataclass(frozen=True)
class Lut:
    """A look-up table, or one bit of a carry cell: what lies at its inputs, and its contents."""

    pins: tuple[int | str, ...]  # nets are numbers, constants strings
    init: int

    def variables(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(pin for pin in self.pins if isinstance(pin, int)))

    def index(self, values: dict[int, int]) -> int:
        """Position of its result in the table."""
        bits = (values[p] if isinstance(p, int) else int(p == "1") for p in self.pins)
        return sum(bit << n for n, bit in enumerate(bits))


@cache
def place(
    count: int, wanted: tuple[tuple[int, int], ...]
) -> tuple[tuple[int | str, ...], int] | None:
    """Places `count` variables on the pins; wanted: (p, g) for all their values.

    Answers with the number of the variable (or a constant) of every pin, and the table.
    """
    for spare in product("10", repeat=4 - count):
        for pins in permutations((*range(count), *spare)):
            table: dict[int, int] = {}
            fits = True
            for index, (p, g) in enumerate(wanted):
                bits = (index >> pin & 1 if isinstance(pin, int) else int(pin) for pin in pins)
                at = sum(bit << n for n, bit in enumerate(bits))
                fits = fits and table.setdefault(at, p) == p
                if p == 0:
                    fits = fits and table.setdefault(at & 3, g) == g
            if fits:
                return pins, sum(bit << at for at, bit in table.items())
    return None


def merge(bit: Lut, net: int, lut: Lut) -> Lut | None:
    """A bit of a carry cell with the table that drives `net` inside, if both fit."""
    variables = tuple(v for v in bit.variables() if v != net)
    variables = tuple(dict.fromkeys((*variables, *lut.variables())))
    if len(variables) > len(PINS):
        return None
    wanted = []
    for index in range(1 << len(variables)):
        values = {v: index >> n & 1 for n, v in enumerate(variables)}
        values[net] = lut.init >> lut.index(values) & 1
        at = bit.index(values)
        wanted.append((bit.init >> at & 1, bit.init >> (at & 3) & 1))
    found = place(len(variables), tuple(wanted))
    if found is None:
        return None
    pins, init = found
    return Lut(tuple(variables[pin] if isinstance(pin, int) else pin for pin in pins), init)


def _init(cell: dict[str, Any], name: str) -> int:
    value = cell["parameters"][name]
    return int(value, 2) if isinstance(value, str) else int(value)


def _pins(cell: dict[str, Any], half: str = "") -> tuple[int | str, ...]:
    return tuple(cell["connections"].get(pin + half, ["0"])[0] for pin in PINS)


def absorb(module: dict[str, Any]) -> int:
    """Changes the cells of a flat netlist; answers with the number of tables gone."""
    cells = module["cells"]
    luts: dict[int, tuple[str, Lut]] = {}  # by output
    bits: dict[tuple[str, str], Lut] = {}  # of carry cells
    readers: defaultdict[int, set[tuple[str, str]]] = defaultdict(set)  # carry bits that read a net
    pinned = {net for port in module["ports"].values() for net in port["bits"]}
    for name, cell in cells.items():
        if cell["type"] == "LUT4":
            luts[cell["connections"]["Z"][0]] = (name, Lut(_pins(cell), _init(cell, "INIT")))
        for port, nets in cell["connections"].items():
            half = port[1:]
            if cell["type"] != "CCU2C" or port[0] not in PINS or half not in ("0", "1"):
                pinned.update(nets if cell["port_directions"][port] != "output" else ())
            elif cell["parameters"][f"INJECT1_{half}"] != "NO":
                pinned.update(nets)
            else:
                bits[name, half] = Lut(_pins(cell, half), _init(cell, f"INIT{half}"))
                readers[nets[0]].add((name, half))
    gone = 0
    for net in sorted(
        (n for n in readers if n in luts and n not in pinned),
        key=lambda n: len(luts[n][1].variables()),
    ):
        name, lut = luts[net]
        merged = {}
        for at in readers[net]:
            bit = merge(bits[at], net, lut)
            if bit is not None:
                merged[at] = bit
        if len(merged) < len(readers[net]):
            continue
        bits.update(merged)
        for at, bit in merged.items():
            for variable in bit.variables():
                readers[variable].add(at)
        del cells[name]
        gone += 1
    for (name, half), bit in bits.items():
        cell = cells[name]
        cell["parameters"][f"INIT{half}"] = f"{bit.init:016b}"
        for pin, wire in zip(PINS, bit.pins, strict=True):
            cell["connections"][pin + half] = [wire]
    return gone
