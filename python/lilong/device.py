# SPDX-License-Identifier: Apache-2.0
"""Devices: what runs a program."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from lilong import _lilong, rtl


class Device:
    """A chip with its memory: "functional" (exact, no time), "cycle" (exact, with the cycles of
    "rtl", from a model), "rtl" (the Verilated chip), "serial:PORT" (a board behind a serial port)
    or "uio:FILE,buffer=FILE" (a SoC FPGA under Linux).

    `upload` is called while many bytes go to a board, with bytes done and bytes in all.
    `stalls` gives the chance of a random bus stall in permille, with `seed`, on "cycle" and "rtl".
    Of "rtl" alone: `waves` writes an FST file, `flavour` is "fast", "checked" (assertions, random
    initial state) or "netlist" (the synthesised chip of `make netlist`).
    """

    def __init__(
        self,
        name: str = "functional",
        preset: str = "edge",
        memory: str = "sram",
        *,
        waves: str | os.PathLike[str] = "",
        flavour: str = "",
        stalls: int = 0,
        seed: int = 0,
        memory_bytes: int = 256 << 20,
        progress: Callable[[str], None] | None = None,
        upload: Callable[[int, int], None] | None = None,
    ) -> None:
        options: dict[str, Any] = {
            "name": name,
            "preset": preset,
            "memory": memory,
            "waves": os.fspath(waves),
            "flavour": flavour,
            "stall_permille": stalls,
            "stall_seed": seed,
            "memory_bytes": memory_bytes,
            "upload": upload,
        }
        if name == "rtl" and preset in _lilong.presets:
            wanted = flavour or ("checked" if options["waves"] else "fast")
            options["module_path"] = rtl.find_or_build(preset, wanted, progress)
        self.native = _lilong.open_device(**options)

    @property
    def name(self) -> str:
        return self.native.name

    @property
    def preset(self) -> str:
        return self.native.preset

    @property
    def memory(self) -> str:
        return self.native.memory

    @property
    def has_time(self) -> bool:
        return any(entry["has_time"] for entry in devices() if entry["name"] == self.name)

    def __repr__(self) -> str:
        return f"<lilong.Device {self.name}, {self.preset}, {self.memory}>"


def devices(preset: str = "edge") -> list[dict[str, Any]]:
    """Name, description, has_time, available and missing of every device."""
    return _lilong.list_devices(preset=preset, module_path=rtl.find(preset, "fast"))
