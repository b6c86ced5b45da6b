// SPDX-License-Identifier: Apache-2.0
#include "sim/fpga/terminal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace lilong::fpga {

namespace fs = std::filesystem;

namespace {

constexpr size_t kKept = 1 << 16;  // bytes that wait for a reader

}  // namespace

Result<std::unique_ptr<Terminal>> Terminal::open(const std::string& path) {
  std::unique_ptr<Terminal> t(new Terminal);
  const auto failed = [](const char* what) {
    return makeError(DiagId::deviceUnavailable,
                     fmt::format("no pseudo-terminal: {}: {}", what, std::strerror(errno)));
  };
  t->master_ = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (t->master_ < 0 || grantpt(t->master_) != 0 || unlockpt(t->master_) != 0) {
    return failed("cannot open one");
  }
  char name[128];
  if (ptsname_r(t->master_, name, sizeof name) != 0) return failed("it has no name");
  t->device_ = name;
  // Held open, so that the master survives while nobody else has it open.
  t->slave_ = ::open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
  termios settings{};
  if (t->slave_ < 0 || tcgetattr(t->slave_, &settings) != 0) return failed(name);
  cfmakeraw(&settings);
  if (tcsetattr(t->slave_, TCSANOW, &settings) != 0) return failed(name);
  if (!path.empty()) {
    std::error_code error;
    if (fs::is_symlink(path, error)) fs::remove(path, error);
    fs::create_symlink(name, path, error);
    if (error) {
      Error failure =
          makeError(DiagId::deviceUnavailable,
                    fmt::format("cannot link '{}' to the terminal: {}", path, error.message()));
      failure.diagnostics[0].remedy = "Choose another path";
      return failure;
    }
    t->link_ = path;
  }
  return t;
}

Terminal::~Terminal() {
  std::error_code error;
  // Only our own link: another program may have taken the path over.
  if (!link_.empty() && fs::read_symlink(link_, error) == device_) fs::remove(link_, error);
  if (slave_ >= 0) close(slave_);
  if (master_ >= 0) close(master_);
}

std::vector<uint8_t> Terminal::read(size_t limit, int milliseconds) {
  std::vector<uint8_t> bytes(limit);
  pollfd p{master_, POLLIN, 0};
  if (milliseconds > 0) poll(&p, 1, milliseconds);
  const ssize_t count = ::read(master_, bytes.data(), bytes.size());
  bytes.resize(count > 0 ? static_cast<size_t>(count) : 0);
  return bytes;
}

void Terminal::write(std::span<const uint8_t> bytes) {
  waiting_.insert(waiting_.end(), bytes.begin(), bytes.end());
  if (waiting_.empty()) return;
  const ssize_t count = ::write(master_, waiting_.data(), waiting_.size());
  if (count > 0) waiting_.erase(waiting_.begin(), waiting_.begin() + count);
  if (waiting_.size() > kKept) waiting_.erase(waiting_.begin(), waiting_.end() - kKept);
}

}  // namespace lilong::fpga
