# SPDX-License-Identifier: Apache-2.0
"""Bad input at the command line: one clear sentence and exit code 2, never a traceback."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import program_bytes
import pytest
import sample_networks
from conftest import Lilong, spread

pytestmark = pytest.mark.default
Write = Callable[[str, bytes], Path]


# ---- network files


@pytest.mark.smoke
def test_missing_network(lilong_command: Lilong, tmp_path: Path) -> None:
    lilong_command("run", tmp_path / "none.tflite").refused("none.tflite", "does not exist")


def test_network_is_a_folder(lilong_command: Lilong, tmp_path: Path) -> None:
    lilong_command("run", tmp_path).refused("not a regular file")


def test_empty_network(lilong_command: Lilong, write: Write) -> None:
    lilong_command("run", write("empty.tflite", b"")).refused("empty.tflite", "empty")


def test_not_a_tflite_file(lilong_command: Lilong, write: Write) -> None:
    text = write("text.tflite", b"This is a shopping list: apples, pears, plums, and so on.\n" * 9)
    lilong_command("run", text).refused("text.tflite")
    lilong_command("compile", text, "-o", text.with_suffix(".lilong")).refused("text.tflite")


@pytest.mark.parametrize("part", [0.001, 0.1, 0.5, 0.9, 0.999])
def test_truncated_network(
    lilong_command: Lilong, write: Write, bundled: Path, part: float
) -> None:
    content = bundled.read_bytes()
    cut = write("cut.tflite", content[: int(len(content) * part)])
    lilong_command("run", cut).refused("cut.tflite")


def test_truncated_network_anywhere(bundled: Path) -> None:
    """In one process that must not die: every cut is a lilong.Error."""
    import lilong

    content = bundled.read_bytes()
    for size in spread(len(content) - 1, 300):
        with pytest.raises(lilong.Error):
            lilong.compile(content[:size])


@pytest.mark.parametrize("byte", [0, 1, 2, 3, 4, 5, 6, 7])
def test_flipped_bit_in_the_first_bytes(
    lilong_command: Lilong, write: Write, bundled: Path, byte: int
) -> None:
    """Root offset and identifier: always noticed."""
    content = bytearray(bundled.read_bytes())
    content[byte] ^= 0x40
    lilong_command("run", write("flipped.tflite", bytes(content))).refused("flipped.tflite")


_FLIP = """
import random, sys
import lilong
content = open(sys.argv[1], "rb").read()
generator = random.Random(int(sys.argv[2]))
refused = 0
for _ in range(int(sys.argv[3])):
    damaged = bytearray(content)
    damaged[generator.randrange(len(damaged))] ^= 1 << generator.randrange(8)
    try:
        lilong.compile(bytes(damaged))
    except lilong.Error as error:
        assert not isinstance(error, lilong.errors.InternalError), str(error)
        refused += 1
print(refused)
"""


@pytest.mark.parametrize("count", [150, pytest.param(5000, marks=pytest.mark.long)])
def test_flipped_bits_anywhere(bundled: Path, count: int) -> None:
    """A TFLite file has no checksum: a flipped weight is another network.  All else is refused
    with a diagnostic, and nothing ends the process."""
    done = subprocess.run(
        [sys.executable, "-c", _FLIP, str(bundled), "1", str(count)],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 0


def test_float_network(lilong_command: Lilong, write: Write) -> None:
    lilong_command("run", write("float.tflite", sample_networks.float_network())).refused(
        "float.tflite", "uantis"
    )


def test_unsupported_operator(lilong_command: Lilong, write: Write) -> None:
    """Named, with its layer."""
    content = sample_networks.unsupported_network()
    lilong_command("run", write("cosine.tflite", content)).refused("cosine.tflite", "COS", "t1")


def test_operator_for_the_host(lilong_command: Lilong, write: Write) -> None:
    path = write("top.tflite", sample_networks.host_network())
    assert lilong_command("run", path).code == 0
    lilong_command("run", path, "--no-host").refused("ARG_MAX", "t2")


# ---- inputs


def test_input_of_wrong_shape(lilong_command: Lilong, bundled: Path, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.zeros((2, 32, 31, 1), np.int8))
    lilong_command("run", bundled, "--input", tmp_path / "x.npy").refused("shape", "32, 32, 1")
    np.save(tmp_path / "x.npy", np.zeros((32, 32, 1), np.int8))
    lilong_command("run", bundled, "--input", tmp_path / "x.npy").refused("shape")
    np.save(tmp_path / "x.npy", np.int8(3))
    lilong_command("run", bundled, "--input", tmp_path / "x.npy").refused("shape")
    np.save(tmp_path / "x.npy", np.zeros((0, 32, 32, 1), np.int8))
    lilong_command("run", bundled, "--input", tmp_path / "x.npy").refused("no samples")


@pytest.mark.parametrize("dtype", ["uint8", "float32", "int16", "U4"])
def test_input_of_wrong_type(
    lilong_command: Lilong, bundled: Path, tmp_path: Path, dtype: str
) -> None:
    np.save(tmp_path / "x.npy", np.zeros((1, 32, 32, 1), dtype))
    lilong_command("run", bundled, "--input", tmp_path / "x.npy").refused("int8")


def test_too_many_inputs(lilong_command: Lilong, bundled: Path, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.zeros((1, 32, 32, 1), np.int8))
    x = tmp_path / "x.npy"
    lilong_command("run", bundled, "--input", x, "--input", x).refused("1 inputs", "2 times")


def test_input_files(lilong_command: Lilong, bundled: Path, tmp_path: Path, write: Write) -> None:
    run = lilong_command
    run("run", bundled, "--input", tmp_path / "none.npy").refused("none.npy", "does not exist")
    run("run", bundled, "--input", write("e.npy", b"")).refused("e.npy", "empty")
    run("run", bundled, "--input", write("t.npy", b"hello")).refused("t.npy", "array")
    run("run", bundled, "--input", write("t.npz", b"PK\3\4 broken")).refused("t.npz")
    np.savez(tmp_path / "x.npz", a=np.zeros(3), b=np.zeros(3))
    run("run", bundled, "--input", f"{tmp_path / 'x.npz'}:c").refused("'c'", "a, b")
    run("run", bundled, "--input", tmp_path / "x.npz").refused("a, b")
    np.save(tmp_path / "o.npy", np.array([{}], dtype=object), allow_pickle=True)
    run("run", bundled, "--input", tmp_path / "o.npy").refused("o.npy")


def test_too_many_samples(lilong_command: Lilong, bundled: Path, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.zeros((2, 32, 32, 1), np.int8))
    lilong_command("run", bundled, "--input", tmp_path / "x.npy", "--samples", "3").refused(
        "2 samples", "3"
    )
    lilong_command("run", bundled, "--samples", "0").refused("--samples")


# ---- program files


@pytest.mark.smoke
def test_program_of_another_preset(lilong_command: Lilong, program_file: Path) -> None:
    lilong_command("run", program_file, "--preset", "nano").refused("edge", "nano")


def test_program_of_another_version(
    lilong_command: Lilong, program_file: Path, write: Write
) -> None:
    content = program_bytes.with_version(program_file.read_bytes(), 7)
    lilong_command("run", write("new.lilong", content)).refused("new.lilong", "version 7")


def test_program_of_another_specification(
    lilong_command: Lilong, program_file: Path, write: Write
) -> None:
    from lilong import _lilong

    content = program_bytes.with_word(
        program_file.read_bytes(), _lilong.spec_hash, _lilong.spec_hash ^ 1
    )
    lilong_command("run", write("old.lilong", content)).refused("old.lilong", "specification")


@pytest.mark.parametrize("part", [0, 0.0001, 0.01, 0.5, 0.999])
def test_truncated_program(
    lilong_command: Lilong, program_file: Path, write: Write, part: float
) -> None:
    content = program_file.read_bytes()
    cut = write("cut.lilong", content[: int(len(content) * part)])
    lilong_command("run", cut).refused("cut.lilong")


def test_flipped_program(lilong_command: Lilong, program_file: Path, write: Write) -> None:
    content = bytearray(program_file.read_bytes())
    content[len(content) // 3] ^= 4
    lilong_command("run", write("flipped.lilong", bytes(content))).refused(
        "flipped.lilong", "damaged"
    )


def test_every_flip_and_cut_of_a_program_is_refused(program_file: Path) -> None:
    import lilong

    content = program_file.read_bytes()
    generator = random.Random(1)
    for position in spread(len(content), 400):
        damaged = bytearray(content)
        damaged[position] ^= 1 << generator.randrange(8)
        with pytest.raises(lilong.Error) as refused:
            lilong.Program.from_bytes(bytes(damaged))
        assert refused.value.id == "programCorrupt"
        if position:
            with pytest.raises(lilong.Error) as refused:
                lilong.Program.from_bytes(content[:position])
            assert refused.value.id == "programCorrupt"


def test_options_that_a_program_contradicts(lilong_command: Lilong, program_file: Path) -> None:
    lilong_command("run", program_file, "--numerics", "tflm").refused("tflm", "litert")
    lilong_command("run", program_file, "--dead-channels", "keep").refused("--dead-channels")
    lilong_command("compile", program_file, "-o", "x.lilong").refused("compiled program already")


# ---- options


@pytest.mark.smoke
@pytest.mark.parametrize("command", ["compile", "run", "profile", "inspect", "doctor"])
def test_unknown_option(lilong_command: Lilong, command: str) -> None:
    lilong_command(command, "--frobnicate").refused("--frobnicate", f"lilong {command} --help")


@pytest.mark.smoke
def test_unknown_command_and_values(lilong_command: Lilong, bundled: Path) -> None:
    lilong_command().refused("command")
    lilong_command("frobnicate").refused("frobnicate")
    lilong_command("run").refused("MODEL")
    lilong_command("run", bundled, "--preset", "mega").refused("--preset", "mega", "nano")
    lilong_command("run", bundled, "--numerics", "exact").refused("--numerics", "exact", "tflm")
    lilong_command("run", bundled, "--memory", "tape").refused("--memory", "tape", "sram")
    lilong_command("run", bundled, "--device", "abacus").refused("--device", "abacus")
    lilong_command("run", bundled, "--samples", "many").refused("--samples", "integer")


def test_options_without_effect_are_refused(lilong_command: Lilong, bundled: Path) -> None:
    lilong_command("run", bundled, "--waves", "x.fst").refused("--waves", "--device rtl")
    lilong_command("run", bundled, "--trace", "x.json").refused("--trace", "--device cycle")


def test_files_that_cannot_be_written(
    lilong_command: Lilong, bundled: Path, tmp_path: Path
) -> None:
    nowhere = tmp_path / "no/such/folder"
    lilong_command("compile", bundled, "-o", nowhere / "x.lilong").refused("cannot be written")
    lilong_command("run", bundled, "--json", nowhere / "x.json").refused("cannot be written")
    lilong_command("run", bundled, "--output", nowhere / "y.npy").refused("cannot be written")


# ---- golden arrays


def test_check_that_does_not_fit(lilong_command: Lilong, bundled: Path, tmp_path: Path) -> None:
    golden = tmp_path / "y.npy"
    for array, word in (
        (np.zeros((1, 6), np.uint8), "int8"),
        (np.zeros((1, 7), np.int8), "shape"),
        (np.zeros((0, 6), np.int8), "0 golden samples"),
    ):
        np.save(golden, array)
        lilong_command("run", bundled, "--check", golden).refused(word)
    lilong_command("run", bundled, "--check", golden, "--check", golden).refused("--check")


# ---- devices


def test_missing_rtl_module(
    lilong_command: Lilong, bundled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LILONG_RTL_DIR", str(tmp_path))
    lilong_command("run", bundled, "--device", "rtl").refused("not built", "LILONG_RTL_DIR")


def test_timeout_of_the_device(lilong_command: Lilong, program_file: Path, write: Write) -> None:
    """Exit code 3: the program takes longer than the bound that its file names."""
    import lilong

    bound = lilong.Program.load(program_file).native.steps[0]["watchdog_cycles"]
    content = program_bytes.with_word(program_file.read_bytes(), bound, 100)
    path = write("slow.lilong", content)
    lilong_command("run", path).refused("watchdog", code=3)
