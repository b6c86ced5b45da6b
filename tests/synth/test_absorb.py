# SPDX-License-Identifier: Apache-2.0
"""Tables inside carry cells: the same sums and carries with fewer tables."""

from __future__ import annotations

import copy
import random
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "rtl/synth"))

from lilong_synth.absorb import absorb

ADD = 0b1001011010101010  # C: subtract


class Netlist:
    """An adder whose operands come from tables, as the synthesis writes it."""

    def __init__(self) -> None:
        self.inputs: list[int] = []
        self.cells: dict[str, Any] = {}
        self.outputs: list[int] = []
        self.last = 1

    def net(self) -> int:
        self.last += 1
        return self.last

    def input(self) -> int:
        self.inputs.append(self.net())
        return self.inputs[-1]

    def lut(self, pins: list[Any], init: int) -> int:
        out = self.net()
        wires = dict(zip("ABCD", [[p] for p in (*pins, "0", "0", "0", "0")], strict=False))
        self.cells[f"lut{out}"] = {
            "type": "LUT4",
            "parameters": {"INIT": f"{init:016b}"},
            "port_directions": {**dict.fromkeys("ABCD", "input"), "Z": "output"},
            "connections": {**wires, "Z": [out]},
        }
        return out

    def adder(self, a: list[Any], b: list[Any], minus: bool) -> None:
        carry: Any = "1" if minus else "0"
        for n in range(0, len(a), 2):
            wires: dict[str, Any] = {"CIN": [carry]}
            for half in (0, 1):
                wires |= {f"A{half}": [a[n + half]], f"B{half}": [b[n + half]]}
                wires |= {f"C{half}": ["1" if minus else "0"], f"D{half}": ["1"]}
                wires[f"S{half}"] = [self.net()]
                self.outputs += wires[f"S{half}"]
            carry = self.net()
            wires["COUT"] = [carry]
            self.cells[f"carry{carry}"] = {
                "type": "CCU2C",
                "parameters": {
                    **dict.fromkeys(("INIT0", "INIT1"), f"{ADD:016b}"),
                    **dict.fromkeys(("INJECT1_0", "INJECT1_1"), "NO"),
                },
                "port_directions": {
                    pin: "output" if pin in ("S0", "S1", "COUT") else "input" for pin in wires
                },
                "connections": wires,
            }
        self.outputs.append(carry)

    def module(self) -> dict[str, Any]:
        ports = {
            "i": {"direction": "input", "bits": self.inputs},
            "o": {"direction": "output", "bits": self.outputs},
        }
        return {"ports": ports, "cells": self.cells}


def evaluate(module: dict[str, Any], values: dict[Any, int]) -> list[int]:
    """Outputs by the simulation models of the cells; cells are in the order of their signals."""
    values = {**values, "0": 0, "1": 1}
    for cell in module["cells"].values():
        wires = {pin: nets[0] for pin, nets in cell["connections"].items()}

        def table(name: str, pins: tuple[str, ...], wires: Any = wires, cell: Any = cell) -> int:
            at = sum(values[wires[pin]] << n for n, pin in enumerate(pins))
            return int(cell["parameters"][name], 2) >> at & 1

        if cell["type"] == "LUT4":
            values[wires["Z"]] = table("INIT", ("A", "B", "C", "D"))
            continue
        carry = values[wires["CIN"]]
        for half in "01":
            p = table(f"INIT{half}", tuple(pin + half for pin in "ABCD"))
            values[wires[f"S{half}"]] = p ^ carry
            carry = carry if p else table(f"INIT{half}", (f"A{half}", f"B{half}"))
        values[wires["COUT"]] = carry
    return [values[net] for net in module["ports"]["o"]["bits"]]


def assert_same(before: dict[str, Any], after: dict[str, Any], inputs: list[int]) -> None:
    dice = random.Random(1)
    for _ in range(200):
        values = {net: dice.randrange(2) for net in inputs}
        assert evaluate(before, dict(values)) == evaluate(after, dict(values))


def test_selected_operands_cost_nothing() -> None:
    netlist = Netlist()
    select, gate = netlist.input(), netlist.input()
    chosen = [netlist.lut([netlist.input(), netlist.input(), select], 0b11001010) for _ in range(8)]
    gated = [netlist.lut([netlist.input(), gate], 0b1000) for _ in range(8)]
    other = [netlist.lut([netlist.input(), gate], 0b1000) for _ in range(8)]
    netlist.adder(chosen, [netlist.input() for _ in range(8)], minus=False)
    netlist.adder(gated, other, minus=False)
    before = copy.deepcopy(netlist.module())
    assert absorb(netlist.module()) == 24
    assert {cell["type"] for cell in netlist.cells.values()} == {"CCU2C"}
    assert_same(before, netlist.module(), netlist.inputs)


def test_a_table_that_others_read_stays() -> None:
    netlist = Netlist()
    shared = [netlist.lut([netlist.input(), netlist.input()], 0b1000) for _ in range(2)]
    netlist.outputs.append(shared[0])
    netlist.outputs.append(netlist.lut([shared[1], netlist.input()], 0b0110))
    netlist.adder(shared, [netlist.input(), netlist.input()], minus=True)
    before = copy.deepcopy(netlist.module())
    assert absorb(netlist.module()) == 0
    assert netlist.module() == before


def test_any_tables_keep_their_values() -> None:
    dice = random.Random(2)
    gone = 0
    for _ in range(60):
        netlist = Netlist()
        nets: list[Any] = [netlist.input() for _ in range(6)]
        operands = []
        for _ in range(8):
            count = dice.randint(1, 4)
            pins = dice.choices([*nets, "0", "1"], k=count)
            made = netlist.lut(pins, dice.getrandbits(1 << count))
            operands.append(dice.choice([made, made, dice.choice(nets)]))
        netlist.adder(operands[:4], operands[4:], minus=dice.random() < 0.5)
        before = copy.deepcopy(netlist.module())
        gone += absorb(netlist.module())
        assert_same(before, netlist.module(), netlist.inputs)
    assert gone > 60
