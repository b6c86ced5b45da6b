// SPDX-License-Identifier: Apache-2.0
// Frames: the CRC by its check value, every truncation, every flipped bit, noise between frames.
#include <gtest/gtest.h>

#include <random>

#include "runtime/link/crc32.hpp"
#include "runtime/link/frame.hpp"

namespace lilong::link {

namespace {

std::vector<Frame> decode(const std::vector<uint8_t>& line) {
  Deframer deframer;
  std::vector<Frame> frames;
  for (uint8_t b : line) {
    if (std::optional<Frame> frame = deframer.push(b)) frames.push_back(std::move(*frame));
  }
  return frames;
}

Frame sample(std::mt19937& random, size_t bytes) {
  Frame frame;
  frame.opcode = static_cast<uint8_t>(random() % 16);
  frame.sequence = static_cast<uint8_t>(random());
  frame.address = random();
  frame.length = static_cast<uint16_t>(random());
  for (size_t i = 0; i < bytes; ++i) {
    frame.payload.push_back(random() % 4 == 0 ? kFlag : static_cast<uint8_t>(random()));
  }
  return frame;
}

TEST(LinkFrame, CrcOfTheCheckString) {
  const std::string text = "123456789";
  EXPECT_EQ(crc32({reinterpret_cast<const uint8_t*>(text.data()), text.size()}), 0xcbf43926u);
}

TEST(LinkFrame, RoundTrip) {
  std::mt19937 random(1);
  std::vector<uint8_t> line;
  std::vector<Frame> frames;
  for (size_t bytes : {0u, 1u, 2u, 3u, 100u, 1023u, 1024u}) {
    frames.push_back(sample(random, bytes));
    encode(frames.back(), line);
    line.push_back(static_cast<uint8_t>(random() % 0x7d));  // noise between frames
  }
  EXPECT_EQ(decode(line), frames);
  std::vector<uint8_t> tooLong;
  encode(sample(random, kMaxPayload + 1), tooLong);
  EXPECT_TRUE(decode(tooLong).empty());
}

TEST(LinkFrame, DamagedFramesAreDropped) {
  std::mt19937 random(2);
  const Frame frame = sample(random, 60);
  std::vector<uint8_t> line;
  encode(frame, line);
  for (size_t i = 1; i + 1 < line.size(); ++i) {  // the flags at the ends may be doubled or lost
    std::vector<uint8_t> cut(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(i));
    cut.push_back(kFlag);
    EXPECT_TRUE(decode(cut).empty()) << "cut at " << i;
    std::vector<uint8_t> lost = line;
    lost.erase(lost.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_TRUE(decode(lost).empty() || line[i] == line[i + 1] || line[i] == line[i - 1]) << i;
    for (int bit = 0; bit < 8; ++bit) {
      std::vector<uint8_t> flipped = line;
      flipped[i] ^= static_cast<uint8_t>(1 << bit);
      EXPECT_TRUE(decode(flipped).empty()) << i << " bit " << bit;
    }
    // The next frame is received whatever came before.
    cut.pop_back();
    cut.insert(cut.end(), line.begin(), line.end());
    EXPECT_EQ(decode(cut), std::vector<Frame>{frame});
  }
}

TEST(LinkFrame, AnswerState) {
  for (uint32_t word : {0u, 0x00000305u, 0x00ab0100u, 0x00ff030au}) {
    EXPECT_EQ(AnswerState::decode(word).encode(), word);
  }
}

// A million random damages of many kinds; nothing that was not sent is accepted.
TEST(LinkFrame, Noise) {
  std::mt19937 random(3);
  uint64_t accepted = 0, unharmed = 0;
  constexpr int kFrames = 1'000'000;
  Frame frame = sample(random, 24);
  for (int i = 0; i < kFrames; ++i) {
    if (i % 64 == 0) frame = sample(random, random() % 40);
    std::vector<uint8_t> line;
    encode(frame, line);
    const size_t from = random() % line.size();
    const size_t to = std::min(line.size(), from + 1 + random() % 6);
    for (size_t k = from; k < to; ++k) {
      if (random() % 2 == 0)
        line[k] = static_cast<uint8_t>(random());
      else
        line[k] ^= static_cast<uint8_t>(1u << random() % 8);
    }
    if (random() % 4 == 0) line.erase(line.begin() + static_cast<std::ptrdiff_t>(from));
    for (const Frame& got : decode(line)) (got == frame ? unharmed : accepted) += 1;
  }
  EXPECT_EQ(accepted, 0u);
  EXPECT_LT(unharmed, kFrames / 50);
}

}  // namespace

}  // namespace lilong::link
