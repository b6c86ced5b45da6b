# SPDX-License-Identifier: Apache-2.0
"""Puts faults into a synthesised netlist, all into one file: which one is active is read from
`mutant.txt` in the working directory when the simulation starts; 0 or no file: none.

    flip    one bit of the table of a LUT is inverted
    swap    two inputs of a LUT are exchanged
    stuck0  a flip-flop gives 0 for ever
    stuck1  a flip-flop gives 1 for ever

Sites are random, by seed.  Faults that cannot show by construction are not chosen: table bits that
constant or equal inputs never reach, exchanges that leave the table as it is.
The simulation prints EXCITED when the active fault has changed the value of its cell.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from dataclasses import dataclass

KINDS = ("flip", "swap", "stuck0", "stuck1")
EXCITED = "mutant: excited"
CELL = re.compile(
    r"^  (\w+) (?:#\(\n((?:    .*\n)*?)  \) )?(\S+) *\(\n((?:    .*\n)*?)  \);\n", re.M
)
PARAMETER = re.compile(r"^    \.(\w+)\((.*?)\),?$", re.M)
STORES = ("TRELLIS_FF", "DP16KD", "TRELLIS_DPR16X4", "MULT18X18D")


@dataclass(frozen=True)
class Cell:
    """An instance as the Verilog file has it."""

    kind: str
    name: str
    parameters: dict[str, str]
    pins: dict[str, str]
    start: int  # of its text in the file
    end: int


@dataclass(frozen=True)
class Mutant:
    """One fault; `table` has a bit set where a LUT gives the wrong value."""

    number: int
    kind: str
    cell: Cell
    table: int
    feeds: str  # the nearest register, memory or port behind the cell

    @property
    def output(self) -> str:
        return "Q" if self.cell.kind == "TRELLIS_FF" else "Z"

    def verilog(self) -> str:
        """What stands behind the cell, whose output is a wire of its own."""
        n, net = self.number, self.cell.pins[self.output]
        if self.kind.startswith("stuck"):
            wrong = f"mutant_out_{n} != 1'b{self.kind[-1]}"
        else:
            inputs = ", ".join(self.cell.pins[pin] for pin in "DCBA")
            wrong = f"mutant_table_{n}[{{{inputs}}}]"
        lines = [f"  wire mutant_hit_{n} = {wrong};"]
        if self.table:
            lines.insert(0, f"  wire [15:0] mutant_table_{n} = 16'h{self.table:04x};")
        lines.append(f"  assign {net} = mutant_out_{n} ^ (mutant_hit_{n} && mutant == 32'd{n});")
        return "\n".join(lines) + "\n"


def parse(text: str) -> list[Cell]:
    cells = []
    for match in CELL.finditer(text):
        kind, parameters, name, pins = match.groups()
        cells.append(
            Cell(kind, name.strip(), dict(PARAMETER.findall(parameters or "")),
                 dict(PARAMETER.findall(pins)), match.start(), match.end())
        )  # fmt: skip
    return cells


def _table(cell: Cell) -> int:
    return int(cell.parameters["INIT"].removeprefix("16'h"), 16)


def _reached(cell: Cell) -> list[int]:
    """Table bits that constant and equal inputs leave."""
    pins = [cell.pins[pin] for pin in "ABCD"]
    found = []
    for index in range(16):
        values = {net: str(index >> i & 1) for i, net in enumerate(pins)}
        if all(
            net.removeprefix("1'h") == str(index >> i & 1)
            if net.startswith("1'h")
            else values[net] == str(index >> i & 1)
            for i, net in enumerate(pins)
        ):
            found.append(index)
    return found


def _flip(cell: Cell, rng: random.Random) -> int:
    reached = _reached(cell)
    return 1 << rng.choice(reached) if len(reached) > 1 else 0


def _swap(cell: Cell, rng: random.Random) -> int:
    """Bits that change when two inputs are exchanged; 0 if no exchange changes any."""
    table, reached = _table(cell), sum(1 << index for index in _reached(cell))
    pairs = [(i, j) for i in range(4) for j in range(i)]
    rng.shuffle(pairs)
    for i, j in pairs:
        changed = 0
        for index in range(16):
            a, b = index >> i & 1, index >> j & 1
            other = index ^ ((a ^ b) << i) ^ ((a ^ b) << j)
            changed |= ((table >> index ^ table >> other) & 1) << index
        if changed & reached:
            return changed & reached
    return 0


def _nearest(cells: list[Cell], start: Cell, output: str) -> str:
    """The first register, memory, multiplier or port on a way forward from a cell."""
    readers: dict[str, list[Cell]] = defaultdict(list)
    for cell in cells:
        for pin, net in cell.pins.items():
            if pin not in ("Z", "Q", "S0", "S1", "COUT"):
                readers[net].append(cell)
    seen, edge = set(), [start.pins[output]]
    while edge:
        behind = []
        for net in edge:
            for cell in readers[net]:
                if cell.kind in STORES:
                    flop = cell.kind == "TRELLIS_FF"
                    return f"{cell.kind} {cell.pins['Q'].strip() if flop else cell.name}"
                behind += [cell.pins[pin] for pin in ("Z", "S0", "S1", "COUT") if pin in cell.pins]
            if not readers[net]:
                return f"port {net.strip()}"
        edge = [net for net in behind if net and net not in seen]
        seen.update(edge)
    return "nothing"


def choose(text: str, count: int, seed: int) -> list[Mutant]:
    """`count` faults, the kinds in turn."""
    rng = random.Random(seed)
    cells = parse(text)
    luts = [cell for cell in cells if cell.kind == "LUT4"]
    flops = [cell for cell in cells if cell.kind == "TRELLIS_FF" and "Q" in cell.pins]
    if not luts or not flops:
        raise SystemExit("mutants: the netlist has no LUT4 or no TRELLIS_FF")
    mutants: list[Mutant] = []
    taken: set[str] = set()
    while len(mutants) < count:
        kind = KINDS[len(mutants) % len(KINDS)]
        cell = rng.choice(flops if kind.startswith("stuck") else luts)
        if cell.name in taken:
            continue
        table = _flip(cell, rng) if kind == "flip" else _swap(cell, rng) if kind == "swap" else 0
        if not table and not kind.startswith("stuck"):
            continue
        taken.add(cell.name)
        output = "Q" if cell.kind == "TRELLIS_FF" else "Z"
        feeds = _nearest(cells, cell, output)
        mutants.append(Mutant(len(mutants) + 1, kind, cell, table, feeds))
    return mutants


SELECTOR = """\
  reg [31:0] mutant;
  reg mutant_seen;
  integer mutant_file, mutant_count;
  initial begin
    mutant = 32'd0;
    mutant_seen = 1'b0;
    mutant_file = $fopen("mutant.txt", "r");
    if (mutant_file != 0) begin
      mutant_count = $fscanf(mutant_file, "%d", mutant);
      $fclose(mutant_file);
    end
  end
"""


def insert(text: str, mutants: list[Mutant]) -> str:
    """The file with all faults in it."""
    by_start = {mutant.cell.start: mutant for mutant in mutants}
    out, at = [], 0
    for start in sorted(by_start):
        mutant = by_start[start]
        cell, pin = mutant.cell, mutant.output
        body = text[start : cell.end]
        plain = f".{pin}({cell.pins[pin]})"
        if body.count(plain) != 1:
            raise SystemExit(f"mutants: {cell.name} has no single pin {pin}")
        body = body.replace(plain, f".{pin}(mutant_out_{mutant.number})")
        out += [text[at:start], body, mutant.verilog()]
        at = cell.end
    out.append(text[at:])
    whole = "".join(out)
    wires = "".join(f"  wire mutant_out_{m.number};\n" for m in mutants)
    hits = " || ".join(f"(mutant == 32'd{m.number} && mutant_hit_{m.number})" for m in mutants)
    monitor = (
        f"  always @(posedge clk_i) if (rst_ni && !mutant_seen && ({hits})) begin\n"
        f'    mutant_seen <= 1\'b1;\n    $display("{EXCITED}");\n  end\n'
    )
    head = re.search(r"^module lilong_top\(.*?\);\n", whole, re.M | re.S)
    end = whole.rfind("endmodule")
    if head is None or end < head.end():
        raise SystemExit("mutants: the netlist has no module lilong_top")
    parts = whole[: head.end()], SELECTOR, wires, whole[head.end() : end], monitor, whole[end:]
    return "".join(parts)
