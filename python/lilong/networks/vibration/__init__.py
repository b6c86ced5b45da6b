# SPDX-License-Identifier: Apache-2.0
"""Machine-vibration fault detection, six conditions, int8."""
