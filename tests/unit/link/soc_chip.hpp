// SPDX-License-Identifier: Apache-2.0
// SocChip: a chip in a SoC, made of files.  A thread serves a mapped file of registers and another
// one of memory with the register file of the platform model and device `cycle`.
//
// A file cannot see an access, only its result.  The thread therefore looks for values that have
// changed: CONTROL reads as 0 again when a command has been taken, IRQ_STATUS when it was cleared.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "runtime/devices.hpp"
#include "sim/systemc/register_file.hpp"

namespace lilong::test {

inline constexpr uint64_t kSocMemory = uint64_t{4} << 20;
inline constexpr uint64_t kSocAddress = 0x3'4560'0000;  // bus address of the buffer, above 32 bits

class SocChip {
 public:
  explicit SocChip(const std::filesystem::path& folder, const std::string& preset = "edge",
                   bool interrupts = false)
      : folder_(folder), file_(*isa::findPreset(preset)), interrupts_(interrupts) {
    std::filesystem::create_directories(folder / "sysfs");
    registers_ = static_cast<uint32_t*>(map(folder / "uio0", 4096));
    memory_ = static_cast<uint8_t*>(map(folder / "udmabuf0", kSocMemory));
    std::ofstream(folder / "sysfs/phys_addr") << "0x" << std::hex << kSocAddress << "\n";
    std::ofstream(folder / "sysfs/size") << kSocMemory << "\n";
    if (interrupts_) {
      mkfifo((folder / "irq").c_str(), 0600);
      irq_ = open((folder / "irq").c_str(), O_RDWR | O_NONBLOCK);
    }
    DeviceOptions options{.name = "cycle", .preset = preset};
    options.memoryBytes = kSocMemory;
    device_ = std::move(*openDevice(options));
    for (uint32_t at = 0; at < 4096; at += 4) publish(at);
    thread_ = std::thread([this] { serve(); });
  }
  ~SocChip() {
    stop_ = true;
    thread_.join();
    munmap(registers_, 4096);
    munmap(memory_, kSocMemory);
    if (irq_ >= 0) close(irq_);
    std::filesystem::remove_all(folder_);
  }

  std::atomic<uint64_t> jobs = 0, failures = 0;
  std::atomic<bool> hang = false;

 private:
  static constexpr uint32_t kControl = isa::kRegControl / 4;

  static void* map(const std::filesystem::path& path, size_t bytes) {
    const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || ftruncate(fd, static_cast<off_t>(bytes)) != 0) std::abort();
    void* at = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    return at;
  }
  volatile uint32_t& word(uint32_t offset) { return registers_[offset / 4]; }
  void publish(uint32_t offset) {
    const uint32_t value = file_.read(offset).value_or(0);
    if (word(offset) != value) word(offset) = value;
  }
  void publishState() {
    for (uint32_t at = isa::kRegTrapStatus; at <= isa::kRegProgress; at += 4) publish(at);
    for (uint32_t i = 0; i < isa::kNumCounters; ++i) publish(isa::kRegCounterBase + 4 * i);
    publish(isa::kRegIrqStatus);
    __sync_synchronize();
    publish(isa::kRegStatus);  // last: it says that the rest is there
  }

  void serve() {
    while (!stop_) {
      const uint32_t command = word(isa::kRegControl);
      if (command == 0) {
        // Clearing interrupts: a value other than the one published.
        const uint32_t pending = word(isa::kRegIrqStatus);
        if (pending != *file_.read(isa::kRegIrqStatus)) {
          file_.write(isa::kRegIrqStatus, pending, ~0u);
          publish(isa::kRegStatus);
          __sync_synchronize();
          publish(isa::kRegIrqStatus);
        }
        std::this_thread::sleep_for(std::chrono::microseconds(20));
        continue;
      }
      // Everything written before the doorbell is there now.
      file_.write(isa::kRegIrqStatus, ~0u, ~0u);
      for (uint32_t at = isa::kRegRegionBaseLo; at < isa::kRegRegionBaseLo + 128; at += 4) {
        file_.write(at, word(at), ~0u);
      }
      file_.write(isa::kRegWatchdog, word(isa::kRegWatchdog), ~0u);
      const auto action = file_.write(isa::kRegControl, command, ~0u);
      publishState();
      __sync_synchronize();
      word(isa::kRegControl) = 0;  // the command has been taken
      if (action != systemc::RegisterFile::Action::start || hang) continue;
      run();
      publishState();
      if (file_.irq() && interrupts_) {
        const uint32_t count = 1;
        if (write(irq_, &count, sizeof count) != ssize_t{sizeof count}) ++failures;
      }
    }
  }

  // Windows hold bus addresses; the memory of the model begins at 0.
  void run() {
    std::array<RegionBinding, isa::kRegions> regions{};
    std::copy(file_.regions().begin(), file_.regions().end(), regions.begin());
    for (RegionBinding& r : regions) {
      if (r.size == 0) continue;
      if (r.base < kSocAddress || r.base + r.size > kSocAddress + kSocMemory)
        ++failures;  // outside of the buffer
      r.base -= kSocAddress;
    }
    if (!device_->write(0, {memory_, kSocMemory}) || !device_->bind(regions)) ++failures;
    Result<JobResult> job = device_->run({.watchdogCycles = file_.watchdogCycles()});
    if (!job || !device_->read(0, {memory_, kSocMemory})) ++failures;
    ++jobs;
    if (job) file_.finish(*job);
  }

  std::filesystem::path folder_;
  systemc::RegisterFile file_;
  bool interrupts_;
  uint32_t* registers_ = nullptr;
  uint8_t* memory_ = nullptr;
  int irq_ = -1;
  std::unique_ptr<Device> device_;
  std::thread thread_;
  std::atomic<bool> stop_ = false;
};

}  // namespace lilong::test
