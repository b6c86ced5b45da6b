// SPDX-License-Identifier: Apache-2.0
// Settings of a tty.  In a file of its own because the kernel's header for any bit rate excludes
// <termios.h>.
#pragma once

#include <cstdint>

namespace lilong::link {

// Raw, 8 data bits, no parity, 1 stop bit, no flow control, that many bits per second.  False, with
// errno, if the tty does not take it.
bool setUpTty(int fd, uint32_t baud);

// Asks the driver of a USB adapter to hand bytes on at once; not all can.
void askForLowLatency(int fd);

// Forgets what has come in.
void discardTtyInput(int fd);

}  // namespace lilong::link
