// SPDX-License-Identifier: Apache-2.0
#include "compiler/emit/emit.hpp"

#include <fmt/format.h>

#include "sim/isa/gen/isa_checks.hpp"

namespace lilong::backend {

namespace {

template <typename Instruction>
Instruction dmaInstruction(const Schedule& schedule, const Transfer& t) {
  Instruction insn;
  insn.region = t.region;
  insn.memOffset = t.memOffset;
  insn.memRowStride = t.memRowStride;
  insn.memPlaneStride = t.memPlaneStride;
  insn.spAddr = schedule.buffers[t.buffer].address + t.bufferOffset;
  insn.spRowStride = t.spRowStride;
  insn.spPlaneStride = t.spPlaneStride;
  insn.rowBytes = t.rowBytes;
  insn.rows = static_cast<uint16_t>(t.rows);
  insn.planes = static_cast<uint16_t>(t.planes);
  return insn;
}

class Emitter {
 public:
  Emitter(const Lowered& lowered, const Schedule& schedule, const isa::Preset& preset,
          const std::string& file)
      : lowered_(lowered), schedule_(schedule), preset_(preset), file_(file) {}

  Result<std::vector<CodeLine>> run() {
    size_t load = 0;
    for (uint32_t t = 0; t < schedule_.tiles.size(); ++t) {
      for (; load < schedule_.loads.size() && schedule_.loads[load].before <= t; ++load) {
        const Transfer& transfer = schedule_.loads[load].transfer;
        add(dmaInstruction<isa::Load>(schedule_, transfer), transfer.layer, 0);
      }
      addTile(schedule_.tiles[t]);
    }
    if (!ok_)
      return makeError(DiagId::unsupportedVariant,
                       "the layer has a size or stride that no instruction can hold", file_,
                       lowered_.layers[badLayer_].name);
    synchronise(preset_, code_);
    code_.push_back({isa::End{}.encode(), isa::Queue::control, 0, 0});
    return std::move(code_);
  }

 private:
  template <typename Instruction>
  void add(const Instruction& insn, uint32_t layer, uint32_t kernel) {
    const isa::Descriptor d = insn.encode();
    // A field that is wider than its bits does not come back, a strange value is not valid.
    if (ok_ && (!(Instruction::decode(d) == insn) || !isa::validOk(d, preset_))) {
      ok_ = false;
      badLayer_ = layer;
    }
    code_.push_back({d, Instruction::kQueue, layer, kernel});
  }

  Placed absolute(const Operand& operand) const {
    Placed placed = operand.placed;
    placed.addr += schedule_.buffers[operand.buffer].address;
    return placed;
  }

  void addTile(const TileStep& step) {
    const Kernel& kernel = *lowered_.kernels[step.kernel];
    std::vector<Placed> inputs;
    for (const Operand& input : step.inputs) inputs.push_back(absolute(input));
    const uint32_t constants = step.constants ? absolute(*step.constants).addr : 0;
    std::vector<ExecInstruction> instructions;
    kernel.emit(preset_, step.tile, inputs, absolute(step.output), constants, instructions);
    for (const ExecInstruction& insn : instructions)
      std::visit([&](const auto& i) { add(i, kernel.layer, step.kernel); }, insn);
    for (const Transfer& t : step.stores)
      add(dmaInstruction<isa::Store>(schedule_, t), t.layer, step.kernel);
  }

  const Lowered& lowered_;
  const Schedule& schedule_;
  const isa::Preset& preset_;
  const std::string& file_;
  std::vector<CodeLine> code_;
  bool ok_ = true;
  uint32_t badLayer_ = 0;
};

}  // namespace

Result<std::vector<CodeLine>> emitCode(const Lowered& lowered, const Schedule& schedule,
                                       const isa::Preset& preset, const std::string& file) {
  return Emitter(lowered, schedule, preset, file).run();
}

}  // namespace lilong::backend
