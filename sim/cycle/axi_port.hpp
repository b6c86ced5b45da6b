// SPDX-License-Identifier: Apache-2.0
// AxiPort: twin of lilong_axi_port for programs whose bursts all lie in their windows and are
// answered without errors.  abort does what abort_i does.
#pragma once

#include "sim/cycle/fifo.hpp"
#include "sim/cycle/memory.hpp"
#include "sim/isa/gen/isa.hpp"

namespace lilong::cycle {

struct AxiPort {
  static constexpr uint32_t kFetchOutstanding = 4;

  struct Burst {
    uint16_t beats = 0;
    bool load = false;
  };
  // lilong_window_check when every burst is good.
  struct Window {
    StreamReg<Burst> s1;
    bool valid2 = false;
    Burst s2;

    bool ready() const { return s1.ready(); }
    bool some() const { return s1.valid() || valid2; }
    uint32_t count() const { return s1.frontValid + s1.backValid + valid2; }
    uint32_t loads() const {
      return (s1.frontValid && s1.front.load) + (s1.backValid && s1.back.load) +
             (valid2 && s2.load);
    }
    void tick(bool valid, const Burst& burst, bool outReady, bool clear) {
      const bool move2 = !valid2 || outReady;
      if (move2) {
        s2 = s1.front;
        valid2 = s1.valid();
      }
      s1.tick(valid, burst, move2);
      if (clear) {
        s1.clear();
        valid2 = false;
      }
    }
  };

  Window reading, writing;
  bool arValid = false, awValid = false, wValid = false, bValid = false;
  Burst ar, aw;
  uint32_t fetchCount = 0, loadCount = 0, storeCount = 0;  // bursts in flight
  struct Word {
    bool load = false, last = false;
  };
  StreamReg<Word> r;
  Fifo<uint16_t, isa::kWriteOutstanding> wInfo;  // beats of bursts whose data is owed
  uint32_t wBeat = 0, dead = 0;

  bool drained() const {
    return fetchCount == 0 && loadCount == 0 && storeCount == 0 && !wInfo.valid() && !wValid &&
           !awValid && !arValid && !reading.some() && !writing.some();
  }
  // Nothing moves and nothing arrives.
  bool resting() const { return drained() && !r.valid() && !bValid; }

  // Nothing moves until data, an answer or a request comes.
  bool still() const {
    return !r.valid() && !arValid && !reading.some() && !bValid && !wValid && !awValid &&
           !writing.some() && !wInfo.valid();
  }
  bool fetchData() const { return r.valid() && !r.front.load; }
  // A burst of LOAD would be taken if the window were ready.
  bool loadFits() const { return loadCount + reading.loads() < isa::kReadOutstanding; }
  // A burst of FETCH would be taken if the window were ready.
  bool fetchFits() const {
    return fetchCount + reading.count() - reading.loads() < kFetchOutstanding;
  }
  bool loadRoom() const { return loadCount < isa::kReadOutstanding; }  // when still
  bool fetchRoom() const { return fetchCount < kFetchOutstanding; }    // when still

  // Words of LOAD pass, one a cycle, and nothing else moves: until a burst ends.
  bool flows() const {
    return r.frontValid && !r.backValid && r.front.load && !r.front.last && !arValid &&
           !reading.some() && writeResting();
  }

  struct In {
    bool abort;
    bool fetchValid, loadValid, storeValid;      // burst requests
    uint16_t fetchBeats, loadBeats, storeBeats;  // their bus words
    bool fetchReady, loadReady;                  // read data taken
    bool storeDataValid;
  };
  struct Out {
    bool fetchTaken = false, loadTaken = false, storeReady = false;  // requests
    bool fetchData = false, loadData = false;                        // read data offered
    bool storeDataReady = false, storeDone = false;
  };

  // One cycle: combinational outputs, then the clock edge of the port and of the memory.
  Out tick(const In& in, Memory& memory) {
    Out out;
    Memory::In bus{};
    if (in.fetchValid || in.loadValid || !readResting() || memory.reads.count != 0) {
      tickRead(in, memory, out, bus);
    }
    if (in.storeValid || !writeResting() || memory.writes.count + memory.answers.count != 0) {
      tickWrite(in, memory, out, bus);
    }
    memory.tick(bus);
    return out;
  }

 private:
  bool readResting() const {
    return fetchCount + loadCount == 0 && !arValid && !reading.some() && !r.valid();
  }
  bool writeResting() const {
    return storeCount == 0 && !wInfo.valid() && !wValid && !awValid && !writing.some() &&
           !bValid && dead == 0;
  }

  void tickRead(const In& in, const Memory& memory, Out& out, Memory::In& bus) {
    // Read requests.
    const uint32_t inWindow = reading.loads(), inWindowAll = reading.count();
    const bool loadRoom = loadCount + inWindow < isa::kReadOutstanding;
    const bool fetchRoom = fetchCount + inWindowAll - inWindow < kFetchOutstanding;
    const bool arFree = !arValid || memory.arReady;
    const bool fetchGrant = in.fetchValid && fetchRoom;
    const bool loadGrant = !fetchGrant && in.loadValid && loadRoom;
    const bool readReady = reading.ready() && !in.abort;
    out.fetchTaken = fetchGrant && readReady;
    out.loadTaken = loadGrant && readReady;
    const bool arPush = reading.valid2 && arFree && !in.abort;

    // Read data.
    const bool good = r.valid() && !in.abort;
    out.fetchData = good && !r.front.load;
    out.loadData = good && r.front.load;
    const bool rPop = !good || (r.front.load ? in.loadReady : in.fetchReady);
    if (r.valid() && rPop && r.front.last) --(r.front.load ? loadCount : fetchCount);

    bus.arValid = arValid;
    bus.rReady = r.ready();
    bus.arUnit = ar.load;
    bus.arBeats = ar.beats;

    // Clock edge.
    if (arPush) ++(reading.s2.load ? loadCount : fetchCount);
    r.tick(memory.rValid, {memory.rUnit != 0, memory.rLast}, rPop);
    if (arFree) {
      arValid = arPush;
      if (arPush) ar = reading.s2;
    }
    if (fetchGrant || loadGrant || inWindowAll != 0) {
      reading.tick((fetchGrant || loadGrant) && !in.abort,
                   {fetchGrant ? in.fetchBeats : in.loadBeats, !fetchGrant}, arFree, in.abort);
    }
  }

  void tickWrite(const In& in, const Memory& memory, Out& out, Memory::In& bus) {
    // Write requests.
    const bool room = storeCount + writing.count() < isa::kWriteOutstanding;
    const bool awFree = (!awValid || memory.awReady) && wInfo.ready();
    out.storeReady = writing.ready() && room && !in.abort;
    const bool awPush = writing.valid2 && awFree && !in.abort;

    // Write data.
    const bool wFree = !wValid || memory.wReady;
    const bool wDead = in.abort || dead != 0;
    const bool wOpen = wInfo.valid() && wFree && wInfo.count > (awValid ? 1u : 0u);
    const bool wTake = wOpen && (wDead || in.storeDataValid);
    out.storeDataReady = wOpen && !wDead;
    const bool wLast = wTake && wBeat + 1 == wInfo.front();
    out.storeDone = bValid && !in.abort;

    bus.awValid = awValid;
    bus.wValid = wValid;
    bus.awBeats = aw.beats;

    // Clock edge.
    storeCount += (awPush ? 1 : 0) - (bValid ? 1 : 0);
    if (in.abort) {
      dead = wInfo.count - wLast;
    } else if (wLast && dead != 0) {
      --dead;
    }
    if (wFree) wValid = wTake;
    if (wTake) wBeat = wLast ? 0 : wBeat + 1;
    if (wLast) wInfo.pop();
    if (awPush) {
      wInfo.push(writing.s2.beats);
      awValid = true;
      aw = writing.s2;
    } else if (memory.awReady) {
      awValid = false;
    }
    writing.tick(in.storeValid && room && !in.abort, {in.storeBeats, false}, awFree, in.abort);
    bValid = memory.bValid;
  }
};

}  // namespace lilong::cycle
