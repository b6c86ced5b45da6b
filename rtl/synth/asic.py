#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Maps presets to the standard cells of osu018 and lists area by module: make asic.

    python rtl/synth/asic.py nano lite              print, and write build/asic/PRESET.json
    python rtl/synth/asic.py nano lite --update     also write rtl/synth/asic.csv and memories.csv

A relative metric for comparing revisions, not a prediction of a chip: no placement, no clock tree,
no scan; memories are listed apart and have no area.
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lilong_synth import delay, liberty, netlist
from lilong_synth.design import chip
from lilong_synth.presets import PRESETS
from lilong_synth.tools import MEMORY_LIMIT_MB, ROOT, FlowError, yosys

WORK = Path("build/asic")
LIBRARY = WORK / "osu018.lib"
PACKAGE = "qflow-tech-osu018"
INSIDE = Path("usr/share/qflow/tech/osu018/osu018_stdcells.lib")
AREAS = ROOT / "rtl/synth/asic.csv"
MEMORIES = ROOT / "rtl/synth/asic_memories.csv"
GATE = "NAND2X1"


@dataclass
class ModuleArea:
    """All instances of a module together, without what they contain."""

    preset: str
    module: str
    instances: int
    area: float
    nand2: int
    flip_flops: int
    ns: float  # longest path of the slowest instance
    cells: int  # on that path


@dataclass(frozen=True)
class Memory:
    """A memory that is not made of cells."""

    preset: str
    module: str
    name: str
    words: int
    bits: int  # of a word
    read_ports: int
    registered: bool  # reads with a clock
    write_ports: int


def fetch_library() -> None:
    """The Liberty file: from the installed package, else unpacked from it without installing."""
    if (ROOT / LIBRARY).exists():
        return
    (ROOT / WORK).mkdir(parents=True, exist_ok=True)
    installed = Path("/") / INSIDE
    if installed.exists():
        shutil.copy(installed, ROOT / LIBRARY)
        return
    print(f"Fetching the package {PACKAGE} ...", flush=True)
    folder = ROOT / WORK / "package"
    folder.mkdir(exist_ok=True)
    for command in (["apt-get", "download", PACKAGE], ["sh", "-c", "dpkg-deb -x *.deb ."]):
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise FlowError(
                f"the Liberty file of osu018 is not there and `{' '.join(command)}` failed; "
                f"install the Debian package {PACKAGE}"
            )
    shutil.copy(folder / INSIDE, ROOT / LIBRARY)


def synthesise(preset: str, limit_mb: int) -> tuple[dict[str, Any], float, int]:
    """Maps a preset module by module; the netlist, seconds and memory."""
    design = chip(preset)
    file = WORK / f"{preset}-netlist.json"
    lines = [
        design.read("--keep-hierarchy"),
        f"hierarchy -check -top {design.top}",
        "proc",
        "opt_expr",
        "opt_clean",
        "opt -nodffe -nosdff",
        "fsm",
        "opt",
        "wreduce",
        "peepopt",
        "opt_clean",
        "booth",
        "alumacc",
        "share",
        "opt",
        "memory -nomap -no-rw-check",
        "opt_clean",
        "opt -fast -full",
        "opt -undriven -fine",
        "techmap",
        "opt -fast",
        f"dfflibmap -liberty {LIBRARY}",
        f"abc -liberty {LIBRARY}",
        "opt_clean",
        f"write_json {file}",
    ]
    usage = yosys(f"mapping of {preset} to osu018", WORK / f"{preset}.ys", lines, [file], limit_mb)
    modules: dict[str, Any] = netlist.load(file)["modules"]
    return modules, usage.seconds, usage.peak_mb


def base(name: str) -> str:
    """Module of an instance: lilong_fifo$lilong_top.u_fetch.u_beats is a lilong_fifo."""
    return name.lstrip("\\").split("$")[0]


def instances(modules: dict[str, Any], top: str) -> Counter[str]:
    """How often every elaborated module occurs."""
    found: Counter[str] = Counter()

    def walk(name: str, times: int) -> None:
        found[name] += times
        inside = Counter(cell["type"] for cell in modules[name]["cells"].values())
        for kind, count in inside.items():
            if kind in modules:
                walk(kind, times * count)

    walk(top, 1)
    return found


def number(text: str) -> int:
    return int(text, 2) if set(text) <= {"0", "1"} else 0


def measure(
    preset: str, modules: dict[str, Any], library: dict[str, liberty.Cell]
) -> tuple[list[ModuleArea], list[Memory]]:
    """Areas by module, largest first, and the memories."""
    areas: dict[str, ModuleArea] = {}
    memories: list[Memory] = []
    for name, times in instances(modules, "lilong_top").items():
        module = modules[name]
        row = areas.setdefault(base(name), ModuleArea(preset, base(name), 0, 0.0, 0, 0, 0.0, 0))
        row.instances += times
        for path, cell in module["cells"].items():
            kind = library.get(cell["type"])
            if kind:
                row.area += kind.area * times
                row.flip_flops += times if kind.sequential else 0
            elif cell["type"] == "$mem_v2":
                values = cell["parameters"]
                memories += [
                    Memory(
                        preset,
                        base(name),
                        path.rsplit(".", 1)[-1],
                        number(values["SIZE"]),
                        number(values["WIDTH"]),
                        number(values["RD_PORTS"]),
                        number(values["RD_CLK_ENABLE"]) != 0,
                        number(values["WR_PORTS"]),
                    )
                ] * times
            elif cell["type"] not in modules:
                raise FlowError(f"{path} in {name} is a {cell['type']}, which was not mapped")
        longest = delay.longest_path(module, library)
        if longest.ns > row.ns:
            row.ns, row.cells = round(longest.ns, 2), longest.cells
    gate = library[GATE].area
    rows = sorted(areas.values(), key=lambda r: -r.area)
    for row in rows:
        row.nand2 = round(row.area / gate)
    return rows, memories


def write_csv(path: Path, rows: list[dict[str, Any]], presets: list[str]) -> None:
    """Replaces the rows of the given presets."""
    kept: list[dict[str, Any]] = []
    if path.exists():
        with path.open(encoding="utf-8", newline="") as file:
            kept = [row for row in csv.DictReader(file) if row["preset"] not in presets]
    everything = kept + rows
    everything.sort(key=lambda row: PRESETS.index(row["preset"]))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(everything)


def show(rows: list[ModuleArea], memories: list[Memory]) -> None:
    total = sum(row.area for row in rows)
    print(f"{'module':<24}{'number':>7}{'NAND2':>9}{'share':>7}{'flops':>8}{'ns':>7}")
    for row in rows:
        print(
            f"{row.module:<24}{row.instances:>7}{row.nand2:>9}{row.area / total:>7.1%}"
            f"{row.flip_flops:>8}{row.ns:>7.2f}"
        )
    slowest = max(rows, key=lambda row: row.ns)
    bits = sum(m.words * m.bits for m in memories)
    print(
        f"estimate: {sum(row.nand2 for row in rows)} NAND2 without {len(memories)} memories of "
        f"{bits} bits; longest path {slowest.ns:.2f} ns ({slowest.module}, {slowest.cells} cells)"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("presets", nargs="+", choices=PRESETS)
    parser.add_argument("--update", action="store_true", help="write the committed figures")
    parser.add_argument("--memory-limit", type=int, default=MEMORY_LIMIT_MB, help="MB")
    arguments = parser.parse_args()
    try:
        fetch_library()
        library = liberty.read(ROOT / LIBRARY)
        for preset in arguments.presets:
            modules, seconds, peak = synthesise(preset, arguments.memory_limit)
            rows, memories = measure(preset, modules, library)
            show(rows, memories)
            report = {
                "modules": [asdict(row) for row in rows],
                "memories": [asdict(memory) for memory in memories],
                "seconds": round(seconds, 1),
                "peak_mb": peak,
            }
            (ROOT / WORK / f"{preset}.json").write_text(json.dumps(report, indent=2), "utf-8")
            if arguments.update:
                write_csv(AREAS, [asdict(row) for row in rows], [preset])
                counted = Counter(memories)
                listed = [{**asdict(m), "number": n} for m, n in counted.items()]
                write_csv(MEMORIES, listed, [preset])
    except FlowError as error:
        print(f"asic: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
