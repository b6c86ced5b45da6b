// SPDX-License-Identifier: Apache-2.0
// Terminal: the master side of a pseudo-terminal in raw mode, reachable under a path of choice.
// It stays usable when the other side closes and opens it again.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "sim/base/result.hpp"

namespace lilong::fpga {

class Terminal {
 public:
  // `path` becomes a symbolic link to the terminal; empty: no link.  A link that is there is
  // replaced, any other file is an error.
  static Result<std::unique_ptr<Terminal>> open(const std::string& path);
  ~Terminal();

  const std::string& device() const { return device_; }
  // Bytes that have come, at most `limit`; waits up to `milliseconds` for the first.
  std::vector<uint8_t> read(size_t limit, int milliseconds);
  // Writes what the other side has room for and keeps the rest; what nobody reads for long is lost,
  // as on a line.
  void write(std::span<const uint8_t> bytes);

 private:
  Terminal() = default;
  int master_ = -1, slave_ = -1;
  std::string device_, link_;
  std::vector<uint8_t> waiting_;
};

}  // namespace lilong::fpga
