#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Synthesises one module for the ECP5 out of context: resources, frequency, critical path.

    python rtl/synth/module.py lilong_exec --preset lite [--synth-only] [--seed 1]

Every port of the module is reached through a register of a small frame (two shift registers), so
any module fits on the pins and its paths to and from its ports count as well.  Parameters come
from the preset.  Synthesis and placement are those of `make fpga`, except with --hierarchy: the
steps that flatten the design (single adders, cells of the crossbar) and those that change the
finished netlist are left out there, so its tables of four inputs are more than those of a build.
Everything is written to build/module/, because the tools see the working directory only.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from pathlib import Path

from lilong_synth import flow
from lilong_synth.design import Design, file_list
from lilong_synth.device import read_netlist
from lilong_synth.presets import PRESETS
from lilong_synth.tools import ROOT, FlowError, yosys

WORK = Path("build/module")
PINS = {"clk_i": "G2", "rst_ni": "D6", "si": "M1", "ld": "R1", "so": "L4"}  # of the frame


def preset(number: int) -> dict[str, int]:
    """Sizes of a preset as the generated package has them."""
    text = (ROOT / "rtl/gen/lilong_isa_pkg.sv").read_text(encoding="utf-8")
    values = {}
    for name, body in re.findall(
        r"function automatic int unsigned preset_(\w+)\(.*?\n(.*?)endcase", text, re.S
    ):
        cases = dict(re.findall(r"(\d+|default): \w+ = (\d+);", body))
        values[name] = int(cases[str(number) if str(number) in cases else "default"])
    return values


def parameters(module: str, number: int) -> dict[str, int]:
    """Values of the module's parameters that follow from the preset."""
    sizes = preset(number)
    known = {
        "Preset": number,
        "Lanes": sizes["lanes"],
        "Depth": sizes["depth"],
        "Results": sizes["results"],
        "WeightVectors": sizes["weight_vectors"],
        "ScratchpadBytes": sizes["scratchpad_kib"] * 1024,
        "AxiBytes": sizes["axi_bytes"],
        "Ports": 7 + sizes["weight_vectors"],
    }
    found = next((ROOT / "rtl").rglob(f"{module}.sv"), None)
    if found is None:
        raise SystemExit(f"{module}: there is no such file under rtl/")
    declared = re.findall(r"^\s*parameter int unsigned (\w+)", found.read_text("utf-8"), re.M)
    return {name: known[name] for name in declared if name in known}


def frame(module: Design, folder: Path, mhz: int) -> Design:
    """The module in its frame, with pins and clock for the placer."""
    ports_file = folder / "ports.txt"
    lines = [module.read(), f"tee -o {ports_file} portlist {module.top}"]
    yosys(f"ports of {module.top}", folder / "ports.ys", lines, [ports_file])
    text = (ROOT / ports_file).read_text(encoding="utf-8")
    ports = re.findall(r"(input|output) \[(\d+):0\] (\w+)", text)
    inputs = [(n, int(w) + 1) for d, w, n in ports if d == "input" and n not in ("clk_i", "rst_ni")]
    outputs = [(n, int(w) + 1) for d, w, n in ports if d == "output"]
    lines = []
    for bus, group in (("in_q", inputs), ("out", outputs)):
        at = 0
        for name, width in group:
            lines.append(f"    .{name}({bus}[{at}+:{width}])")
            at += width
    wide_in = sum(width for _, width in inputs)
    wide_out = sum(width for _, width in outputs)
    shared = [f"    .{n}({n})" for d, w, n in ports if n in ("clk_i", "rst_ni")]
    sets = ", ".join(f".{name}({value})" for name, value in module.parameters)
    text = f"""// SPDX-License-Identifier: Apache-2.0
module frame (input logic clk_i, rst_ni, si, ld, output logic so);
  logic [{wide_in - 1}:0] in_q;
  logic [{wide_out - 1}:0] out, out_q;
  always_ff @(posedge clk_i) in_q <= {{in_q[{wide_in - 2}:0], si}};
  always_ff @(posedge clk_i) out_q <= ld ? out : {{out_q[{wide_out - 2}:0], si}};
  assign so = out_q[{wide_out - 1}];
  {module.top} #({sets}) dut (
{",".join(chr(10) + line for line in shared + lines)[1:]}
  );
endmodule
"""
    file, constraints = folder / "frame.sv", folder / "frame.lpf"
    (ROOT / file).write_text(text, encoding="utf-8")
    lines = [f'FREQUENCY PORT "clk_i" {mhz} MHZ;']
    for name, site in PINS.items():
        lines += [f'LOCATE COMP "{name}" SITE "{site}";', f'IOBUF PORT "{name}" IO_TYPE=LVCMOS33;']
    (ROOT / constraints).write_text("\n".join(lines) + "\n", encoding="utf-8")
    files = (*module.files, str(file))
    return Design(module.top, module.preset, "frame", files, (), str(constraints))


def name_of(net: str) -> str:
    """Shortens what the tools added to a name."""
    net = net.replace("dut.", "")
    return re.sub(
        r"(_LUT4_[A-Z0-9_]+|_TRELLIS_FF[A-Z0-9_]*|_PFUMX[A-Z0-9_]*|_L6MUX21[A-Z0-9_]*"
        r"|_CCU2C[A-Z0-9_]*|_DPR16X4[A-Z0-9_]*)+$",
        "~",
        net,
    )


def show_paths(report: Path, count: int) -> None:
    data = json.loads(report.read_text(encoding="utf-8"))
    for clock, entry in data["fmax"].items():
        print(f"fmax {entry['achieved']:.1f} MHz ({clock})")
    paths = sorted(data["critical_paths"], key=lambda p: -sum(s["delay"] for s in p["path"]))
    for path in paths[:count]:
        steps = path["path"]
        total = sum(s["delay"] for s in steps)
        routing = sum(s["delay"] for s in steps if s["type"] == "routing")
        logic = sum(1 for s in steps if s["type"] == "logic")
        print(
            f"{path['from']} -> {path['to']}: {total:.1f} ns, {routing:.1f} routing, {logic} cells"
        )
        last = ""
        for step in steps:
            name = name_of(step.get("net", "") or step["from"]["cell"])
            if step["type"] == "routing" and name != last:
                print(f"    {step['delay']:5.1f}  {name}")
                last = name


def hierarchy(module: Design, folder: Path) -> None:
    """Prints the cells of every module in it."""
    stat = folder / "hierarchy.txt"
    lines = [
        *flow.check_lines(module),
        f"synth_ecp5 {flow.OPTIONS} -noflatten -top {module.top}",
        f"tee -o {stat} stat -hierarchy",
    ]
    yosys(f"synthesis of {module.top}", folder / "hierarchy.ys", lines, [stat])
    print((ROOT / stat).read_text(encoding="utf-8"))


def build(module: Design, folder: Path, arguments: argparse.Namespace) -> None:
    start = time.monotonic()
    if arguments.hierarchy:
        hierarchy(module, folder)
        return
    framed = frame(module, folder, arguments.freq)
    flow.synthesise(framed, folder)
    found = read_netlist(folder / "netlist.json", framed.top)
    shown = ("LUT4", "CCU2C", "TRELLIS_FF", "TRELLIS_DPR16X4", "MULT18X18D", "DP16KD")
    cells = ", ".join(f"{name} {found.cells[name]}" for name in shown)
    title = f"{module.top} of {module.preset}"
    print(f"{title}: {found.sites} LUT sites; {cells}", flush=True)
    if not arguments.synth_only:
        flow.place_blocks(framed, folder)
        flow.place_and_route(framed, folder, arguments.seed)
        show_paths(ROOT / folder / "timing.json", arguments.paths)
    print(f"{time.monotonic() - start:.0f} s")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("module")
    parser.add_argument("--preset", choices=PRESETS, default="lite")
    parser.add_argument("--synth-only", action="store_true")
    parser.add_argument("--hierarchy", action="store_true", help="cells by module, no placement")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--freq", type=int, default=70)
    parser.add_argument("--paths", type=int, default=3)
    arguments = parser.parse_args()
    folder = WORK / f"{arguments.module}-{arguments.preset}"
    (ROOT / folder).mkdir(parents=True, exist_ok=True)
    values = parameters(arguments.module, PRESETS.index(arguments.preset))
    module = Design(
        arguments.module,
        arguments.preset,
        arguments.module,
        tuple(file_list("rtl/lilong.f")),
        tuple(values.items()),
    )
    try:
        build(module, folder, arguments)
    except FlowError as error:
        print(f"module: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
