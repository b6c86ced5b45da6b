// SPDX-License-Identifier: Apache-2.0
#include "sim/cycle/decode.hpp"

#include "sim/isa/gen/isa_checks.hpp"

namespace lilong::cycle {

namespace {

constexpr uint32_t kPipeline = 3;  // cycles from the last term to the verdict

struct Slot {
  std::string_view name;  // of the footprint
  uint32_t terms;
};
// Footprints in the order of their checks, active or not.
std::span<const Slot> slotsOf(isa::Opcode opcode) {
  static constexpr Slot kLoad[] = {{"scratchpad", 2}, {"memory", 2}};
  static constexpr Slot kConv[] = {{"input", 1}, {"output", 2}, {"weights", 1}, {"params", 1}};
  static constexpr Slot kPool[] = {{"input", 1}, {"output", 2}, {"params", 0}};
  static constexpr Slot kEltwise[] = {{"output", 2}, {"a", 2}, {"b", 2}, {"params", 0}};
  static constexpr Slot kSoftmax[] = {{"input", 2}, {"params", 0}, {"output", 2}};
  static constexpr Slot kCopy[] = {{"source", 4}, {"destination", 4}};
  switch (opcode) {
    case isa::Opcode::load:
    case isa::Opcode::store:
      return kLoad;
    case isa::Opcode::conv:
    case isa::Opcode::dwconv:
      return kConv;
    case isa::Opcode::pool:
      return kPool;
    case isa::Opcode::eltwise:
      return kEltwise;
    case isa::Opcode::softmax:
      return kSoftmax;
    case isa::Opcode::copy:
      return kCopy;
    default:
      return {};
  }
}

// The footprint that raised `trap`.
std::string_view failing(const isa::Descriptor& d, const isa::Preset& preset,
                         std::span<const isa::RegionView, isa::kRegions> regions) {
  for (const isa::Footprint& f : isa::footprints(d, preset)) {
    if (f.space == isa::Space::scratchpad) {
      if (f.end() > preset.scratchpadBytes) return f.name;
    } else if (f.end() > regions[f.region].size ||
               !(f.write ? regions[f.region].write : regions[f.region].read)) {
      return f.name;
    }
  }
  return {};
}

}  // namespace

void Decode::take(bool missing, uint32_t instruction, std::span<const uint8_t> program) {
  state = State::flags;
  number = instruction;
  trap.reset();
  const uint64_t offset = uint64_t{instruction} * isa::kDescriptorBytes;
  if (missing) {
    trap = isa::Trap{isa::TrapCode::programRange, isa::Engine::fetch, instruction, offset};
    return;
  }
  descriptor = offset + isa::kDescriptorBytes <= program.size()
                   ? isa::readDescriptor(program.data() + offset)
                   : isa::Descriptor{};
  trap = isa::check(descriptor, *preset, regions, instruction);
  if (const auto* info = isa::findInstruction(isa::opcodeByte(descriptor))) queue = info->queue;
  empty = isa::isEmpty(descriptor, *preset);
}

bool Decode::act() {
  const bool footprint = trap && (trap->code == isa::TrapCode::scratchpadRange ||
                                  trap->code == isa::TrapCode::regionRange ||
                                  trap->code == isa::TrapCode::regionAccess);
  if (trap && !footprint) {
    state = State::trapped;
    return false;
  }
  if (queue == isa::Queue::control) {
    state = State::done;
    return true;
  }
  const std::span<const Slot> slots =
      slotsOf(static_cast<isa::Opcode>(isa::opcodeByte(descriptor)));
  if (empty || slots.empty()) {
    state = State::push;
    return false;
  }
  state = State::check;
  wait = kPipeline;
  const std::string_view last = footprint ? failing(descriptor, *preset, regions) : "";
  for (const Slot& slot : slots) {
    wait += slot.terms == 0 ? 1 : slot.terms;
    if (slot.name == last) break;
  }
  return false;
}

}  // namespace lilong::cycle
