# SPDX-License-Identifier: Apache-2.0
"""Writes vibration.npz: inputs and the outputs of the public interpreters.

Keys: input (int8), label (class indices), tflm, litert_ref, litert_xnnpack (int8 outputs).
Each interpreter runs in a process of its own.  Needs the tier `test`.
"""

from __future__ import annotations

import pathlib
import subprocess
import sys
import tempfile

import numpy as np

from lilong.networks.vibration import data

FOLDER = pathlib.Path(__file__).parent
SAMPLES = 32

RUNNER = """
import sys
import numpy as np
kind, network, source, target = sys.argv[1:]
x = np.load(source)
if kind == "tflm":
    from tflite_micro.python.tflite_micro import runtime
    interpreter = runtime.Interpreter.from_file(network)
    outputs = []
    for sample in x:
        interpreter.set_input(sample[np.newaxis], 0)
        interpreter.invoke()
        outputs.append(interpreter.get_output(0)[0].copy())
else:
    from ai_edge_litert import interpreter as litert
    resolver = litert.OpResolverType
    interpreter = litert.Interpreter(network, experimental_op_resolver_type=(
        resolver.BUILTIN_REF if kind == "litert_ref" else resolver.AUTO))
    interpreter.allocate_tensors()
    i, o = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    outputs = []
    for sample in x:
        interpreter.set_tensor(i["index"], sample[np.newaxis])
        interpreter.invoke()
        outputs.append(interpreter.get_tensor(o["index"])[0].copy())
np.save(target, np.stack(outputs))
"""


def main() -> None:
    from ai_edge_litert.interpreter import Interpreter

    network = str(FOLDER / "vibration.tflite")
    details = Interpreter(network).get_input_details()[0]
    scale, zero = details["quantization"]
    images, labels = data.dataset(777, SAMPLES)
    x = np.clip(np.round(images / scale) + zero, -128, 127).astype(np.int8)
    arrays = {"input": x, "label": labels.astype(np.int8)}
    with tempfile.TemporaryDirectory() as folder:
        source = f"{folder}/x.npy"
        np.save(source, x)
        for kind in ("tflm", "litert_ref", "litert_xnnpack"):
            target = f"{folder}/{kind}.npy"
            subprocess.run(
                [sys.executable, "-c", RUNNER, kind, network, source, target], check=True
            )
            arrays[kind] = np.load(target)
    np.savez_compressed(FOLDER / "vibration.npz", **arrays)
    for kind in ("tflm", "litert_ref", "litert_xnnpack"):
        print(kind, "right:", int((arrays[kind].argmax(1) == labels).sum()), "of", SAMPLES)


if __name__ == "__main__":
    main()
