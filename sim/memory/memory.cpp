// SPDX-License-Identifier: Apache-2.0
#include "sim/memory/memory.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace lilong::memory {

namespace {

uint32_t cyclesPerBeat(uint32_t busBytes, uint32_t bytesPerCycle) {
  return bytesPerCycle == 0 ? 1 : std::max(1u, (busBytes + bytesPerCycle - 1) / bytesPerCycle);
}

}  // namespace

AxiMemory::AxiMemory(const Timing& timing, uint32_t busBytes, uint64_t bytes)
    : timing_(timing),
      bus_(busBytes),
      readCycles_(cyclesPerBeat(busBytes, timing.readBytes)),
      writeCycles_(cyclesPerBeat(busBytes, timing.writeBytes)),
      size_(bytes < ~uint64_t{busBytes} ? (bytes + busBytes - 1) / busBytes * busBytes : bytes),
      bytes_(static_cast<uint8_t*>(std::calloc(size_, 1))) {
  if (!bytes_) size_ = 0;
  timing_.readOutstanding = std::clamp(timing_.readOutstanding, 1u, kMaxOutstanding);
  timing_.writeOutstanding = std::clamp(timing_.writeOutstanding, 1u, kMaxOutstanding);
}

void AxiMemory::setStalls(const Stalls& stalls) {
  stalls_ = stalls;
  for (Gate* gate : {&ar_, &r_, &aw_, &w_, &b_}) gate->number = 0;
}

void AxiMemory::setFaults(std::vector<Fault> faults) {
  faults_ = std::move(faults);
  readBursts_ = writeBursts_ = 0;
}

void AxiMemory::clearFaults() {
  setFaults({});
  for (Gate* gate : {&ar_, &r_, &aw_, &w_, &b_}) {
    if (gate->wait == kForever) gate->wait = 0;
  }
}

const Fault* AxiMemory::fault(FaultKind kind, uint64_t burst, uint32_t beat) const {
  for (const Fault& f : faults_) {
    if (f.kind == kind && f.burst == burst && f.beat == beat) return &f;
  }
  return nullptr;
}

AxiMemory::Burst AxiMemory::makeBurst(const AxiAddress& a, uint64_t number) const {
  Burst b;
  b.addr = a.addr & ~uint64_t{bus_ - 1};
  b.accepted = cycle_;
  b.number = number;
  b.beats = a.len + 1u;
  b.id = a.id;
  if ((1u << a.size) != bus_ || a.burst != 1) {
    b.resp = kSlvErr;
  } else if (b.addr >= size_ || uint64_t{b.beats} * bus_ > size_ - b.addr) {
    b.resp = kDecErr;
  }
  return b;
}

void AxiMemory::step(const AxiMaster& in) {
  if (in.ar.valid && out_.arready) {
    reads_.push(makeBurst(in.ar, readBursts_++));
    ar_.done();
  }
  if (in.aw.valid && out_.awready) {
    writes_.push(makeBurst(in.aw, writeBursts_++));
    aw_.done();
  }
  if (in.wvalid && out_.wready) takeWriteBeat(in);
  if (in.rready && out_.rvalid) takeReadBeat();
  if (in.bready && out_.bvalid) {
    answers_.pop();
    out_.bvalid = false;
    b_.done();
  }
  ++cycle_;
  drive();
}

void AxiMemory::takeReadBeat() {
  r_.done();
  out_.rvalid = false;
  Burst& burst = reads_.front();
  const bool cut = !faults_.empty() && fault(FaultKind::earlyLast, burst.number, burst.beat);
  ++burst.beat;
  if (burst.beat == burst.beats || cut) {
    reads_.pop();
    if (owner_ == Owner::read) owner_ = Owner::none, busFree_ = cycle_ + 1;
  }
}

void AxiMemory::takeWriteBeat(const AxiMaster& in) {
  w_.done();
  Burst& burst = writes_.front();
  if (burst.resp == kOkay) {
    uint8_t* target = bytes_.get() + burst.addr + uint64_t{burst.beat} * bus_;
    const uint32_t all = bus_ == 32 ? ~0u : (1u << bus_) - 1;
    if ((in.wstrb & all) == all) {
      std::memcpy(target, in.wdata.data(), bus_);
    } else {
      for (uint32_t i = 0; i < bus_; ++i) {
        if (in.wstrb >> i & 1) target[i] = in.wdata[i];
      }
    }
  }
  writeFree_ = cycle_ + writeCycles_;
  if (++burst.beat < burst.beats) return;
  Burst answer = burst;
  answer.accepted = cycle_ + writeCycles_ - 1 + timing_.writeLatency;
  writes_.pop();
  answers_.push(answer);
  if (owner_ == Owner::write) owner_ = Owner::none, busFree_ = writeFree_;
}

void AxiMemory::chooseOwner() {
  if (owner_ != Owner::none || cycle_ < busFree_) return;
  const bool read =
      reads_.count != 0 && cycle_ >= reads_.front().accepted + timing_.readLatency;
  const bool write = writes_.count != 0;
  if (read && write) {
    owner_ = last_ == Owner::read ? Owner::write : Owner::read;
  } else if (read || write) {
    owner_ = read ? Owner::read : Owner::write;
  } else {
    return;
  }
  last_ = owner_;
}

// What is driven in cycle_.
void AxiMemory::drive() {
  if (timing_.shared) chooseOwner();
  out_.arready = ar_.pass(reads_.count < timing_.readOutstanding, stalls_, Channel::ar);
  out_.awready = aw_.pass(writes_.count + answers_.count < timing_.writeOutstanding, stalls_,
                          Channel::aw);
  if (!out_.rvalid && reads_.count != 0) driveReadBeat();

  out_.wready = false;
  if (writes_.count != 0) {
    const bool turn = !timing_.shared || owner_ == Owner::write;
    const Burst& burst = writes_.front();
    if (!w_.armed && !faults_.empty() &&
        fault(FaultKind::writeStall, burst.number, burst.beat) && turn) {
      w_.armed = true, w_.wait = kForever;
    }
    out_.wready = w_.pass(turn && cycle_ >= writeFree_, stalls_, Channel::w);
  }

  if (!out_.bvalid && answers_.count != 0) {
    const Burst& burst = answers_.front();
    if (!b_.armed && !faults_.empty() && fault(FaultKind::answerStall, burst.number, 0)) {
      b_.armed = true, b_.wait = kForever;
    }
    if (b_.pass(cycle_ >= burst.accepted, stalls_, Channel::b)) {
      out_.bvalid = true;
      out_.bid = burst.id;
      out_.bresp = burst.resp;
      if (!faults_.empty()) {
        if (fault(FaultKind::writeError, burst.number, 0)) out_.bresp = kSlvErr;
        if (fault(FaultKind::answerWrongId, burst.number, 0)) out_.bid ^= 1;
      }
    }
  }
}

void AxiMemory::driveReadBeat() {
  const Burst& burst = reads_.front();
  const bool turn = !timing_.shared || owner_ == Owner::read;
  const bool possible = turn && cycle_ >= burst.accepted + timing_.readLatency;
  if (possible && !r_.armed && !faults_.empty() &&
      fault(FaultKind::readStall, burst.number, burst.beat)) {
    r_.armed = true, r_.wait = kForever;
  }
  if (!r_.pass(possible, stalls_, Channel::r, readCycles_ - 1)) return;
  out_.rvalid = true;
  out_.rid = burst.id;
  out_.rresp = burst.resp;
  out_.rlast = burst.beat + 1 == burst.beats;
  if (burst.resp == kOkay) {
    std::memcpy(out_.rdata.data(), bytes_.get() + burst.addr + uint64_t{burst.beat} * bus_, bus_);
  } else {
    out_.rdata.fill(0);
  }
  if (faults_.empty()) return;
  if (fault(FaultKind::readError, burst.number, burst.beat)) out_.rresp = kSlvErr;
  if (fault(FaultKind::readWrongId, burst.number, burst.beat)) out_.rid ^= 1;
  if (fault(FaultKind::earlyLast, burst.number, burst.beat)) out_.rlast = true;
  if (out_.rlast && burst.beat + 1 == burst.beats &&
      fault(FaultKind::lateLast, burst.number, burst.beat)) {
    out_.rlast = false;
  }
}

}  // namespace lilong::memory
