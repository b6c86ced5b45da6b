# SPDX-License-Identifier: Apache-2.0
"""Reader, checks and writers of the single source of encodings (rtl/spec/lilong.yaml)."""
