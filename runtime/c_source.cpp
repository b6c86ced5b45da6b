// SPDX-License-Identifier: Apache-2.0
// The image as C: NAME.c with the bytes, NAME.h with the sizes that a buffer needs at compile time.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "runtime/bare_metal/lilong_image.h"
#include "runtime/image.hpp"
#include "runtime/validate.hpp"
#include "sim/isa/gen/isa.hpp"

namespace lilong {

namespace {

constexpr size_t kBytesPerLine = 20;

// Names come from files; nothing in them ends a comment or a line.
std::string forComment(const std::string& text) {
  std::string safe = text;
  for (char& c : safe) {
    if (c < ' ' || c > '~' || c == '*' || c == '/' || c == '\\' || c == '?') c = '_';
  }
  return safe;
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

std::string origin(const Program& program) {
  return fmt::format(
      "/* Written by `lilong compile --emit c`; do not edit.\n"
      " * Network {}, SHA-256 {},\n"
      " * for preset {}, arithmetic {}, specification {:08x}.\n",
      forComment(program.model), forComment(program.modelSha256), forComment(program.preset),
      forComment(program.numerics), program.specHash);
}

std::string describe(const ProgramTensor& tensor, const char* what, size_t index) {
  std::string shape;
  for (int32_t size : tensor.shape) shape += fmt::format("{}{}", shape.empty() ? "" : " x ", size);
  std::string text = fmt::format(" * {} {}: '{}', {} {}", what, index, forComment(tensor.name),
                                 toString(tensor.dtype), shape);
  if (tensor.scale != 0) {
    text += fmt::format(", real = {} * (q - {})", tensor.scale, tensor.zeroPoint);
  }
  return text + "\n";
}

uint64_t roundUp(uint64_t bytes) {
  return (bytes + LILONG_IMAGE_ALIGNMENT - 1) / LILONG_IMAGE_ALIGNMENT * LILONG_IMAGE_ALIGNMENT;
}

std::string makeHeaderFile(const Program& program, const std::string& name, size_t image_bytes) {
  const std::string macro = upper(name);
  std::string text = origin(program) + " *\n";
  for (size_t i = 0; i < program.inputs.size(); ++i) {
    text += describe(program.tensors[program.inputs[i]], "input", i);
  }
  for (size_t i = 0; i < program.outputs.size(); ++i) {
    text += describe(program.tensors[program.outputs[i]], "output", i);
  }
  uint64_t workspace = 0;
  text += " *\n * Bytes of memory:";
  const std::pair<uint8_t, const char*> regions[] = {{kRegionConstants, "constants"},
                                                     {kRegionSpill, "spill"},
                                                     {kRegionInputs, "inputs"},
                                                     {kRegionOutputs, "outputs"},
                                                     {kRegionVariables, "variables"}};
  for (const auto& [region, title] : regions) {
    text += fmt::format("{} {} {}", region == kRegionConstants ? "" : ",", title,
                        regionBytes(program, region));
    if (region != kRegionConstants) workspace += roundUp(regionBytes(program, region));
  }
  text += fmt::format(
      ".\n */\n#ifndef LILONG_NETWORK_{0}_H_\n#define LILONG_NETWORK_{0}_H_\n\n#include "
      "<stdint.h>\n\n"
      "#define {0}_IMAGE_BYTES {1}u\n"
      "/* For lilong_driver_load, the image in place, and copied. */\n"
      "#define {0}_WORKSPACE_BYTES {2}u\n"
      "#define {0}_COPY_WORKSPACE_BYTES {3}u\n",
      macro, image_bytes, workspace, workspace + roundUp(image_bytes));
  const auto sizes = [&](const std::vector<uint32_t>& edges, const char* what) {
    text += fmt::format("#define {}_{}S {}u\n", macro, what, edges.size());
    for (size_t i = 0; i < edges.size(); ++i) {
      text += fmt::format("#define {}_{}_{}_BYTES {}u\n", macro, what, i,
                          tensorBytes(program.tensors[edges[i]]));
    }
  };
  sizes(program.inputs, "INPUT");
  sizes(program.outputs, "OUTPUT");
  return text +
         fmt::format("\nextern const uint8_t {}_image[{}_IMAGE_BYTES];\n\n#endif\n", name, macro);
}

std::string makeSourceFile(const Program& program, const std::string& name, const std::string& stem,
                           const std::vector<uint8_t>& image) {
  std::string text = origin(program) + " */\n";
  text +=
      fmt::format("#include \"{}.h\"\n\n_Alignas({}) const uint8_t {}_image[{}_IMAGE_BYTES] = {{\n",
                  stem, LILONG_IMAGE_ALIGNMENT, name, upper(name));
  text.reserve(text.size() + image.size() * 4 + image.size() / kBytesPerLine * 3 + 16);
  auto out = std::back_inserter(text);
  for (size_t i = 0; i < image.size(); ++i) {
    if (i % kBytesPerLine == 0) text += "  ";
    fmt::format_to(out, "{},", image[i]);
    if (i % kBytesPerLine == kBytesPerLine - 1 || i + 1 == image.size()) text += '\n';
  }
  return text + "};\n";
}

}  // namespace

std::string cName(const std::string& name) {
  std::string safe;
  for (char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    safe += byte < 128 && std::isalnum(byte) ? static_cast<char>(std::tolower(byte)) : '_';
  }
  if (safe.empty() || std::isdigit(static_cast<unsigned char>(safe[0]))) safe = "network_" + safe;
  return safe;
}

Result<CSource> makeCSource(const Program& program, const std::string& stem) {
  const auto allowed = [](unsigned char c) {
    return c < 128 && (std::isalnum(c) || c == '_' || c == '-' || c == '.');
  };
  if (stem.empty() || !std::all_of(stem.begin(), stem.end(), allowed)) {
    Error error = makeError(DiagId::unknownOption,
                            fmt::format("'{}' cannot be the name of the C files", stem));
    error.diagnostics[0].remedy = "Use letters, digits, '-', '_' and '.' only";
    return error;
  }
  auto image = makeImage(program);
  if (!image.ok()) return image.error();
  const std::string name = cName(stem);
  return CSource{makeHeaderFile(program, name, image->size()),
                 makeSourceFile(program, name, stem, *image)};
}

}  // namespace lilong
