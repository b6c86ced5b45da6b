# SPDX-License-Identifier: Apache-2.0
"""Runs the benches of cocotb in the simulator that CMake has built from CMakeLists.txt here."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import needs
import pytest
from needs import ROOT

HERE = Path(__file__).parent


@pytest.mark.parametrize("module, tests", [("bench_registers", 3), ("bench_memory", 2)])
def test_bench(module: str, tests: int, tmp_path: Path) -> None:
    config = pytest.importorskip("cocotb_tools.config")
    find_libpython = pytest.importorskip("find_libpython")
    results = tmp_path / "results.xml"
    environment = {
        **os.environ,
        "COCOTB_TOPLEVEL": "lilong_axi",
        "COCOTB_TEST_MODULES": module,
        "TOPLEVEL_LANG": "verilog",
        "COCOTB_RESULTS_FILE": str(results),
        "COCOTB_RANDOM_SEED": "1",
        "COCOTB_LOG_LEVEL": "INFO",
        "COCOTB_TRUST_INERTIAL_WRITES": "1",
        "PYGPI_PYTHON_BIN": sys.executable,
        "GPI_USERS": f"{find_libpython.find_libpython()};{config.pygpi_entry_point()}",
        "PYTHONPATH": os.pathsep.join([str(HERE), *sys.path]),
        "LILONG_ROOT": str(ROOT),
    }
    done = subprocess.run(
        [needs.built("tests/cocotb/lilong_cocotb")],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    said = done.stdout[-5000:] + done.stderr[-3000:]
    assert done.returncode == 0 and results.is_file(), said
    cases = list(ElementTree.parse(results).iter("testcase"))
    assert len(cases) == tests, said
    bad = {"failure", "error", "skipped"}
    assert not [case for case in cases if bad & {child.tag for child in case}], said
