// SPDX-License-Identifier: Apache-2.0
// The C++ API in one include: programs, devices, sessions, reports.  The compiler is separate
// (compiler/compile.hpp), so that a product can ship without it.
#pragma once

#include "runtime/device.hpp"        // IWYU pragma: export
#include "runtime/devices.hpp"       // IWYU pragma: export
#include "runtime/program.hpp"       // IWYU pragma: export
#include "runtime/program_file.hpp"  // IWYU pragma: export
#include "runtime/report.hpp"        // IWYU pragma: export
#include "runtime/session.hpp"       // IWYU pragma: export
#include "runtime/validate.hpp"      // IWYU pragma: export
