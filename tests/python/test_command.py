# SPDX-License-Identifier: Apache-2.0
"""The command line on good input: outputs, JSON keys, exit codes."""

from __future__ import annotations

import json
import resource
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import BUNDLED, Lilong

pytestmark = pytest.mark.default
NETWORK = BUNDLED / "vibration.tflite"
DATA = BUNDLED / "vibration.npz"

REPORT_KEYS = {
    "schema_version", "model", "preset", "numerics", "memory", "device", "samples", "cycles",
    "macs", "utilisation", "bytes_read", "bytes_written", "counters", "layers", "chip",
    "macs_executed", "bound_compute", "bound_memory", "distance", "advice", "traffic",
}  # fmt: skip
LAYER_KEYS = {
    "name", "op", "cycles", "busy_cycles", "macs", "utilisation", "bound_compute",
    "bound_memory", "bytes", "stalls", "on_chip", "macs_executed", "distance", "advice", "traffic",
}  # fmt: skip


@pytest.mark.smoke
def test_help_and_version(lilong_command: Lilong) -> None:
    text = lilong_command("--help")
    assert text.code == 0
    for name in ("compile", "run", "profile", "bench", "inspect", "doctor"):
        assert name in text.out
        assert lilong_command(name, "--help").code == 0
    assert lilong_command("--version").out.startswith("lilong ")


@pytest.mark.smoke
def test_starts_at_once(lilong_command: Lilong) -> None:
    """Under half a second of processor time."""
    lilong_command("--help")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    lilong_command("run", "--help")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.5


def test_compile_then_run_is_run(lilong_command: Lilong, tmp_path: Path) -> None:
    program = tmp_path / "x.lilong"
    compiled = lilong_command("compile", NETWORK, "-o", program)
    assert compiled.code == 0 and program.exists()
    assert "layers" in compiled.out
    outputs = []
    for index, model in enumerate((NETWORK, program)):
        path = tmp_path / f"{index}.npy"
        done = lilong_command("run", model, "--input", f"{DATA}:input", "--output", path)
        assert done.code == 0, done.err
        outputs.append(np.load(path))
    np.testing.assert_array_equal(outputs[0], outputs[1])
    np.testing.assert_array_equal(outputs[0], np.load(DATA)["litert_xnnpack"])


@pytest.mark.parametrize("device", ["functional", "cycle", "rtl"])
def test_json(lilong_command: Lilong, tmp_path: Path, device: str) -> None:
    path = tmp_path / "report.json"
    done = lilong_command(
        "run", NETWORK, "--device", device, "--input", f"{DATA}:input", "--samples", "2",
        "--check", f"{DATA}:litert_xnnpack", "--json", path,
    )  # fmt: skip
    assert done.code == 0, done.err
    report = json.loads(path.read_text())
    assert set(report) >= REPORT_KEYS | {"mismatching_bytes"}
    assert all(set(layer) >= LAYER_KEYS for layer in report["layers"])
    assert report["schema_version"] == 2
    assert (report["samples"], report["mismatching_bytes"]) == (2, 0)
    assert (report["cycles"] is None) == (device == "functional")
    if device == "rtl":
        assert sum(layer["cycles"] for layer in report["layers"]) == report["cycles"]


def test_check_finds_a_difference(lilong_command: Lilong, tmp_path: Path) -> None:
    golden = np.load(DATA)["litert_xnnpack"].copy()
    golden[1, 4] ^= 1
    np.save(tmp_path / "y.npy", golden)
    arguments = ("run", NETWORK, "--input", f"{DATA}:input", "--check", tmp_path / "y.npy")
    done = lilong_command(*arguments, "--json", tmp_path / "r.json")
    assert done.code == 1
    assert "sample 1, element [4]" in done.out
    assert json.loads((tmp_path / "r.json").read_text())["mismatching_bytes"] == 1
    assert lilong_command(*arguments, "--samples", "1").code == 0


def test_random_input_is_seeded(lilong_command: Lilong, tmp_path: Path) -> None:
    for name in ("a.npy", "b.npy"):
        done = lilong_command("run", NETWORK, "--samples", "3", "--output", tmp_path / name)
        assert done.code == 0
    a, b = np.load(tmp_path / "a.npy"), np.load(tmp_path / "b.npy")
    assert a.shape == (3, 6)
    np.testing.assert_array_equal(a, b)


def test_profile(lilong_command: Lilong, tmp_path: Path) -> None:
    done = lilong_command(
        "profile", NETWORK, "--json", tmp_path / "p.json", "--trace", tmp_path / "t.json",
        "--html", tmp_path / "p.html",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert "CONV_2D" in done.out and "cycles an inference" in done.out
    assert json.loads((tmp_path / "p.json").read_text())["samples"] == 1
    slices = [e for e in json.loads((tmp_path / "t.json").read_text())["traceEvents"]
              if e["ph"] == "X"]  # fmt: skip
    assert slices and all(event["dur"] >= 0 for event in slices)
    page = (tmp_path / "p.html").read_text()
    assert page.startswith("<!DOCTYPE html>") and "DEPTHWISE_CONV_2D" in page
    assert page.count("<svg") == 2 == page.count("http")  # only the name of the SVG language
    assert "What would shorten it" in done.out and "cycles lost" in done.out


def test_bench(lilong_command: Lilong, tmp_path: Path) -> None:
    done = lilong_command(
        "bench", "bundled", "--preset", "nano", "--preset", "edge", "--memory", "sram",
        "--memory", "sdram", "--json", tmp_path / "b.json",
    )  # fmt: skip
    assert done.code == 0, done.err
    rows = json.loads((tmp_path / "b.json").read_text())["results"]
    assert [(row["preset"], row["memory"]) for row in rows] == [
        ("nano", "sram"), ("nano", "sdram"), ("edge", "sram"), ("edge", "sdram"),
    ]  # fmt: skip
    assert rows[1]["cycles"] > rows[0]["cycles"] > rows[2]["cycles"] > 0
    assert all(f"{row['cycles']:,}" in done.out for row in rows)
    one = lilong_command("bench", NETWORK, "--device", "rtl", "--json", tmp_path / "r.json")
    assert one.code == 0, one.err
    same = json.loads((tmp_path / "r.json").read_text())["results"][0]
    assert same | {"device": "cycle"} == rows[2]


def test_bench_says_what_is_wrong(lilong_command: Lilong, tmp_path: Path) -> None:
    for arguments, word in (
        (("bench", "nonsense"), "nonsense"),
        (("bench", tmp_path), "no .tflite file"),
        (("bench", "bundled", "--preset", "huge"), "unknown preset 'huge'"),
        (("bench", "bundled", "--memory", "tape"), "unknown memory 'tape'"),
    ):
        done = lilong_command(*arguments)
        assert done.code == 2 and word in done.err and "Traceback" not in done.err
    (tmp_path / "bad.tflite").write_bytes(b"not a network")
    (tmp_path / "good.tflite").write_bytes(NETWORK.read_bytes())
    done = lilong_command("bench", tmp_path)
    assert done.code == 2 and "bad.tflite" in done.out and "good.tflite" in done.out


def test_waves(lilong_command: Lilong, tmp_path: Path) -> None:
    path = tmp_path / "w.fst"
    done = lilong_command(
        "run", NETWORK, "--device", "rtl", "--preset", "nano", "--waves", path, timeout=900
    )
    assert done.code == 0, done.err
    assert path.stat().st_size > 10_000


def test_inspect(lilong_command: Lilong, tmp_path: Path) -> None:
    path = tmp_path / "i.json"
    done = lilong_command("inspect", NETWORK, "--disassemble", "--json", path)
    assert done.code == 0, done.err
    for word in ("CONV_2D", "constants", "1x32x32x1", "spilled", "conv ", "end"):
        assert word in done.out
    assert "instructions" in json.loads(path.read_text())


def test_doctor(lilong_command: Lilong) -> None:
    done = lilong_command("doctor")
    assert done.code == 0, done.err
    for word in ("functional", "rtl", "edge", "numpy", "specification"):
        assert word in done.out


def test_interrupt() -> None:
    """Exit code 130, at once, even in the middle of a run."""
    process = subprocess.Popen(
        [sys.executable, "-m", "lilong", "run", str(NETWORK), "--samples", "200000"],
        stderr=subprocess.PIPE,
        text=True,
        # A test run in the background inherits SIGINT as ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(timeout=6)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "interrupted" in err and "Traceback" not in err
