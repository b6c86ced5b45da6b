# SPDX-License-Identifier: Apache-2.0
"""What the netlist proof finds: faults at random places of the synthesised netlist, one at a time.

    python tests/mutants/run.py [--mutants 48] [--seed 1] [--programs 50] [--all-parts]

All faults are in one build (tests/mutants/insert.py).  Every fault meets the three parts of
tests/netlist.sh in turn until one finds it: random programs by value, random programs by time, the
bundled network.  Prints a table of what found how many, and every fault that nothing found; JSON
beside the netlist.
Needs build/netlist/PRESET, which tests/netlist.sh or rtl/synth/check.py makes.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from insert import EXCITED, KINDS, Mutant, choose, insert

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("values", "times", "network")


@dataclass
class Verdict:
    """What became of one fault."""

    number: int
    kind: str
    found: dict[str, str] = field(default_factory=dict)  # part -> first sentence
    excited: bool = False
    seconds: float = 0.0


def modules(arguments: argparse.Namespace) -> Path:
    """Folder of the chip with faults, and of the RTL that the network is compared with."""
    folder: Path = arguments.build / "rtl_modules/mutants"
    return folder


def commands(arguments: argparse.Namespace) -> dict[str, list[str]]:
    lockstep = [
        str(arguments.build / "sim/lockstep/lilong_lockstep"), "--preset", arguments.preset,
        "--flavour", "netlist", "--modules", str(modules(arguments)),
        "--count", str(arguments.programs), "--seed", str(arguments.first), "--no-shrink",
        "--watchdog", str(arguments.watchdog),
    ]  # fmt: skip
    network = [sys.executable, str(ROOT / "tests/models/netlist.py"), arguments.preset, "1"]
    every = {"values": lockstep, "times": [*lockstep, "--timing"], "network": network}
    return {part: every[part] for part in PARTS if part in (arguments.parts or PARTS)}


def judge(arguments: argparse.Namespace, number: int, kind: str) -> Verdict:
    """Runs the parts with one fault; 0 is none."""
    verdict, start = Verdict(number, kind), time.monotonic()
    environment = {**os.environ, "LILONG_RTL_DIR": str(modules(arguments))}
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "mutant.txt").write_text(f"{number}\n")
        for part, command in commands(arguments).items():
            done = subprocess.run(
                command, cwd=folder, env=environment, capture_output=True, text=True, check=False
            )
            if done.returncode not in (0, 1):
                raise SystemExit(f"mutants: {part} with fault {number}: {done.stderr.strip()}")
            verdict.excited |= EXCITED in done.stdout
            if done.returncode == 1:
                lines = [line for line in done.stdout.splitlines() if line and EXCITED not in line]
                verdict.found[part] = next(
                    (line for line in lines if "MISMATCH" in line or "netlist:" in line), "?"
                )
                if not arguments.all_parts:
                    break
    verdict.seconds = time.monotonic() - start
    return verdict


def build(arguments: argparse.Namespace, mutants: list[Mutant]) -> None:
    folder = ROOT / "build/netlist" / arguments.preset
    text = insert((folder / "netlist.v").read_text(encoding="utf-8"), mutants)
    target = folder / "mutants.v"
    if not target.exists() or target.read_text(encoding="utf-8") != text:
        target.write_text(text, encoding="utf-8")
    for command in (
        ["cmake", "-S", ROOT, "-B", arguments.build, f"-DLILONG_MUTANT_PRESETS={arguments.preset}"],
        ["cmake", "--build", arguments.build, "--target",
         f"lilong_rtl_{arguments.preset}_mutants", "lilong_lockstep",
         f"lilong_rtl_{arguments.preset}_fast"],
    ):  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"mutants: the build failed\n{(done.stdout + done.stderr)[-3000:]}")
    link = modules(arguments) / f"liblilong_rtl_{arguments.preset}_fast.so"
    link.unlink(missing_ok=True)
    link.symlink_to(Path("..") / link.name)


def report(mutants: list[Mutant], verdicts: list[Verdict]) -> str:
    """The table, then the faults that nothing found."""
    lines = [
        "| fault | inserted | found | by values | by times | by the network | by one part only |",
        "|---|---|---|---|---|---|---|",
    ]
    for kind in (*KINDS, "all"):
        those = [v for v in verdicts if kind in (v.kind, "all")]
        by = Counter(part for v in those for part in v.found)
        alone = Counter(part for v in those if len(v.found) == 1 for part in v.found)
        cells = [kind, len(those), sum(bool(v.found) for v in those), *(by[p] for p in PARTS),
                 ", ".join(f"{n} {p}" for p, n in sorted(alone.items())) or "-"]  # fmt: skip
        lines.append("| " + " | ".join(str(cell) for cell in cells) + " |")
    for verdict in verdicts:
        if not verdict.found:
            mutant = mutants[verdict.number - 1]
            state = "changed values, nothing showed" if verdict.excited else "never changed a value"
            lines.append(
                f"not found: {verdict.number} {mutant.kind} of {mutant.cell.kind} "
                f"{mutant.cell.pins[mutant.output].strip()}, table {mutant.table:04x}, "
                f"which feeds {mutant.feeds}: {state}"
            )
    return "\n".join(lines)


def main() -> int:
    """1 if the netlist without a fault fails."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mutants", type=int, default=48)
    parser.add_argument("--seed", type=int, default=1, help="of the places")
    parser.add_argument("--programs", type=int, default=50, help="by value, and as many by time")
    parser.add_argument("--first", type=int, default=1, help="seed of the programs")
    parser.add_argument("--watchdog", type=int, default=20000, help="cycles of a hanging chip")
    parser.add_argument("--preset", default="nano")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--build", type=Path, default=ROOT / "build/release")
    parser.add_argument("--parts", nargs="+", choices=PARTS, help="only these; default: all")
    parser.add_argument("--all-parts", action="store_true", help="every part meets every fault")
    parser.add_argument("--only", type=int, action="append", help="number of a fault; may repeat")
    arguments = parser.parse_args()
    arguments.build = arguments.build.resolve()
    source = ROOT / "build/netlist" / arguments.preset / "netlist.v"
    if not source.exists():
        parser.error(f"there is no {source.relative_to(ROOT)}; run `make netlist` first")
    mutants = choose(source.read_text(encoding="utf-8"), arguments.mutants, arguments.seed)
    build(arguments, mutants)
    control = judge(arguments, 0, "none")
    if control.found:
        print(f"mutants: the netlist without a fault fails: {control.found}", file=sys.stderr)
        return 1
    chosen = [m for m in mutants if not arguments.only or m.number in arguments.only]
    with ThreadPoolExecutor(arguments.jobs) as pool:
        verdicts = []
        for verdict in pool.map(lambda m: judge(arguments, m.number, m.kind), chosen):
            verdicts.append(verdict)
            found = "; ".join(f"{p}: {s}" for p, s in verdict.found.items()) or "NOT FOUND"
            print(f"{verdict.number} {verdict.kind} {verdict.seconds:.0f} s: {found}", flush=True)
    print(report(mutants, verdicts))
    rows = [
        {**vars(v), "cell": mutants[v.number - 1].cell.pins, "feeds": mutants[v.number - 1].feeds}
        for v in verdicts
    ]
    (source.parent / "mutants.json").write_text(json.dumps(rows, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
