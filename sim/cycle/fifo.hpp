// SPDX-License-Identifier: Apache-2.0
// Fifo, StreamReg: twins of lilong_fifo and lilong_stream_reg.  ready() and valid() are registered;
// tick is the clock edge.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

namespace lilong::cycle {

template <typename T, uint32_t Depth>
struct Fifo {
  static_assert(std::has_single_bit(Depth));
  std::array<T, Depth> slots{};
  uint32_t head = 0, count = 0;

  bool ready() const { return count != Depth; }
  bool valid() const { return count != 0; }
  const T& front() const { return slots[head]; }
  void clear() { head = count = 0; }
  // Both only when ready() and valid() said so before either was called.
  void push(const T& item) { slots[(head + count++) & (Depth - 1)] = item; }
  void pop() { head = (head + 1) & (Depth - 1), --count; }
};

template <typename T>
struct StreamReg {
  bool frontValid = false, backValid = false;
  T front{}, back{};

  bool ready() const { return !backValid; }
  bool valid() const { return frontValid; }
  void clear() { frontValid = backValid = false; }
  void tick(bool validIn, const T& item, bool readyIn) {
    if (!frontValid || readyIn) {
      frontValid = validIn || backValid;
      if (backValid) {
        front = back;
      } else if (validIn) {
        front = item;
      }
      backValid = false;
    } else if (validIn && !backValid) {
      backValid = true;
      back = item;
    }
  }
};

}  // namespace lilong::cycle
