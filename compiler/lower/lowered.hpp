// SPDX-License-Identifier: Apache-2.0
// Lowered: a part of the network that runs as one program on the chip, as kernels on storages.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "compiler/lower/kernel.hpp"

namespace lilong::backend {

struct Layer {
  std::string name, op, exactness;
  uint64_t macs = 0, macsExecuted = 0;
};

// A tensor that the program leaves in memory, dense.
struct OutputTensor {
  View view;
  uint8_t region = 0;
  uint32_t offset = 0;
};

struct Lowered {
  std::vector<Storage> storages;
  std::vector<std::unique_ptr<Kernel>> kernels;  // in order of execution
  std::vector<Layer> layers;
  std::vector<OutputTensor> outputs;
  // LowerOptions that make a difference.
  bool packable = false;
  bool transposable = false;
  bool spreadable = false;
};

}  // namespace lilong::backend
