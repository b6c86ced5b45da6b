# SPDX-License-Identifier: Apache-2.0
"""Trains the vibration network and writes vibration.tflite (int8 inside, int8 at the edges).

Needs the tier `train` (`python/requirements/train.txt`); not part of build or tests.
Run from the repository root:  python -m lilong.networks.vibration.train
Then:                          python -m lilong.networks.vibration.golden
"""

from __future__ import annotations

import json
import pathlib

import numpy as np
import tensorflow as tf

from lilong.networks.vibration import data

FOLDER = pathlib.Path(__file__).parent
SEED = 20261122
TRAIN, VALIDATION, TEST = 12000, 1500, 3000


def build() -> tf.keras.Model:
    """Depthwise-separable network with one residual connection, 0.41 M MACs."""
    layers = tf.keras.layers

    def convolution(x, channels, kernel, stride, name):
        x = layers.Conv2D(channels, kernel, stride, "same", use_bias=False, name=name)(x)
        return layers.ReLU(6.0)(layers.BatchNormalization()(x))

    def separable(x, channels, stride, name):
        x = layers.DepthwiseConv2D(3, stride, "same", use_bias=False, name=name + "_dw")(x)
        x = layers.ReLU(6.0)(layers.BatchNormalization()(x))
        return convolution(x, channels, 1, 1, name + "_pw")

    inputs = tf.keras.Input((data.FRAMES, data.BINS, 1), name="spectrogram")
    x = convolution(inputs, 16, 5, 2, "stem")
    x = separable(x, 24, 1, "block1")
    shortcut = separable(x, 32, 2, "block2")
    x = separable(shortcut, 32, 1, "block3")
    x = layers.Add(name="residual")([x, shortcut])
    x = separable(x, 48, 2, "block4")
    x = layers.AveragePooling2D((4, 4), name="pool")(x)
    x = layers.Flatten()(x)
    x = layers.Dense(len(data.CLASSES), name="classifier")(x)
    return tf.keras.Model(inputs, layers.Softmax(name="probability")(x), name="vibration")


def convert(model: tf.keras.Model, calibration: np.ndarray) -> bytes:
    """Full-integer post-training quantisation, calibrated on training data."""
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([sample[np.newaxis]] for sample in calibration)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = tf.int8
    converter.inference_output_type = tf.int8
    return converter.convert()


def accuracy(network: bytes, images: np.ndarray, labels: np.ndarray) -> float:
    """Share of right answers of the quantised network."""
    interpreter = tf.lite.Interpreter(model_content=network)
    interpreter.allocate_tensors()
    source, target = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    scale, zero = source["quantization"]
    right = 0
    for image, label in zip(images, labels, strict=True):
        quantised = np.clip(np.round(image / scale) + zero, -128, 127).astype(np.int8)
        interpreter.set_tensor(source["index"], quantised[np.newaxis])
        interpreter.invoke()
        right += int(np.argmax(interpreter.get_tensor(target["index"])[0]) == label)
    return right / len(labels)


def main() -> None:
    tf.keras.utils.set_random_seed(SEED)
    train_x, train_y = data.dataset(SEED, TRAIN)
    valid_x, valid_y = data.dataset(SEED + 1, VALIDATION)
    test_x, test_y = data.dataset(SEED + 2, TEST)
    model = build()
    steps = TRAIN // 64 * 14
    schedule = tf.keras.optimizers.schedules.CosineDecay(3e-3, steps)
    optimizer = tf.keras.optimizers.Adam(schedule)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(train_x, train_y, 64, 14, validation_data=(valid_x, valid_y), verbose=2)
    network = convert(model, train_x[:400])
    (FOLDER / "vibration.tflite").write_bytes(network)
    result = {
        "classes": list(data.CLASSES),
        "test_recordings": TEST,
        "accuracy_float": round(float(model.evaluate(test_x, test_y, verbose=0)[1]), 4),
        "accuracy_int8": round(accuracy(network, test_x, test_y), 4),
        "bytes": len(network),
        "tensorflow": tf.__version__,
    }
    (FOLDER / "vibration.json").write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
