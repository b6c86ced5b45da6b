# SPDX-License-Identifier: Apache-2.0
"""Programs: compiled networks, in memory and in files."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lilong import _lilong
from lilong.errors import Error, make
from lilong.gen import isa

PRESETS = tuple(isa.PRESETS)
NUMERICS = ("tflm", "litert-ref", "litert")
DEFAULT_NUMERICS = "litert"


@dataclass(frozen=True)
class TensorInfo:
    """A network input or output; real value = scale * (q - zero_point), scale 0: not quantised."""

    name: str
    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    scale: float
    zero_point: int

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Shape of one sample: without a leading batch dimension of 1."""
        return self.shape[1:] if self.shape[:1] == (1,) else self.shape


class Program:
    """A compiled network.  Made by `lilong.compile` or `Program.load`."""

    def __init__(self, native: _lilong.Program) -> None:
        self.native = native

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Program:
        return cls(_lilong.Program.load(os.fspath(path)))

    @classmethod
    def from_bytes(cls, data: bytes, file: str = "memory") -> Program:
        return cls(_lilong.Program.parse(data, file))

    def save(self, path: str | os.PathLike[str]) -> None:
        self.native.save(os.fspath(path))

    def to_bytes(self) -> bytes:
        return self.native.serialize()

    def image(self) -> bytes:
        """One block of bytes for the bare-metal driver (runtime/bare_metal/lilong_image.h)."""
        return _lilong.image(self.native)

    def save_c(self, path: str | os.PathLike[str]) -> tuple[Path, Path]:
        """Writes the image as C: NAME.h and NAME.c.

        path: a file NAME.c, or a folder; then the network's file gives the name.
        """
        to = Path(path)
        if to.suffix != ".c":
            to = to / (_lilong.c_name(Path(self.model).stem) + ".c")
        texts = _lilong.c_source(self.native, to.stem)
        files = to.with_suffix(".h"), to
        try:
            to.parent.mkdir(parents=True, exist_ok=True)
            for file, text in zip(files, texts, strict=True):
                file.write_text(text, encoding="ascii")
        except OSError as error:
            raise make(
                "fileWriteFailed",
                f"the C files cannot be written ({error.strerror})",
                file=os.fspath(to),
                remedy="Check the path, the free space and the permissions of the folder",
            ) from error
        return files

    @property
    def model(self) -> str:
        return self.native.model

    @property
    def preset(self) -> str:
        return self.native.preset

    @property
    def numerics(self) -> str:
        return self.native.numerics

    @property
    def inputs(self) -> list[TensorInfo]:
        return [_tensor(entry) for entry in self.native.inputs]

    @property
    def outputs(self) -> list[TensorInfo]:
        return [_tensor(entry) for entry in self.native.outputs]

    @property
    def layers(self) -> list[dict[str, Any]]:
        """Name, op, macs, bytes, step, instructions, on_chip and exactness of every layer."""
        return self.native.layers

    @property
    def host_layers(self) -> list[dict[str, Any]]:
        """The layers that run on the host."""
        return [layer for layer in self.layers if not layer["on_chip"]]

    def disassemble(self) -> list[list[str]]:
        """The instructions of every chip step as text."""
        return [_lilong.disassemble(step["code"]) for step in self.native.steps if "code" in step]

    def __repr__(self) -> str:
        return f"<lilong.Program {self.model} for {self.preset}, {self.numerics}>"


def compile(
    model: str | os.PathLike[str] | bytes,
    preset: str = "edge",
    numerics: str | None = None,
    memory: str = "sram",
    *,
    allow_host: bool = True,
    dead_channels: str = "keep",
) -> Program:
    """Compiles a .tflite file (a path, or its bytes).

    numerics: the interpreter whose bytes the results equal: "tflm", "litert-ref" or "litert".
    memory: the memory timing that the schedule is made for.
    allow_host: without it, an operator that the chip does not run is an error.
    dead_channels: "keep", or "remove" channels that are constant whatever the input.
    """
    if isinstance(model, bytes):
        data, name = model, "network"
    else:
        data, name = _lilong.read_file(os.fspath(model)), Path(model).name
    try:
        native = _lilong.compile(
            data,
            name,
            preset=preset,
            numerics=DEFAULT_NUMERICS if numerics is None else numerics,
            memory=memory,
            allow_host=allow_host,
            dead_channels=dead_channels,
        )
    except Error as error:
        if error.file == name and not isinstance(model, bytes):
            error.file = os.fspath(model)  # programs keep the bare name, messages the whole path
        raise
    return Program(native)


def _tensor(entry: dict[str, Any]) -> TensorInfo:
    return TensorInfo(
        name=entry["name"],
        dtype=np.dtype(entry["dtype"]),
        shape=entry["shape"],
        scale=entry["scale"],
        zero_point=entry["zero_point"],
    )
