// SPDX-License-Identifier: Apache-2.0
#include "sim/systemc/register_file.hpp"

namespace lilong::systemc {

namespace {

constexpr uint32_t kPendingMask = 7;
constexpr uint64_t kBaseMask = (uint64_t{1} << isa::kAxiAddrWidth) - 64;
constexpr uint32_t kRegionStride = isa::kRegRegionBaseLoStride;

bool isRegion(uint32_t offset) {
  return offset >= isa::kRegRegionBaseLo &&
         offset < isa::kRegRegionBaseLo + isa::kRegions * kRegionStride;
}
bool isCounter(uint32_t offset) {
  return offset >= isa::kRegCounterBase &&
         offset < isa::kRegCounterBase + isa::kRegCounterBaseCount * isa::kRegCounterBaseStride;
}
bool isMapped(uint32_t offset) {
  return offset <= isa::kRegProgress || isRegion(offset) || isCounter(offset);
}
uint32_t merge(uint32_t old, uint32_t value, uint32_t mask) {
  return (old & ~mask) | (value & mask);
}

}  // namespace

uint32_t RegisterFile::readRegion(uint32_t offset) const {
  const RegionBinding& region = regions_[(offset - isa::kRegRegionBaseLo) / kRegionStride];
  switch (offset % kRegionStride) {
    case isa::kRegRegionBaseLo % kRegionStride:
      return static_cast<uint32_t>(region.base);
    case isa::kRegRegionBaseHi % kRegionStride:
      return static_cast<uint32_t>(region.base >> 32);
    case isa::kRegRegionSize % kRegionStride:
      return region.size;
    default:
      return (region.read ? isa::kRegRegionAccessReadMask : 0) |
             (region.write ? isa::kRegRegionAccessWriteMask : 0);
  }
}

void RegisterFile::writeRegion(uint32_t offset, uint32_t value, uint32_t mask) {
  RegionBinding& region = regions_[(offset - isa::kRegRegionBaseLo) / kRegionStride];
  const uint32_t merged = merge(readRegion(offset), value, mask);
  switch (offset % kRegionStride) {
    case isa::kRegRegionBaseLo % kRegionStride:
      region.base = ((region.base >> 32 << 32) | merged) & kBaseMask;
      break;
    case isa::kRegRegionBaseHi % kRegionStride:
      region.base = (uint64_t{merged} << 32 | static_cast<uint32_t>(region.base)) & kBaseMask;
      break;
    case isa::kRegRegionSize % kRegionStride:
      region.size = merged;
      break;
    default:
      region.read = (merged & isa::kRegRegionAccessReadMask) != 0;
      region.write = (merged & isa::kRegRegionAccessWriteMask) != 0;
  }
}

std::optional<uint32_t> RegisterFile::read(uint32_t offset) const {
  offset &= ~3u;
  if (!isMapped(offset)) return std::nullopt;
  if (isRegion(offset)) return readRegion(offset);
  if (isCounter(offset)) {
    const uint32_t index = (offset - isa::kRegCounterBase) / isa::kRegCounterBaseStride;
    return index < counters_.size() ? counters_[index] : 0;
  }
  switch (offset) {
    case isa::kRegId:
      return isa::kMagic;
    case isa::kRegVersion:
      return isa::kSpecMajor << 16 | isa::kSpecMinor;
    case isa::kRegSpecHash:
      return isa::kSpecHash;
    case isa::kRegPreset0:
      return preset_.lanes << isa::kRegPreset0LanesLsb | preset_.depth << isa::kRegPreset0DepthLsb |
             preset_.results << isa::kRegPreset0ResultsLsb |
             preset_.weightVectors << isa::kRegPreset0WeightVectorsLsb;
    case isa::kRegPreset1:
      return preset_.scratchpadBytes / 1024 << isa::kRegPreset1ScratchpadKibLsb |
             preset_.axiBytes << isa::kRegPreset1AxiBytesLsb |
             isa::kBanks << isa::kRegPreset1BanksLsb;
    case isa::kRegStatus:
      return static_cast<uint32_t>(state_) | (irq() ? isa::kRegStatusIrqMask : 0);
    case isa::kRegIrqStatus:
      return pending_;
    case isa::kRegIrqEnable:
      return enable_;
    case isa::kRegWatchdog:
      return watchdog_;
    case isa::kRegDrainLimit:
      return drain_;
    case isa::kRegTrapStatus:
      return static_cast<uint32_t>(trap_.code) << isa::kRegTrapStatusCodeLsb |
             static_cast<uint32_t>(trap_.engine) << isa::kRegTrapStatusEngineLsb;
    case isa::kRegTrapInstruction:
      return trap_.instruction;
    case isa::kRegTrapAddrLo:
      return static_cast<uint32_t>(trap_.address);
    case isa::kRegTrapAddrHi:
      return static_cast<uint32_t>(trap_.address >> 32);
    case isa::kRegProgress:  // every decoded instruction counts its bytes
      return counters_[static_cast<size_t>(isa::Counter::bytesFetch)] / isa::kDescriptorBytes;
    default:
      return 0;  // CONTROL
  }
}

RegisterFile::Action RegisterFile::write(uint32_t offset, uint32_t value, uint32_t mask) {
  offset &= ~3u;
  if (!isMapped(offset)) return Action::unmapped;
  if (running() &&
      (isRegion(offset) || offset == isa::kRegWatchdog || offset == isa::kRegDrainLimit)) {
    return Action::locked;
  }
  if (isRegion(offset)) writeRegion(offset, value, mask);
  switch (offset) {
    case isa::kRegIrqStatus:
      pending_ &= ~(value & mask);
      break;
    case isa::kRegIrqEnable:
      enable_ = merge(enable_, value, mask) & kPendingMask;
      break;
    case isa::kRegWatchdog:
      watchdog_ = merge(watchdog_, value, mask);
      break;
    case isa::kRegDrainLimit:
      drain_ = merge(drain_, value, mask);
      break;
    case isa::kRegControl:
      if (value & mask & isa::kRegControlSoftResetMask) {
        clearJob();
        state_ = isa::State::idle;
        pending_ = isa::kRegIrqStatusResetDoneMask;
        return Action::softReset;
      }
      if ((value & mask & isa::kRegControlStartMask) && state_ == isa::State::idle) {
        clearJob();
        state_ = isa::State::running;
        return Action::start;
      }
      break;
    default:
      break;  // read only
  }
  return Action::none;
}

void RegisterFile::clearJob() {
  trap_ = {};
  counters_ = {};
}

void RegisterFile::finish(const JobResult& job) {
  counters_ = job.counters;
  if (job.trap) trap_ = *job.trap;
  state_ = job.trap ? isa::State::halted : isa::State::idle;
  pending_ |= job.trap ? isa::kRegIrqStatusTrapMask : isa::kRegIrqStatusDoneMask;
}

}  // namespace lilong::systemc
