// SPDX-License-Identifier: Apache-2.0
// Finds and loads the shared module of a preset and flavour, and makes chips from it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/result.hpp"
#include "sim/rtl/chip.hpp"

namespace lilong::rtl {

// A loaded module stays loaded until the process ends.
// `folder`: where to look; empty: environment variable LILONG_RTL_DIR, then beside the library
// and the program and in lib/lilong and rtl_modules of the folders above them.
Result<const Module*> loadModule(std::string_view preset, std::string_view flavour,
                                 const std::string& folder = {});

// Path of a file that lies where modules lie, empty if there is none.
std::string findFile(const std::string& name, const std::string& folder = {});

// Path of the module file that loadModule would load, empty if there is none.
std::string findModule(std::string_view preset, std::string_view flavour,
                       const std::string& folder = {});

}  // namespace lilong::rtl
