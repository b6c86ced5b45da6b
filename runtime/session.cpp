// SPDX-License-Identifier: Apache-2.0
// Placement, loading and running of a program.
#include "runtime/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "runtime/host/kernels.hpp"
#include "runtime/validate.hpp"
#include "runtime/verify_step.hpp"

namespace lilong {

namespace {

// Regions begin at multiples of this: more than the 64 bytes that the chip needs, so that bursts
// split in the same places wherever a region lies.
constexpr uint64_t kRegionAlignment = 4096;

// From this region on, memory is zeroed before the first run: a program never sees old content.
constexpr uint8_t kFirstZeroed = kRegionSpill;

Error trapError(const isa::Trap& trap, const Program& program, size_t step) {
  std::string layer;
  for (const ProgramLayer& candidate : program.layers) {
    if (candidate.step == step && candidate.onChip &&
        trap.instruction >= candidate.firstInstruction &&
        trap.instruction <= candidate.lastInstruction) {
      layer = candidate.name;
    }
  }
  const bool timeout = trap.code == isa::TrapCode::watchdog;
  return makeError(
      timeout ? DiagId::deviceTimeout : DiagId::deviceTrap,
      fmt::format("the device stopped with trap {} of engine {} at instruction {}, address {:#x}",
                  isa::toString(trap.code), isa::toString(trap.engine), trap.instruction,
                  trap.address),
      program.model, layer);
}

}  // namespace

Session::Session(Program program, std::shared_ptr<Device> device)
    : program_(std::move(program)), device_(std::move(device)) {}

Session::~Session() {
  const std::lock_guard lock(device_->tenancy.mutex);
  if (device_->tenancy.owner == this) device_->tenancy.owner = nullptr;
}

Result<std::unique_ptr<Session>> Session::create(Program program, std::shared_ptr<Device> device) {
  if (device == nullptr) return makeError(DiagId::deviceUnavailable, "there is no device");
  if (program.preset != device->preset().name) {
    return makeError(DiagId::programPreset,
                     fmt::format("the program is for preset {}, the device has preset {}",
                                 program.preset, device->preset().name),
                     program.model);
  }
  if (auto valid = validateProgram(program, program.model); !valid.ok()) return valid.error();
  std::unique_ptr<Session> session(new Session(std::move(program), std::move(device)));
  if (auto placed = session->place(); !placed.ok()) return placed.error();
  return session;
}

// Sizes are below 1 GiB each (validateProgram), so that sums of a few thousand do not overflow.
Result<void> Session::place() {
  uint64_t next = 0;
  const auto take = [&](uint64_t bytes) {
    const uint64_t base = next;
    next += (bytes + kRegionAlignment - 1) / kRegionAlignment * kRegionAlignment;
    return base;
  };
  for (uint8_t region = kRegionConstants; region < isa::kRegions; ++region) {
    base_[region] = take(regionBytes(program_, region));
  }
  for (const auto& step : program_.steps) {
    const auto* chip = std::get_if<ChipStep>(&step);
    code_.push_back(chip == nullptr ? 0 : take(chip->code.size()));
  }
  if (next > device_->memoryBytes()) {
    return makeError(DiagId::outOfMemory,
                     fmt::format("the program needs {} bytes of device memory, the device has {}",
                                 next, device_->memoryBytes()),
                     program_.model);
  }
  host_.assign(program_.hostBytes, 0);
  return {};
}

// Constants and code to the device; what the chip may write starts as zero.
Result<void> Session::load() {
  if (device_->tenancy.owner == this) return {};
  device_->tenancy.owner = nullptr;
  if (auto written = device_->write(base_[kRegionConstants], program_.constants); !written.ok()) {
    return written;
  }
  for (uint8_t region = kFirstZeroed; region < isa::kRegions; ++region) {
    const Bytes zeros(regionBytes(program_, region), 0);
    if (auto written = device_->write(base_[region], zeros); !written.ok()) return written;
  }
  for (size_t i = 0; i < program_.steps.size(); ++i) {
    const auto* chip = std::get_if<ChipStep>(&program_.steps[i]);
    if (chip == nullptr) continue;
    if (auto written = device_->write(code_[i], chip->code); !written.ok()) return written;
  }
  device_->tenancy.owner = this;
  return {};
}

Result<void> Session::checkInputs(std::span<const std::span<const uint8_t>> inputs) const {
  if (inputs.size() != program_.inputs.size()) {
    return makeError(DiagId::inputCount,
                     fmt::format("the network has {} inputs, {} were given",
                                 program_.inputs.size(), inputs.size()),
                     program_.model);
  }
  for (size_t i = 0; i < inputs.size(); ++i) {
    const ProgramTensor& tensor = program_.tensors[program_.inputs[i]];
    if (inputs[i].size() != tensorBytes(tensor)) {
      return makeError(DiagId::inputShape,
                       fmt::format("the input needs {} bytes, {} were given", tensorBytes(tensor),
                                   inputs[i].size()),
                       program_.model, tensor.name);
    }
  }
  return {};
}

Result<void> Session::writeTensor(const ProgramTensor& tensor, std::span<const uint8_t> bytes) {
  if (tensor.region != kRegionHost) return device_->write(base_[tensor.region] + tensor.offset, bytes);
  std::copy(bytes.begin(), bytes.end(), host_.begin() + tensor.offset);
  return {};
}

Result<Bytes> Session::readTensor(const ProgramTensor& tensor) {
  Bytes bytes(tensorBytes(tensor));
  if (tensor.region == kRegionHost) {
    std::copy_n(host_.begin() + tensor.offset, bytes.size(), bytes.begin());
    return bytes;
  }
  if (auto got = device_->read(base_[tensor.region] + tensor.offset, bytes); !got.ok()) {
    return got.error();
  }
  return bytes;
}

Result<JobResult> Session::runChip(size_t step, const RunOptions& options, bool values) {
  const auto& chip = std::get<ChipStep>(program_.steps[step]);
  std::array<RegionBinding, isa::kRegions> regions{};
  regions[kRegionProgram] = {code_[step], static_cast<uint32_t>(chip.code.size()), true, false};
  for (uint8_t region = kRegionConstants; region < isa::kRegions; ++region) {
    const uint32_t size = regionBytes(program_, region);
    regions[region] = {base_[region], size, size > 0 && regionReadable(region),
                       size > 0 && regionWritable(region)};
  }
  if (auto bound = device_->bind(regions); !bound.ok()) return bound.error();
  auto job = device_->run(
      {.watchdogCycles = chip.watchdogCycles, .trace = options.trace, .values = values});
  if (job.ok() && job->trap.has_value()) return trapError(*job->trap, program_, step);
  return job;
}

Result<void> Session::addChip(size_t step, const RunOptions& options, bool values,
                              RunResult& result) {
  auto job = runChip(step, options, values);
  if (!job.ok()) return job.error();
  if (job->cycles) result.cycles = result.cycles.value_or(0) + *job->cycles;
  for (size_t k = 0; k < result.counters.size(); ++k) result.counters[k] += job->counters[k];
  result.steps.push_back({true, std::move(*job)});
  return {};
}

// Operands are copied: a kernel then sees aligned, distinct buffers, whatever the program says.
Result<void> Session::runHost(const HostStep& step) {
  std::vector<Bytes> buffers;
  std::vector<host::Operand> inputs, outputs;
  buffers.reserve(step.inputs.size() + step.outputs.size());
  for (uint32_t index : step.inputs) {
    auto bytes = readTensor(program_.tensors[index]);
    if (!bytes.ok()) return bytes.error();
    buffers.push_back(std::move(*bytes));
    inputs.push_back({&program_.tensors[index], buffers.back()});
  }
  for (uint32_t index : step.outputs) {
    buffers.emplace_back(tensorBytes(program_.tensors[index]));
    outputs.push_back({&program_.tensors[index], buffers.back()});
  }
  host::findKernel(step.op)->run(step, inputs, outputs);
  for (const host::Operand& output : outputs) {
    if (auto written = writeTensor(*output.info, output.bytes); !written.ok()) return written;
  }
  return {};
}

Result<RunResult> Session::run(std::span<const std::span<const uint8_t>> inputs,
                               const RunOptions& options) {
  if (auto checked = checkInputs(inputs); !checked.ok()) return checked.error();
  const std::lock_guard lock(device_->tenancy.mutex);
  if (auto loaded = load(); !loaded.ok()) return loaded.error();
  for (size_t i = 0; i < inputs.size(); ++i) {
    auto written = writeTensor(program_.tensors[program_.inputs[i]], inputs[i]);
    if (!written.ok()) return written.error();
  }
  RunResult result;
  for (size_t i = 0; i < program_.steps.size(); ++i) {
    if (const auto* step = std::get_if<HostStep>(&program_.steps[i])) {
      if (auto ran = runHost(*step); !ran.ok()) return ran.error();
      result.steps.emplace_back();
    } else if (auto ran = addChip(i, options, true, result); !ran.ok()) {
      return ran.error();
    }
  }
  for (uint32_t index : program_.outputs) {
    auto bytes = readTensor(program_.tensors[index]);
    if (!bytes.ok()) return bytes.error();
    result.outputs.push_back(std::move(*bytes));
  }
  return result;
}

Result<RunResult> Session::time(const RunOptions& options) {
  const std::lock_guard lock(device_->tenancy.mutex);
  if (auto loaded = load(); !loaded.ok()) return loaded.error();
  RunResult result;
  for (size_t i = 0; i < program_.steps.size(); ++i) {
    if (std::holds_alternative<HostStep>(program_.steps[i])) {
      result.steps.emplace_back();
    } else if (auto ran = addChip(i, options, false, result); !ran.ok()) {
      return ran.error();
    }
  }
  return result;
}

Result<RunResult> Session::run(const std::vector<Bytes>& inputs, const RunOptions& options) {
  const std::vector<std::span<const uint8_t>> views(inputs.begin(), inputs.end());
  return run(views, options);
}

std::future<Result<RunResult>> Session::runAsync(std::vector<Bytes> inputs,
                                                 const RunOptions& options) {
  return std::async(std::launch::async, [this, inputs = std::move(inputs), options] {
    return run(inputs, options);
  });
}

}  // namespace lilong
