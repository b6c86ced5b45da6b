# SPDX-License-Identifier: Apache-2.0
"""Networks of the project: data generator, training script, network, golden outputs."""
