// SPDX-License-Identifier: Apache-2.0
#include "sim/cycle/core.hpp"

namespace lilong::cycle {

using isa::Counter;

TimingCore::TimingCore(const isa::Preset& preset, const memory::Timing& timing,
                       const memory::Stalls& stalls)
    : preset_(preset),
      shape_(Shape::of(preset)),
      memory_(timing, stalls, preset.axiBytes),
      fetch_(shape_),
      decode_(preset_),
      load_(shape_),
      store_(shape_),
      scratchpad_(shape_),
      exec_(shape_),
      busShift_(static_cast<unsigned>(std::countr_zero(shape_.axiBytes))) {}

uint32_t TimingCore::busWords(const Bursts& b) const {
  const uint32_t first = static_cast<uint32_t>(b.addr) & (shape_.axiBytes - 1);
  return (first + b.bytes() + shape_.axiBytes - 1) >> busShift_;
}

void TimingCore::clear() {
  decode_.clear();
  for (InstructionQueue& queue : queues_) queue.clear();
  sync_.clear();
  load_.clear();
  store_.clear();
  issue_ = {};
  overflow_.reset();
  standstill_.reset();
  scratchpad_.clear();
  exec_.clear();
}

uint32_t TimingCore::doneMask() const {
  return (load_.done() ? 1u : 0u) | (exec_.done() ? 2u : 0u) | (store_.done() ? 4u : 0u);
}

// Which heads start in the next cycle; at most one that acquires semaphores, LOAD first, and none
// while another takes its own.
TimingCore::Issue TimingCore::choose() const {
  Issue r;
  if ((allowed_ & 1) && load_.commandReady()) r.taken |= 1;
  if ((allowed_ & 2) && exec_.cmdReady(queues_[1].head().descriptor)) r.taken |= 2;
  if ((allowed_ & 4) && store_.commandReady()) r.taken |= 4;
  r.taken &= ~issue_.taken;
  const uint32_t acquiring = r.taken & acquires_;
  if (issue_.acquired >= 0) {
    r.taken &= ~acquiring;
  } else if (acquiring != 0) {
    r.acquired = std::countr_zero(acquiring);
    r.taken &= ~(acquiring & (acquiring - 1));
  }
  return r;
}

DmaCommand TimingCore::command(const InstructionQueue::Entry& entry) const {
  DmaCommand c;
  c.empty = entry.empty;
  if (c.empty) return c;
  const isa::Load d = isa::Load::decode(entry.descriptor);  // STORE has the same fields
  c.memAddr = regions_[d.region].base + d.memOffset;
  c.memRowStride = d.memRowStride;
  c.memPlaneStride = d.memPlaneStride;
  c.granule = d.spAddr / isa::kGranule;
  c.rowStride = d.spRowStride / isa::kGranule;
  c.planeStride = d.spPlaneStride / isa::kGranule;
  c.rowBytes = d.rowBytes;
  c.rows = d.rows;
  c.planes = d.planes;
  return c;
}

void TimingCore::note(uint32_t started, uint32_t done, Result& result) {
  for (uint32_t q = 0; q < isa::kNumQueues; ++q) {
    const auto queue = static_cast<isa::Queue>(q);
    if (started >> q & 1) {
      result.events.push_back({queue, queues_[q].starting().instruction, now_, now_, {}});
    }
    if (done >> q & 1) {
      size_t& open = open_[q];
      while (result.events[open].queue != queue) ++open;
      result.events[open++].end = now_;
    }
  }
  ended_ |= done;
}

// Counters of the cycle before are complete now.
void TimingCore::noteCounters(Result& result) {
  for (; ended_ != 0; ended_ &= ended_ - 1) {
    result.events[open_[static_cast<size_t>(std::countr_zero(ended_))] - 1].counters =
        result.counters;
  }
}

// Queues or semaphores have changed; counts the cycles of the state before.
void TimingCore::update(Result& result) {
  const auto cycles = static_cast<uint32_t>(now_ - since_);
  since_ = now_;
  const auto add = [&](Counter name, bool on) { counter(result, name) += on ? cycles : 0; };
  add(Counter::loadBusy, inflight_ & 1);
  add(Counter::execBusy, inflight_ & 2);
  add(Counter::storeBusy, inflight_ & 4);
  add(Counter::loadWait, waiting_ & 1);
  add(Counter::execWait, (waiting_ & 2) && !(inflight_ & 2));
  add(Counter::storeWait, waiting_ & 4);
  if (ended_ != 0) noteCounters(result);
  allowed_ = acquires_ = waiting_ = inflight_ = 0;
  for (uint32_t q = 0; q < isa::kNumQueues; ++q) {
    const InstructionQueue& queue = queues_[q];
    inflight_ |= (queue.inflight() ? 1u : 0u) << q;
    if (!queue.headValid()) continue;
    (sync_.allowed(queue, q) ? allowed_ : waiting_) |= 1u << q;
    const isa::Header& header = queue.head().header;
    acquires_ |= (header.wait0En || header.wait1En ? 1u : 0u) << q;
  }
  changed_ = false;
}

[[gnu::flatten]] TimingCore::End TimingCore::step(const RunOptions& options, Result& result) {
  // Registered outputs, arbitration.
  static constexpr ExecReads kNoReads{};
  const bool execRests = exec_.resting();
  const ExecReads& reads = execRests ? kNoReads : exec_.reads();
  const bool storeReads = store_.readRequest();
  const uint32_t granted = reads.req != 0 || storeReads
                               ? Scratchpad::grants(reads, storeReads, store_.readAddress())
                               : 0;
  const WriteRequest results = execRests ? WriteRequest{} : exec_.write();
  const uint32_t done = doneMask();
  const Issue issue = issue_;
  const Issue next = allowed_ != 0 ? choose() : Issue{};
  const bool pushFire =
      decode_.pushing() && queues_[static_cast<size_t>(decode_.queue)].pushReady();

  // Ends of the job.
  End end = End::none;
  if (standstill_) {  // of the cycle before
    result.trap = standstill_;
    end = End::trap;
  } else if ((inflight_ | allowed_) == 0 && (decode_.stop() || (decode_.pushing() && !pushFire))) {
    bool over = false;
    standstill_ = sync_.verdict(queues_, decode_.trapped() ? decode_.trap : std::nullopt,
                                decode_.number, over);
    if (!standstill_ && over && port_.drained()) end = End::done;
  }
  const bool watchdog =
      options.watchdogCycles != 0 && now_ >= options.watchdogCycles && end == End::none;
  if (watchdog) {
    result.trap = isa::Trap{isa::TrapCode::watchdog, isa::Engine::fetch, decode_.number, 0};
    for (uint32_t q = isa::kNumQueues; q-- > 0;) {
      if (!queues_[q].inflight()) continue;
      result.trap->engine = static_cast<isa::Engine>(q + 1);
      result.trap->instruction = queues_[q].oldest().instruction;
    }
    end = End::trap;
  }
  if (overflow_) {  // of the cycle before
    result.trap = overflow_;
    end = End::trap;
  }
  if (options.trace && (issue.taken | done) != 0) note(issue.taken, done, result);
  counter(result, Counter::instructionsLoad) += done & 1;
  counter(result, Counter::instructionsExec) += done >> 1 & 1;
  counter(result, Counter::instructionsStore) += done >> 2 & 1;

  // Clock edge.
  const bool fetchValid = fetch_.requestValid(decode_.stop());
  const bool loadValid = load_.requestValid(), storeValid = store_.requestValid();
  AxiPort::Out bus;
  if (fetchValid || loadValid || storeValid || !port_.resting() || !memory_.resting()) {
    bus = port_.tick({false, fetchValid, loadValid, storeValid,
                      static_cast<uint16_t>(fetchValid ? fetch_.requestBeats() : 0),
                      static_cast<uint16_t>(loadValid ? busWords(load_.bursts) : 0),
                      static_cast<uint16_t>(storeValid ? busWords(store_.bursts) : 0),
                      fetch_.dataReady(), load_.dataReady(), store_.dataValid()},
                     memory_);
  } else {
    ++memory_.cycle;
  }

  if ((issue.taken & 1) || !load_.resting()) {
    DmaCommand c;
    if (issue.taken & 1) c = command(queues_[0].head());
    load_.tick(issue.taken & 1 ? &c : nullptr, bus.loadTaken, bus.loadData,
               scratchpad_.loadGrant(results, load_.write()));
    counter(result, Counter::loadStallMemory) += load_.stallMemory;
    counter(result, Counter::loadStallBank) += load_.stallBank;
    counter(result, Counter::bytesRead) += load_.bytesAsked;
  }
  if ((issue.taken & 4) || !store_.resting()) {
    DmaCommand c;
    if (issue.taken & 4) c = command(queues_[2].head());
    store_.tick({issue.taken & 4 ? &c : nullptr, bus.storeReady, bus.storeDataReady, bus.storeDone,
                 (granted & Scratchpad::kStoreBit) != 0, scratchpad_.storeValid()});
    counter(result, Counter::storeStallMemory) += store_.stallMemory;
    counter(result, Counter::storeStallBank) += store_.stallBank;
    counter(result, Counter::bytesWritten) += store_.bytesAsked;
  }
  if (!execRests || (issue.taken & 2)) {
    exec_.tick({(issue.taken & 2) != 0, &queues_[1].head().descriptor,
                granted & ~Scratchpad::kStoreBit, results.req});
    counter(result, Counter::execStallWeights) += exec_.stallWeights;
    counter(result, Counter::execStallInput) += exec_.stallInput;
    counter(result, Counter::execStallOutput) += exec_.stallOutput;
    counter(result, Counter::macBeats) += exec_.beat;
  }
  scratchpad_.tick((granted & Scratchpad::kStoreBit) != 0);
  if (done != 0 || issue.acquired >= 0) {
    overflow_ = sync_.tick(queues_, issue.acquired, done);
  }
  const bool fetchMoves = bus.fetchTaken || bus.fetchData || (fetch_.count != 0 && !fetch_.full);
  if (fetchMoves || !(decode_.stop() || (decode_.pushing() && !pushFire))) {
    fetchAndDecode(bus, pushFire, result);
  }
  if ((issue.taken | done) != 0) {
    for (uint32_t q = 0; q < isa::kNumQueues; ++q) {
      queues_[q].issued += issue.taken >> q & 1;
      queues_[q].started += issue.taken >> q & 1;
      queues_[q].completed += done >> q & 1;
    }
    changed_ = true;
  }
  issue_ = next;
  return end;
}

// Words that come when nothing is decoded any more are owed for and wanted by nobody.
void TimingCore::fetchAndDecode(const AxiPort::Out& bus, bool pushFire, Result& result) {
  const bool descriptorValid = fetch_.valid(), decodeReady = decode_.ready();
  const bool missing = fetch_.missing();
  const uint32_t number = fetch_.number;
  fetch_.tick(bus.fetchTaken, bus.fetchData, decodeReady);
  if (decodeReady) {
    if (descriptorValid) decode_.take(missing, number, program_);
    return;
  }
  if (pushFire) {
    queues_[static_cast<size_t>(decode_.queue)].push(decode_.descriptor, decode_.empty,
                                                     decode_.number);
    changed_ = true;
  }
  if (decode_.tick(pushFire)) {
    counter(result, Counter::bytesFetch) += isa::kDescriptorBytes;
    ++result.progress;
  }
}

// From the cycle behind the trap to the interrupt.
void TimingCore::abort(const RunOptions& options, Result& result) {
  if (options.trace) note(issue_.taken, doneMask(), result);
  clear();
  for (uint32_t drain = 0; !port_.drained() && drain < options.drainLimit; ++drain, ++now_) {
    port_.tick({true, false, false, false, 0, 0, 0, false, false, false}, memory_);
  }
  ++now_;
}

Result TimingCore::run(std::span<const uint8_t> program,
                       const std::array<Region, isa::kRegions>& regions,
                       const RunOptions& options) {
  Result result;
  regions_ = regions;
  program_ = program;
  clear();
  fetch_.start(regions[0].base, regions[0].size, regions[0].read);
  for (uint32_t i = 0; i < isa::kRegions; ++i) {
    decode_.regions[i] = {regions[i].size, regions[i].read, regions[i].write};
  }
  memory_.settle();
  open_ = {};
  ended_ = 0;
  allowed_ = waiting_ = inflight_ = 0;
  since_ = 1;
  changed_ = false;
  End end = End::none;
  const uint64_t last = options.watchdogCycles != 0
                            ? std::min<uint64_t>(options.watchdogCycles, options.cycleLimit)
                            : options.cycleLimit;
  for (now_ = 1; now_ <= options.cycleLimit; ++now_) {
    if (changed_) update(result);
    if (!options.plain && now_ < last) now_ += jump(last - now_, result);
    end = step(options, result);
    if (end != End::none) break;
  }
  if (end == End::none) return result;
  ++now_;
  update(result);
  if (end == End::trap) abort(options, result);
  result.finished = true;
  result.cycles = now_;
  counter(result, Counter::cycles) = static_cast<uint32_t>(now_);
  return result;
}

Result TimingCore::run(std::span<const isa::Descriptor> program,
                       std::array<Region, isa::kRegions> regions, const RunOptions& options) {
  static_assert(std::endian::native == std::endian::little, "descriptors are little-endian bytes");
  const auto* bytes = reinterpret_cast<const uint8_t*>(program.data());
  regions[0].size = static_cast<uint32_t>(program.size_bytes());
  regions[0].read = true;
  regions[0].write = false;
  return run(std::span(bytes, program.size_bytes()), regions, options);
}

}  // namespace lilong::cycle
