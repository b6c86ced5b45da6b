# SPDX-License-Identifier: Apache-2.0
"""`inspect`: what is in a network or program."""

from __future__ import annotations

import json
from typing import Any

import lilong
from lilong.cli.compiling import obtain_program
from lilong.cli.data import write_text
from lilong.cli.output import console, number, shortened, status

_REGIONS = (
    "program", "constants", "spill", "inputs", "outputs", "variables", "free", "free", "host",
)  # fmt: skip


def inspect(
    model: str,
    preset: str | None,
    numerics: str | None,
    memory: str,
    disassemble: bool,
    json_file: str | None,
    dead_channels: str | None,
    no_host: bool,
) -> int:
    with status("Reading"):
        program = obtain_program(model, preset, numerics, memory, dead_channels, no_host)
    if json_file is not None:
        write_text(json_file, json.dumps(describe(program, disassemble), indent=2))
    out = console()
    native = program.native
    out.print(
        f"{program.model}: preset {program.preset}, {program.numerics} ({native.interpreter}), "
        f"compiler {native.compiler_version}, specification {native.spec_hash:08x}",
        highlight=False, soft_wrap=True,
    )  # fmt: skip
    out.print(f"network SHA-256 {native.model_sha256}", highlight=False, soft_wrap=True)
    out.print(_tensor_table(program))
    out.print(_region_table(program))
    out.print(_layer_table(program))
    for step, entry in enumerate(native.steps):
        if "code" in entry:
            text = (
                f"step {step}: chip, {len(entry['code']) // 64} instructions, watchdog "
                f"{entry['watchdog_cycles']:,} cycles"
            )
        else:
            text = f"step {step}: host, {entry['op']}: {entry['reason']}"
        out.print(text, highlight=False, soft_wrap=True, markup=False)
    if disassemble:
        for code in program.disassemble():
            for index, line in enumerate(code):
                print(f"{index:6}  {line}")
    return 0


def describe(program: lilong.Program, disassemble: bool) -> dict[str, Any]:
    """The same as JSON."""
    native = program.native
    result: dict[str, Any] = {
        "schema_version": 2,
        "model": program.model,
        "model_sha256": native.model_sha256,
        "preset": program.preset,
        "numerics": program.numerics,
        "interpreter": native.interpreter,
        "compiler_version": native.compiler_version,
        "spec_hash": native.spec_hash,
        "inputs": native.inputs,
        "outputs": native.outputs,
        "regions": _regions(program),
        "layers": program.layers,
    }
    if disassemble:
        result["instructions"] = program.disassemble()
    return result


def _regions(program: lilong.Program) -> dict[str, int]:
    sizes = program.native.region_bytes
    sizes[0] = sum(len(step.get("code", b"")) for step in program.native.steps)
    return {_REGIONS[i]: size for i, size in enumerate(sizes) if _REGIONS[i] != "free"}


def _tensor_table(program: lilong.Program) -> Any:
    from rich.table import Table
    from rich.text import Text

    table = Table(title="network tensors", title_justify="left")
    for name in ("", "name", "type", "shape", "scale", "zero point", "region"):
        table.add_column(name, no_wrap=name != "name")
    for kind, entries in (("in", program.native.inputs), ("out", program.native.outputs)):
        for entry in entries:
            table.add_row(
                kind,
                Text(entry["name"]),
                entry["dtype"],
                "x".join(str(size) for size in entry["shape"]) or "scalar",
                f"{entry['scale']:.6g}" if entry["scale"] else "-",
                str(entry["zero_point"]) if entry["scale"] else "-",
                _REGIONS[entry["region"]],
            )
    return table


def _region_table(program: lilong.Program) -> Any:
    from rich.table import Table

    table = Table(title="regions", title_justify="left")
    table.add_column("region")
    table.add_column("bytes", justify="right")
    for name, size in _regions(program).items():
        table.add_row(name, number(size))
    return table


def _layer_table(program: lilong.Program) -> Any:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(
        title="layers", title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False,
        padding=(0, 1, 0, 0),
    )  # fmt: skip
    table.add_column("layer", no_wrap=True)
    table.add_column("operator", no_wrap=True)
    for name in ("MAC", "bytes", "spilled", "step", "instructions"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("exactness")
    for layer in program.layers:
        where = (
            f"{layer['first_instruction']}-{layer['last_instruction']}"
            if layer["on_chip"]
            else "host"
        )
        spilled = layer["traffic"]["spill_read"] + layer["traffic"]["spill_written"]
        table.add_row(
            Text(shortened(layer["name"], 32)), Text(layer["op"]), number(layer["macs_executed"]),
            number(layer["bytes"]), number(spilled), str(layer["step"]), where,
            Text(layer["exactness"]),
        )  # fmt: skip
    return table
