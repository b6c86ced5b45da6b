# SPDX-License-Identifier: Apache-2.0
"""The command `lilong`: a thin layer over the package.

Exit codes: 0 well, 1 --check found a difference, 2 user or environment error, 3 trap or timeout of
the device, 70 internal error, 130 interrupted.
"""

from lilong.cli.main import main

__all__ = ["main"]
