// SPDX-License-Identifier: Apache-2.0
#include "runtime/link/tty.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "runtime/link/tty_setup.hpp"

namespace lilong::link {

namespace {

Error failure(DiagId id, const std::string& path, std::string message, std::string remedy) {
  Error error = makeError(id, std::move(message), path);
  error.diagnostics.front().remedy = std::move(remedy);
  return error;
}

// What errno says about opening a serial port.
Error openFailure(const std::string& path, int code) {
  switch (code) {
    case ENOENT:
    case ENXIO:
    case ENODEV:
      return failure(
          DiagId::deviceUnavailable, path, "there is no such serial port",
          "Connect the board and check the path; 'lilong doctor' lists the serial ports");
    case EACCES:
    case EPERM:
      return failure(DiagId::deviceUnavailable, path,
                     "permission to open the serial port is denied",
                     "Add the user to the group of the port (often dialout) and log in again");
    case EBUSY:
      return failure(DiagId::deviceUnavailable, path, "another program is using the serial port",
                     "Close the other program");
    default:
      return failure(DiagId::deviceUnavailable, path,
                     fmt::format("the serial port cannot be opened ({})", std::strerror(code)),
                     "Check the path; 'lilong doctor' lists the serial ports");
  }
}

class Tty final : public Port {
 public:
  Tty(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}
  ~Tty() override {
    (void)ioctl(fd_, TIOCNXCL);
    close(fd_);
  }
  Tty(const Tty&) = delete;
  Tty& operator=(const Tty&) = delete;

  const std::string& name() const override { return path_; }

  Result<size_t> read(std::span<uint8_t> to, Duration patience) override {
    const auto end = Clock::now() + patience;
    for (;;) {
      const ssize_t got = ::read(fd_, to.data(), to.size());
      if (got > 0) return static_cast<size_t>(got);
      if (got < 0 && errno != EAGAIN && errno != EINTR) return lost(errno);
      Result<bool> ready = await(POLLIN, end);
      if (!ready) return ready.error();
      if (!*ready) return size_t{0};
    }
  }

  Result<void> write(std::span<const uint8_t> bytes, Duration patience) override {
    while (!bytes.empty()) {
      const ssize_t put = ::write(fd_, bytes.data(), bytes.size());
      if (put > 0) {
        bytes = bytes.subspan(static_cast<size_t>(put));
        continue;
      }
      if (put < 0 && errno != EAGAIN && errno != EINTR) return lost(errno);
      Result<bool> ready = await(POLLOUT, Clock::now() + patience);
      if (!ready) return ready.error();
      if (!*ready) return lost(ETIMEDOUT);
    }
    return {};
  }

  void discardInput() override { discardTtyInput(fd_); }

 private:
  using Clock = std::chrono::steady_clock;

  Error lost(int code) const {
    return makeError(DiagId::deviceLost,
                     fmt::format("the connection was lost ({})", std::strerror(code)), path_);
  }

  // Whether the port was ready before `end`.
  Result<bool> await(short what, Clock::time_point end) {
    for (;;) {
      const auto rest = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
      pollfd item{fd_, what, 0};
      const int found = poll(&item, 1, static_cast<int>(std::clamp<int64_t>(rest, 0, 1 << 30)));
      if (found < 0 && errno == EINTR) continue;
      if (found < 0) return lost(errno);
      if (found == 0) return false;
      if ((item.revents & what) != 0) return true;
      return lost(EIO);  // POLLHUP, POLLERR, POLLNVAL
    }
  }

  std::string path_;
  int fd_;
};

}  // namespace

Result<std::unique_ptr<Port>> openTty(const std::string& path, uint32_t baud) {
  const int fd = open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return openFailure(path, errno);
  std::unique_ptr<Port> tty(new Tty(path, fd));
  if (isatty(fd) == 0) {
    return failure(DiagId::deviceUnavailable, path, "this is not a serial port",
                   "Check the path; 'lilong doctor' lists the serial ports");
  }
  // The lock also holds against another process of root, which TIOCEXCL does not stop.
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) return openFailure(path, EBUSY);
  (void)ioctl(fd, TIOCEXCL);
  if (!setUpTty(fd, baud)) {
    return failure(
        DiagId::deviceUnavailable, path,
        fmt::format("the serial port cannot be set to {} baud ({})", baud, std::strerror(errno)),
        "Give a rate that the adapter and the bitstream know, as in serial:PATH,baud=RATE");
  }
  askForLowLatency(fd);
  return tty;
}

std::vector<std::string> listTtys() {
  std::vector<std::string> found;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/dev", ignored)) {
    const std::string name = entry.path().filename().string();
    for (const char* prefix : {"ttyUSB", "ttyACM", "tty.usb", "cu.usb"}) {
      if (name.starts_with(prefix)) found.push_back(entry.path().string());
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace lilong::link
