// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/link/reference_link.hpp"

namespace lilong::link {

namespace {

constexpr uint32_t kRegisterBytes = 4096;

void putWord(std::vector<uint8_t>& to, uint32_t word) {
  for (int i = 0; i < 4; ++i) to.push_back(static_cast<uint8_t>(word >> (8 * i)));
}

}  // namespace

Status ReferenceLink::check(const Frame& r) const {
  if (r.opcode < static_cast<uint8_t>(Request::hello) ||
      r.opcode > static_cast<uint8_t>(Request::wait)) {
    return Status::badOpcode;
  }
  const auto request = static_cast<Request>(r.opcode);
  const bool isRegister = request == Request::regRead || request == Request::regWrite;
  const bool isMemory = request == Request::memRead || request == Request::memWrite;
  if (r.length > kMaxPayload || r.payload.size() != (writes(request) ? r.length : 0)) {
    return Status::badLength;
  }
  if (isRegister ? r.length % 4 != 0 : !isMemory && r.length != 0) return Status::badLength;
  const uint64_t end = uint64_t{r.address} + r.length;
  if (isRegister && (r.address % 4 != 0 || r.address >= kRegisterBytes || end > kRegisterBytes)) {
    return Status::badAddress;
  }
  if (isMemory && end > uint64_t{1} << 32) return Status::badAddress;
  if (request == Request::wait && r.address > kMaxWaitMs) return Status::badAddress;
  return Status::ok;
}

Status ReferenceLink::execute(const Frame& r, std::vector<uint8_t>& payload) {
  ++executed_;
  switch (static_cast<Request>(r.opcode)) {
    case Request::regRead:
      for (uint32_t at = 0; at < r.length; at += 4) {
        const std::optional<uint32_t> word = target_.readRegister(r.address + at);
        if (!word) return Status::registerError;
        putWord(payload, *word);
      }
      return Status::ok;
    case Request::regWrite:
      for (uint32_t at = 0; at < r.length; at += 4) {
        uint32_t word = 0;
        for (uint32_t i = 0; i < 4; ++i) word |= uint32_t{r.payload[at + i]} << (8 * i);
        if (!target_.writeRegister(r.address + at, word)) return Status::registerError;
      }
      return Status::ok;
    case Request::memRead:
      payload.resize(r.length);
      if (r.length == 0 || target_.readMemory(r.address, payload)) return Status::ok;
      return Status::memoryError;
    case Request::memWrite:
      if (r.length == 0 || target_.writeMemory(r.address, r.payload)) return Status::ok;
      return Status::memoryError;
    default:
      target_.wait(r.address);
      return Status::ok;
  }
}

std::optional<Frame> ReferenceLink::handle(const Frame& r) {
  if ((r.opcode & kAnswer) != 0) return std::nullopt;
  AnswerState state;
  std::vector<uint8_t> payload;
  const uint8_t distance = static_cast<uint8_t>(r.sequence - expected_);
  const uint8_t behind = static_cast<uint8_t>(expected_ - r.sequence);
  const Status verdict = check(r);
  if (r.version != kVersion) {
    state.status = Status::badVersion;
  } else if (r.opcode == static_cast<uint8_t>(Request::hello)) {
    state.status = verdict;
    if (verdict == Status::ok) {
      session_ = true;
      expected_ = static_cast<uint8_t>(r.sequence + 1);
      table_.fill(Status::stale);
      for (uint32_t word : hello_.encode()) putWord(payload, word);
    }
  } else if (!session_) {
    state.status = Status::noSession;
  } else if (distance != 0 && distance < 128) {
    state.status = Status::outOfOrder;
  } else if (distance != 0 && writes(static_cast<Request>(r.opcode))) {
    state.status = behind <= kWindow ? table_[r.sequence % kWindow] : Status::stale;
    state.repeated = state.status != Status::stale;
  } else {
    state.status = verdict == Status::ok ? execute(r, payload) : verdict;
    if (distance == 0) {
      table_[r.sequence % kWindow] = state.status;
      ++expected_;
    }
  }
  if (state.status != Status::ok || state.repeated) payload.clear();
  state.irq = target_.interrupt();
  state.expected = expected_;
  Frame answer;
  answer.opcode = r.opcode | kAnswer;
  answer.sequence = r.sequence;
  answer.address = state.encode();
  answer.length = static_cast<uint16_t>(payload.size());
  answer.payload = std::move(payload);
  return answer;
}

}  // namespace lilong::link
