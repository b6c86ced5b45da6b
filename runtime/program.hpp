// SPDX-License-Identifier: Apache-2.0
// Program: a compiled network in memory.  The compiler makes it, the program file stores it
// (runtime/program_file.hpp), the session runs it.  Untrusted until `validate` has accepted it.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "sim/base/result.hpp"

namespace lilong {

enum class DType : uint8_t { int8 = 0, uint8 = 1, int16 = 2, int32 = 3, float32 = 4, int64 = 5 };

// Regions of a program; 8 is host memory that the chip never sees.
inline constexpr uint8_t kRegionProgram = 0, kRegionConstants = 1, kRegionSpill = 2,
                         kRegionInputs = 3, kRegionOutputs = 4, kRegionVariables = 5,
                         kRegionHost = 8;

// A dense tensor in a region, exactly the framework's bytes.
struct ProgramTensor {
  std::string name;
  DType dtype = DType::int8;
  std::vector<int32_t> shape;
  float scale = 0.0f;  // real = scale * (q - zeroPoint); 0: not quantised
  int32_t zeroPoint = 0;
  uint8_t region = kRegionHost;
  uint32_t offset = 0;
};

inline constexpr uint32_t kNoLayer = UINT32_MAX;

// One program for the chip: descriptors of 64 bytes, ending with `end`.
struct ChipStep {
  std::vector<uint8_t> code;
  uint32_t watchdogCycles = 0;  // upper bound of its cycles, for the watchdog
  // For reports: index into Program::layers, or kNoLayer, of every instruction.  Empty if unknown.
  std::vector<uint32_t> layers{};
};

// One operator that runs on the host; `attributes` are given by the operator's kernel.
struct HostStep {
  std::string op;  // "QUANTIZE", "DEQUANTIZE", ... (runtime/host/)
  std::vector<uint32_t> inputs;   // indices into Program::tensors
  std::vector<uint32_t> outputs;  // indices into Program::tensors
  std::vector<std::pair<std::string, double>> attributes;
  std::string reason;  // why it does not run on the chip
};

// A layer of the network, for reports: instructions [first, last] of chip step `step`.
struct ProgramLayer {
  std::string name;
  std::string op;
  uint64_t macs = 0;  // of the network file
  uint64_t bytes = 0; // bytes that it must move over the bus
  uint32_t step = 0;
  uint32_t firstInstruction = 0;
  uint32_t lastInstruction = 0;
  bool onChip = true;
  std::string exactness{};  // "proved", "tested", or why it may differ from the interpreter
  uint64_t macsRemoved = 0;  // of `macs`, those of constant channels that are not computed
  uint64_t macsExecuted() const { return macs - macsRemoved; }
};

struct Program {
  std::string model;     // file name of the network
  std::string modelSha256;
  std::string preset;
  std::string numerics;  // tflm, litert-ref, litert
  std::string compilerVersion;
  uint32_t specHash = 0;
  std::vector<uint8_t> constants;  // content of region 1
  uint32_t spillBytes = 0, inputBytes = 0, outputBytes = 0, variableBytes = 0, hostBytes = 0;
  std::vector<ProgramTensor> tensors;
  std::vector<uint32_t> inputs, outputs;  // indices into tensors, in graph order
  std::vector<std::variant<ChipStep, HostStep>> steps;  // in order of execution
  std::vector<ProgramLayer> layers;
};

}  // namespace lilong
