// SPDX-License-Identifier: Apache-2.0
#include "runtime/link/tty_setup.hpp"

#ifdef __linux__

#include <asm/termbits.h>
#include <linux/serial.h>
#include <sys/ioctl.h>

namespace lilong::link {

bool setUpTty(int fd, uint32_t baud) {
  termios2 settings{};
  if (ioctl(fd, TCGETS2, &settings) != 0) return false;
  settings.c_iflag = 0;
  settings.c_oflag = 0;
  settings.c_lflag = 0;
  settings.c_cflag = CS8 | CREAD | CLOCAL | BOTHER | (BOTHER << IBSHIFT);
  settings.c_ispeed = baud;
  settings.c_ospeed = baud;
  settings.c_cc[VMIN] = 0;
  settings.c_cc[VTIME] = 0;
  return ioctl(fd, TCSETS2, &settings) == 0;
}

void askForLowLatency(int fd) {
  serial_struct settings{};
  if (ioctl(fd, TIOCGSERIAL, &settings) != 0) return;
  settings.flags |= ASYNC_LOW_LATENCY;
  (void)ioctl(fd, TIOCSSERIAL, &settings);
}

void discardTtyInput(int fd) {
  (void)ioctl(fd, TCFLSH, TCIFLUSH);
}

}  // namespace lilong::link

#else

#include <termios.h>

namespace lilong::link {

// POSIX only knows the rates that its header names.
bool setUpTty(int fd, uint32_t baud) {
  termios settings{};
  if (tcgetattr(fd, &settings) != 0) return false;
  settings.c_iflag = 0;
  settings.c_oflag = 0;
  settings.c_lflag = 0;
  settings.c_cflag = CS8 | CREAD | CLOCAL;
  settings.c_cc[VMIN] = 0;
  settings.c_cc[VTIME] = 0;
  return cfsetspeed(&settings, baud) == 0 && tcsetattr(fd, TCSANOW, &settings) == 0;
}

void askForLowLatency(int) {}

void discardTtyInput(int fd) {
  (void)tcflush(fd, TCIFLUSH);
}

}  // namespace lilong::link

#endif
