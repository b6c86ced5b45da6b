# SPDX-License-Identifier: Apache-2.0
"""`python -m lilong` is the command `lilong`."""

from lilong.cli.main import entry

entry()
