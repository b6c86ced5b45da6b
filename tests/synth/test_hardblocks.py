# SPDX-License-Identifier: Apache-2.0
"""Multipliers and memories with their own registers: the same products, fewer wires."""

from __future__ import annotations

import copy
import random
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "rtl/synth"))

from lilong_synth.hardblocks import use_hard_blocks

CLOCK, ENABLE, OTHER, LAST = 2, 3, 4, 5


def flop(data: int, out: int, enable: int | None = ENABLE, **wires: list[Any]) -> dict[str, Any]:
    connections: dict[str, Any] = {"DI": [data], "Q": [out], "CLK": [CLOCK], **wires}
    if enable is not None:
        connections["CE"] = [enable]
    settings = {"CLKMUX": "CLK", "CEMUX": "1 " if enable is None else "CE", "REGSET": "RESET"}
    return {
        "type": "TRELLIS_FF",
        "parameters": settings,
        "port_directions": {pin: "output" if pin == "Q" else "input" for pin in connections},
        "connections": connections,
    }


class Multiplier:
    """a * b of signed operands as the synthesis writes it: the sign is repeated to 18 bits."""

    def __init__(self, a_bits: int, b_bits: int, out_bits: int) -> None:
        self.last = LAST
        self.a = self.nets(a_bits)
        self.b = self.nets(b_bits)
        p = self.nets(36)
        self.product = p[:out_bits]
        wires: dict[str, Any] = {"SIGNEDA": ["1"], "SIGNEDB": ["1"]}
        for name, nets in (("A", self.a), ("B", self.b)):
            for n in range(18):
                wires[f"{name}{n}"] = [nets[min(n, len(nets) - 1)]]
        directions = dict.fromkeys(wires, "input")
        for n, net in enumerate(p):
            wires[f"P{n}"] = [net]
            directions[f"P{n}"] = "output"
        self.cell: dict[str, Any] = {
            "type": "MULT18X18D",
            "parameters": {},
            "port_directions": directions,
            "connections": wires,
        }
        self.cells: dict[str, Any] = {"mul": self.cell}
        self.outputs = list(self.product)

    def nets(self, count: int) -> list[int]:
        self.last += count
        return list(range(self.last - count + 1, self.last + 1))

    def registered(self, **wires: list[Any]) -> None:
        self.outputs = self.nets(len(self.product))
        for n, (data, out) in enumerate(zip(self.product, self.outputs, strict=True)):
            self.cells[f"q{n}"] = flop(data, out, **wires)

    def module(self) -> dict[str, Any]:
        inputs = [CLOCK, ENABLE, OTHER, *self.a, *self.b]
        ports = {
            "i": {"direction": "input", "bits": inputs},
            "o": {"direction": "output", "bits": self.outputs},
        }
        return {"ports": ports, "cells": self.cells}


def value(bits: list[Any], known: dict[Any, int]) -> int:
    total = sum(known[bit] << n for n, bit in enumerate(bits))
    return total - (known[bits[-1]] << len(bits))


def multiply(cell: dict[str, Any], known: dict[Any, int]) -> dict[Any, int]:
    """Nets at the output pins by what lies at the input pins."""
    wires = cell["connections"]
    a, b = ([wires[f"{name}{n}"][0] for n in range(18)] for name in "AB")
    product = value(a, known) * value(b, known)
    return {wires[f"P{n}"][0]: product >> n & 1 for n in range(36)}


@pytest.mark.parametrize(
    ("a_bits", "b_bits", "out_bits", "freed"),
    [
        (8, 8, 16, 20),
        (9, 8, 17, 19),
        (18, 5, 23, 13),
        (18, 18, 36, 0),
        (8, 8, 30, 6),
        (1, 3, 4, 32),
    ],
)
def test_short_operands(a_bits: int, b_bits: int, out_bits: int, freed: int) -> None:
    made = Multiplier(a_bits, b_bits, out_bits)
    before = copy.deepcopy(made.cell)
    assert use_hard_blocks(made.module()) == (freed, 0)
    dice = random.Random(3)
    for _ in range(50):
        known: dict[Any, int] = {"0": 0, "1": 1}
        known |= {net: dice.randrange(2) for net in (*made.a, *made.b)}
        old, new = multiply(before, known), multiply(made.cell, known)
        assert [old[net] for net in made.product] == [new[net] for net in made.product]


def test_register_behind_a_product_moves_inside() -> None:
    made = Multiplier(8, 8, 16)
    made.registered()
    assert use_hard_blocks(made.module()) == (20, 16)
    assert list(made.cells) == ["mul"]
    assert made.cell["parameters"]["REG_OUTPUT_CLK"] == "CLK0"
    assert made.cell["connections"]["CE0"] == [ENABLE]
    driven = [made.cell["connections"][f"P{n}"][0] for n in range(20, 36)]
    assert driven == made.outputs


def test_other_flip_flops_stay() -> None:
    reset = Multiplier(8, 8, 16)
    reset.registered(LSR=[OTHER])
    read_twice = Multiplier(8, 8, 16)
    read_twice.registered()
    read_twice.outputs.append(read_twice.product[3])
    two_enables = Multiplier(8, 8, 16)
    two_enables.registered()
    two_enables.cells["q5"]["connections"]["CE"] = [OTHER]
    for made in (reset, read_twice, two_enables):
        assert use_hard_blocks(made.module())[1] == 0
        assert len(made.cells) == 17


def memory(write: str) -> dict[str, Any]:
    inputs = {"CLKB": CLOCK, "WEB": write, "OCEB": "1", "CEB": OTHER, "WEA": OTHER, "CLKA": CLOCK}
    wires: dict[str, Any] = {pin: [net] for pin, net in inputs.items()}
    directions = dict.fromkeys(wires, "input")
    for n in range(18):
        wires[f"DOB{n}"] = [100 + n]
        directions[f"DOB{n}"] = "output"
    widths = {"DATA_WIDTH_A": "10010", "DATA_WIDTH_B": "10010"}
    modes = {"REGMODE_A": "NOREG", "REGMODE_B": "NOREG"}
    cells: dict[str, Any] = {
        f"q{n}": flop(100 + n, 200 + n, None if write == "0" else ENABLE) for n in range(16)
    }
    cells["ram"] = {
        "type": "DP16KD",
        "parameters": {**widths, **modes},
        "port_directions": directions,
        "connections": wires,
    }
    return {"ports": {"o": {"bits": list(range(200, 216))}}, "cells": cells}


def test_register_behind_a_memory_moves_inside() -> None:
    module = memory("0")
    assert use_hard_blocks(module) == (0, 16)
    ram = module["cells"]["ram"]
    assert list(module["cells"]) == ["ram"]
    assert ram["parameters"]["REGMODE_B"] == "OUTREG"
    assert ram["parameters"]["REGMODE_A"] == "NOREG"
    assert ram["connections"]["OCEB"] == ["1"]
    assert [ram["connections"][f"DOB{n}"][0] for n in range(16)] == list(range(200, 216))


def test_ports_that_also_write_stay() -> None:
    module = memory("1")
    assert use_hard_blocks(module) == (0, 0)


def test_unused_address_bits_follow_others() -> None:
    ports = {"RAD": [10, 11, "0", "0"], "WAD": [20, 21, "0", "0"]}
    whole = {"RAD": [10, 11, 12, 13], "WAD": [20, 21, 22, 23]}
    uneven = {"RAD": [10, 11, 12, "0"], "WAD": [20, 21, 22, 23]}
    cells = {
        name: {
            "type": "TRELLIS_DPR16X4",
            "parameters": {},
            "port_directions": dict.fromkeys(wires, "input"),
            "connections": copy.deepcopy(wires),
        }
        for name, wires in (("four", ports), ("whole", whole), ("uneven", uneven))
    }
    use_hard_blocks({"ports": {}, "cells": cells})
    assert cells["four"]["connections"] == {"RAD": [10, 11, 10, 10], "WAD": [20, 21, 20, 20]}
    assert cells["whole"]["connections"] == whole
    assert cells["uneven"]["connections"] == uneven
