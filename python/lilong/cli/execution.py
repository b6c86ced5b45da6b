# SPDX-License-Identifier: Apache-2.0
"""`run` and `profile`: load or compile, run every sample, report, compare."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass, field
from typing import Any, NoReturn

import lilong
from lilong.cli import data
from lilong.cli.compiling import obtain_program
from lilong.cli.output import Bars, console, status
from lilong.errors import make

# Devices that are boards, and the external memory that such a board has.
BOARD_MEMORY = {"serial": "sdram", "uio": "lpddr"}


def memory_for(device: str, memory: str | None) -> str:
    """The external memory to compile for and, where it is simulated, to run with."""
    return memory or BOARD_MEMORY.get(device.partition(":")[0], "sram")


@dataclass
class Request:
    """What the command line asked for."""

    model: str
    device: str
    preset: str | None
    numerics: str | None
    memory: str | None
    inputs: list[str]
    samples: int | None
    outputs: list[str] = field(default_factory=list)
    checks: list[str] = field(default_factory=list)
    json: str | None = None
    trace: str | None = None
    waves: str | None = None
    html: str | None = None
    dead_channels: str | None = None
    no_host: bool = False
    profile: bool = False


def execute(request: Request) -> int:
    _refuse_useless(request)
    memory = memory_for(request.device, request.memory)
    with status("Compiling"):
        program = obtain_program(
            request.model, request.preset, request.numerics, memory,
            request.dead_channels, request.no_host,
        )  # fmt: skip
    inputs = data.gather_inputs(program, request.inputs, request.samples)
    bars = Bars()
    with status("Opening the device") as line:
        device = lilong.Device(
            request.device,
            preset=program.preset,
            memory=memory,
            waves=request.waves or "",
            progress=line,
            upload=bars.upload,
        )
    session = lilong.Session(program, device)
    outputs = _run(session, inputs, bars)

    report = session.report()
    samples = len(inputs[0])
    report = {"schema_version": report.pop("schema_version"), "samples": samples, **report}
    code = 0
    lines: list[str] = []
    if request.checks:
        mismatching, lines = data.compare(program, outputs, request.checks)
        report["mismatching_bytes"] = mismatching
        code = 1 if mismatching else 0
    if request.outputs:
        data.save_outputs(outputs, request.outputs, program)
    if request.json is not None:
        data.write_text(request.json, json.dumps(report, indent=2))
    if request.trace is not None:
        data.write_text(request.trace, session.trace())
    if request.html is not None:
        from lilong.cli.page import page

        data.write_text(request.html, page(report, session.trace() if _timed(report) else None))
    _print(program, report, request, outputs, lines)
    return code


def _refuse_useless(request: Request) -> None:
    """Options that the device cannot honour are errors before any work is done."""
    name, _, place = request.device.partition(":")
    known = {entry["name"]: entry["needs_place"] for entry in lilong.devices()}
    if name not in known or (place and not known[name]):
        raise make(
            "unknownDevice",
            f"--device: unknown device '{request.device}'",
            remedy="Choose one of the devices that 'lilong doctor' lists",
        )
    if name == "rtl":
        return
    if request.trace is not None and name != "cycle":
        raise make(
            "unknownOption",
            f"--trace needs the time of every instruction, and {_no_times(name)}",
            remedy="Add --device cycle",
        )
    if request.waves is not None:
        raise make(
            "unknownOption",
            f"--waves needs the signals of the chip, and {name} has none",
            remedy="Add --device rtl",
        )


def _timed(report: dict[str, Any]) -> bool:
    """Some layer has a time of its own."""
    return any(layer["cycles"] is not None for layer in report["layers"])


def _no_times(device: str) -> str:
    """Why a device tells no times of layers and instructions."""
    if device in BOARD_MEMORY:
        return f"the chip behind {device} counts the cycles of whole inferences only"
    return f"{device} has no time"


def _run(session: lilong.Session, inputs: list[Any], bars: Bars) -> list[Any]:
    """In a thread, so that an interrupt is heard at once and the bar moves."""
    samples = len(inputs[0]) if getattr(inputs[0], "ndim", 0) else 0
    with bars.running(samples) as advance, ThreadPoolExecutor(1) as pool:
        future = pool.submit(session.run, inputs, progress=advance)
        try:
            while True:
                try:
                    result = future.result(timeout=0.2)
                    return result if isinstance(result, list) else [result]
                except NotYet:
                    if future.done():
                        raise
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            _leave()


def _leave() -> NoReturn:
    """Ends the process although a simulation is running in a thread."""
    import os
    import sys

    print("lilong: interrupted", file=sys.stderr, flush=True)
    os._exit(130)


def _print(
    program: lilong.Program,
    report: dict[str, Any],
    request: Request,
    outputs: list[Any],
    differences: list[str],
) -> None:
    from lilong.cli.output import advice_lines, layer_table, summary, table_legend

    out = console()
    timed = _timed(report)
    if request.profile and not timed:
        name = request.device.partition(":")[0]
        out.print(
            f"No times of layers: {_no_times(name)}; --device cycle has them.",
            highlight=False, soft_wrap=True,
        )  # fmt: skip
    if request.profile or timed:
        out.print(layer_table(report))
        out.print(table_legend(), highlight=False, soft_wrap=True)
    out.print(summary(report), highlight=False, soft_wrap=True)
    if request.profile:
        for line in advice_lines(report):
            out.print(line, highlight=False, soft_wrap=True, markup=False)
    for layer in program.host_layers:
        out.print(f"on the host: {layer['op']} '{layer['name']}'", highlight=False, soft_wrap=True)
    for line in differences:
        out.print(line, highlight=False, soft_wrap=True, markup=False)
    if request.checks and not differences:
        count = sum(output.nbytes for output in outputs)
        out.print(f"check: all {count:,} output bytes equal", highlight=False)
