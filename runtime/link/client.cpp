// SPDX-License-Identifier: Apache-2.0
#include "runtime/link/client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>
#include <random>

namespace lilong::link {

namespace {

constexpr double kBitsPerByte = 10;
constexpr size_t kOverhead = kHeaderBytes + kCrcBytes + 2;  // bytes of a frame beside its payload
constexpr double kSlack = 0.03;                             // seconds; scheduling of the host
constexpr double kMaxBackOff = 32;
constexpr double kSmoothing = 0.25;  // weight of a new measurement

bool isRead(Request request) {
  return !writes(request);
}

}  // namespace

// A request that has been sent.
struct Client::Flight {
  Clock::time_point sent;  // for the first time
  size_t bytes = 0;        // on the line until its answer is there, those of earlier ones included
  uint64_t tick = 0;       // of its last transmission
  uint32_t times = 0;
  bool answered = false;
};

// The requests of one call.
struct Client::Batch {
  // Transmissions whose answers may still come.  Answers come in the order of the transmissions.
  struct Transmission {
    size_t index;
    uint64_t tick;
  };

  std::span<const Item> items;
  uint8_t first = 0;            // number of items[0]
  std::vector<Flight> flights;  // as far as sent
  std::deque<Transmission> line;
  uint64_t ticks = 0;
  size_t base = 0;        // first without an answer
  bool progress = false;  // the last answer was one that was missing
  bool irq = false;

  uint8_t sequence(size_t index) const { return static_cast<uint8_t>(first + index); }
  size_t next() const { return flights.size(); }
  // Writes never overtake an earlier read, whose repetition would then see other data.
  bool maySend() const {
    if (next() == items.size() || next() - base >= kWindow) return false;
    if (isRead(items[next()].request)) return true;
    for (size_t i = base; i < next(); ++i) {
      if (isRead(items[i].request) && !flights[i].answered) return false;
    }
    return true;
  }
};

Client::Client(std::unique_ptr<Port> port, const ClientOptions& options)
    : port_(std::move(port)), options_(options) {
  // Answers of an earlier session have other numbers than those of this one, most probably; those
  // that come before the answer to hello are dropped anyway.
  sequence_ = static_cast<uint8_t>(std::random_device{}());
}

Error Client::lost(std::string message) const {
  return makeError(DiagId::deviceLost, std::move(message), port_->name());
}

Result<void> Client::send(const Item& item, uint8_t sequence) {
  Frame frame;
  frame.opcode = static_cast<uint8_t>(item.request);
  frame.sequence = sequence;
  frame.address = item.address;
  frame.length = static_cast<uint16_t>(isRead(item.request) ? item.in.size() : item.out.size());
  frame.payload.assign(item.out.begin(), item.out.end());
  std::vector<uint8_t> line;
  encode(frame, line);
  return port_->write(line, std::chrono::duration_cast<Port::Duration>(options_.silence));
}

// The next answer, or nothing before `end`.
Result<std::optional<Frame>> Client::receive(Clock::time_point end) {
  for (;;) {
    while (inputAt_ < input_.size()) {
      std::optional<Frame> frame = deframer_.push(input_[inputAt_++]);
      if (frame && (frame->opcode & kAnswer) != 0) return frame;
    }
    input_.resize(4096);
    inputAt_ = 0;
    const auto rest = std::max(Clock::duration{0}, end - Clock::now());
    Result<size_t> got = port_->read(input_, std::chrono::duration_cast<Port::Duration>(rest));
    input_.resize(got ? *got : 0);
    if (!got) return got.error();
    if (*got == 0 && Clock::now() >= end) return std::optional<Frame>{};
  }
}

Result<Hello> Client::hello() {
  port_->discardInput();
  deframer_.reset();
  input_.clear();
  inputAt_ = 0;
  const auto limit = Clock::now() + options_.silence;
  Seconds patience{0.1};
  const uint8_t sequence = sequence_++;
  while (Clock::now() < limit) {
    if (Result<void> sent = send({Request::hello}, sequence); !sent) return sent.error();
    const auto end =
        std::min(limit, Clock::now() + std::chrono::duration_cast<Clock::duration>(patience));
    for (;;) {
      Result<std::optional<Frame>> frame = receive(end);
      if (!frame) return frame.error();
      if (!*frame) break;
      const Frame& answer = **frame;
      if (answer.opcode != (static_cast<uint8_t>(Request::hello) | kAnswer)) continue;
      if (answer.sequence != sequence) continue;
      if (answer.version != kVersion) {
        return makeError(DiagId::deviceMismatch,
                         fmt::format("the board speaks version {} of the link, this lilong {}",
                                     answer.version, kVersion),
                         port_->name());
      }
      const Status status = AnswerState::decode(answer.address).status;
      if (status != Status::ok || answer.payload.size() != Hello::kWords * 4) {
        return makeError(DiagId::deviceMismatch,
                         fmt::format("the board answers hello with {}", toString(status)),
                         port_->name());
      }
      std::array<uint32_t, Hello::kWords> words{};
      for (size_t i = 0; i < answer.payload.size(); ++i) {
        words[i / 4] |= uint32_t{answer.payload[i]} << (8 * (i % 4));
      }
      return Hello::decode(words);
    }
    patience = std::min<Seconds>(patience * 2, Seconds{1});
  }
  Error error = lost(fmt::format("nothing answers at {} baud within {} s", options_.baud,
                                 Seconds(options_.silence).count()));
  error.diagnostics.front().remedy =
      "Check that the board is switched on, holds a Lilong bitstream and uses this rate";
  return error;
}

// Time in which the oldest answer should have come.
Client::Seconds Client::patience(const Batch& batch) const {
  const Item& item = batch.items[batch.base];
  double seconds = kSlack + 4 * delay_.count();
  size_t bytes = 0;
  for (size_t i = batch.base; i < batch.next(); ++i) {
    bytes += 2 * kOverhead + batch.items[i].out.size() + batch.items[i].in.size();
  }
  seconds += 2 * static_cast<double>(bytes) * kBitsPerByte / options_.baud;
  seconds *= backOff_;
  if (item.request == Request::wait) seconds += 2 * stretch_ * item.address / 1000.0;
  return Seconds{std::min(seconds, std::max(Seconds(options_.silence).count() / 2,
                                            2 * stretch_ * item.address / 1000.0))};
}

void Client::learn(const Item& item, const Flight& flight, bool irq) {
  const double elapsed = Seconds(Clock::now() - flight.sent).count();
  if (item.request == Request::wait && item.address > 0) {
    if (!irq) stretch_ = std::max(1.0, elapsed * 1000 / item.address);
    return;
  }
  const double line = static_cast<double>(flight.bytes) * kBitsPerByte / options_.baud;
  delay_ += kSmoothing * (Seconds{std::max(0.0, elapsed - line)} - delay_);
}

Result<void> Client::transmit(Batch& batch, size_t index) {
  Flight& flight = batch.flights[index];
  if (flight.times++ > 0) ++repeated_;
  flight.tick = ++batch.ticks;
  batch.line.push_back({index, flight.tick});
  return send(batch.items[index], batch.sequence(index));
}

// A request without an answer that was sent before one that has an answer is lost, or its answer
// is.
Result<void> Client::repeatLost(Batch& batch, size_t answered, uint64_t tick, bool refused) {
  for (size_t i = batch.base; i < batch.next(); ++i) {
    const Flight& flight = batch.flights[i];
    if (flight.answered) continue;
    if (flight.tick < tick || (refused && i == answered && flight.tick == tick)) {
      if (Result<void> sent = transmit(batch, i); !sent) return sent;
    }
  }
  return {};
}

// What an answer means for the batch; docs/4-isa/6-link.md, section Sequence.
Result<void> Client::take(Batch& batch, const Frame& answer) {
  const AnswerState state = AnswerState::decode(answer.address);
  const auto isOf = [&](const Batch::Transmission& t) {
    return batch.sequence(t.index) == answer.sequence &&
           answer.opcode == (static_cast<uint8_t>(batch.items[t.index].request) | kAnswer);
  };
  const auto found = std::find_if(batch.line.begin(), batch.line.end(), isOf);
  if (answer.version != kVersion || found == batch.line.end()) return {};
  const auto [index, tick] = *found;
  batch.line.erase(batch.line.begin(), found + 1);

  if (state.status == Status::noSession) {
    return lost("the board was reset or switched off in between");
  }
  const bool refused = state.status == Status::outOfOrder;
  if (refused && static_cast<uint8_t>(state.expected - batch.sequence(batch.base)) > kWindow) {
    return lost("the board follows another sequence of requests");
  }
  if (!refused && !batch.flights[index].answered) {
    const Item& item = batch.items[index];
    if (state.status != Status::ok || answer.payload.size() != item.in.size()) {
      const bool bus = state.status == Status::registerError ||
                       state.status == Status::memoryError || state.status == Status::busTimeout;
      return makeError(
          bus ? DiagId::deviceUnavailable : DiagId::internal,
          fmt::format("{} of {} bytes at {:#x} was answered with {}", toString(item.request),
                      item.out.size() + item.in.size(), item.address, toString(state.status)),
          port_->name());
    }
    std::copy(answer.payload.begin(), answer.payload.end(), item.in.begin());
    Flight& flight = batch.flights[index];
    flight.answered = true;
    batch.progress = true;
    batch.irq = state.irq;
    backOff_ = 1;
    if (flight.times == 1) learn(item, flight, state.irq);
    while (batch.base < batch.next() && batch.flights[batch.base].answered) ++batch.base;
  }
  return repeatLost(batch, index, tick, refused);
}

Result<bool> Client::run(std::span<const Item> items) {
  Batch batch;
  batch.items = items;
  batch.first = sequence_;
  batch.flights.reserve(items.size());
  auto heard = Clock::now();  // the last answer that was missing
  auto waiting = heard;       // the last event; patience counts from here
  while (batch.base < items.size()) {
    while (batch.maySend()) {
      const Item& item = items[batch.next()];
      size_t bytes = 2 * kOverhead + item.out.size() + item.in.size();
      if (batch.next() > batch.base && !batch.flights.back().answered)
        bytes += batch.flights.back().bytes;
      batch.flights.push_back({.sent = Clock::now(), .bytes = bytes});
      ++sequence_;
      if (Result<void> sent = transmit(batch, batch.next() - 1); !sent) return sent.error();
    }
    const auto end = waiting + std::chrono::duration_cast<Clock::duration>(patience(batch));
    Result<std::optional<Frame>> frame = receive(end);
    if (!frame) return frame.error();
    const auto now = Clock::now();
    if (*frame) {
      batch.progress = false;
      if (Result<void> done = take(batch, **frame); !done) return done.error();
      if (batch.progress) heard = waiting = now;
      continue;
    }
    const Item& oldest = items[batch.base];
    const double allowed =
        Seconds(options_.silence).count() +
        (oldest.request == Request::wait ? stretch_ * oldest.address / 1000.0 : 0);
    if (Seconds(now - heard).count() > allowed) {
      return lost(
          fmt::format("the board has not answered for {:.1f} s", Seconds(now - heard).count()));
    }
    backOff_ = std::min(kMaxBackOff, 2 * backOff_);
    waiting = now;
    if (Result<void> sent = transmit(batch, batch.base); !sent) return sent.error();
  }
  return batch.irq;
}

}  // namespace lilong::link
