# SPDX-License-Identifier: Apache-2.0
"""Sessions: one program on one device, NumPy in and out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from lilong import _lilong
from lilong.device import Device
from lilong.errors import make
from lilong.program import Program, TensorInfo

Array = npt.NDArray[Any]
Inputs = Array | Sequence[Array] | Mapping[str, Array]


class Session:
    """Runs a program; `cycles` and `report()` are of the last inference."""

    def __init__(self, program: Program, device: Device | None = None) -> None:
        self.program = program
        self.device = device if device is not None else Device(preset=program.preset)
        self._native = _lilong.Session(program.native, self.device.native)

    def run(
        self, inputs: Inputs, *, progress: Callable[[int], None] | None = None
    ) -> Array | list[Array]:
        """Runs every sample and returns one array for one output, else a list.

        `inputs` is an array for one network input, a sequence in graph order, or a mapping by
        tensor name.  The leading axis counts the samples; a batch dimension of 1 may be left out.
        `progress` is called with the number of samples done.
        """
        arrays = self._ordered(inputs)
        infos = self.program.inputs
        prepared = [
            _check(array, info, self.program.model)
            for array, info in zip(arrays, infos, strict=True)
        ]
        samples = len(prepared[0])
        for array, info in zip(prepared, infos, strict=True):
            if len(array) != samples:
                raise make(
                    "inputShape",
                    f"input '{info.name}' has {len(array)} samples, the first input {samples}",
                    file=self.program.model,
                )
        results: list[list[bytes]] = []
        for sample in range(samples):
            last = sample + 1 == samples
            results.append(self._native.run([a[sample].tobytes() for a in prepared], trace=last))
            if progress is not None:
                progress(sample + 1)
        outputs = [
            np.stack([_decode(result[i], info) for result in results])
            for i, info in enumerate(self.program.outputs)
        ]
        return outputs[0] if len(outputs) == 1 else outputs

    def run_random(self, seed: int = 0, samples: int = 1) -> Array | list[Array]:
        """Runs seeded random data: integers over their whole range, normal float32."""
        return self.run(random_inputs(self.program.inputs, samples, seed))

    def time(self, *, trace: bool = True) -> int | None:
        """Cycles of one inference, without computing it; None on a device without time.

        They never depend on the inputs.  Fastest on "cycle"; without `trace` the report has no
        layers' times.
        """
        self._native.time(trace)
        return self._native.cycles

    @property
    def cycles(self) -> int | None:
        """Cycles of the last inference, None on a device without time."""
        return self._native.cycles

    def report(self) -> dict[str, Any]:
        """The last inference, layer by layer, with the keys of the JSON report."""
        report: dict[str, Any] = json.loads(self._native.report_json())
        return report

    def trace(self) -> str:
        """Timeline of the last inference for ui.perfetto.dev, as JSON text."""
        return self._native.perfetto()

    def _ordered(self, inputs: Inputs) -> list[Array]:
        infos = self.program.inputs
        if isinstance(inputs, Mapping):
            unknown = [name for name in inputs if name not in {info.name for info in infos}]
            if unknown or len(inputs) != len(infos):
                names = ", ".join(f"'{info.name}'" for info in infos)
                raise make("inputCount", f"the inputs are {names}", file=self.program.model)
            return [inputs[info.name] for info in infos]
        arrays = [inputs] if isinstance(inputs, np.ndarray) else list(inputs)
        if len(arrays) != len(infos):
            raise make(
                "inputCount",
                f"the network has {len(infos)} inputs, {len(arrays)} were given",
                file=self.program.model,
            )
        return arrays


def random_inputs(infos: Sequence[TensorInfo], samples: int, seed: int = 0) -> list[Array]:
    """The same data for the same seed."""
    generator = np.random.default_rng(seed)
    arrays: list[Array] = []
    for info in infos:
        shape = (samples, *info.sample_shape)
        if info.dtype.kind == "f":
            arrays.append(generator.standard_normal(shape, dtype=np.float32))
        else:
            limits = np.iinfo(info.dtype)
            arrays.append(
                generator.integers(limits.min, limits.max, shape, info.dtype, endpoint=True)
            )
    return arrays


def _check(array: Array, info: TensorInfo, model: str) -> Array:
    """The array as [samples, ...] in C order."""
    array = np.asarray(array)
    if array.dtype != info.dtype:
        raise make(
            "inputType",
            f"input '{info.name}' is {info.dtype}, the array is {array.dtype}",
            file=model,
        )
    if array.ndim == 0 or array.shape[1:] not in (info.shape, info.sample_shape):
        expected = ", ".join(str(size) for size in ("samples", *info.sample_shape))
        raise make(
            "inputShape",
            f"input '{info.name}' takes arrays of shape ({expected}), this one has {array.shape}",
            file=model,
        )
    if len(array) == 0:
        raise make("inputShape", f"the array for input '{info.name}' has no samples", file=model)
    return np.ascontiguousarray(array)


def _decode(data: bytes, info: TensorInfo) -> Array:
    return np.frombuffer(data, dtype=info.dtype).reshape(info.sample_shape)
