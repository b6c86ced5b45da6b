// SPDX-License-Identifier: Apache-2.0
#include "compiler/chip_step.hpp"

#include <fmt/format.h>

#include "compiler/alloc/buffer.hpp"
#include "compiler/emit/emit.hpp"
#include "compiler/search/search.hpp"
#include "compiler/tile/schedule.hpp"

namespace lilong::backend {

Result<CompiledStep> compileStep(const Lowered& lowered, const isa::Preset& preset,
                                 const memory::Timing& timing,
                                 const std::vector<uint8_t>& constants, uint32_t spillBytes,
                                 const std::string& file, const Meter::Allowance& allowance) {
  Meter meter(preset, timing, allowance);
  auto found = searchPlan(lowered, preset, timing, meter, {constants.size(), spillBytes, file});
  if (!found) return found.error();
  ScheduleOptions scheduling;
  scheduling.constants = constants;
  scheduling.spillBytes = spillBytes;
  Schedule schedule = makeSchedule(lowered, found->plan, preset, scheduling);
  const uint32_t alignment = bufferAlignment(preset);
  const bool fits =
      fitSchedule(schedule, preset.scratchpadBytes, alignment, found->plan.loadsAhead);
  const auto wrong = validateAllocation(schedule.buffers, preset.scratchpadBytes, alignment);
  if (!fits || wrong) return makeError(DiagId::internal, wrong.value_or("no room"), file);
  auto code = emitCode(lowered, schedule, preset, file);
  if (!code) return code.error();
  return CompiledStep{
      std::move(*code), std::move(schedule.constants), static_cast<uint32_t>(schedule.spillBytes),
      found->cycles,    meter.evaluations(),           meter.simulated()};
}

}  // namespace lilong::backend
