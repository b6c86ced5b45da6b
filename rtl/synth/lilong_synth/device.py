# SPDX-License-Identifier: Apache-2.0
"""Resources of a synthesised design, and of the device it shall fit."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lilong_synth import netlist
from lilong_synth.design import first_source, place
from lilong_synth.tools import FlowError

# LFE5U-85F.
AVAILABLE = {"LUT": 83640, "FF": 83640, "DSP": 156, "BRAM": 208}
NEXTPNR = ("--85k", "--package", "CABGA381", "--speed", "6")

REMEDY = {
    "LUT": "choose a smaller preset",
    "FF": "choose a smaller preset",
    "DSP": "choose a preset with fewer multipliers (nano has 64, lite 128)",
    "BRAM": "choose a smaller preset or MEMORY=sdram",
}


@dataclass
class Resources:
    """Cells of a netlist.

    LUT counts sites: a carry cell takes two, and two more where a chain starts or leaves into
    logic; a 16x4 memory takes six.  Within 2 % of what the placer says (59,156 against 59,916).
    """

    cells: Counter[str] = field(default_factory=Counter)
    chain_ends: int = 0
    dsp_by_module: Counter[str] = field(default_factory=Counter)
    bram_by_module: Counter[str] = field(default_factory=Counter)
    lut_by_module: Counter[str] = field(default_factory=Counter)

    @property
    def lut4(self) -> int:
        """Logic LUTs, without carry and memory."""
        return self.cells["LUT4"]

    @property
    def ff(self) -> int:
        return self.cells["TRELLIS_FF"]

    @property
    def dsp(self) -> int:
        return self.cells["MULT18X18D"]

    @property
    def bram(self) -> int:
        return self.cells["DP16KD"]

    @property
    def sites(self) -> int:
        """LUT sites occupied."""
        carry = 2 * (self.cells["CCU2C"] + self.chain_ends)
        return self.lut4 + carry + 6 * self.cells["TRELLIS_DPR16X4"]

    def needs(self) -> dict[str, int]:
        return {"LUT": self.sites, "FF": self.ff, "DSP": self.dsp, "BRAM": self.bram}


def _chain_ends(cells: dict[str, Any]) -> int:
    """Carry chains that start, and carries that logic uses."""
    carries = [c["connections"] for c in cells.values() if c["type"] == "CCU2C"]
    outs = {wires["COUT"][0] for wires in carries if wires.get("COUT")}
    starts = sum(1 for wires in carries if not wires.get("CIN") or wires["CIN"][0] not in outs)
    used: set[int] = set()
    for cell in cells.values():
        for port, wires in cell["connections"].items():
            if cell["type"] != "CCU2C" or port not in ("CIN", "COUT"):
                used.update(outs.intersection(wires))
    return starts + len(used)


def read_netlist(file: Path, top: str) -> Resources:
    """Counts the cells of a flat netlist in Yosys' JSON format."""
    cells = netlist.load(file)["modules"][top]["cells"]
    found = Resources(chain_ends=_chain_ends(cells))
    for name, cell in cells.items():
        kind = cell["type"]
        found.cells[kind] += 1
        if kind == "MULT18X18D":
            # Names of multipliers come from neighbours; the source line does not lie.
            module = first_source(cell.get("attributes", {}).get("src", ""))
            found.dsp_by_module[module or place(top, name).module] += 1
        elif kind == "DP16KD":
            found.bram_by_module[place(top, name).module] += 1
        elif kind == "LUT4":
            found.lut_by_module[place(top, name).module] += 1
    return found


def budget(resources: Resources) -> list[str]:
    """Lines that say what is needed and who needs it."""
    dsp = resources.dsp_by_module
    array, requant = dsp["lilong_array"], dsp["lilong_requant"]
    rest = ", ".join(
        f"{count} {module}"
        for module, count in dsp.most_common()
        if module not in ("lilong_array", "lilong_requant")
    )
    memories = ", ".join(f"{n} {module}" for module, n in resources.bram_by_module.most_common())
    lines = []
    for name, need in resources.needs().items():
        share = need / AVAILABLE[name]
        lines.append(f"  {name:<5}{need:>7} of {AVAILABLE[name]:>6} ({share:4.0%})")
    lines[0] += (
        f"  {resources.lut4} logic, {resources.cells['CCU2C']} carry cells, "
        f"{resources.cells['TRELLIS_DPR16X4']} memories of 16 x 4"
    )
    lines[2] += f"  array {array}, requantisers {requant}" + (f", rest: {rest}" if rest else "")
    lines[3] += f"  {memories}"
    return lines


def refuse_what_cannot_fit(title: str, resources: Resources) -> None:
    """Raises one sentence with every resource that is short."""
    short = [
        f"{name} {need} needed, {AVAILABLE[name]} available ({REMEDY[name]})"
        for name, need in resources.needs().items()
        if need > AVAILABLE[name]
    ]
    if short:
        raise FlowError(f"{title} does not fit LFE5U-85F: {'; '.join(short)}")
