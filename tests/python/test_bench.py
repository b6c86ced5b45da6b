# SPDX-License-Identifier: Apache-2.0
"""`make bench`: what it measures, and that goals are judged by what was measured."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

pytestmark = pytest.mark.default
BENCH = ROOT / "tests/models/bench.py"
TOOL = ROOT / "build/release/sim/lockstep/lilong_lockstep"


def bench(output: Path, *arguments: str, models: Path | None = None) -> tuple[int, str]:
    environment = dict(os.environ)
    environment["LILONG_MODELS"] = str(models or output / "none")
    environment["PYTHONPATH"] = str(ROOT / "python")
    done = subprocess.run(
        [sys.executable, BENCH, "--output", output, *arguments],
        capture_output=True, text=True, env=environment, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout


def test_networks(tmp_path: Path) -> None:
    """Without the public networks the bundled one is measured and the others are named."""
    code, text = bench(tmp_path, "--only", "networks", "--preset", "edge", "--device", "cycle")
    assert code == 0
    (row,) = json.loads((tmp_path / "networks.json").read_text())
    assert row["network"] == "vibration" and row["cycles"] > row["bound"] > 0
    assert row["above_percent"] == pytest.approx(100 * (row["cycles"] / row["bound"] - 1))
    assert f"{row['cycles']:,}" in text and "not measured: kws tflm on edge" in text
    assert bench(tmp_path, "--only", "compile", "--repeats", "1", "--strict")[0] == 0


def test_goals_need_the_rtl(models: Path, tmp_path: Path) -> None:
    """The verdict is computed from the row."""
    code, text = bench(tmp_path, "--only", "networks", "--preset", "edge", models=models)
    assert code == 0 and "not measured" not in text
    rows = json.loads((tmp_path / "networks.json").read_text())
    goals: list[dict[str, Any]] = json.loads((tmp_path / "goals.json").read_text())
    assert len(goals) == sum(row["goal"] is not None for row in rows) >= 20
    for goal in goals:
        assert goal["met"] == (goal["measured"] <= goal["limit"])
    assert all(row["ethos_u"] / row["cycles"] == row["speed_up"] for row in rows if row["ethos_u"])
    spilling = [row for row in rows if row["spill_written"]]
    assert all(
        sum(layer["written"] for layer in row["spilled_layers"]) == row["spill_written"]
        for row in spilling
    )


@pytest.mark.skipif(not TOOL.exists(), reason="lilong_lockstep is not built (make test-build)")
def test_kernels(tmp_path: Path) -> None:
    code, text = bench(tmp_path, "--only", "kernels", "--preset", "edge")
    assert code == 0
    found = json.loads((tmp_path / "kernels.json").read_text())
    names = {kernel["name"] for kernel in found["kernels"]}
    assert len(names) == len(found["kernels"]) > 40
    goals = json.loads((ROOT / "tests/models/goals.json").read_text())["kernels"]
    assert names >= set(goals["rates"]) | set(goals["shares"])
    gap = found["gaps"]["edge"]
    assert 0 < gap["independent"] < gap["dependent"] < 100
    assert "gap between dependent EXEC" in text
    for kernel in found["kernels"]:
        assert 0 < kernel["share"] <= 1, kernel


def test_wrong_use(tmp_path: Path) -> None:
    assert bench(tmp_path, "--only", "nothing")[0] == 2
    assert bench(tmp_path, "--repeats", "0")[0] == 2
