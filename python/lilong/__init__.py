# SPDX-License-Identifier: Apache-2.0
"""Lilong: compile a quantised network and run it, bit for bit, on a chip or its simulators.

Example:

    program = lilong.compile("kws.tflite", preset="edge", numerics="litert")
    session = lilong.Session(program, lilong.Device("rtl", preset="edge", memory="sram"))
    y = session.run(x)
    session.cycles, session.report()
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lilong.errors import Error

if TYPE_CHECKING:
    from lilong.device import Device, devices
    from lilong.program import Program, TensorInfo, compile
    from lilong.session import Session

__all__ = ["Device", "Error", "Program", "Session", "TensorInfo", "compile", "devices"]

# Loaded on first use, so that `import lilong` and the command line start at once.
_LAZY = {
    "Device": "lilong.device",
    "devices": "lilong.device",
    "Program": "lilong.program",
    "TensorInfo": "lilong.program",
    "compile": "lilong.program",
    "Session": "lilong.session",
    "__version__": "lilong._lilong",
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'lilong' has no attribute '{name}'")
    from importlib import import_module

    value = getattr(import_module(_LAZY[name]), name)
    globals()[name] = value
    return value
