// SPDX-License-Identifier: Apache-2.0
// The test programs of tests/isa, found and read.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "sim/isa/assembler.hpp"

namespace lilong::isa {

// All <name>.s under the folder, in alphabetical order.
inline std::vector<std::filesystem::path> programFiles(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.path().extension() == ".s") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

inline std::string readText(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace lilong::isa
