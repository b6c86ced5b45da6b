// SPDX-License-Identifier: Apache-2.0
// Session: one program on one device.
//
//   auto program = lilong::loadProgram("kws.lilong");
//   auto device = lilong::openDevice({.name = "functional", .preset = program->preset});
//   auto session = lilong::Session::create(*program, std::move(*device));
//   auto result = (*session)->run(inputs);        // one byte vector per network input
//
// The session places the regions of the program in the memory of the device, runs its steps in
// order and brings the outputs back.  Several sessions may share a device; they take turns, and each
// loads its own constants again when another one has run in between.
#pragma once

#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runtime/device.hpp"
#include "runtime/program.hpp"
#include "sim/base/result.hpp"

namespace lilong {

using Bytes = std::vector<uint8_t>;

struct RunOptions {
  bool trace = false;  // record start and end of every instruction
};

// What happened in one step of the program.
struct StepResult {
  bool onChip = false;
  JobResult job;  // of a chip step
};

struct RunResult {
  std::vector<Bytes> outputs;      // dense tensors, in graph order
  std::optional<uint64_t> cycles;  // of all chip steps; empty on a device without time
  std::array<uint32_t, isa::kNumCounters> counters{};  // sums over the chip steps
  std::vector<StepResult> steps;
};

class Session {
 public:
  // Refuses a program of another preset and one that does not pass `validateProgram`.
  static Result<std::unique_ptr<Session>> create(Program program, std::shared_ptr<Device> device);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  const Program& program() const { return program_; }
  Device& device() { return *device_; }

  // One inference.  `inputs` holds the dense bytes of every network input, in graph order.  A trap
  // is an error (deviceTrap, or deviceTimeout for the watchdog); the session can run again.
  Result<RunResult> run(std::span<const std::span<const uint8_t>> inputs,
                        const RunOptions& options = {});
  Result<RunResult> run(const std::vector<Bytes>& inputs, const RunOptions& options = {});

  // The time of one inference, without inputs and outputs; it never depends on them.  Much faster
  // than `run` on device `cycle`.
  Result<RunResult> time(const RunOptions& options = {});

  // `run` in a thread of its own; the session must outlive the result.
  std::future<Result<RunResult>> runAsync(std::vector<Bytes> inputs, const RunOptions& options = {});

 private:
  Session(Program program, std::shared_ptr<Device> device);

  Result<void> place();
  Result<void> load();
  Result<void> checkInputs(std::span<const std::span<const uint8_t>> inputs) const;
  Result<void> writeTensor(const ProgramTensor& tensor, std::span<const uint8_t> bytes);
  Result<Bytes> readTensor(const ProgramTensor& tensor);
  Result<JobResult> runChip(size_t step, const RunOptions& options, bool values);
  Result<void> addChip(size_t step, const RunOptions& options, bool values, RunResult& result);
  Result<void> runHost(const HostStep& step);

  Program program_;
  std::shared_ptr<Device> device_;
  std::array<uint64_t, isa::kRegions> base_{};  // of region 1 to 7; region 0 is per step
  std::vector<uint64_t> code_;                  // address of the code of every chip step
  Bytes host_;                                  // region 8
};

}  // namespace lilong
