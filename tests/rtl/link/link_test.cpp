// SPDX-License-Identifier: Apache-2.0
// The link in hardware against the reference: random requests, repetitions, pipelining, slow and
// hanging buses, and noise.
#include <gtest/gtest.h>

#include <cstdio>

#include "sim/isa/gen/isa.hpp"
#include "tests/rtl/link/bench.hpp"
#include "tests/rtl/link/noise.hpp"

namespace lilong::link {

namespace {

constexpr uint32_t kRequests = 6000 / kClocksPerBit;
constexpr uint32_t kPatience = 4000000;  // clocks until an answer must have come

Hello expectedHello() {
  return {kMagic,
          kWindow << 16 | TEST_PRESET << 8 | kVersion,
          isa::kSpecHash,
          isa::kSpecMajor << 16 | isa::kSpecMinor,
          kClockHz / 1000,
          32u << 20,
          kBufferBytes << 16 | kMaxPayload};
}

class Link : public ::testing::Test {
 protected:
  Link() : reference_(expectedHello(), expected_) {}

  Frame request(Request opcode, uint32_t address, uint16_t length) {
    Frame frame;
    frame.opcode = static_cast<uint8_t>(opcode);
    frame.sequence = next_++;
    frame.address = address;
    frame.length = length;
    if (writes(opcode)) {
      for (uint16_t i = 0; i < length; ++i) frame.payload.push_back(randomByte());
    }
    return frame;
  }

  // Bytes that need stuffing come often.
  uint8_t randomByte() {
    const uint32_t r = random_();
    return r % 8 == 0 ? kFlag : r % 8 == 1 ? kEscape : static_cast<uint8_t>(r >> 8);
  }

  Frame randomRequest() {
    const auto opcode = static_cast<Request>(1 + random_() % 6);
    const bool isRegister = opcode == Request::regRead || opcode == Request::regWrite;
    uint32_t address = random_();
    uint16_t length = 0;
    switch (opcode) {
      case Request::hello:
        break;
      case Request::wait:
        address = random_() % 3;
        break;
      default: {
        const uint32_t kind = random_() % 8;
        length = static_cast<uint16_t>(kind == 0 ? random_() % (kMaxPayload + 1) : random_() % 40);
        if (isRegister) {
          length = static_cast<uint16_t>(length / 4 * 4 % 256);
          address = random_() % 1024 * 4;
          if (random_() % 4 != 0) address %= kRegisterErrorFrom;
        } else if (random_() % 8 != 0) {
          address %= kMemoryErrorFrom;
        }
        if (!isRegister && random_() % 8 == 0) address = 0u - length;  // up to the last byte
      }
    }
    Frame frame = request(opcode, address, length);
    switch (random_() % 40) {  // some are wrong
      case 0:
        frame.version = static_cast<uint8_t>(random_() % 16);
        break;
      case 1:
        frame.opcode = static_cast<uint8_t>(random_() % 16);
        break;
      case 2:
        frame.length = static_cast<uint16_t>(random_());
        break;
      case 3:
        frame.address = random_();
        break;
      case 4:
        frame.payload.resize(random_() % (kMaxPayload + 1));
        break;
      case 5:
        frame.sequence = static_cast<uint8_t>(random_());
        break;
      case 6:
      case 7:
        frame.sequence = static_cast<uint8_t>(frame.sequence - 1 - random_() % 12);
        break;
      default:
        break;
    }
    return frame;
  }

  void send(const Frame& frame) {
    std::vector<uint8_t> line;
    encode(frame, line);
    bench_.sendBytes(line);
  }

  // What the reference answers must come, and nothing else.
  void expectAnswer(const Frame& frame) {
    const std::optional<Frame> expected = reference_.handle(frame);
    next_ = reference_.expected();
    if (!expected) return;
    std::optional<Frame> answer = bench_.answer(kPatience);
    ASSERT_TRUE(answer) << "no answer to opcode " << int{frame.opcode};
    EXPECT_EQ(answer->address & ~kAnswerIrqMask, expected->address & ~kAnswerIrqMask);
    EXPECT_EQ(answer->opcode, expected->opcode);
    EXPECT_EQ(answer->sequence, expected->sequence);
    EXPECT_EQ(answer->length, expected->length);
    EXPECT_TRUE(answer->payload == expected->payload);
  }

  void expectSameAccesses() {
    ASSERT_EQ(bench_.model.log.size(), expected_.log.size());
    EXPECT_TRUE(bench_.model.log == expected_.log);
    bench_.model.log.clear();
    expected_.log.clear();
  }

  void exchange(const Frame& frame) {
    send(frame);
    expectAnswer(frame);
  }

  Bench bench_{TEST_CLOCKS_PER_BIT};
  Model expected_;
  ReferenceLink reference_;
  std::mt19937 random_{1};
  uint8_t next_ = 0;
};

TEST_F(Link, SaysHello) {
  exchange(request(Request::hello, 0, 0));
  exchange(request(Request::wait, 0, 0));
}

TEST_F(Link, RandomRequestsOneByOne) {
  for (uint32_t i = 0; i < kRequests && !HasFatalFailure(); ++i) {
    bench_.stallPermille = random_() % 900;
    exchange(randomRequest());
    expectSameAccesses();
  }
  EXPECT_GT(reference_.executed(), kRequests / 2);
}

TEST_F(Link, RequestsUnderWay) {
  exchange(request(Request::hello, 0, 0));
  for (uint32_t round = 0; round < kRequests / 25 && !HasFatalFailure(); ++round) {
    std::vector<Frame> frames;
    const bool reading = random_() % 2 == 0;
    for (uint32_t i = 0; i < kWindow; ++i) {
      const uint32_t length = random_() % 4 == 0 ? kMaxPayload : random_() % 200;
      frames.push_back(request(reading ? Request::memRead : Request::memWrite,
                               random_() % kMemoryErrorFrom, static_cast<uint16_t>(length)));
      if (random_() % 8 == 0) frames.push_back(frames.back());  // twice
    }
    for (const Frame& frame : frames) send(frame);
    for (const Frame& frame : frames) expectAnswer(frame);
    expectSameAccesses();
  }
}

TEST_F(Link, RepeatedWritesAreExecutedOnce) {
  exchange(request(Request::hello, 0, 0));
  std::vector<Frame> past;
  for (uint32_t i = 0; i < 300; ++i) {
    past.push_back(request(i % 2 == 0 ? Request::regWrite : Request::memWrite, i * 4 % 512, 4));
    exchange(past.back());
    exchange(past[past.size() - 1 - random_() % std::min<size_t>(past.size(), kWindow + 3)]);
  }
  expectSameAccesses();
  EXPECT_EQ(reference_.executed(), 300u);
}

TEST_F(Link, WaitEndsWithTheInterrupt) {
  exchange(request(Request::hello, 0, 0));
  send(request(Request::wait, kMaxWaitMs, 0));
  EXPECT_FALSE(bench_.answer(3 * kClockHz / 1000));
  bench_.model.irq = true;
  std::optional<Frame> answer = bench_.answer(400 * kClocksPerBit);
  ASSERT_TRUE(answer);
  EXPECT_TRUE(AnswerState::decode(answer->address).irq);
  bench_.model.irq = false;
  send(request(Request::wait, 2, 0));
  answer = bench_.answer(3 * kClockHz / 1000);
  ASSERT_TRUE(answer);
  EXPECT_FALSE(AnswerState::decode(answer->address).irq);
}

// A bus that does not answer costs one time limit; the other one and the link stay usable.
TEST_F(Link, HangingBus) {
  bench_.stallPermille = 0;
  const auto status = [&](const Frame& frame) {
    send(frame);
    const std::optional<Frame> answer = bench_.answer(kPatience);
    EXPECT_TRUE(answer);
    return answer ? AnswerState::decode(answer->address).status : Status::badVersion;
  };
  EXPECT_EQ(status(request(Request::hello, 0, 0)), Status::ok);
  for (Request memory : {Request::memRead, Request::memWrite}) {
    for (Request reg : {Request::regRead, Request::regWrite}) {
      bench_.memoryHangs = true;
      EXPECT_EQ(status(request(memory, 5, 100)), Status::busTimeout);
      EXPECT_EQ(status(request(reg, 0, 8)), Status::ok);
      EXPECT_EQ(status(request(memory, 5, 100)), Status::busTimeout);
      bench_.memoryHangs = false;
      bench_.model.log.clear();
      bench_.idle(4000);  // the bursts that were begun are carried through
      for (const Access& access : bench_.model.log) EXPECT_NE(access.kind, Access::Kind::writeByte);
      EXPECT_EQ(status(request(memory, 5, 100)), Status::ok);
      bench_.registersHang = true;
      EXPECT_EQ(status(request(reg, 0, 8)), Status::busTimeout);
      EXPECT_EQ(status(request(memory, 5, 100)), Status::ok);
      EXPECT_EQ(status(request(reg, 0, 8)), Status::busTimeout);
      bench_.registersHang = false;
      bench_.idle(100);
      EXPECT_EQ(status(request(reg, 0, 8)), Status::ok);
    }
  }
}

TEST_F(Link, HalfFrameIsDroppedAfterItsTime) {
  exchange(request(Request::hello, 0, 0));
  std::vector<uint8_t> line;
  encode(request(Request::memWrite, 0, 16), line);
  --next_;
  const uint64_t bad = bench_.bad();
  line.resize(line.size() / 2);
  bench_.sendBytes(line);
  bench_.idle(kClockHz / 1000 * (kFrameTimeoutMs - 1));
  EXPECT_EQ(bench_.bad(), bad);
  bench_.idle(kClockHz / 1000 * 2);
  EXPECT_EQ(bench_.bad(), bad + 1);
  exchange(request(Request::memWrite, 0, 16));
  expectSameAccesses();
}

TEST_F(Link, AnswersAreIgnored) {
  exchange(request(Request::hello, 0, 0));
  for (uint8_t opcode = 0; opcode < 8; ++opcode) {
    Frame frame = request(Request::memWrite, 0, 4);
    --next_;
    frame.opcode = opcode | kAnswer;
    send(frame);
  }
  EXPECT_FALSE(bench_.answer(4000 * kClocksPerBit));
  exchange(request(Request::memWrite, 0, 4));
  expectSameAccesses();
}

// Corrupted frames do nothing: no access, no answer, and the next good frame is executed.
TEST_F(Link, Noise) {
  exchange(request(Request::hello, 0, 0));
  Noise noise(random_());
  uint64_t corrupted = 0, accepted = 0, recovered = 0, intact = 0;
  std::array<uint64_t, Noise::kKinds> kinds{};
  const uint64_t goodBefore = bench_.good();
  uint64_t goodSent = 0;
  while (corrupted < TEST_CORRUPTED && !HasFatalFailure()) {
    const uint32_t count = 1 + random_() % 8;
    for (uint32_t i = 0; i < count; ++i) {
      std::vector<Frame> frames;
      for (uint32_t k = 1 + random_() % 2; k > 0; --k) {
        const Request opcode = random_() % 2 == 0 ? Request::memWrite : Request::regWrite;
        const uint32_t words = random_() % 64 == 0 ? 64 : random_() % 5;
        Frame frame = request(opcode, random_() % 256 * 4, static_cast<uint16_t>(words * 4));
        if (random_() % 8 == 0) frame = request(Request::regRead, 0, 4);
        frame.sequence = reference_.expected();
        frames.push_back(std::move(frame));
      }
      const Noise::Line line = noise.corrupt(frames);
      // A frame that the noise left whole is no corrupted one; try again.
      if (line.intact) {
        ++intact;
        continue;
      }
      ++kinds[line.kind];
      bench_.sendBits(line.bits);
      bench_.idle(12 * kClocksPerBit);  // a host pauses before it tries again
      corrupted += line.frames;
    }
    if (!bench_.model.log.empty() || bench_.good() != goodBefore + goodSent) ++accepted;
    bench_.model.log.clear();
    next_ = reference_.expected();
    const Frame frame =
        request(Request::memWrite, random_() % 4096, static_cast<uint16_t>(1 + random_() % 8));
    exchange(frame);
    ++goodSent;
    expectSameAccesses();
    ++recovered;
  }
  std::printf(
      "%llu corrupted frames, %llu groups with an accepted one, %llu good frames in between, all "
      "executed; "
      "%llu left whole by the noise\n",
      static_cast<unsigned long long>(corrupted), static_cast<unsigned long long>(accepted),
      static_cast<unsigned long long>(recovered), static_cast<unsigned long long>(intact));
  for (size_t k = 0; k < kinds.size(); ++k) {
    std::printf("  %-22s %llu\n", Noise::name(k), static_cast<unsigned long long>(kinds[k]));
    EXPECT_GT(kinds[k], 0u);
  }
  EXPECT_EQ(accepted, 0u);
  EXPECT_GE(corrupted, static_cast<uint64_t>(TEST_CORRUPTED));
}

#if TEST_CLOCKS_PER_BIT >= 16
TEST_F(Link, BaudTolerance) {
  exchange(request(Request::hello, 0, 0));
  for (double error : {-0.03, -0.02, 0.02, 0.03}) {
    for (int i = 0; i < 20 && !HasFatalFailure(); ++i) {
      const Frame frame = request(Request::memWrite, 64, 64);
      std::vector<uint8_t> line;
      encode(frame, line);
      bench_.sendBytes(line, kClocksPerBit * (1 + error));
      expectAnswer(frame);
    }
  }
  expectSameAccesses();
}
#endif

}  // namespace

}  // namespace lilong::link
