// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/cycle/layers.hpp"

#include <algorithm>
#include <random>

#include "sim/isa/check.hpp"

namespace lilong::cycle {

namespace {

class Layers {
 public:
  Layers(const isa::Preset& preset, uint64_t seed) : preset_(preset), random_(seed) {}

  std::vector<uint8_t> make() {
    const uint32_t layers = range(1, 4);
    for (uint32_t i = 0; i < layers; ++i) {
      const bool waits = chance(60);
      for (uint32_t n = range(waits ? 1 : 0, 3); n-- > 0;)
        transfer(isa::Opcode::load, waits && n == 0);
      isa::Header header{};
      header.wait0En = waits;
      header.signal1En = chance(50);
      header.signal1 = 1;
      header.fence = chance(20);
      exec(header);
      if (chance(60))
        transfer(isa::Opcode::store, header.signal1En);
      else if (header.signal1En)
        transfer(isa::Opcode::store, true);
      if (chance(30)) exec({});
    }
    add(isa::End{}.encode());
    return bytes_;
  }

 private:
  uint32_t range(uint32_t low, uint32_t high) {
    return std::uniform_int_distribution<uint32_t>(low, high)(random_);
  }
  bool chance(uint32_t percent) { return range(1, 100) <= percent; }
  uint32_t scratchpad(uint32_t unit) { return range(0, preset_.scratchpadBytes / unit - 1) * unit; }

  bool add(const isa::Descriptor& d) {
    const std::array<isa::RegionView, isa::kRegions> regions{{{1u << 16, true, false},
                                                              {kLayerRegionBytes, true, false},
                                                              {kLayerRegionBytes, true, true}}};
    if (isa::check(d, preset_, regions, 0)) return false;
    bytes_.resize(bytes_.size() + isa::kDescriptorBytes);
    isa::writeDescriptor(d, bytes_.data() + bytes_.size() - isa::kDescriptorBytes);
    return true;
  }

  // `edge`: LOAD signals semaphore 0, STORE waits for semaphore 1.
  void transfer(isa::Opcode opcode, bool edge) {
    isa::Load d;
    if (opcode == isa::Opcode::load) {
      d.header.signal0En = edge;
    } else {
      d.header.wait0En = edge;
      d.header.wait0 = 1;
    }
    d.header.fence = chance(5);
    d.region = 2;
    do {
      d.memOffset = chance(50) ? range(0, 1u << 14) * 64 : range(0, 1u << 20);
      d.rows = static_cast<uint16_t>(chance(60) ? 1 : range(1, 20));
      d.planes = static_cast<uint16_t>(chance(80) ? 1 : range(1, 4));
      d.rowBytes = range(1, chance(50) ? 8192 : 300);
      d.memRowStride = chance(50) ? d.rowBytes : range(0, 4096);
      d.memPlaneStride = chance(50) ? d.rowBytes * d.rows : range(0, 8192);
      d.spAddr = scratchpad(8);
      d.spRowStride = (d.rowBytes + 7) / 8 * 8 + (chance(50) ? 0 : 8 * range(0, 8));
      d.spPlaneStride = d.spRowStride * d.rows;
      isa::Descriptor bits = d.encode();
      isa::setBits(bits, 0, 7, 0, static_cast<uint32_t>(opcode));
      if (add(bits)) return;
    } while (true);
  }

  void exec(const isa::Header& header) {
    for (int tries = 0; tries < 1000; ++tries) {
      if (add(chance(65) ? dense(header) : chance(70) ? window(header) : eltwise(header))) return;
    }
    isa::NopExec nop;
    nop.header = header;
    add(nop.encode());
  }

  isa::Descriptor dense(const isa::Header& header) {
    isa::Conv d;
    const uint32_t kernel = chance(70) ? 1 : range(1, 4), stride = chance(80) ? 1 : 2;
    const uint32_t in = chance(70) ? preset_.depth * range(1, 24) : 8 * range(1, 40);
    image(d, header, in, kernel, stride);
    d.kernelRows = static_cast<uint8_t>(kernel);
    d.kernelCols = 1;
    d.run = static_cast<uint16_t>(kernel * in);
    d.steps = static_cast<uint16_t>(
        (uint32_t{d.run} * (chance(80) ? 1 : kernel) * kernel + preset_.depth - 1) / preset_.depth);
    d.strideX = stride * in;
    return d.encode();
  }

  isa::Descriptor window(const isa::Header& header) {
    isa::Dwconv d;
    const uint32_t kernel = range(1, 5), stride = chance(60) ? 1 : 2;
    const uint32_t in = chance(70) ? preset_.lanes * range(1, 6) : range(1, 100);
    image(d, header, in, kernel, stride);
    d.channels = static_cast<uint16_t>(in);
    d.kernelRows = d.kernelCols = static_cast<uint8_t>(kernel);
    d.pixPitch = in;
    d.steps = static_cast<uint16_t>(range(1, 2));
    d.strideX = static_cast<uint16_t>(stride);
    return d.encode();
  }

  template <typename Instruction>
  void image(Instruction& d, const isa::Header& header, uint32_t in, uint32_t kernel,
             uint32_t stride) {
    d.header = header;
    const uint32_t height = range(1, 12), width = range(1, chance(80) ? 16 : 60);
    const uint32_t pad = kernel > 1 && chance(60) ? kernel / 2 : 0;
    d.inAddr = chance(70) ? scratchpad(preset_.depth) : scratchpad(1);
    d.inHeight = static_cast<uint16_t>(height);
    d.inRowBytes = width * in;
    d.inRowPitch = width * in;
    d.strideY = static_cast<uint8_t>(stride);
    d.padTop = static_cast<uint8_t>(pad);
    d.padLeft = pad * in;
    d.dilationY = 1;
    d.perChannel = chance(70);
    d.stripe = static_cast<uint8_t>(chance(60) ? 32 : range(1, 32));
    d.outHeight =
        static_cast<uint16_t>(std::max(1u, (height + 2 * pad - std::min(kernel, height)) / stride));
    d.outWidth =
        static_cast<uint16_t>(std::max(1u, (width + 2 * pad - std::min(kernel, width)) / stride));
    d.channels = static_cast<uint16_t>(chance(60) ? preset_.lanes * range(1, 5) : range(1, 70));
    d.outPixPitch = (d.channels + 7u) / 8 * 8;
    d.outRowPitch = d.outPixPitch * d.outWidth;
    d.outAddr = scratchpad(8);
    d.tableEn = chance(20);
    d.weightsAddr = scratchpad(preset_.depth);
    d.paramsAddr = scratchpad(preset_.depth);
  }

  isa::Descriptor eltwise(const isa::Header& header) {
    isa::Eltwise d;
    d.header = header;
    d.outHeight = static_cast<uint16_t>(range(1, 8));
    d.outWidth = static_cast<uint16_t>(range(1, 20));
    d.channels = static_cast<uint16_t>(range(1, 80));
    d.outPixPitch = (d.channels + 7u) / 8 * 8;
    d.outRowPitch = d.outPixPitch * d.outWidth;
    d.aPixPitch = d.bPixPitch = d.channels;
    d.aRowPitch = d.bRowPitch = d.channels * d.outWidth;
    d.binaryOp = static_cast<isa::BinaryOp>(range(0, 5));
    d.aAddr = scratchpad(8);
    d.bAddr = scratchpad(1);
    d.outAddr = scratchpad(8);
    d.paramsAddr = scratchpad(preset_.depth);
    return d.encode();
  }

  const isa::Preset& preset_;
  std::mt19937_64 random_;
  std::vector<uint8_t> bytes_;
};

}  // namespace

std::vector<uint8_t> randomLayers(const isa::Preset& preset, uint64_t seed) {
  return Layers(preset, seed).make();
}

}  // namespace lilong::cycle
