# SPDX-License-Identifier: Apache-2.0
"""`lilong compile --emit c`: the C files, built with the bare-metal driver, give the bytes of the
public interpreters on the Verilated chip; the driver stays small on an embedded processor."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import needs
import numpy as np
import pytest
from needs import ROOT

DRIVER = ROOT / "runtime/bare_metal"
SOURCES = [DRIVER / "lilong_driver.c", DRIVER / "lilong_image.c"]
FLAGS = ["-std=c11", "-ffreestanding", "-Wall", "-Wextra", "-Werror", "-pedantic"]
INCLUDES = [f"-I{DRIVER}", f"-I{ROOT / 'sim/isa/gen'}"]
BUNDLED = ROOT / "python/lilong/networks/vibration"
CROSS = "riscv64-unknown-elf-"
LIMIT = 8192  # bytes of code and constants


def lilong(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "lilong", *map(str, arguments)],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


def run(*command: str | Path) -> str:
    done = subprocess.run(
        [*map(str, command)], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, (command, done.stdout, done.stderr)
    return done.stdout


def build_folder() -> Path:
    """Where the bench library is: the build that made the Verilated chip."""
    needs.built("rtl_modules/liblilong_rtl_edge_fast.so")
    return needs.BUILD


def build_runner(folder: Path, name: str, preset: str) -> Path:
    """Driver and network without a library underneath; only the runner is a hosted program."""
    objects = []
    for source in (*SOURCES, folder / f"{name}.c"):
        objects.append(folder / f"{source.stem}.o")
        run("gcc", *FLAGS, "-Os", *INCLUDES, f"-I{folder}", "-c", source, "-o", objects[-1])
    bench = build_folder() / "tests/bare_metal"
    runner = folder / "runner"
    run(
        "gcc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-O2", *INCLUDES, f"-I{folder}",
        f"-I{Path(__file__).parent}", f'-DNETWORK_HEADER="{name}.h"', f"-DIMAGE={name}_image",
        f"-DNETWORK(what)={name.upper()}_##what", f'-DPRESET="{preset}"',
        Path(__file__).parent / "run_network.c", *objects,
        f"-L{bench}", "-llilong_bare_metal_bench", f"-Wl,-rpath,{bench}", "-o", runner,
    )  # fmt: skip
    return runner


def run_network(
    folder: Path, model: Path, golden: Path, key: str, preset: str, samples: int
) -> None:
    """Compiles, runs in place and copied, compares every byte."""
    name = model.stem
    done = lilong("compile", model, "--emit", "c", "-o", folder, "--preset", preset)
    assert done.returncode == 0, done.stderr
    runner = build_runner(folder, name, preset)
    with np.load(golden) as arrays:
        inputs, expected = arrays["input"][:samples], arrays[key][:samples]
    (folder / "in.bin").write_bytes(np.ascontiguousarray(inputs).tobytes())
    os.environ.setdefault("LILONG_RTL_DIR", str(build_folder() / "rtl_modules"))
    for copied in ("0", "1"):
        said = run(runner, copied, folder / "in.bin", folder / "out.bin")
        assert int(said.split()[0]) > 1000
        assert (folder / "out.bin").read_bytes() == np.ascontiguousarray(expected).tobytes()


def test_vibration_equals_the_interpreter(tmp_path: Path) -> None:
    run_network(tmp_path, BUNDLED / "vibration.tflite", BUNDLED / "vibration.npz",
                "litert_xnnpack", "edge", 4)  # fmt: skip


def test_kws_equals_the_interpreter(tmp_path: Path) -> None:
    networks = needs.models() / "mlperf-tiny"
    run_network(tmp_path, networks / "kws.tflite", networks / "kws.npz",
                "litert_xnnpack", "edge", 3)  # fmt: skip


def test_same_network_same_files(tmp_path: Path) -> None:
    model = BUNDLED / "vibration.tflite"
    for name in ("one", "two"):
        assert lilong("compile", model, "--emit", "c", "-o", tmp_path / name).returncode == 0
    for file in ("vibration.c", "vibration.h"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
    # The same from a program file, under a name of the user's.
    assert lilong("compile", model, "-o", tmp_path / "v.lilong").returncode == 0
    done = lilong("compile", tmp_path / "v.lilong", "--emit", "c", "-o", tmp_path / "two-b.c")
    assert done.returncode == 0, done.stderr
    assert '#include "two-b.h"' in (tmp_path / "two-b.c").read_text()
    assert "TWO_B_IMAGE_BYTES" in (tmp_path / "two-b.h").read_text()


def test_one_sentence_for_what_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    model = BUNDLED / "vibration.tflite"
    for output in (tmp_path / "file/below", tmp_path / 'a"b.c'):
        done = lilong("compile", model, "--emit", "c", "-o", output)
        assert done.returncode == 2, done
        assert done.stderr.startswith("lilong: ") and done.stderr.strip().count("\n") == 0


def test_host_operators_are_refused(tmp_path: Path) -> None:
    import sample_networks

    (tmp_path / "top.tflite").write_bytes(sample_networks.host_network())
    done = lilong("compile", tmp_path / "top.tflite", "--emit", "c", "-o", tmp_path)
    assert done.returncode == 2, done
    assert done.stderr.startswith("lilong: ") and done.stderr.strip().count("\n") == 0
    for words in ("top.tflite", "ARG_MAX", "no host operators", "Take the operator out"):
        assert words in done.stderr
    assert not list(tmp_path.glob("*.[ch]"))


def cross_compiler() -> str:
    return needs.tool(f"{CROSS}gcc", "gcc-riscv64-unknown-elf")


@pytest.mark.parametrize("level", ["-O0", "-Os", "-O2", "-O3"])
def test_driver_needs_no_library(tmp_path: Path, level: str) -> None:
    """Nothing is called that the two files do not have themselves."""
    for compiler, tool, options in (
        ("gcc", "nm", []),
        (cross_compiler(), f"{CROSS}nm", ["-march=rv32imac", "-mabi=ilp32"]),
    ):
        both = tmp_path / "both.o"
        run(compiler, *FLAGS, *options, level, *INCLUDES, "-nostdlib", "-r", *SOURCES, "-o", both)
        assert run(tool, "--undefined-only", both) == ""


def test_driver_is_small(tmp_path: Path) -> None:
    compiler = cross_compiler()
    both = tmp_path / "both.o"
    run(compiler, *FLAGS, "-march=rv32imac", "-mabi=ilp32", "-Os", *INCLUDES, "-nostdlib", "-r",
        *SOURCES, "-o", both)  # fmt: skip
    text, data, bss = (int(word) for word in run(f"{CROSS}size", both).splitlines()[1].split()[:3])
    print(f"driver on rv32imac, -Os: {text} bytes of code and constants, {data + bss} of data")
    assert text < LIMIT  # `size` counts read-only data as text
    assert data + bss == 0
