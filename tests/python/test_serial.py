# SPDX-License-Identifier: Apache-2.0
"""Boards on the command line: a board made of models, and the complete FPGA system in simulation,
both behind pseudo-terminals; a SoC made of files."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import lilong
import numpy as np
import pytest
from conftest import BUNDLED, Lilong
from lilong import _lilong
from lilong.cli import execution
from needs import BUILD

FAKE = BUILD / "tests/unit/link/lilong_fake_board"
SIMULATION = BUILD / "sim/fpga/lilong_fpga_sim"
NETWORK = BUNDLED / "vibration.tflite"

pytestmark = pytest.mark.default


class Board:
    """A FakeBoard in a process of its own."""

    def __init__(self, path: Path, *options: str) -> None:
        self.path = path
        self._process = subprocess.Popen(
            [FAKE, path, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._answer() == "ready"

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def tell(self, word: str) -> list[int]:
        """Frames received and dropped so far."""
        assert self._process.stdin is not None
        self._process.stdin.write(word + "\n")
        self._process.stdin.flush()
        return [int(number) for number in self._answer().split()[1:]]

    def end(self) -> int:
        assert self._process.stdin is not None
        self._process.stdin.close()
        return self._process.wait(timeout=20)


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Callable[..., Board]]:
    boards: list[Board] = []

    def start(*options: str) -> Board:
        boards.append(Board(tmp_path / f"board{len(boards)}", *options))
        return boards[-1]

    yield start
    assert [b.end() for b in boards] == [0] * len(boards)


class Simulation:
    """The FPGA system, Verilated, behind a pseudo-terminal."""

    def __init__(self, path: Path, *options: str) -> None:
        self.path = path
        self.process = subprocess.Popen(
            [SIMULATION, "--pty", path, "--folder", BUILD / "rtl_modules", *options],
            stdout=subprocess.DEVNULL,
        )
        limit = time.monotonic() + 30
        while not path.is_symlink():
            assert self.process.poll() is None and time.monotonic() < limit
            time.sleep(0.02)

    def signal(self, number: signal.Signals) -> None:
        before = os.readlink(self.path)
        self.process.send_signal(number)
        limit = time.monotonic() + 30
        while number == signal.SIGUSR1 and os.readlink(self.path) == before:
            assert time.monotonic() < limit
            time.sleep(0.02)


@pytest.fixture
def simulation(tmp_path: Path) -> Iterator[Callable[..., Simulation]]:
    running: list[Simulation] = []

    def start(*options: str) -> Simulation:
        running.append(Simulation(tmp_path / f"fpga{len(running)}", *options))
        return running[-1]

    yield start
    for one in running:
        one.process.terminate()
        one.process.wait(timeout=20)


def run_on(
    command: Lilong, device: str, folder: Path, model: Path, preset: str, samples: int = 3
) -> np.ndarray:  # type: ignore[type-arg]
    """Outputs of seeded random samples."""
    output = folder / "y.npy"
    done = command(
        "run", model, "--preset", preset, "--memory", "sdram", "--device", device,
        "--samples", str(samples), "--output", output,
    )  # fmt: skip
    assert done.code == 0, done.err
    return np.asarray(np.load(output))


def test_equal_on_a_board(
    board: Callable[..., Board], lilong_command: Lilong, tmp_path: Path
) -> None:
    place = f"serial:{board().path}"
    expected = run_on(lilong_command, "functional", tmp_path, NETWORK, "edge")
    assert np.array_equal(run_on(lilong_command, place, tmp_path, NETWORK, "edge"), expected)


@pytest.mark.parametrize(
    ("device", "memory", "expected"),
    [
        ("serial:/tmp/x,baud=9600", None, "sdram"),
        ("serial:/tmp/x", "sram", "sram"),
        ("uio:/dev/uio0,buffer=/tmp/b", None, "lpddr"),
        ("cycle", None, "sram"),
        ("cycle", "sdram", "sdram"),
    ],
)
def test_networks_are_compiled_for_the_memory_of_the_board(
    monkeypatch: pytest.MonkeyPatch, device: str, memory: str | None, expected: str
) -> None:
    class Asked(Exception):
        pass

    def obtain(_model: str, _preset: str, _numerics: str, asked: str, *_: object) -> None:
        raise Asked(asked)

    monkeypatch.setattr(execution, "obtain_program", obtain)
    request = execution.Request(
        model=str(NETWORK), device=device, preset="nano", numerics=None, memory=memory,
        inputs=[], samples=1,
    )  # fmt: skip
    with pytest.raises(Asked, match=f"^{expected}$"):
        execution.execute(request)


def test_kws_through_noise(
    board: Callable[..., Board], lilong_command: Lilong, tmp_path: Path, models: Path
) -> None:
    model = models / "mlperf-tiny/kws.tflite"
    noisy = board("preset=nano", "noise=0.0005")
    expected = run_on(lilong_command, "functional", tmp_path, model, "nano")
    place = f"serial:{noisy.path}"
    assert np.array_equal(run_on(lilong_command, place, tmp_path, model, "nano"), expected)
    assert noisy.tell("")[1] > 5


def test_profile_of_a_board_has_no_layers(
    board: Callable[..., Board], lilong_command: Lilong, tmp_path: Path
) -> None:
    """The chip counts whole jobs; the command says so, and where the times of layers are."""
    done = lilong_command(
        "profile", NETWORK, "--device", f"serial:{board().path}",
        "--json", tmp_path / "p.json", "--html", tmp_path / "p.html",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert "No times of layers: the chip behind serial counts the cycles of whole" in done.out
    assert "--device cycle has them" in done.out
    report = json.loads((tmp_path / "p.json").read_text())
    assert report["cycles"] > 0
    assert all(layer["cycles"] is None for layer in report["layers"])
    assert "Timeline" not in (tmp_path / "p.html").read_text()


def test_wrong_bitstreams(board: Callable[..., Board], lilong_command: Lilong) -> None:
    lite, other = board("preset=lite"), board("hash=1")
    lilong_command("run", NETWORK, "--device", f"serial:{lite.path}").refused(
        str(lite.path), "the bitstream has preset lite, the program is for edge", "--preset lite"
    )
    lilong_command("run", NETWORK, "--device", f"serial:{other.path}").refused(
        "the bitstream was built from specification", f"{_lilong.spec_hash:08x}"
    )


def test_wrong_places(lilong_command: Lilong, tmp_path: Path) -> None:
    def refused(device: str, *words: str) -> None:
        lilong_command("run", NETWORK, "--device", device).refused(*words)

    refused("serial:/dev/nothing", "/dev/nothing", "there is no such serial port", "doctor")
    refused("serial:/dev/null", "not a serial port")
    refused("serial", "needs a path")
    refused("serial:/dev/null,bits=8", "has no option 'bits=8'", "baud, timeout, limit")
    refused("uio:/dev/uio99,buffer=/dev/udmabuf99", "no such device file")
    refused("uio:/dev/uio99", "needs a buffer")
    refused("functional:x", "unknown device 'functional:x'")
    refused("usb:/dev/x", "unknown device 'usb:/dev/x'", "doctor")
    lilong_command(
        "run", NETWORK, "--device", "serial:/dev/null", "--trace", tmp_path / "t.json"
    ).refused("--trace needs the time of every instruction", "whole inferences", "--device cycle")
    lilong_command(
        "run", NETWORK, "--device", "serial:/dev/null", "--waves", tmp_path / "w.fst"
    ).refused("--waves needs the signals of the chip")


def test_busy_port(board: Callable[..., Board], lilong_command: Lilong) -> None:
    place = f"serial:{board().path}"
    device = lilong.Device(place)
    lilong_command("run", NETWORK, "--device", place).refused("another program is using")
    del device


def test_session_goes_on_after_unplugging(board: Callable[..., Board]) -> None:
    plugged = board()
    program = lilong.compile(NETWORK)
    uploads: list[tuple[int, int]] = []
    device = lilong.Device(
        f"serial:{plugged.path},timeout=2", upload=lambda done, total: uploads.append((done, total))
    )
    session = lilong.Session(program, device)
    expected = lilong.Session(program).run_random(seed=3)
    assert np.array_equal(session.run_random(seed=3), expected)
    assert session.cycles and not uploads  # the program is small
    plugged.tell("unplug")
    with pytest.raises(lilong.Error) as caught:
        session.run_random(seed=3)
    assert caught.value.id == "deviceLost"
    plugged.tell("off")
    plugged.tell("plug")
    assert np.array_equal(session.run_random(seed=3), expected)


def test_doctor_lists_boards(lilong_command: Lilong) -> None:
    text = lilong_command("doctor").out
    assert "serial" in text and "uio" in text


def test_soc(lilong_command: Lilong, tmp_path: Path, models: Path) -> None:
    model = models / "mlperf-tiny/kws.tflite"
    chip = Board(tmp_path / "soc", "soc")
    place = f"uio:{chip.path}/uio0,buffer={chip.path}/udmabuf0,sysfs={chip.path}/sysfs"
    expected = run_on(lilong_command, "functional", tmp_path, model, "edge")
    assert np.array_equal(run_on(lilong_command, place, tmp_path, model, "edge"), expected)
    assert chip.end() == 0


def test_fpga_system(
    simulation: Callable[..., Simulation], lilong_command: Lilong, tmp_path: Path
) -> None:
    """The bundled network on the Verilated FPGA top, with noise; unplugged and reset in between."""
    fpga = simulation("--preset", "nano", "--memory", "bram",
                      "--noise-to-chip", "0.0001", "--noise-to-host", "0.0001")  # fmt: skip
    program = lilong.compile(NETWORK, preset="nano", memory="sdram")
    expected = lilong.Session(program).run_random(seed=4)
    session = lilong.Session(program, lilong.Device(f"serial:{fpga.path},timeout=20", "nano"))
    assert np.array_equal(session.run_random(seed=4), expected)
    cycles = session.cycles
    assert cycles
    for number in (signal.SIGUSR1, signal.SIGUSR2):  # the plug, the reset button
        fpga.signal(number)
        with pytest.raises(lilong.Error) as caught:
            session.run_random(seed=4)
        assert caught.value.id == "deviceLost"
        assert np.array_equal(session.run_random(seed=4), expected)
    assert session.cycles == cycles


def test_kws_on_the_fpga_system(
    simulation: Callable[..., Simulation], lilong_command: Lilong, tmp_path: Path, models: Path
) -> None:
    model = models / "mlperf-tiny/kws.tflite"
    fpga = simulation("--preset", "nano", "--memory", "sdram")
    expected = run_on(lilong_command, "functional", tmp_path, model, "nano", 1)
    place = f"serial:{fpga.path},timeout=20"
    assert np.array_equal(run_on(lilong_command, place, tmp_path, model, "nano", 1), expected)
