# SPDX-License-Identifier: Apache-2.0
"""Synthetic accelerometer recordings of a rotating machine with six conditions.

The signals follow the textbook signatures of vibration analysis (shaft harmonics, bearing defect
frequencies with resonance ringing, amplitude modulation); speed, load, amplitudes, resonances,
sensor noise and interference vary from recording to recording.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

SAMPLE_RATE = 8192.0  # Hz
SAMPLES = 4096  # half a second
FRAMES = 32  # spectrogram rows (time)
BINS = 32  # spectrogram columns (frequency bands)
CLASSES = ("normal", "imbalance", "misalignment", "looseness", "outer_race", "inner_race")

FloatArray = npt.NDArray[np.float32]


def _shaft(
    rng: np.random.Generator, t: FloatArray, speed: float, harmonics: list[float]
) -> FloatArray:
    """Sum of shaft harmonics; harmonics[k] is the amplitude at (k + 1) times the shaft speed."""
    phase = rng.uniform(0.0, 2.0 * np.pi, size=len(harmonics))
    signal = np.zeros_like(t)
    for k, amplitude in enumerate(harmonics):
        signal += amplitude * np.sin(2.0 * np.pi * speed * (k + 1) * t + phase[k])
    return signal.astype(np.float32)


def _impacts(
    rng: np.random.Generator,
    t: FloatArray,
    rate: float,
    amplitude: float,
    modulation: float,
    speed: float,
) -> FloatArray:
    """Bearing impacts at `rate` Hz: each rings a resonance; `modulation` follows the shaft."""
    resonance = rng.uniform(2000.0, 3300.0)
    decay = rng.uniform(500.0, 1100.0)
    signal = np.zeros_like(t)
    time = rng.uniform(0.0, 1.0 / rate)
    while time < t[-1]:
        start = int(time * SAMPLE_RATE)
        tail = t[: min(len(t) - start, 256)]
        strength = amplitude * (1.0 + modulation * np.sin(2.0 * np.pi * speed * time))
        strength *= rng.uniform(0.7, 1.3)
        ring = strength * np.exp(-decay * tail) * np.sin(2.0 * np.pi * resonance * tail)
        signal[start : start + len(tail)] += ring
        time += rng.normal(1.0, 0.015) / rate
    return signal.astype(np.float32)


def recording(rng: np.random.Generator, label: int) -> FloatArray:
    """One recording of `SAMPLES` samples in g for class index `label`."""
    t = (np.arange(SAMPLES) / SAMPLE_RATE).astype(np.float32)
    speed = rng.uniform(18.0, 55.0)  # shaft speed in Hz
    base = rng.uniform(0.10, 0.25)
    harmonics = [base, base * rng.uniform(0.2, 0.4), base * rng.uniform(0.1, 0.25), base * 0.08]
    signal = np.zeros_like(t)
    name = CLASSES[label]
    if name == "imbalance":
        harmonics[0] += rng.uniform(0.35, 1.1)
    elif name == "misalignment":
        harmonics[1] += rng.uniform(0.35, 0.9)
        harmonics[2] += rng.uniform(0.1, 0.35)
    elif name == "looseness":
        slope = rng.uniform(0.75, 0.95)
        harmonics = [rng.uniform(0.25, 0.5) * slope**k for k in range(14)]
        signal += _shaft(rng, t, speed / 2.0, [rng.uniform(0.1, 0.3)])
    elif name == "outer_race":
        signal += _impacts(rng, t, speed * rng.uniform(3.4, 3.7), rng.uniform(0.4, 1.6), 0.0, speed)
    elif name == "inner_race":
        rate = speed * rng.uniform(5.2, 5.6)
        signal += _impacts(rng, t, rate, rng.uniform(0.4, 1.6), rng.uniform(0.6, 0.95), speed)
    signal += _shaft(rng, t, speed, harmonics)
    signal += rng.normal(0.0, rng.uniform(0.03, 0.15), size=SAMPLES)
    hum = rng.uniform(0.0, 0.1)
    signal += hum * np.sin(2.0 * np.pi * 50.0 * t + rng.uniform(0.0, 6.28))
    return (signal * rng.uniform(0.7, 1.4)).astype(np.float32)


def _bands() -> npt.NDArray[np.int64]:
    """First FFT bin of every band, roughly logarithmic, BINS + 1 entries (256-point FFT)."""
    edges = np.unique(np.round(np.geomspace(1.0, 129.0, 60)).astype(np.int64))
    keep = np.round(np.linspace(0, len(edges) - 1, BINS + 1)).astype(np.int64)
    return edges[keep]


def spectrogram(signal: FloatArray) -> FloatArray:
    """Log band energies, shape [FRAMES, BINS, 1], about in [-1, 1]."""
    window = np.hanning(256).astype(np.float32)
    hop = (SAMPLES - 256) // (FRAMES - 1)
    frames = np.stack([signal[i * hop : i * hop + 256] * window for i in range(FRAMES)])
    power = np.abs(np.fft.rfft(frames, axis=1)) ** 2
    edges = _bands()
    bands = np.stack([power[:, edges[i] : edges[i + 1]].mean(axis=1) for i in range(BINS)], axis=1)
    return (np.log10(bands + 1e-4) / 4.0).astype(np.float32)[..., np.newaxis]


def dataset(seed: int, count: int) -> tuple[FloatArray, npt.NDArray[np.int64]]:
    """`count` spectrograms [count, FRAMES, BINS, 1] and their class indices [count]."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, len(CLASSES), size=count)
    images = np.stack([spectrogram(recording(rng, int(label))) for label in labels])
    return images, labels
