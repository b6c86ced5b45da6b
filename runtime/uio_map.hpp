// SPDX-License-Identifier: Apache-2.0
// Files of device memory: open files, and their mappings.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "sim/base/result.hpp"

namespace lilong {

// An open file that knows what kind it is.
class UioFile {
 public:
  UioFile() = default;
  ~UioFile() { close(); }
  UioFile(const UioFile&) = delete;
  UioFile& operator=(const UioFile&) = delete;

  Result<void> open(const std::string& path, int flags);
  void close();
  int fd() const { return fd_; }
  bool regular() const { return regular_; }
  bool character() const { return character_; }
  uint64_t size() const { return size_; }  // of a regular file

 private:
  int fd_ = -1;
  bool regular_ = false, character_ = false;
  uint64_t size_ = 0;
};

// The first bytes of a file, shared with whoever else has mapped them.
class UioMap {
 public:
  UioMap() = default;
  ~UioMap() { unmap(); }
  UioMap(const UioMap&) = delete;
  UioMap& operator=(const UioMap&) = delete;

  Result<void> open(const std::string& path, size_t bytes);
  uint8_t* data() const { return data_; }

 private:
  void unmap();

  UioFile file_;
  uint8_t* data_ = nullptr;
  size_t bytes_ = 0;
};

}  // namespace lilong
