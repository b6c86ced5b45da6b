# SPDX-License-Identifier: Apache-2.0
"""Uses what multipliers and block memories of the ECP5 hold beside the multiplier and the memory.

Yosys leaves their registers unused, repeats the sign of a short operand on every upper pin, and
gives small memories constant address bits.  Each such pin needs a way through the fabric, constant
ones too, at places where ways are scarce.  Here

    an operand of n < 18 bits moves to the upper end of its pins, above zeros, which need no way;
    the product moves up with it;

    flip-flops that take the output of a multiplier or of the read port of a memory, with one clock
    and one enable and without a reset, become its output register;

    a constant bit of both addresses of a memory in tables becomes a copy of another bit.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

Cell = dict[str, Any]
Net = int | str  # constants are strings

OPERAND = 18  # pins of an operand
PRODUCT = 36
WORD = 18  # of a memory


def _bus(cell: Cell, name: str, width: int) -> list[Net]:
    return [cell["connections"].get(f"{name}{n}", ["0"])[0] for n in range(width)]


class Netlist:
    """A flat module with the readers of every net."""

    def __init__(self, module: dict[str, Any]) -> None:
        self.cells: dict[str, Cell] = module["cells"]
        self.names: dict[str, Any] = module.get("netnames", {})
        self.moved: dict[Net, Net] = {}  # data input of a flip-flop that is gone -> its output
        self.readers: Counter[Net] = Counter()
        self.flops: dict[Net, str] = {}  # by the net at their data input
        for port in module["ports"].values():
            self.readers.update(port["bits"])
        for name, cell in self.cells.items():
            for pin, nets in cell["connections"].items():
                if cell["port_directions"][pin] != "output":
                    self.readers.update(nets)
            if cell["type"] == "TRELLIS_FF":
                self.flops[cell["connections"]["DI"][0]] = name


def _signed_width(pins: list[Net]) -> int:
    """Bits of an operand, its sign included: the upper pins repeat it."""
    width = OPERAND
    while width > 1 and isinstance(pins[width - 1], int) and pins[width - 1] == pins[width - 2]:
        width -= 1
    return width


def raise_operands(netlist: Netlist) -> int:
    """Moves short signed operands to the upper end; answers with the number of pins set free."""
    freed = 0
    for cell in netlist.cells.values():
        if cell["type"] != "MULT18X18D":
            continue
        wires = cell["connections"]
        product = _bus(cell, "P", PRODUCT)
        room = 0  # upper bits of the product that nobody reads
        while room < PRODUCT and netlist.readers[product[PRODUCT - 1 - room]] == 0:
            room += 1
        shift = 0
        for name in "AB":
            pins = _bus(cell, name, OPERAND)
            if wires.get(f"SIGNED{name}") != ["1"]:
                continue
            by = min(OPERAND - _signed_width(pins), room - shift)
            if by <= 0:
                continue
            for n, net in enumerate((*["0"] * by, *pins[: OPERAND - by])):
                wires[f"{name}{n}"] = [net]
            shift += by
            freed += by
        if shift:
            spare = product[PRODUCT - shift :]  # unread nets for the pins that are free now
            for n, net in enumerate((*spare, *product[: PRODUCT - shift])):
                wires[f"P{n}"] = [net]
    return freed


@dataclass(frozen=True)
class Register:
    """Flip-flops with common control that take all that is read of some outputs."""

    flops: dict[str, str]  # by output pin
    clock: Net
    enable: Net


def _control(flop: Cell) -> tuple[Net, Net] | None:
    """Clock and enable of a flip-flop that a block can replace."""
    wires, settings = flop["connections"], flop["parameters"]
    if wires.get("LSR", []) not in ([], ["0"]) or settings["REGSET"] != "RESET":
        return None
    if settings["CLKMUX"] != "CLK" or settings["CEMUX"] not in ("CE", "1 "):
        return None
    return wires["CLK"][0], wires["CE"][0] if settings["CEMUX"] == "CE" else "1"


def _register(netlist: Netlist, outputs: dict[str, Net]) -> Register | None:
    """The register behind the outputs, if there is nothing else."""
    found: dict[str, str] = {}
    controls = set()
    for pin, net in outputs.items():
        if not isinstance(net, int) or netlist.readers[net] == 0:
            continue
        name = netlist.flops.get(net)
        control = _control(netlist.cells[name]) if name else None
        if name is None or control is None or netlist.readers[net] != 1:
            return None
        controls.add(control)
        found[pin] = name
    if len(controls) != 1:
        return None
    return Register(found, *controls.pop())


def _take(netlist: Netlist, cell: Cell, register: Register) -> int:
    """The block drives what the flip-flops drove."""
    for pin, name in register.flops.items():
        (out,) = netlist.cells.pop(name)["connections"]["Q"]
        netlist.moved[cell["connections"][pin][0]] = out
        cell["connections"][pin] = [out]
    return len(register.flops)


def product_registers(netlist: Netlist) -> int:
    """Output registers of multipliers; answers with the number of flip-flops gone."""
    gone = 0
    for cell in [c for c in netlist.cells.values() if c["type"] == "MULT18X18D"]:
        register = _register(netlist, {f"P{n}": p for n, p in enumerate(_bus(cell, "P", PRODUCT))})
        if register is None:
            continue
        gone += _take(netlist, cell, register)
        for pin, net in (("CLK0", register.clock), ("CE0", register.enable), ("RST0", "0")):
            cell["parameters"][f"REG_OUTPUT_{pin[:-1]}"] = pin
            cell["connections"][pin] = [net]
            cell["port_directions"][pin] = "input"
    return gone


def memory_registers(netlist: Netlist) -> int:
    """Output registers of read ports of memories; answers with the number of flip-flops gone."""
    gone = 0
    for cell in [c for c in netlist.cells.values() if c["type"] == "DP16KD"]:
        wires, settings = cell["connections"], cell["parameters"]
        for side in "AB":
            if wires[f"WE{side}"] != ["0"] or int(settings[f"DATA_WIDTH_{side}"], 2) != WORD:
                continue
            outputs = {f"DO{side}{n}": d for n, d in enumerate(_bus(cell, f"DO{side}", WORD))}
            register = _register(netlist, outputs)
            if register is None or wires[f"CLK{side}"] != [register.clock]:
                continue
            gone += _take(netlist, cell, register)
            settings[f"REGMODE_{side}"] = "OUTREG"
            wires[f"OCE{side}"] = [register.enable]
    return gone


def double_address_bits(netlist: Netlist) -> None:
    """Memories of 16 words in tables, of which fewer are used.

    A constant address bit needs a way from a source of zeros to five pins.  Another bit of the
    same address does as well, when both ports do the same: two words still have two places.
    """
    for cell in netlist.cells.values():
        if cell["type"] != "TRELLIS_DPR16X4":
            continue
        read, write = cell["connections"]["RAD"], cell["connections"]["WAD"]
        fixed = [n for n in range(4) if read[n] == write[n] == "0"]
        moving = [n for n in range(4) if isinstance(read[n], int) and isinstance(write[n], int)]
        for n in fixed if moving else []:
            read[n], write[n] = read[moving[0]], write[moving[0]]


def use_hard_blocks(module: dict[str, Any]) -> tuple[int, int]:
    """Changes the cells of a flat netlist; answers with pins set free and flip-flops gone."""
    netlist = Netlist(module)
    double_address_bits(netlist)
    freed = raise_operands(netlist)
    gone = product_registers(netlist) + memory_registers(netlist)
    for name in netlist.names.values():
        name["bits"] = [netlist.moved.get(bit, bit) for bit in name["bits"]]
    return freed, gone
