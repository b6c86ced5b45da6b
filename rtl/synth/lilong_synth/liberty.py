# SPDX-License-Identifier: Apache-2.0
"""Area and delay of standard cells from a Liberty file; of its syntax only what they need."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from lilong_synth.tools import FlowError

SLEW = 0.18  # ns, input transition that delays are read at
TOKEN = re.compile(r'"[^"]*"|[{}();:]|[^\s{}();:"]+')


@dataclass
class Group:
    """name(argument) { attributes; groups }"""

    name: str
    argument: str
    values: dict[str, str] = field(default_factory=dict)
    groups: list[Group] = field(default_factory=list)

    def all(self, name: str) -> list[Group]:
        return [group for group in self.groups if group.name == name]


@dataclass(frozen=True)
class Arc:
    """Delay from an input to an output over the load: corners of a piecewise linear curve."""

    loads: tuple[float, ...]  # pF
    delays: tuple[float, ...]  # ns

    def at(self, load: float) -> float:
        """Delay at a load; a larger load than the table knows is taken as buffered."""
        load = min(load, self.loads[-1])
        for i in range(1, len(self.loads)):
            if load <= self.loads[i]:
                span = self.loads[i] - self.loads[i - 1]
                part = (load - self.loads[i - 1]) / span
                return self.delays[i - 1] + part * (self.delays[i] - self.delays[i - 1])
        return self.delays[-1]


@dataclass(frozen=True)
class Cell:
    """A standard cell."""

    area: float
    sequential: bool
    inputs: dict[str, float]  # pin: capacitance in pF
    arcs: dict[str, dict[str, Arc]]  # output: input: the slower of both edges


def _parse(text: str) -> Group:
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S).replace("\\\n", " ")
    tokens = TOKEN.findall(text)
    root = Group("", "")
    stack = [root]
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token == "}":
            stack.pop()
            at += 1
        elif token == ";":
            at += 1
        elif at + 1 < len(tokens) and tokens[at + 1] == ":":
            end = tokens.index(";", at) if ";" in tokens[at : at + 64] else at + 3
            stack[-1].values[token] = " ".join(tokens[at + 2 : end]).strip('"')
            at = end + 1
        elif at + 1 < len(tokens) and tokens[at + 1] == "(":
            end = tokens.index(")", at)
            argument = " ".join(tokens[at + 2 : end])
            at = end + 1
            if at < len(tokens) and tokens[at] == "{":
                group = Group(token, argument)
                stack[-1].groups.append(group)
                stack.append(group)
                at += 1
            else:
                stack[-1].values[token] = argument
        else:
            at += 1
    return root


def _numbers(text: str) -> list[float]:
    return [float(x) for x in re.findall(r"-?\d+\.?\d*(?:[eE]-?\d+)?", text)]


def _arc(timing: Group) -> Arc | None:
    """The slower edge at the assumed input transition, point by point."""
    curves: list[list[float]] = []
    loads: list[float] = []
    for name in ("cell_rise", "cell_fall"):
        for table in timing.all(name):
            if "index_2" not in table.values:
                continue
            loads = _numbers(table.values["index_1"])
            slews = _numbers(table.values["index_2"])
            values = _numbers(table.values["values"])
            column = min(range(len(slews)), key=lambda i: abs(slews[i] - SLEW))
            curves.append([values[row * len(slews) + column] for row in range(len(loads))])
    if not curves:
        return None
    return Arc(tuple(loads), tuple(max(points) for points in zip(*curves, strict=True)))


def read(path: Path) -> dict[str, Cell]:
    """Cells by name."""
    libraries = _parse(path.read_text(encoding="utf-8")).all("library")
    if not libraries:
        raise FlowError(f"{path} is no Liberty file")
    cells = {}
    for group in libraries[0].all("cell"):
        inputs: dict[str, float] = {}
        arcs: dict[str, dict[str, Arc]] = {}
        for pin in group.all("pin"):
            if pin.values.get("direction") == "input":
                inputs[pin.argument] = float(pin.values.get("capacitance", "0"))
                continue
            found = {}
            for timing in pin.all("timing"):
                arc = _arc(timing)
                if arc:
                    for source in timing.values.get("related_pin", "").split():
                        found[source] = arc
            arcs[pin.argument] = found
        sequential = bool(group.all("ff") or group.all("latch"))
        cells[group.argument] = Cell(float(group.values["area"]), sequential, inputs, arcs)
    return cells
