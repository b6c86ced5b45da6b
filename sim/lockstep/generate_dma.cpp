// SPDX-License-Identifier: Apache-2.0
// Random load and store, empty instructions, and programs that end in a trap.
#include <algorithm>

#include "sim/isa/check.hpp"
#include "sim/lockstep/builder.hpp"

namespace lilong::lockstep {

namespace {

// Fields of a transfer that fits the window and the scratchpad, mostly.
template <typename Instruction>
bool transfer(CaseBuilder& b, Instruction& i, bool toMemory, uint32_t budget) {
  Random& r = b.random;
  i.region = static_cast<uint8_t>(b.windowFor(toMemory));
  const uint32_t size = b.test.windows[i.region].size;
  i.rowBytes = r.chance(40) ? r.small(1, 24) : r.chance(85) ? r.small(1, 300) : r.small(1, 6000);
  i.rows = static_cast<uint16_t>(r.chance(40) ? 1 : r.small(1, 12));
  i.planes = static_cast<uint16_t>(r.chance(70) ? 1 : r.small(1, 5));
  if (uint64_t{i.rowBytes + 40} * i.rows * i.planes / b.preset.axiBytes > budget) return false;
  const bool dense = r.chance(50);
  i.memRowStride = dense ? i.rowBytes : b.pitch(i.rowBytes, 1) + r.small(0, 30);
  i.memPlaneStride = static_cast<uint32_t>(
      dense ? uint64_t{i.rowBytes} * i.rows : uint64_t{i.memRowStride} * i.rows + r.small(0, 90));
  if (!toMemory && r.chance(8)) i.memRowStride = r.small(0, 64);  // rows that overlap
  if (toMemory && r.chance(5)) i.memRowStride = r.small(0, 64);
  if (i.rows == 1 && r.chance(50)) i.memRowStride = static_cast<uint32_t>(r.next());
  if (i.planes == 1 && r.chance(50)) i.memPlaneStride = static_cast<uint32_t>(r.next());
  const uint64_t memory = uint64_t{i.rows - 1u} * i.memRowStride +
                          uint64_t{i.planes - 1u} * i.memPlaneStride + i.rowBytes;
  if (memory > size) return false;
  const uint64_t room = size - memory;
  i.memOffset = static_cast<uint32_t>(r.chance(10) ? room : r.next() % (room + 1));
  if (r.chance(30)) i.memOffset &= ~63u;

  i.spRowStride = b.pitch(i.rowBytes, 8);
  i.spPlaneStride = b.pitch(uint64_t{i.rows} * i.spRowStride, 8);
  if (r.chance(5)) i.spRowStride = r.small(0, 20) * 8;  // rows that overlap
  if (r.chance(3)) i.spPlaneStride = r.small(0, 20) * 8;
  const uint64_t bytes = uint64_t{i.rows - 1u} * i.spRowStride +
                         uint64_t{i.planes - 1u} * i.spPlaneStride + (i.rowBytes + 7) / 8 * 8;
  i.spAddr = toMemory ? b.placeInput(bytes, 8) : b.place(bytes, 8);
  if (!b.tryAdd(i.encode())) return false;
  if (!toMemory) b.noteOutput(i.spAddr, bytes);
  return true;
}

// Sets one of the given fields of an instruction to zero, so that it is empty.
isa::Descriptor emptied(CaseBuilder& b) {
  Random& r = b.random;
  isa::Descriptor d{};
  const auto random = [&](auto i) {
    d = i.encode();
    const isa::Descriptor reserved = isa::reservedMask(isa::opcodeByte(d));
    for (uint32_t w = 1; w < isa::kDescriptorWords; ++w) {
      d[w] = static_cast<uint32_t>(r.next()) & ~reserved[w];
    }
    return decltype(i)::decode(d);
  };
  const uint32_t which = r.range(0, 2);
  const auto outputs = [&](auto& i) {
    i.outAddr &= ~7u, i.outRowPitch &= ~7u, i.outPixPitch &= ~7u;
    i.paramsAddr -= i.paramsAddr % b.preset.depth;
    if (which == 0) i.outHeight = 0;
    if (which == 1) i.outWidth = 0;
    if (which == 2) i.channels = 0;
  };
  const auto array = [&](auto& i) {
    outputs(i);
    i.stripe = static_cast<uint8_t>(r.range(1, 32));
    i.rounding = static_cast<isa::Rounding>(r.range(0, 4));
    if (r.chance(30)) i.steps = 0;
    if (i.kernelCols == 0) i.kernelCols = 1;
  };
  const auto dma = [&](auto& i) {
    i.spAddr &= ~7u, i.spRowStride &= ~7u, i.spPlaneStride &= ~7u;
    if (which == 0) i.rows = 0;
    if (which == 1) i.planes = 0;
    if (which == 2) i.rowBytes = 0;
  };
  switch (r.range(0, 7)) {
    case 0: {
      auto i = random(isa::Conv{});
      array(i);
      i.weightsAddr -= i.weightsAddr % b.preset.depth;
      if (i.run == 0) i.run = 1;
      return i.encode();
    }
    case 1: {
      auto i = random(isa::Dwconv{});
      array(i);
      i.weightsAddr -= i.weightsAddr % b.preset.depth;
      return i.encode();
    }
    case 2: {
      auto i = random(isa::Pool{});
      array(i);
      return i.encode();
    }
    case 3: {
      auto i = random(isa::Eltwise{});
      outputs(i);
      i.binaryOp = static_cast<isa::BinaryOp>(r.range(0, 5));
      i.rounding = static_cast<isa::Rounding>(r.range(0, 4));
      i.accShift = 0;
      return i.encode();
    }
    case 4: {
      auto i = random(isa::Softmax{});
      outputs(i);
      return i.encode();
    }
    case 5: {
      auto i = random(isa::Copy{});
      uint16_t* counts[] = {&i.run, &i.count0, &i.count1, &i.count2, &i.count3};
      *counts[r.range(0, 4)] = 0;
      return i.encode();
    }
    case 6: {
      auto i = random(isa::Load{});
      dma(i);
      return i.encode();
    }
    default: {
      auto i = random(isa::Store{});
      dma(i);
      return i.encode();
    }
  }
}

// One signal too many (a rest at the end) or one wait too many (deadlock); neither depends on the
// order in which queues run.
void breakSemaphores(CaseBuilder& b) {
  Random& r = b.random;
  auto& program = b.test.program;
  const bool rest = *b.test.trap == isa::TrapCode::semaphoreRest;
  uint32_t used = 0;
  for (const isa::Descriptor& d : program) {
    const isa::Header h = isa::Header::decode(d);
    if (h.wait0En) used |= 1u << h.wait0;
    if (h.wait1En) used |= 1u << h.wait1;
  }
  uint32_t semaphore = 0;
  while (used >> semaphore & 1) ++semaphore;  // the generator leaves some of the 16 free
  const uint32_t start = r.range(0, static_cast<uint32_t>(program.size()) - 1);
  for (size_t k = 0; k < program.size(); ++k) {
    isa::Descriptor& d = program[(start + k) % program.size()];
    if (isa::opcodeByte(d) == static_cast<uint8_t>(isa::Opcode::end)) continue;
    isa::Header h = isa::Header::decode(d);
    if (rest ? h.signal0En : h.wait0En) continue;
    if (rest) {
      h.signal0En = true;
      h.signal0 = static_cast<uint8_t>(semaphore);
    } else {
      h.wait0En = true;
      h.wait0 = static_cast<uint8_t>(semaphore);
    }
    h.encodeInto(d);
    return;
  }
  // No instruction has room: one more at the end.
  isa::NopExec nop;
  if (rest) nop.header.signal0En = true, nop.header.signal0 = static_cast<uint8_t>(semaphore);
  else nop.header.wait0En = true, nop.header.wait0 = static_cast<uint8_t>(semaphore);
  program.insert(program.end() - 1, nop.encode());
}

}  // namespace

bool addLoad(CaseBuilder& b, uint32_t budget) {
  isa::Load i;
  return transfer(b, i, false, budget);
}

bool addStore(CaseBuilder& b, uint32_t budget) {
  isa::Store i;
  return transfer(b, i, true, budget);
}

bool addNop(CaseBuilder& b) {
  Random& r = b.random;
  if (r.chance(30)) {
    b.program.addIdleEdge();
    return true;
  }
  if (r.chance(60)) return b.tryAdd(emptied(b));
  switch (r.range(0, 2)) {
    case 0: return b.tryAdd(isa::NopLoad{}.encode());
    case 1: return b.tryAdd(isa::NopExec{}.encode());
    default: return b.tryAdd(isa::NopStore{}.encode());
  }
}

void addTrap(CaseBuilder& b) {
  Random& r = b.random;
  auto& program = b.test.program;
  b.test.legal = false;
  const auto make = [&]() -> isa::Descriptor {
    isa::Load load;
    load.region = 2;
    load.rows = load.planes = 1;
    load.rowBytes = r.range(1, 64);
    isa::Store store;
    store.region = static_cast<uint8_t>(b.windowFor(true));
    store.rows = store.planes = 1;
    store.rowBytes = r.range(1, 64);
    const bool out = r.chance(50);
    switch (*b.test.trap) {
      case isa::TrapCode::illegalOpcode: {
        isa::Descriptor d{};
        do {
          for (uint32_t& w : d) w = static_cast<uint32_t>(r.next());
        } while (isa::findInstruction(isa::opcodeByte(d)));
        return d;
      }
      case isa::TrapCode::reservedBits: {
        isa::Descriptor d = program[r.range(0, static_cast<uint32_t>(program.size()) - 1)];
        const isa::Descriptor reserved = isa::reservedMask(isa::opcodeByte(d));
        uint32_t word = 0;
        do word = r.range(0, isa::kDescriptorWords - 1);
        while (reserved[word] == 0);
        uint32_t bit = 0;
        do bit = r.range(0, 31);
        while (!(reserved[word] >> bit & 1));
        d[word] |= 1u << bit;
        return d;
      }
      case isa::TrapCode::badField: {
        switch (r.range(0, 8)) {
          case 0: load.spAddr = r.range(0, 100) * 8 + r.range(1, 7); return load.encode();
          case 1: store.spRowStride = r.range(0, 100) * 8 + r.range(1, 7); return store.encode();
          case 2: {
            isa::Conv i;
            i.stripe = static_cast<uint8_t>(r.pick({0, 33, 63}));
            i.run = 1;
            return i.encode();
          }
          case 3: {
            isa::Conv i;
            i.stripe = 1;  // run is 0
            return i.encode();
          }
          case 4: {
            isa::Dwconv i;
            i.stripe = 1;  // kernel_cols is 0
            return i.encode();
          }
          case 5: {
            isa::Pool i;
            i.stripe = 1, i.kernelCols = 1, i.outAddr = r.range(1, 7);
            return i.encode();
          }
          case 6: {
            isa::Eltwise i;
            i.rounding = static_cast<isa::Rounding>(r.range(5, 7));
            return i.encode();
          }
          case 7: {
            isa::Softmax i;
            i.paramsAddr = r.range(0, 9) * b.preset.depth + r.range(1, b.preset.depth - 1);
            return i.encode();
          }
          default: {
            isa::End i;
            i.header.fence = true;
            return i.encode();
          }
        }
      }
      case isa::TrapCode::scratchpadRange: {
        auto& i = load;
        i.spAddr = b.preset.scratchpadBytes - 8 * r.range(0, 7);
        i.rowBytes = out ? 60 + r.range(0, 4) : r.range(1, 0xFFFFFF);
        if (!out) {
          i.rows = static_cast<uint16_t>(r.range(2, 65535));
          i.planes = static_cast<uint16_t>(r.range(1, 65535));
          i.spRowStride = r.range(1, 2000000) * 8;
          i.spPlaneStride = r.range(0, 2000000) * 8;
        }
        if (r.chance(50)) return load.encode();
        store.spAddr = b.preset.scratchpadBytes - 8, store.rowBytes = r.range(9, 5000);
        return store.encode();
      }
      case isa::TrapCode::regionRange: {
        if (out) {
          store.memOffset = b.test.windows[store.region].size - r.range(0, store.rowBytes - 1);
          return store.encode();
        }
        load.rows = static_cast<uint16_t>(r.range(2, 65535));
        load.planes = static_cast<uint16_t>(r.range(1, 65535));
        load.memOffset = static_cast<uint32_t>(r.next());
        load.memRowStride = r.range(100000, 0xFFFFFFFF);
        load.memPlaneStride = static_cast<uint32_t>(r.next());
        return load.encode();
      }
      default: {  // regionAccess: the constants may not be written
        store.region = 1;
        return store.encode();
      }
    }
  };
  if (*b.test.trap == isa::TrapCode::programRange) {
    program.pop_back();  // no `end`: the window ends behind the program, or a little later
    b.test.windows[0].size = static_cast<uint32_t>(program.size() * isa::kDescriptorBytes) +
                             (r.chance(50) ? r.range(0, isa::kDescriptorBytes - 1) : 0);
    return;
  }
  if (*b.test.trap == isa::TrapCode::semaphoreRest || *b.test.trap == isa::TrapCode::deadlock) {
    breakSemaphores(b);
    return;
  }
  // In the middle or at the end; what follows must have no effect.
  const uint32_t at = r.range(0, static_cast<uint32_t>(program.size()) - 1);
  program.insert(program.begin() + at, make());
}

}  // namespace lilong::lockstep
