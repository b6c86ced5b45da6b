# SPDX-License-Identifier: Apache-2.0
"""From the MODEL argument to a program, whether it names a network or a program file."""

from __future__ import annotations

from pathlib import Path

import lilong
from lilong import _lilong
from lilong.errors import make


def obtain_program(
    model: str,
    preset: str | None,
    numerics: str | None,
    memory: str,
    dead_channels: str | None,
    no_host: bool,
) -> lilong.Program:
    """Compiles a network, loads a program file; options that contradict a program are errors."""
    if not _is_program(model):
        return lilong.compile(
            model,
            preset=preset or "edge",
            numerics=numerics,
            memory=memory,
            allow_host=not no_host,
            dead_channels=dead_channels or "keep",
        )
    program = lilong.Program.load(model)
    if preset is not None and preset != program.preset:
        raise make(
            "programPreset",
            f"the program is for preset {program.preset}, not for {preset}",
            file=model,
            remedy="Compile the network again for this preset, or leave out --preset",
        )
    if numerics is not None and numerics != program.numerics:
        raise make(
            "programVersion",
            f"the program was compiled with --numerics {program.numerics}, not {numerics}",
            file=model,
            remedy="Compile the network again with this option, or leave it out",
        )
    if dead_channels is not None:
        raise make("unknownOption", "--dead-channels has no effect on a compiled program",
                   file=model, remedy="Give it to lilong compile")  # fmt: skip
    if no_host and program.host_layers:
        layer = program.host_layers[0]
        raise make(
            "hostNotAllowed",
            f"the program runs {layer['op']} on the host",
            file=model,
            layer=layer["name"],
            remedy="Leave out --no-host to run this operator on the host",
        )
    return program


def compile_to_file(
    model: str,
    output: str,
    preset: str | None,
    numerics: str | None,
    memory: str,
    dead_channels: str | None,
    no_host: bool,
) -> int:
    from lilong.cli.output import console, status

    if _is_program(model):
        raise make("notATfliteFile", "this is a compiled program already", file=model)
    with status(f"Compiling {Path(model).name}"):
        program = obtain_program(model, preset, numerics, memory, dead_channels, no_host)
        program.save(output)
    layers = program.layers
    text = (
        f"{output}: {program.model} for {program.preset}, {program.numerics}, "
        f"{len(layers)} layers, {sum(layer['macs'] for layer in layers):,} MAC, "
        f"{Path(output).stat().st_size:,} bytes"
    )
    console().print(text, highlight=False, soft_wrap=True)
    for layer in program.host_layers:
        console().print(f"  on the host: {layer['op']} '{layer['name']}'", highlight=False)
    return 0


def compile_to_c(
    model: str,
    output: str,
    preset: str | None,
    numerics: str | None,
    memory: str,
    dead_channels: str | None,
    no_host: bool,
) -> int:
    """A network or a program file as C source for runtime/bare_metal."""
    from lilong.cli.output import console, status

    with status(f"Compiling {Path(model).name}"):
        program = obtain_program(model, preset, numerics, memory, dead_channels, no_host)
        try:
            files = program.save_c(output)
        except lilong.Error as error:
            if error.file == program.model:
                error.file = model
            raise
    size = len(program.image())
    text = (
        f"{files[1]}: {program.model} for {program.preset}, {program.numerics}, "
        f"{size:,} bytes of image; {files[0]}: its sizes"
    )
    console().print(text, highlight=False, soft_wrap=True)
    return 0


def _is_program(path: str) -> bool:
    """By name, else by the first bytes."""
    if path.endswith(".lilong"):
        return True
    try:
        with open(path, "rb") as file:
            return _lilong.looks_like_program(file.read(8))
    except OSError:
        return False  # whoever opens it in earnest says what is wrong
