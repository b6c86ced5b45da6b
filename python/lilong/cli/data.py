# SPDX-License-Identifier: Apache-2.0
"""Arrays of the command line: reading, random data, comparison."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from lilong.errors import make
from lilong.program import Program
from lilong.session import random_inputs

Array = npt.NDArray[Any]


def load_array(spec: str) -> Array:
    """`X.npy`, `X.npz:KEY`, or `X.npz` with one array."""
    path, key = spec, None
    if not Path(spec).exists() and ":" in spec:
        path, key = spec.rsplit(":", 1)
    file = Path(path)
    if not file.exists():
        raise make("fileNotFound", "the file does not exist", file=path)
    if not file.is_file():
        raise make("fileUnreadable", "this is not a regular file", file=path)
    if file.stat().st_size == 0:
        raise make("fileEmpty", "the file is empty", file=path)
    try:
        loaded = np.load(file, allow_pickle=False)
        if isinstance(loaded, np.ndarray):
            if key is not None:
                raise make("unknownOption", f"a .npy file has no key '{key}'", file=path)
            return loaded
        with loaded:
            names = list(loaded.files)
            if key is None and len(names) == 1:
                key = names[0]
            if key is None or key not in names:
                listed = ", ".join(names)
                message = f"there is no array '{key}'" if key else "an array must be named"
                raise make("inputCount", message, file=path, remedy=f"Append one of :{listed}")
            array: Array = loaded[key]
            return array
    except (ValueError, OSError, EOFError, KeyError, zipfile.BadZipFile) as error:
        raise make(
            "fileUnreadable",
            "the file holds no readable array",
            file=path,
            remedy="Give a .npy file, or a .npz file and a key, as numpy.savez writes",
        ) from error


def gather_inputs(program: Program, specs: list[str], samples: int | None) -> list[Array]:
    """One array per network input, cut to `samples`."""
    infos = program.inputs
    if not specs:
        return random_inputs(infos, samples or 1)
    if len(specs) != len(infos):
        raise make(
            "inputCount",
            f"the network has {len(infos)} inputs, --input was given {len(specs)} times",
            file=program.model,
        )
    arrays = [load_array(spec) for spec in specs]
    if samples is None:
        return arrays
    for array, spec in zip(arrays, specs, strict=True):
        if array.ndim == 0 or len(array) < samples:
            have = 0 if array.ndim == 0 else len(array)
            raise make("inputShape", f"the array has {have} samples, --samples asks for {samples}",
                       file=spec)  # fmt: skip
    return [array[:samples] for array in arrays]


def compare(program: Program, outputs: list[Array], specs: list[str]) -> tuple[int, list[str]]:
    """Differing bytes in all outputs, and one line per output that differs."""
    infos = program.outputs
    if len(specs) != len(infos):
        raise make(
            "inputCount",
            f"the network has {len(infos)} outputs, --check was given {len(specs)} times",
            file=program.model,
            remedy="Give one golden array for every network output, in graph order",
        )
    total, lines = 0, []
    for output, info, spec in zip(outputs, infos, specs, strict=True):
        golden = load_array(spec)
        if golden.dtype != info.dtype:
            raise make("inputType", f"the output is {info.dtype}, the golden array {golden.dtype}",
                       file=spec, remedy="Give golden outputs of the same type")  # fmt: skip
        if golden.ndim == 0 or golden.shape[1:] not in (info.shape, info.sample_shape):
            raise make(
                "inputShape",
                f"the output has shape {(len(output), *info.sample_shape)}, the golden array "
                f"{golden.shape}",
                file=spec,
                remedy="Give golden outputs of the same shape",
            )
        if len(golden) < len(output):
            raise make(
                "inputShape",
                f"there are {len(golden)} golden samples for {len(output)} outputs",
                file=spec,
                remedy="Give golden outputs for every sample, or lower --samples",
            )
        golden = np.ascontiguousarray(golden[: len(output)]).reshape(output.shape)
        width = info.dtype.itemsize
        different = (
            np.ascontiguousarray(output).view(np.uint8).reshape(-1, width)
            != golden.view(np.uint8).reshape(-1, width)
            if output.ndim
            else np.zeros((0, width), bool)
        )
        count = int(different.sum())
        if count:
            first = int(np.flatnonzero(different.any(axis=1))[0])
            index = tuple(int(i) for i in np.unravel_index(first, output.shape))
            lines.append(
                f"output '{info.name}': {count} of {output.nbytes} bytes differ from {spec}, first "
                f"at sample {index[0]}, element {list(index[1:])}: {output.flat[first]} instead of "
                f"{golden.flat[first]}"
            )
        total += count
    return total, lines


def save_outputs(outputs: list[Array], paths: list[str], program: Program) -> None:
    if len(paths) != len(outputs):
        raise make(
            "inputCount",
            f"the network has {len(outputs)} outputs, --output was given {len(paths)} times",
            file=program.model,
            remedy="Give one file for every network output, in graph order",
        )
    for output, path in zip(outputs, paths, strict=True):
        try:
            with open(path, "wb") as file:
                np.save(file, output)
        except OSError as error:
            raise make("fileWriteFailed", "the file cannot be written", file=path) from error


def write_text(path: str, text: str) -> None:
    try:
        Path(path).write_text(text + "\n")
    except OSError as error:
        raise make("fileWriteFailed", "the file cannot be written", file=path) from error
