// SPDX-License-Identifier: Apache-2.0
// Client: the host's end of the link.  Keeps several requests under way, repeats what was lost, and
// gives up when nothing has been heard for the time limit.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "runtime/link/frame.hpp"
#include "runtime/link/port.hpp"

namespace lilong::link {

struct ClientOptions {
  uint32_t baud = kBaud;
  std::chrono::milliseconds silence{5000};  // without any answer: the device is lost
};

// One request: `out` is sent, `in` is filled by the answer.  At most kMaxPayload bytes each.
struct Item {
  Request request = Request::wait;
  uint32_t address = 0;  // milliseconds of a wait
  std::span<const uint8_t> out{};
  std::span<uint8_t> in{};
};

class Client {
 public:
  Client(std::unique_ptr<Port> port, const ClientOptions& options);

  // Starts a new sequence; the first thing to do.
  Result<Hello> hello();

  // All requests, in their order.  The level of the interrupt with the last answer.
  // An answer with a status other than ok is an error.
  Result<bool> run(std::span<const Item> items);

  uint64_t repeated() const { return repeated_; }  // requests sent again so far

 private:
  using Clock = std::chrono::steady_clock;
  using Seconds = std::chrono::duration<double>;

  struct Flight;
  struct Batch;

  Result<void> send(const Item& item, uint8_t sequence);
  Result<std::optional<Frame>> receive(Clock::time_point end);
  Result<void> take(Batch& batch, const Frame& answer);
  Result<void> transmit(Batch& batch, size_t index);
  Result<void> repeatLost(Batch& batch, size_t answered, uint64_t tick, bool refused);
  Seconds patience(const Batch& batch) const;
  void learn(const Item& item, const Flight& flight, bool irq);
  Error lost(std::string message) const;

  std::unique_ptr<Port> port_;
  ClientOptions options_;
  Deframer deframer_;
  std::vector<uint8_t> input_;
  size_t inputAt_ = 0;
  uint8_t sequence_ = 0;  // of the next new request
  Seconds delay_{0.01};   // between a request and its answer, above the time on the line
  double stretch_ = 1;    // real milliseconds of a millisecond of the device
  double backOff_ = 1;
  uint64_t repeated_ = 0;
};

}  // namespace lilong::link
