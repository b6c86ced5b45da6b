// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/link/fake_board.hpp"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>

namespace lilong::test {

using link::Frame;
using link::Hello;

class FakeBoard::Chip final : public link::Target {
 public:
  explicit Chip(const FakeBoardOptions& options)
      : options_(options), preset_(*isa::findPreset(options.preset)), file_(preset_) {
    DeviceOptions device{.name = "cycle", .preset = options.preset};
    device.memoryBytes = options.memoryBytes;
    device_ = std::move(*openDevice(device));
  }

  std::optional<uint32_t> readRegister(uint32_t offset) override {
    std::optional<uint32_t> value = file_.read(offset);
    if (value && offset == isa::kRegSpecHash) *value ^= options_.hashChange;
    if (value && offset == isa::kRegId) *value ^= options_.idChange;
    return value;
  }
  bool writeRegister(uint32_t offset, uint32_t value) override {
    using Action = systemc::RegisterFile::Action;
    const Action action = file_.write(offset, value, 0xffffffff);
    if (action == Action::start && !options_.hang) {
      (void)!device_->bind(file_.regions());
      Result<JobResult> job = device_->run({.watchdogCycles = file_.watchdogCycles()});
      ++jobs;
      if (job) file_.finish(*job);
    }
    return action != Action::unmapped && action != Action::locked;
  }
  bool readMemory(uint32_t address, std::span<uint8_t> bytes) override {
    return device_->read(address, bytes).ok();
  }
  bool writeMemory(uint32_t address, std::span<const uint8_t> bytes) override {
    return device_->write(address, bytes).ok();
  }
  bool interrupt() override { return file_.irq(); }
  void wait(uint32_t milliseconds) override {
    if (!interrupt()) std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
  }

  std::atomic<uint64_t> jobs = 0;

 private:
  const FakeBoardOptions& options_;
  const isa::Preset& preset_;
  systemc::RegisterFile file_;
  std::unique_ptr<Device> device_;
};

FakeBoard::FakeBoard(std::string path, FakeBoardOptions& options)
    : path_(std::move(path)), options_(options) {
  renew();
  plugIn();
}

FakeBoard::~FakeBoard() {
  unplug();
  (void)unlink(path_.c_str());
}

uint64_t FakeBoard::jobs() const {
  return chip_->jobs;
}

void FakeBoard::renew() {
  uint8_t number = 0;
  for (const isa::Preset& p : isa::kPresets) {
    if (p.name == options_.preset) number = static_cast<uint8_t>(&p - isa::kPresets.data());
  }
  const Hello hello{link::kMagic,
                    link::kWindow << 16 | uint32_t{number} << 8 | link::kVersion,
                    isa::kSpecHash,
                    isa::kSpecMajor << 16 | isa::kSpecMinor,
                    60'000,
                    static_cast<uint32_t>(options_.memoryBytes),
                    link::kBufferBytes << 16 | link::kMaxPayload};
  chip_ = std::make_unique<Chip>(options_);
  link_ = std::make_unique<link::ReferenceLink>(hello, *chip_);
}

void FakeBoard::plugIn() {
  unplug();
  fd_ = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (fd_ < 0 || grantpt(fd_) != 0 || unlockpt(fd_) != 0) std::abort();
  const std::string next = path_ + ".new";
  (void)unlink(next.c_str());
  if (symlink(ptsname(fd_), next.c_str()) != 0 || rename(next.c_str(), path_.c_str()) != 0) {
    std::abort();
  }
  stop_ = false;
  thread_ = std::thread([this, fd = fd_] { serve(fd); });
}

void FakeBoard::unplug() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
}

void FakeBoard::powerOff() {
  renew_ = true;
}

void FakeBoard::serve(int fd) {
  link::Deframer deframer;
  std::uniform_real_distribution<double> chance(0, 1);
  const auto damaged = [&](const std::vector<uint8_t>& bytes) {
    if (options_.noise == 0) return bytes;
    std::vector<uint8_t> out;
    for (uint8_t b : bytes) {
      if (chance(random_) >= options_.noise) {
        out.push_back(b);
        continue;
      }
      switch (random_() % 3) {
        case 0:
          out.push_back(static_cast<uint8_t>(b ^ 1u << random_() % 8));
          break;
        case 1:
          out.insert(out.end(), 2, b);
          break;
        default:
          break;  // lost
      }
    }
    return out;
  };
  std::vector<uint8_t> input(4096);
  while (!stop_) {
    pollfd item{fd, POLLIN, 0};
    if (poll(&item, 1, 20) <= 0) continue;
    const ssize_t got = read(fd, input.data(), input.size());
    if (got <= 0) {  // nobody has the other end open
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      continue;
    }
    if (options_.silent) continue;
    for (uint8_t b : damaged({input.begin(), input.begin() + got})) {
      std::optional<Frame> frame = deframer.push(b);
      if (!frame) continue;
      ++frames_;
      if (renew_.exchange(false)) renew();
      std::optional<Frame> answer = link_->handle(*frame);
      if (options_.dieAfter != 0 && --options_.dieAfter == 0) return;
      if (!answer) continue;
      answer->version = options_.version;
      std::vector<uint8_t> line;
      link::encode(*answer, line);
      line = damaged(line);
      for (size_t at = 0; at < line.size() && !stop_;) {
        const ssize_t put = write(fd, line.data() + at, line.size() - at);
        if (put <= 0) break;
        at += static_cast<size_t>(put);
      }
    }
    dropped_ = deframer.dropped();
  }
}

}  // namespace lilong::test
