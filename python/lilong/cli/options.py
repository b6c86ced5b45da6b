# SPDX-License-Identifier: Apache-2.0
"""Options that several commands share."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from lilong.gen.isa import PresetName

Numerics = Literal["tflm", "litert-ref", "litert"]
Memory = Literal["sram", "lpddr", "sdram"]
TimedDevice = Literal["cycle", "rtl"]
DeadChannels = Literal["keep", "remove"]
Emit = Literal["program", "c"]

PresetOption = Annotated[
    PresetName | None,
    typer.Option("--preset", help="Chip size; edge unless the program says otherwise."),
]
NumericsOption = Annotated[
    Numerics | None,
    typer.Option(
        "--numerics", help="The interpreter whose bytes the results equal; litert for .tflite."
    ),
]
DeviceOption = Annotated[
    str,
    typer.Option(
        "--device",
        metavar="functional|cycle|rtl|serial:PORT|uio:FILE,buffer=FILE",
        help="What runs the program.",
    ),
]
MemoryOption = Annotated[Memory, typer.Option("--memory", help="Timing of the external memory.")]
DeviceMemoryOption = Annotated[
    Memory | None,
    typer.Option(
        "--memory",
        help="Timing of the external memory; sram, but sdram for serial: and lpddr for uio:.",
        show_default=False,
    ),
]
DeadChannelsOption = Annotated[
    DeadChannels | None,
    typer.Option("--dead-channels", help="Keep or remove channels that are constant; keep."),
]
EmitOption = Annotated[
    Emit,
    typer.Option("--emit", help="Write a program file, or C source for the bare-metal driver."),
]
NoHostOption = Annotated[
    bool, typer.Option("--no-host", help="An operator that the chip does not run is an error.")
]
EitherArgument = Annotated[
    str, typer.Argument(metavar="MODEL|PROGRAM", help="A .tflite file or a compiled .lilong file.")
]
InputOption = Annotated[
    list[str] | None,
    typer.Option(
        "--input",
        metavar="X.npy|X.npz:KEY",
        help="Samples, leading sample axis; once per network input. Default: seeded random data.",
    ),
]
SamplesOption = Annotated[
    int | None, typer.Option("--samples", min=1, help="Take the first N samples.")
]
JsonOption = Annotated[
    str | None, typer.Option("--json", metavar="FILE", help="Write the report as JSON.")
]
TraceOption = Annotated[
    str | None,
    typer.Option("--trace", metavar="FILE", help="Write a timeline for ui.perfetto.dev."),
]
