// SPDX-License-Identifier: Apache-2.0
// FakeBoard: a board behind a pseudo-terminal, made of ReferenceLink, the register file of the
// platform model and device `cycle`.  It can be unplugged, switched off, and damage bytes.
#pragma once

#include <atomic>
#include <memory>
#include <random>
#include <string>
#include <thread>

#include "runtime/devices.hpp"
#include "sim/systemc/register_file.hpp"
#include "tests/unit/link/reference_link.hpp"

namespace lilong::test {

struct FakeBoardOptions {
  std::string preset = "edge";
  uint64_t memoryBytes = uint64_t{8} << 20;
  double noise = 0;         // chance that a byte is damaged, lost or doubled, in both directions
  uint32_t hashChange = 0;  // xor into the specification hash
  uint32_t idChange = 0;    // xor into register ID
  uint8_t version = link::kVersion;
  bool silent = false;                 // hears nothing
  bool hang = false;                   // jobs never end
  std::atomic<uint32_t> dieAfter = 0;  // frames until the line is cut; 0: never
};

class FakeBoard {
 public:
  // `path` becomes a link to the pseudo-terminal.
  FakeBoard(std::string path, FakeBoardOptions& options);
  ~FakeBoard();
  FakeBoard(const FakeBoard&) = delete;
  FakeBoard& operator=(const FakeBoard&) = delete;

  void plugIn();    // a new pseudo-terminal
  void unplug();    // closes it
  void powerOff();  // forgets everything; the line stays

  uint64_t frames() const { return frames_; }
  uint64_t dropped() const { return dropped_; }
  uint64_t jobs() const;

 private:
  class Chip;
  void serve(int fd);
  void renew();

  std::string path_;
  FakeBoardOptions& options_;
  std::unique_ptr<Chip> chip_;
  std::unique_ptr<link::ReferenceLink> link_;
  int fd_ = -1;
  std::thread thread_;
  std::atomic<bool> stop_ = false, renew_ = false;
  std::atomic<uint64_t> frames_ = 0, dropped_ = 0;
  std::mt19937 random_{5};
};

}  // namespace lilong::test
