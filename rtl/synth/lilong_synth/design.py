# SPDX-License-Identifier: Apache-2.0
"""What is synthesised: file lists, tops, and where every module of the hierarchy is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lilong_synth.presets import PRESETS
from lilong_synth.tools import ROOT, FlowError

CLOCK_MHZ = {**dict.fromkeys(PRESETS, 40), "nano": 55, "lite": 55}  # of the board, unless told
MEMORIES = ("bram", "sdram")  # in the order of the parameter Memory


@dataclass(frozen=True)
class Design:
    """A top module with its files and parameters."""

    name: str  # chip, pins, ulx3s-sdram, ulx3s-bram
    preset: str
    top: str
    files: tuple[str, ...]
    parameters: tuple[tuple[str, int], ...]
    constraints: str = ""
    floorplan: str = ""  # committed sites of its blocks, there or not; empty without a board
    clock_mhz: int = 0  # what it will run at; 0 without a board

    def read(self, options: str = "") -> str:
        """The line that reads it; -j 1 because the sandbox has no threads."""
        values = " ".join(f"-G {name}={value}" for name, value in self.parameters)
        return (
            f"read_slang -j 1 --empty-blackboxes {options} --top {self.top} {values} "
            f"-D SYNTHESIS=1 -I rtl -I rtl/gen {' '.join(self.files)}"
        )


def file_list(name: str) -> list[str]:
    """Files of a list, relative to the root."""
    path = ROOT / name
    if not path.exists():
        raise FlowError(f"{name} is missing")
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith(("#", "//"))]


def chip(preset: str) -> Design:
    """The chip alone, as in simulation."""
    files = tuple(file_list("rtl/lilong.f"))
    return Design("chip", preset, "lilong_top", files, (("Preset", PRESETS.index(preset)),))


def pins(preset: str) -> Design:
    """The chip behind registers, for placing it without a board."""
    files = (*file_list("rtl/lilong.f"), "rtl/synth/lilong_pins.sv")
    number = PRESETS.index(preset)
    return Design(
        "pins", preset, "lilong_pins", files, (("Preset", number),), "rtl/synth/lilong_pins.lpf"
    )


def ulx3s(preset: str, memory: str, clock_mhz: int) -> Design:
    """The complete system on the board ULX3S."""
    files = (*file_list("rtl/lilong.f"), *file_list("rtl/fpga/fpga.f"))
    parameters = (
        ("Preset", PRESETS.index(preset)),
        ("Memory", MEMORIES.index(memory)),
        ("ClockMhz", clock_mhz),
    )
    constraints = "rtl/fpga/ulx3s/ulx3s.lpf"
    floorplan = f"rtl/fpga/ulx3s/floorplan/{preset}-{memory}.csv"
    return Design(
        f"ulx3s-{memory}",
        preset,
        "lilong_ulx3s",
        files,
        parameters,
        constraints,
        floorplan,
        clock_mhz,
    )


APPENDED = re.compile(r"[_\\](?:LUT4|TRELLIS_|PFUMX|L6MUX21|CCU2C|DPR16X4|MULT18|DP16KD)")


@cache
def _instances() -> dict[str, dict[str, str]]:
    """Module -> instance -> module, read from the sources."""
    found: dict[str, dict[str, str]] = {}
    pattern = re.compile(r"^\s*(lilong_\w+)\s*(?:#\s*\(.*?\)\s*)?(u_\w+)\s*\(", re.M | re.S)
    for file in sorted((ROOT / "rtl").rglob("*.sv")):
        text = re.sub(r"//[^\n]*", "", file.read_text(encoding="utf-8"))
        found[file.stem] = {name: module for module, name in pattern.findall(text)}
    return found


@dataclass(frozen=True)
class Place:
    """Where a cell or net lies."""

    module: str
    name: str  # within the module, without what the tools append


def place(top: str, path: str) -> Place:
    """Module that owns a flattened name such as u_exec.u_front.u_steps.step_q_LUT4_Z."""
    tokens = path.split(".")
    module, at = top, 0
    tree = _instances()
    for position, token in enumerate(tokens):
        inside = tree.get(module, {})
        if token in inside:
            module, at = inside[token], position + 1
    name = ".".join(tokens[at:])
    return Place(module, APPENDED.split(name)[0])


def first_source(attribute: str) -> str:
    """Module whose source line made a cell; attribute `src` lists several, separated by bars."""
    for part in attribute.split("|"):
        if part.startswith("rtl/"):
            return Path(part.split(":")[0]).stem
    return ""


def short(modules: Iterable[str]) -> str:
    """Names one after the other without repetition."""
    line: list[str] = []
    for name in modules:
        if not line or line[-1] != name:
            line.append(name)
    return " > ".join(line)
