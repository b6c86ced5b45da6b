# SPDX-License-Identifier: Apache-2.0
"""Shared by the Python tests: the command line as a function, networks, program files."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import needs
import pytest
from needs import ROOT

BUNDLED = ROOT / "python/lilong/networks/vibration"


class Outcome:
    """How the command ended."""

    def __init__(self, done: subprocess.CompletedProcess[str]) -> None:
        self.code = done.returncode
        self.out = done.stdout
        self.err = done.stderr

    def refused(self, *words: str, code: int = 2) -> None:
        """Ended with `code` and one sentence on standard error that holds all words."""
        assert self.code == code, (self.code, self.out, self.err)
        assert "Traceback" not in self.err
        assert self.err.startswith("lilong: "), self.err
        assert self.err.strip().count("\n") == 0, self.err
        for word in words:
            assert word in self.err, (word, self.err)


Lilong = Callable[..., Outcome]


@pytest.fixture(scope="session")
def lilong_command() -> Lilong:
    """The command, in a process of its own."""
    script = Path(sys.executable).parent / "lilong"
    start = [str(script)] if script.exists() else [sys.executable, "-m", "lilong"]

    def run(*arguments: str | os.PathLike[str], timeout: float = 300) -> Outcome:
        command = [*start, *(os.fspath(argument) for argument in arguments)]
        return Outcome(
            subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)
        )

    return run


@pytest.fixture(scope="session")
def bundled() -> Path:
    """The bundled network."""
    return BUNDLED / "vibration.tflite"


@pytest.fixture(scope="session")
def program_file(tmp_path_factory: pytest.TempPathFactory, bundled: Path) -> Path:
    """The bundled network, compiled for edge."""
    import lilong

    path = tmp_path_factory.mktemp("program") / "vibration.lilong"
    lilong.compile(bundled).save(path)
    return path


@pytest.fixture(scope="session")
def models() -> Path:
    """The public networks; without them the test is skipped, or fails if they are required."""
    return needs.models()


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, bytes], Path]:
    """Writes bytes to a file of the test."""

    def to(name: str, content: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return to


def spread(length: int, count: int) -> Sequence[int]:
    """About `count` positions over the whole of `length`, ends included."""
    step = max(1, length // count)
    return sorted({*range(0, length, step), length - 1})
