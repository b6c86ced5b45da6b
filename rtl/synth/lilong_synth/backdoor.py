# SPDX-License-Identifier: Apache-2.0
"""Where the scratchpad lies in a synthesised netlist: C++ tables for sim/rtl/banks.hpp.

Every bit of a bank is traced from the data output of the bank to the block memory that drives it;
anything that does not look as expected is an error, never a guess.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lilong_synth import netlist
from lilong_synth.tools import FlowError

BANKS = 8
WORD = 18  # of a memory cell


def _fail(what: str) -> FlowError:
    return FlowError(f"the scratchpad of the netlist is not understood: {what}")


def _bank(
    cells: dict[str, Any], nets: dict[str, Any], bank: int
) -> tuple[list[str], list[tuple[int, int]], int]:
    """Memory cells of a bank, the place of each bit in them, and how many rows share a word."""
    prefix = f"u_scratchpad.gen_bank[{bank}].u_sram."
    net = nets.get(prefix + "rd_data_o")
    if net is None:
        raise _fail(f"no net {prefix}rd_data_o")
    memories = {
        name: cell
        for name, cell in cells.items()
        if cell["type"] == "DP16KD" and name.startswith(prefix + "mem_q.")
    }
    blocks = {name: int(name.rsplit(".", 2)[1]) for name in memories}
    if set(blocks.values()) != {0}:
        raise _fail(f"{prefix}mem_q has {len(set(blocks.values()))} blocks of rows, not one")
    driver: dict[int, tuple[str, int]] = {}
    widths = {int(cell["parameters"]["DATA_WIDTH_B"], 2) for cell in memories.values()}
    if widths not in ({WORD}, {WORD // 2}):
        raise _fail(f"words of {prefix}mem_q have {sorted(widths)} bits")
    width = widths.pop()
    for name, cell in memories.items():
        for bit in range(width):
            for wire in cell["connections"].get(f"DOB{bit}", []):
                driver[wire] = (name, bit)
    order = sorted(memories, key=lambda name: int(name.rsplit(".", 1)[1]))
    places = []
    for position, wire in enumerate(net["bits"]):
        if wire not in driver:
            raise _fail(f"bit {position} of {prefix}rd_data_o comes from no block memory")
        name, bit = driver[wire]
        places.append((order.index(name), bit))
    # Rows are in order or the random programs fail; all cells of a bank must agree on them.
    lines = {
        tuple(cell["connections"][f"ADB{i}"][0] for i in range(14)) for cell in memories.values()
    }
    if len(lines) != 1:
        raise _fail(f"the cells of {prefix}mem_q have different addresses")
    return order, places, WORD // width


def tables(file: Path, top: str) -> str:
    """The C++ text."""
    module = netlist.load(file)["modules"][top]
    cells, nets = module["cells"], module["netnames"]
    banks = [_bank(cells, nets, bank) for bank in range(BANKS)]
    _, places, shared = banks[0]
    if any(other[1:] != (places, shared) for other in banks):
        raise _fail("the banks differ from each other")
    names = ",\n".join(
        "    {" + ", ".join(f'"{name}"' for name in order) + "}" for order, *_ in banks
    )
    bits = ", ".join(f"{{{cell}, {bit}}}" for cell, bit in places)
    return (
        "// Generated from the netlist.\n"
        f"inline constexpr size_t kRowsOfWord = {shared};\n"
        f"inline constexpr const char* kBankCells[{BANKS}][{len(banks[0][0])}] = {{\n{names}}};\n"
        f"inline constexpr BankBit kBankBits[{len(places)}] = {{{bits}}};\n"
    )
