// SPDX-License-Identifier: Apache-2.0
// lilong_post against the functional simulator: random instructions of every kind in random order,
// with refused grants, odd shapes, stalls and clears; and the throughput it promises.
#include <algorithm>
#include <cstdlib>
#include <random>

#include "sim/functional/execute.hpp"
#include "tests/rtl/post/bench.hpp"

namespace lilong::post_test {
namespace {

using isa::Preset;

class Generator {
 public:
  explicit Generator(uint32_t seed) : random_(seed), reference_(kPreset.scratchpadBytes) {
    for (uint8_t& byte : reference_) byte = static_cast<uint8_t>(random_());
  }
  const std::vector<uint8_t>& reference() const { return reference_; }
  void setMemory(const std::vector<uint8_t>& memory) { reference_ = memory; }
  uint64_t below(uint64_t n) { return random_() % n; }
  uint64_t between(uint64_t low, uint64_t high) { return low + random_() % (high - low + 1); }

  // One random instruction, executed on the reference.
  Work next(unsigned kinds = 0x7f) {
    unsigned kind = 0;
    do kind = static_cast<unsigned>(below(7));
    while (!(kinds >> kind & 1));
    switch (kind) {
      case 0: return {isa::NopExec{}.encode(), false, {}};
      case 1: return windowed(isa::Conv{});
      case 2: return windowed(isa::Dwconv{});
      case 3: return pool();
      case 4: return eltwise();
      case 5: return softmax();
      default: return copy();
    }
  }

 private:
  // Constants lie in the first quarter; operands and results in the two areas of the rest.
  uint32_t area(bool second) const { return kPreset.scratchpadBytes / (second ? 2 : 4); }
  uint32_t areaBytes() const { return kPreset.scratchpadBytes / 4; }

  int8_t byte() { return static_cast<int8_t>(random_()); }
  uint32_t multiplier() {
    return static_cast<uint32_t>(random_()) >> (below(4) ? 1 : between(1, 31)) | (below(3) ? 1u << 30 : 0);
  }

  // A tensor inside an area: base and pitches; `unit` is the alignment.
  struct Place {
    uint32_t base, row, pix;
  };
  Place place(bool second, uint32_t h, uint32_t w, uint32_t extent, uint32_t unit, bool overlap) {
    const auto up = [&](uint32_t x) { return (x + unit - 1) / unit * unit; };
    Place p{};
    p.pix = up(extent + (below(3) ? 0 : static_cast<uint32_t>(below(40))));
    p.row = up(p.pix * std::max(w, 1u) + (below(3) ? 0 : static_cast<uint32_t>(below(100))));
    if (overlap && below(6) == 0) p.pix = 0;
    if (overlap && below(6) == 0) p.row = 0;
    if (w == 1 && below(2)) p.pix = up(static_cast<uint32_t>(below(1 << 23)));   // never used
    if (h == 1 && below(2)) p.row = up(static_cast<uint32_t>(below(1 << 23)));
    const uint64_t bytes = uint64_t{h ? h - 1 : 0} * p.row + uint64_t{w ? w - 1 : 0} * p.pix + up(extent);
    const auto slack = static_cast<uint32_t>(areaBytes() - std::min<uint64_t>(bytes, areaBytes()));
    // Often at the very end of the area.
    const uint32_t offset = below(4) ? static_cast<uint32_t>(below(slack + 1)) : slack;
    p.base = area(second) + offset / unit * unit;
    return p;
  }

  template <typename Insn>
  void shape(Insn& insn, uint32_t maxChannels = 70) {
    insn.outHeight = static_cast<uint16_t>(below(20) ? between(1, 4) : 0);
    insn.outWidth = static_cast<uint16_t>(below(20) ? between(1, 6) : 0);
    insn.channels = static_cast<uint16_t>(below(20) ? between(1, maxChannels) : 0);
  }
  template <typename Insn>
  void placeOutput(Insn& insn, bool second) {
    const auto extent = static_cast<uint32_t>(functional::ceil8(insn.channels));
    const Place p = place(second, insn.outHeight, insn.outWidth, extent, 8, false);
    insn.outAddr = p.base;
    insn.outRowPitch = p.row;
    insn.outPixPitch = p.pix;
    insn.zpOut = byte();
    insn.paramsAddr = static_cast<uint32_t>(below(area(false) / 2 / kPreset.depth) * kPreset.depth);
  }
  template <typename Insn>
  void output(Insn& insn, bool second) {
    shape(insn);
    placeOutput(insn, second);
    insn.clampMin = below(2) ? int8_t{-128} : byte();
    insn.clampMax = below(2) ? int8_t{127} : byte();
    insn.shift = static_cast<uint8_t>(below(64));
    insn.accShift = static_cast<uint8_t>(below(3) ? 0 : below(32));
    insn.rounding = static_cast<isa::Rounding>(below(5));
    insn.tableEn = below(3) == 0;
  }

  functional::Context context() { return {kPreset, reference_, {}, windows_, counters_}; }

  // Channels of one group of accumulators.
  template <typename Insn>
  static uint32_t widthOf() {
    return std::is_same_v<Insn, isa::Conv> ? kPreset.lanes : isa::windowLanes(kPreset);
  }

  // Random accumulators, whose results are often inside the range.
  template <typename Insn>
  Work accumulate(const Insn& insn, functional::ChannelParams params) {
    Work work{insn.encode(), false, {}};
    if (isa::isEmpty(work.descriptor, kPreset)) return work;
    const size_t lanes = kPreset.lanes, width = widthOf<Insn>();
    const size_t groups = (insn.channels + width - 1) / width;
    const size_t positions = size_t{insn.outHeight} * insn.outWidth;
    work.acc.resize(groups * positions * lanes);
    std::vector<int32_t> acc(groups * width);
    functional::Context ctx = context();
    params.bias.resize(acc.size());
    params.multiplier.resize(acc.size());
    params.shift.resize(acc.size());
    functional::OutputStage stage(insn, params, ctx);
    for (size_t p = 0; p < positions; ++p) {
      for (size_t c = 0; c < acc.size(); ++c) {
        const double scale = std::max<double>(params.multiplier[c], 1) /
                             static_cast<double>(uint64_t{1} << params.shift[c]);
        const double target = static_cast<double>(below(600)) / 2 - 150;
        const double wanted = std::clamp(target / scale, -2147483648.0, 2147483647.0);
        const uint32_t value = static_cast<uint32_t>(static_cast<int64_t>(wanted)) -
                               static_cast<uint32_t>(params.bias[c]);
        acc[c] = below(8) ? static_cast<int32_t>(value) >> insn.accShift
                          : static_cast<int32_t>(random_());
        work.acc[((c / width) * positions + p) * lanes + c % width] = acc[c];
      }
      stage.write(p / insn.outWidth, p % insn.outWidth, acc.data());
    }
    return work;
  }

  // conv and dwconv: parameters from the block in the scratchpad.
  template <typename Insn>
  Work windowed(Insn insn) {
    output(insn, below(2));
    insn.stripe = 1;
    insn.steps = below(20) ? 1 : 0;
    insn.perChannel = below(2);
    // The block: multipliers and shifts that make sense, anywhere in the constants.
    functional::Context ctx = context();
    const uint32_t groups = (insn.channels + widthOf<Insn>() - 1) / widthOf<Insn>();
    uint32_t at = insn.paramsAddr + (insn.tableEn ? 256 : 0);
    const auto word = [&](uint32_t address, uint32_t value) {
      for (unsigned i = 0; i < 4; ++i)
        constants_.emplace_back(address + i, static_cast<uint8_t>(value >> (8 * i)));
    };
    constants_.clear();
    if (!insn.perChannel) {
      word(at, multiplier() | static_cast<uint32_t>(below(2)) << 31);
      constants_.emplace_back(at + 4, static_cast<uint8_t>(below(8) ? between(20, 50) : below(256)));
    } else {
      for (uint32_t g = 0; g < groups; ++g, at += isa::paramChannelBytes(kPreset)) {
        for (uint32_t l = 0; l < kPreset.lanes; ++l) {
          word(at + 4 * (kPreset.lanes + l), multiplier());
          constants_.emplace_back(at + 8 * kPreset.lanes + l,
                                  static_cast<uint8_t>(below(8) ? between(20, 50) : below(256)));
        }
      }
    }
    // Constants of instructions in flight must not change: only the initial memory is written.
    if (!started_)
      for (const auto& [address, value] : constants_) reference_[address] = value;
    return accumulate(insn, functional::readParams(insn, widthOf<Insn>(), ctx));
  }

  Work pool() {
    isa::Pool insn;
    output(insn, below(2));
    insn.stripe = 1;
    insn.kernelCols = 1;
    insn.steps = below(20) ? 1 : 0;
    insn.multiplier = multiplier();
    insn.bias = static_cast<int32_t>(random_()) >> below(32);
    if (below(8)) insn.shift = static_cast<uint8_t>(between(20, 50));
    return accumulate(insn, functional::uniformParams(insn.channels, insn.bias, insn.multiplier,
                                                      insn.shift));
  }

  template <typename Insn>
  Work vector(const Insn& insn) {
    Work work{insn.encode(), true, {}};
    functional::Context ctx = context();
    if (!isa::isEmpty(work.descriptor, kPreset)) functional::execute(insn, ctx);
    return work;
  }

  Work eltwise() {
    isa::Eltwise insn;
    const bool second = below(2);
    output(insn, second);
    insn.accShift = 0;
    insn.binaryOp = static_cast<isa::BinaryOp>(below(6));
    insn.bScalar = below(4) == 0;
    const uint32_t unitA = below(2) ? kPreset.depth : 1, unitB = below(2) ? kPreset.depth : 1;
    const Place a = place(!second, insn.outHeight, insn.outWidth, insn.channels, unitA, true);
    const Place b = place(!second, insn.outHeight, insn.outWidth, insn.bScalar ? 1 : insn.channels,
                          unitB, true);
    insn.aAddr = a.base;
    insn.aRowPitch = a.row;
    insn.aPixPitch = a.pix;
    insn.bAddr = b.base;
    insn.bRowPitch = b.row;
    insn.bPixPitch = b.pix;
    insn.zpA = byte();
    insn.zpB = byte();
    insn.multiplierA = multiplier();
    insn.multiplierB = multiplier();
    insn.shiftA = static_cast<uint8_t>(below(4) ? between(8, 20) : below(64));
    insn.shiftB = static_cast<uint8_t>(below(4) ? between(8, 20) : below(64));
    insn.multiplier = multiplier();
    if (below(4)) insn.shift = static_cast<uint8_t>(between(28, 56));
    if (below(3) == 0) {   // the sum of the rescaled operands comes out as it is
      insn.multiplier = 1;
      insn.shift = 0;
      insn.shiftA = static_cast<uint8_t>(between(0, 20));
      insn.shiftB = static_cast<uint8_t>(between(9, 14));
      insn.multiplierA = static_cast<uint32_t>(below(uint64_t{1} << insn.shiftA));
      insn.multiplierB = static_cast<uint32_t>(below(uint64_t{1} << insn.shiftB));
    }
    return vector(insn);
  }

  Work softmax() {
    isa::Softmax insn;
    const bool second = below(2);
    shape(insn, below(4) ? 20 : 120);
    placeOutput(insn, second);
    const Place in = place(!second, insn.outHeight, insn.outWidth, insn.channels, 1, true);
    insn.inAddr = in.base;
    insn.inRowPitch = in.row;
    insn.inPixPitch = in.pix;
    // A table that falls, sometimes to zero everywhere.
    const double rate = below(10) ? 0.5 / static_cast<double>(between(1, 40)) : 100;
    const double first = below(10) ? 1 << 30 : 0.3;
    for (uint32_t d = 0; d < 256; ++d) {
      const auto e = static_cast<uint32_t>(first / (1 + rate * d * d)) ^ (below(9) ? 0 : 1u << 31);
      for (unsigned i = 0; i < 4 && !started_; ++i)
        reference_[insn.paramsAddr + 4 * d + i] = static_cast<uint8_t>(e >> (8 * i));
    }
    return vector(insn);
  }

  Work copy() {
    isa::Copy insn;
    const bool second = below(2);
    insn.fillEn = below(4) == 0;
    insn.fillValue = static_cast<uint8_t>(random_());
    insn.run = static_cast<uint16_t>(below(20) ? (below(2) ? between(1, 8) : between(1, 70)) : 0);
    const auto count = [&] { return static_cast<uint16_t>(below(25) ? between(1, 4) : 0); };
    insn.count0 = count();
    insn.count1 = count();
    insn.count2 = count();
    insn.count3 = count();
    const auto stride = [&](uint32_t most) {
      return static_cast<uint32_t>(below(3) ? below(most) : below(2) ? insn.run : below(3) * 8);
    };
    uint64_t source = 0, destination = 0;
    do {
      insn.srcStride0 = stride(100);
      insn.srcStride1 = stride(300);
      insn.srcStride2 = stride(500);
      insn.srcStride3 = stride(900);
      insn.dstStride0 = stride(100);
      insn.dstStride1 = stride(300);
      insn.dstStride2 = stride(500);
      insn.dstStride3 = stride(900);
      const auto length = [&](uint32_t s0, uint32_t s1, uint32_t s2, uint32_t s3) {
        const auto term = [](uint16_t n, uint32_t s) { return uint64_t{n ? n - 1u : 0u} * s; };
        return insn.run + term(insn.count0, s0) + term(insn.count1, s1) + term(insn.count2, s2) +
               term(insn.count3, s3);
      };
      source = length(insn.srcStride0, insn.srcStride1, insn.srcStride2, insn.srcStride3);
      destination = length(insn.dstStride0, insn.dstStride1, insn.dstStride2, insn.dstStride3);
    } while (source > areaBytes() || destination > areaBytes());
    insn.srcAddr = area(!second) + static_cast<uint32_t>(below(areaBytes() - source + 1));
    insn.dstAddr = area(second) + static_cast<uint32_t>(below(areaBytes() - destination + 1));
    return vector(insn);
  }

 public:
  bool started_ = false;   // the initial memory has been handed out

 private:
  std::mt19937 random_;
  std::vector<uint8_t> reference_;
  std::vector<std::pair<uint32_t, uint8_t>> constants_;
  std::array<functional::Window, isa::kRegions> windows_{};
  functional::Counters counters_{};
};

// Runs a random program and compares the whole scratchpad.
void runProgram(uint32_t seed, const Stress& stress, unsigned kinds, bool clearFirst) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  // Constants are written while a first pass generates; the second pass uses them all.
  Generator first(seed);
  const size_t count = 1 + first.below(8);
  for (size_t i = 0; i < count; ++i) first.next(kinds);
  Generator generator(seed);
  (void)generator.below(8);
  std::vector<uint8_t> memory = generator.reference();
  std::copy_n(first.reference().begin(), kPreset.scratchpadBytes / 4, memory.begin());
  std::vector<Work> works;
  generator = Generator(seed);
  (void)generator.below(8);
  generator.setMemory(memory);
  generator.started_ = true;
  for (size_t i = 0; i < count; ++i) works.push_back(generator.next(kinds));

  Bench bench(memory, seed);
  if (clearFirst) {
    // Another program is abandoned somewhere; what it wrote is put back.
    const std::vector<uint8_t> before = bench.scratchpad();
    (void)bench.run(works, stress, 1 + seed % 400);
    bench.clear();
    bench.idle(5);
    bench.restore(before);
  }
  if (!bench.run(works, stress, 400000)) {
    ADD_FAILURE() << "hangs";
    return;
  }
  bench.idle(10);
  const auto& got = bench.scratchpad();
  const auto& want = generator.reference();
  if (got == want) return;
  size_t wrong = 0;
  while (got[wrong] == want[wrong]) ++wrong;
  std::string text;
  for (const Work& work : works) {
    text += "\n ";
    for (const uint32_t word : work.descriptor) {
      char hex[16];
      std::snprintf(hex, sizeof hex, " %08x", word);
      text += hex;
    }
  }
  ADD_FAILURE() << "byte " << wrong << ": " << int{got[wrong]} << " for " << int{want[wrong]} << text;
}

void campaign(uint32_t seed, uint32_t count, unsigned kinds) {
  for (uint32_t i = 0; i < count && !::testing::Test::HasFailure(); ++i) {
    std::mt19937 random(seed + i);
    Stress stress;
    if (i % 3) stress = {static_cast<unsigned>(random() % 14), static_cast<unsigned>(random() % 14),
                         static_cast<unsigned>(random() % 14), static_cast<unsigned>(random() % 14)};
    if (i % 3 == 1) stress.refuseWrite = 0;
    runProgram(seed + i, stress, kinds, i % 4 == 3);
  }
}

// Programs of each kind; LILONG_TEST_COUNT asks for more.
uint32_t count() {
  const char* text = std::getenv("LILONG_TEST_COUNT");
  if (text) return static_cast<uint32_t>(std::strtoul(text, nullptr, 10));
  return kPreset.scratchpadBytes > 256 * 1024 ? 80 : 250;
}

TEST(Post, Arrays) { campaign(1000, count(), 0x0f); }
TEST(Post, Eltwise) { campaign(2000, count(), 0x11); }
TEST(Post, Softmax) { campaign(3000, count(), 0x21); }
TEST(Post, Copy) { campaign(4000, count(), 0x41); }
TEST(Post, Everything) { campaign(5000, count(), 0x7f); }

// ---- throughput, with every grant given

struct Timing {
  uint64_t total, drain;
};
Timing timed(const Work& work) {
  std::vector<uint8_t> memory(kPreset.scratchpadBytes, 3);
  Bench bench(memory, 1);
  EXPECT_TRUE(bench.run({work}, {}, 1000000));
  return {bench.cycles(), bench.lastWrite() - bench.lastAccumulator()};
}

TEST(Post, OnePositionPerBeats) {
  isa::Conv insn;
  insn.outHeight = 16;
  insn.outWidth = 16;
  insn.channels = static_cast<uint16_t>(4 * kPreset.lanes);
  insn.outAddr = kPreset.scratchpadBytes / 2;
  insn.outPixPitch = 4 * kPreset.lanes;
  insn.outRowPitch = 16 * insn.outPixPitch;
  insn.steps = 1;
  insn.perChannel = true;
  insn.tableEn = true;
  const size_t positions = 4 * 256;
  const Timing t = timed({insn.encode(), false, std::vector<int32_t>(positions * kPreset.lanes)});
  const uint64_t beats = positions * (kPreset.lanes / kPreset.results);
  EXPECT_LE(t.total, beats + 70);
  EXPECT_LE(t.drain, 13u);
  std::printf("conv: %zu positions in %zu cycles, drain %zu\n", positions, size_t(t.total), size_t(t.drain));
}

TEST(Post, EltwiseRate) {
  for (const uint32_t shift : {0u, kPreset.depth, 3u}) {
    isa::Eltwise insn;
    insn.outHeight = 4;
    insn.outWidth = 4;
    insn.channels = 256;
    insn.aAddr = shift;
    insn.bAddr = 8192;
    insn.outAddr = 16384;
    for (uint32_t* pitch : {&insn.aPixPitch, &insn.bPixPitch, &insn.outPixPitch}) *pitch = 256;
    for (uint32_t* pitch : {&insn.aRowPitch, &insn.bRowPitch, &insn.outRowPitch}) *pitch = 1024;
    const Timing t = timed({insn.encode(), true, {}});
    const uint64_t beats = 4096 / kPreset.results;
    if (shift % kPreset.depth == 0) {
      EXPECT_LE(t.total, beats + 60);
    }
    std::printf("eltwise +%u: %llu elements in %zu cycles\n", shift, 4096ull, size_t(t.total));
  }
}

TEST(Post, CopyRate) {
  isa::Copy insn;
  insn.srcAddr = 3;
  insn.dstAddr = 32768;
  insn.run = 4096;
  insn.count0 = insn.count1 = insn.count2 = insn.count3 = 1;
  const uint64_t block = timed({insn.encode(), true, {}}).total;
  EXPECT_LE(block, 4096 / 8 + 40u);
  insn.run = 1;   // bytes that are spread out: every granule is merged
  insn.count0 = 512;
  insn.srcStride0 = 1;
  insn.dstStride0 = 16;
  const uint64_t bytes = timed({insn.encode(), true, {}}).total;
  EXPECT_LE(bytes, 2 * 512 + 40u);
  std::printf("copy: 4096 bytes in %zu cycles, 512 single bytes in %zu\n", size_t(block), size_t(bytes));
}

// The time of softmax is the same for any data, also when the sum is zero.
TEST(Post, SoftmaxTimeHasNoData) {
  isa::Softmax insn;
  insn.outHeight = 2;
  insn.outWidth = 3;
  insn.channels = 37;
  insn.inAddr = 4096;
  insn.inPixPitch = 37;
  insn.inRowPitch = 111;
  insn.outAddr = 8192;
  insn.outPixPitch = 40;
  insn.outRowPitch = 120;
  std::mt19937 random(1);
  std::vector<uint64_t> times;
  for (int i = 0; i < 20; ++i) {
    std::vector<uint8_t> memory(kPreset.scratchpadBytes);
    if (i)
      for (uint8_t& byte : memory) byte = static_cast<uint8_t>(random());
    Bench bench(memory, 1);
    EXPECT_TRUE(bench.run({{insn.encode(), true, {}}}, {}, 100000));
    times.push_back(bench.cycles());
  }
  EXPECT_EQ(std::count(times.begin(), times.end(), times[0]), 20);
  std::printf("softmax: 6 pixels of 37 in %zu cycles\n", size_t(times[0]));
}

}  // namespace
}  // namespace lilong::post_test
