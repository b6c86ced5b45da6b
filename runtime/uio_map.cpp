// SPDX-License-Identifier: Apache-2.0
#include "runtime/uio_map.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace lilong {

Result<void> UioFile::open(const std::string& path, int flags) {
  close();
  fd_ = ::open(path.c_str(), flags | O_CLOEXEC);
  struct stat info {};
  if (fd_ < 0 || fstat(fd_, &info) != 0) {
    const int code = errno;
    Error error =
        makeError(DiagId::deviceUnavailable,
                  code == ENOENT   ? std::string("there is no such device file")
                  : code == EACCES ? std::string("permission to open it is denied")
                                   : fmt::format("it cannot be opened ({})", std::strerror(code)),
                  path);
    error.diagnostics.front().remedy =
        code == EACCES ? "Give the user rights to the file, by a udev rule for example"
                       : "Check the device tree and the modules uio_pdrv_genirq and u-dma-buf";
    return error;
  }
  regular_ = S_ISREG(info.st_mode);
  character_ = S_ISCHR(info.st_mode);
  size_ = static_cast<uint64_t>(info.st_size);
  return {};
}

void UioFile::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

Result<void> UioMap::open(const std::string& path, size_t bytes) {
  unmap();
  if (Result<void> done = file_.open(path, O_RDWR); !done) return done;
  if (file_.regular() && file_.size() < bytes) {
    return makeError(DiagId::deviceUnavailable,
                     fmt::format("the file has {} bytes, {} are needed", file_.size(), bytes),
                     path);
  }
  void* mapped = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file_.fd(), 0);
  if (mapped == MAP_FAILED) {
    return makeError(DiagId::deviceUnavailable,
                     fmt::format("{} bytes cannot be mapped ({})", bytes, std::strerror(errno)),
                     path);
  }
  data_ = static_cast<uint8_t*>(mapped);
  bytes_ = bytes;
  return {};
}

void UioMap::unmap() {
  if (data_ != nullptr) munmap(data_, bytes_);
  data_ = nullptr;
}

}  // namespace lilong
