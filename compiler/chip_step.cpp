// SPDX-License-Identifier: Apache-2.0
#include "compiler/chip_step.hpp"

#include <fmt/format.h>

#include "compiler/alloc/buffer.hpp"
#include "compiler/emit/emit.hpp"
#include "compiler/search/search.hpp"
#include "compiler/tile/schedule.hpp"

namespace lilong::backend {

namespace {

Result<CompiledStep> emitStep(const Lowered& lowered, const Plan& plan, const isa::Preset& preset,
                              const std::vector<uint8_t>& constants, uint32_t spillBytes,
                              const std::string& file) {
  ScheduleOptions scheduling;
  scheduling.constants = constants;
  scheduling.spillBytes = spillBytes;
  Schedule schedule = makeSchedule(lowered, plan, preset, scheduling);
  const uint32_t alignment = bufferAlignment(preset);
  const bool fits = fitSchedule(schedule, preset.scratchpadBytes, alignment, plan.loadsAhead);
  const auto wrong = validateAllocation(schedule.buffers, preset.scratchpadBytes, alignment);
  if (!fits || wrong) return makeError(DiagId::internal, wrong.value_or("no room"), file);
  auto code = emitCode(lowered, schedule, preset, file);
  if (!code) return code.error();
  CompiledStep step;
  step.code = std::move(*code);
  step.constants = std::move(schedule.constants);
  step.spillBytes = static_cast<uint32_t>(schedule.spillBytes);
  step.plan = plan;
  return step;
}

}  // namespace

Result<CompiledStep> compileStep(const Lowered& lowered, const isa::Preset& preset,
                                 const memory::Timing& timing,
                                 const std::vector<uint8_t>& constants, uint32_t spillBytes,
                                 const std::string& file, const Meter::Allowance& allowance) {
  Meter meter(preset, timing, allowance);
  auto found = searchPlan(lowered, preset, timing, meter, {constants.size(), spillBytes, file});
  if (!found) return found.error();
  auto step = emitStep(lowered, found->plan, preset, constants, spillBytes, file);
  if (!step) return step;
  step->cycles = found->cycles;
  step->evaluations = meter.evaluations();
  step->simulated = meter.simulated();
  return step;
}

Result<CompiledStep> compilePlan(const Lowered& lowered, const Plan& plan,
                                 const isa::Preset& preset, const memory::Timing& timing,
                                 const std::vector<uint8_t>& constants, uint32_t spillBytes,
                                 const std::string& file) {
  if (plan.place.size() != lowered.storages.size() || plan.kernels.size() != lowered.kernels.size())
    return makeError(DiagId::internal, "the plan belongs to other kernels", file);
  auto step = emitStep(lowered, plan, preset, constants, spillBytes, file);
  if (!step) return step;
  Meter meter(preset, timing, {});  // one program, however long
  const auto cost = meter.measure(step->code);
  if (!cost) return makeError(DiagId::internal, "the program does not end", file);
  step->cycles = cost->cycles;
  step->evaluations = meter.evaluations();
  step->simulated = meter.simulated();
  return step;
}

}  // namespace lilong::backend
