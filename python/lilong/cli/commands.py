# SPDX-License-Identifier: Apache-2.0
"""The commands: parameters and help only.  The work is in compiling, execution, inspection and
doctor, imported when it is asked for."""

from __future__ import annotations

from typing import Annotated

import typer

from lilong.cli.options import (
    DeadChannelsOption,
    DeviceMemoryOption,
    DeviceOption,
    EitherArgument,
    EmitOption,
    InputOption,
    JsonOption,
    MemoryOption,
    NoHostOption,
    NumericsOption,
    PresetOption,
    SamplesOption,
    TimedDevice,
    TraceOption,
)
from lilong.gen.isa import PRESETS, PresetName


def compile_command(
    model: EitherArgument,
    output: Annotated[
        str,
        typer.Option(
            "--output",
            "-o",
            metavar="OUT.lilong|OUT.c|FOLDER",
            help="Program file to write; with --emit c a C file or a folder.",
        ),
    ],
    emit: EmitOption = "program",
    preset: PresetOption = None,
    numerics: NumericsOption = None,
    memory: MemoryOption = "sram",
    dead_channels: DeadChannelsOption = None,
    no_host: NoHostOption = False,
) -> int:
    """Compile a network to a program file, or to C source for the bare-metal driver."""
    from lilong.cli.compiling import compile_to_c, compile_to_file

    to = compile_to_c if emit == "c" else compile_to_file
    return to(model, output, preset, numerics, memory, dead_channels, no_host)


def run_command(
    model: EitherArgument,
    device: DeviceOption = "functional",
    preset: PresetOption = None,
    numerics: NumericsOption = None,
    memory: DeviceMemoryOption = None,
    input: InputOption = None,
    samples: SamplesOption = None,
    output: Annotated[
        list[str] | None,
        typer.Option(
            "--output", metavar="Y.npy", help="Write the outputs; once per network output."
        ),
    ] = None,
    check: Annotated[
        list[str] | None,
        typer.Option(
            "--check",
            metavar="GOLDEN.npz:KEY",
            help="Compare every output byte; once per network output. Exit code 1 on a difference.",
        ),
    ] = None,
    json: JsonOption = None,
    trace: TraceOption = None,
    waves: Annotated[
        str | None, typer.Option("--waves", metavar="FILE.fst", help="Write waves of the RTL.")
    ] = None,
    dead_channels: DeadChannelsOption = None,
    no_host: NoHostOption = False,
) -> int:
    """Run a network or a compiled program."""
    from lilong.cli.execution import Request, execute

    return execute(
        Request(
            model=model, device=device, preset=preset, numerics=numerics, memory=memory,
            inputs=input or [], samples=samples, outputs=output or [], checks=check or [],
            json=json, trace=trace, waves=waves, dead_channels=dead_channels, no_host=no_host,
        )
    )  # fmt: skip


def profile_command(
    model: EitherArgument,
    device: DeviceOption = "rtl",
    preset: PresetOption = None,
    numerics: NumericsOption = None,
    memory: DeviceMemoryOption = None,
    input: InputOption = None,
    json: JsonOption = None,
    trace: TraceOption = None,
    html: Annotated[
        str | None, typer.Option("--html", metavar="FILE", help="Write the report as a web page.")
    ] = None,
    dead_channels: DeadChannelsOption = None,
    no_host: NoHostOption = False,
) -> int:
    """Show where the cycles of one inference go, layer by layer."""
    from lilong.cli.execution import Request, execute

    return execute(
        Request(
            model=model, device=device, preset=preset, numerics=numerics, memory=memory,
            inputs=input or [], samples=1, json=json, trace=trace, html=html, profile=True,
            dead_channels=dead_channels, no_host=no_host,
        )
    )  # fmt: skip


def bench_command(
    suite: Annotated[
        str,
        typer.Argument(
            metavar="SUITE",
            help="A folder of .tflite files, one such file, or a suite by name: bundled, or a "
            "folder of LILONG_MODELS such as mlperf-tiny.",
        ),
    ],
    preset: Annotated[
        list[str] | None,
        typer.Option("--preset", help=f"{', '.join(PRESETS)}; may repeat. Default: edge."),
    ] = None,
    numerics: NumericsOption = None,
    memory: Annotated[
        list[str] | None,
        typer.Option("--memory", help="sram, lpddr or sdram; may repeat. Default: sram."),
    ] = None,
    device: Annotated[
        TimedDevice, typer.Option("--device", help="What measures the cycles; they are the same.")
    ] = "cycle",
    dead_channels: DeadChannelsOption = None,
    json: JsonOption = None,
) -> int:
    """Show the cycles of every network of a suite beside their bound."""
    from lilong.cli.benchmark import benchmark

    return benchmark(
        suite, preset or ["edge"], numerics, memory or ["sram"], device, dead_channels or "keep",
        json,
    )  # fmt: skip


def inspect_command(
    model: EitherArgument,
    preset: PresetOption = None,
    numerics: NumericsOption = None,
    memory: MemoryOption = "sram",
    disassemble: Annotated[
        bool, typer.Option("--disassemble", "-d", help="Print every instruction.")
    ] = False,
    json: JsonOption = None,
    dead_channels: DeadChannelsOption = None,
    no_host: NoHostOption = False,
) -> int:
    """Print tensors, layers and regions of a network or program."""
    from lilong.cli.inspection import inspect

    return inspect(model, preset, numerics, memory, disassemble, json, dead_channels, no_host)


def doctor_command(
    preset: Annotated[PresetName, typer.Option("--preset", help="Chip size to look for.")] = "edge",
) -> int:
    """List versions, devices, what is missing and how to get it."""
    from lilong.cli.doctor import doctor

    return doctor(preset)
