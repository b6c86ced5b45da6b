// SPDX-License-Identifier: Apache-2.0
// TFLite front end: bytes of a .tflite file to a checked graph.  The bytes are untrusted: any
// content gives a graph or a diagnostic.
#pragma once

#include <span>

#include "compiler/ir/graph.hpp"

namespace lilong {

Result<ir::Graph> importTflite(std::span<const uint8_t> bytes, std::string fileName);

}  // namespace lilong
