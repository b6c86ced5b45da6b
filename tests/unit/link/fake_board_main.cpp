// SPDX-License-Identifier: Apache-2.0
// lilong_fake_board PATH [preset=NAME] [noise=CHANCE] [hash=XOR]: a FakeBoard until its standard
// input ends; a line "unplug", "plug" or "off" there does that.
// lilong_fake_board PATH soc [preset=NAME]: a SocChip with its files in the folder PATH.
#include <cstdio>
#include <iostream>

#include "tests/unit/link/fake_board.hpp"
#include "tests/unit/link/soc_chip.hpp"

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  lilong::test::FakeBoardOptions options;
  options.memoryBytes = uint64_t{32} << 20;
  bool soc = false;
  for (int i = 2; i < argc; ++i) {
    const std::string text = argv[i];
    const size_t equals = text.find('=');
    const std::string key = text.substr(0, equals), value = text.substr(equals + 1);
    if (text == "soc")
      soc = true;
    else if (key == "preset")
      options.preset = value;
    else if (key == "noise")
      options.noise = std::stod(value);
    else if (key == "hash")
      options.hashChange = static_cast<uint32_t>(std::stoul(value));
    else
      return 2;
  }
  if (soc) {
    lilong::test::SocChip chip(argv[1], options.preset);
    std::cout << "ready" << std::endl;
    while (std::cin.get() != EOF) continue;
    return chip.failures == 0 ? 0 : 1;
  }
  lilong::test::FakeBoard board(argv[1], options);
  std::cout << "ready" << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    if (line == "unplug") board.unplug();
    if (line == "plug") board.plugIn();
    if (line == "off") board.powerOff();
    std::cout << "done " << board.frames() << " " << board.dropped() << std::endl;
  }
  return 0;
}
