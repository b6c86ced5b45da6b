// SPDX-License-Identifier: Apache-2.0
// lilong_scratchpad against a byte array: every port at random, latency, priority, straddling
// writes that are granted whole or not at all, and reads of a word while it is written.
#include <array>
#include <cstdio>
#include <cstring>
#include <deque>
#include <optional>
#include <random>
#include <vector>

#include "Vlilong_scratchpad.h"

namespace {

constexpr uint32_t kBytes = TEST_SCRATCHPAD, kDepth = TEST_DEPTH, kPorts = TEST_PORTS;
constexpr uint32_t kGranules = kDepth / 8, kLatency = 4, kCycles = 60000;

std::mt19937 rng(3);
uint32_t below(uint32_t n) {
  return static_cast<uint32_t>(rng() % n);
}
uint32_t bank(uint32_t vector) {
  return (vector + vector / 8) % 8;
}
// Row and bank, as the read ports take them.
uint32_t place(uint32_t vector) {
  return vector / 8 * 8 + bank(vector);
}

constexpr uint32_t log2(uint32_t n) {
  return n <= 1 ? 0 : 1 + log2(n / 2);
}
constexpr uint32_t kAddrWidth = log2(kBytes / kDepth), kGranuleWidth = log2(kBytes / 8);

// Writes `width` bits at bit `at` of a port of any type.
void put(void* port, uint32_t at, uint32_t width, uint64_t value) {
  auto* bytes = static_cast<uint8_t*>(port);
  for (uint32_t i = 0; i < width; ++i, ++at) {
    const auto mask = static_cast<uint8_t>(1u << at % 8);
    bytes[at / 8] =
        static_cast<uint8_t>(value >> i & 1 ? bytes[at / 8] | mask : bytes[at / 8] & ~mask);
  }
}

struct Read {
  uint32_t vector;
  uint32_t due;  // cycle of rvalid
  std::array<uint8_t, kDepth> data;
  uint32_t moving;  // granules whose value is not defined
};

struct Write {
  uint32_t granule, strobe;
  std::array<uint8_t, kDepth> data;
  uint32_t banks() const {
    uint32_t mask = 0;
    for (uint32_t g = 0; g < kGranules; ++g)
      if (strobe >> g & 1) mask |= 1u << bank((granule + g) / kGranules);
    return mask;
  }
};

int fail(uint32_t cycle, const char* what, uint32_t port) {
  std::printf("cycle %u, port %u: %s\n", cycle, port, what);
  return 1;
}

int run() {
  Vlilong_scratchpad top;
  const auto clock = [&] {
    top.clk_i = 1;
    top.eval();
    top.clk_i = 0;
    top.eval();
  };
  top.rst_ni = 0;
  top.clr_i = 0;
  clock();
  top.rst_ni = 1;

  std::vector<uint8_t> memory(kBytes);
  std::array<std::optional<uint32_t>, kPorts> request;
  std::array<std::deque<Read>, kPorts> owed;
  std::array<std::optional<Write>, 2> write;
  uint64_t granted = 0, refused = 0, written = 0, lost = 0;
  // Fill through the pins, so that every byte is known.
  for (uint32_t cycle = 0; cycle < kCycles + kBytes / 8 + kLatency; ++cycle) {
    const bool filling = cycle < kBytes / 8, idle = cycle >= kCycles + kBytes / 8;
    const uint32_t span = below(4) ? 64 * kDepth : kBytes;  // crowded, so that ports collide
    for (uint32_t n = 0; n < kPorts; ++n) {
      if (!request[n] && !filling && !idle && below(3)) request[n] = below(span / kDepth);
      put(&top.rd_req_i, n, 1, request[n].has_value());
      put(&top.rd_addr_i, n * kAddrWidth, kAddrWidth,
          place(request[n].value_or(below(kBytes / kDepth))));
    }
    const bool upperFirst = below(4) == 0;
    top.rd_upper_first_i = upperFirst;
    for (uint32_t p = 0; p < 2; ++p) {
      if (filling && p == 0) {
        write[p] = Write{cycle, 1, {}};
      } else if (!write[p] && !filling && !idle && below(2)) {
        write[p] = Write{below(span / 8 - kGranules), below(1u << kGranules), {}};
      }
      if (write[p])
        for (uint8_t& byte : write[p]->data) byte = static_cast<uint8_t>(rng());
      put(&top.wr_req_i, p, 1, write[p].has_value());
      put(&top.wr_addr_i, p * kGranuleWidth, kGranuleWidth,
          write[p] ? write[p]->granule : below(9));
      put(&top.wr_strobe_i, p * kGranules, kGranules, write[p] ? write[p]->strobe : below(2));
      for (uint32_t i = 0; i < kDepth; ++i)
        put(&top.wr_data_i, 8 * (p * kDepth + i), 8, write[p] ? write[p]->data[i] : below(256));
    }
    top.wr_hot_i = static_cast<uint16_t>((write[0] ? write[0]->banks() : 0) |
                                         (write[1] ? write[1]->banks() << 8 : 0));
    top.eval();

    // Reads: the first port of each bank, always; data as it was before this cycle's writes, but
    // not of the granules that these write.
    uint32_t taken = 0;
    for (uint32_t i = 0; i < kPorts; ++i) {
      // with upperFirst: 6 .. kPorts - 2, 0 .. 5, kPorts - 1
      uint32_t n = i;
      if (upperFirst && i < kPorts - 1) n = (i + 6) % (kPorts - 1);
      bool expect = false;
      if (request[n]) {
        const uint32_t mask = 1u << bank(*request[n]);
        expect = (taken & mask) == 0;
        taken |= mask;
      }
      if ((top.rd_gnt_o >> n & 1) != expect) return fail(cycle, "wrong read grant", n);
      const bool due = !owed[n].empty() && owed[n].front().due == cycle;
      if ((top.rd_rvalid_o >> n & 1) != due) return fail(cycle, "wrong read valid", n);
      if (due) {
        const auto* data = reinterpret_cast<const uint8_t*>(&top.rd_rdata_o) + n * kDepth;
        for (uint32_t b = 0; b < kDepth; ++b) {
          if ((owed[n].front().moving >> (b / 8) & 1) == 0 && data[b] != owed[n].front().data[b])
            return fail(cycle, "wrong data", n);
        }
        owed[n].pop_front();
      }
      if (!expect) {
        refused += request[n].has_value();
        continue;
      }
      Read read{*request[n], cycle + kLatency, {}, 0};
      std::memcpy(read.data.data(), &memory[read.vector * kDepth], kDepth);
      owed[n].push_back(read);
      request[n].reset();
      ++granted;
    }
    // Writes: results always, LOAD if it needs none of the same banks; whole or not at all.
    const uint32_t first = write[0] ? write[0]->banks() : 0;
    for (uint32_t p = 0; p < 2; ++p) {
      const bool expect = write[p] && (p == 0 || (write[p]->banks() & first) == 0);
      if (write[p] && (top.wr_gnt_o >> p & 1) != expect) return fail(cycle, "wrong write grant", p);
      lost += write[p] && !expect;
      if (!expect) continue;
      for (uint32_t g = 0; g < kGranules; ++g)
        if (write[p]->strobe >> g & 1) {
          std::memcpy(&memory[(write[p]->granule + g) * 8], &write[p]->data[8 * g], 8);
          for (std::deque<Read>& reads : owed) {
            if (reads.empty() || reads.back().due != cycle + kLatency) continue;
            const uint32_t granule = write[p]->granule + g;
            if (granule / kGranules == reads.back().vector) {
              reads.back().moving |= 1u << granule % kGranules;
            }
          }
        }
      write[p].reset();
      ++written;
    }
    clock();
  }
  std::printf("depth %u, %u ports: %lu reads, %lu refused; %lu writes, %lu refused\n", kDepth,
              kPorts, static_cast<unsigned long>(granted), static_cast<unsigned long>(refused),
              static_cast<unsigned long>(written), static_cast<unsigned long>(lost));
  return granted > kCycles && refused > 1000 && written > kCycles / 2 && lost > 300 ? 0 : 1;
}

}  // namespace

int main() {
  return run();
}
