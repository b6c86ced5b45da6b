// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/output_fields.hpp"

#include <algorithm>

namespace lilong::backend {

namespace {

void appendWord(std::vector<uint8_t>& bytes, uint32_t word) {
  for (int i = 0; i < 4; ++i) bytes.push_back(static_cast<uint8_t>(word >> (8 * i)));
}

}  // namespace

RowWindow rowWindow(const WindowShape& shape, uint32_t inHeight, Range out) {
  const int64_t begin = int64_t{out.begin} * shape.stride - shape.padBefore;
  const int64_t last = int64_t{out.end - 1} * shape.stride - shape.padBefore +
                       int64_t{shape.kernel - 1} * shape.dilation;
  RowWindow window;
  window.first = static_cast<uint32_t>(std::clamp<int64_t>(begin, 0, inHeight));
  const int64_t end = std::clamp<int64_t>(last + 1, 0, inHeight);
  window.rows = end > window.first ? static_cast<uint32_t>(end - window.first) : 0;
  window.padTop = begin < 0 ? static_cast<uint32_t>(-begin) : 0;
  return window;
}

Range foldedInputRows(const WindowShape& shape, uint32_t inHeight, uint32_t outHeight, Range out) {
  Range rows{UINT32_MAX, 0};
  forEachImage(out, outHeight, [&](uint32_t image, Range part) {
    const RowWindow window = rowWindow(shape, inHeight, part);
    if (window.rows == 0) return;
    rows.begin = std::min(rows.begin, image * inHeight + window.first);
    rows.end = std::max(rows.end, image * inHeight + window.first + window.rows);
  });
  if (rows.end == 0) return {0, 1};  // nothing but padding; one row keeps addresses meaningful
  return rows;
}

uint8_t balancedStripe(uint64_t positions) {
  if (positions == 0) return 1;
  const uint64_t stripes = (positions + isa::kMaxStripe - 1) / isa::kMaxStripe;
  return static_cast<uint8_t>((positions + stripes - 1) / stripes);
}

uint64_t paramBlockBytes(const isa::Preset& preset, const OutputStage& stage, bool perChannel,
                         uint32_t channels, uint32_t width) {
  const uint32_t groups = ceilDiv(channels, width);
  const uint64_t record = perChannel ? isa::paramChannelBytes(preset) : isa::paramBiasBytes(preset);
  return roundUp64(
      (stage.table ? isa::kTableBytes : 0) + (perChannel ? 0 : preset.depth) + groups * record,
      preset.depth);
}

void appendParamBlock(const isa::Preset& preset, const OutputStage& stage,
                      const ChannelParams& params, Range channels, uint32_t width,
                      std::vector<uint8_t>& bytes) {
  const size_t start = bytes.size();
  if (stage.table) bytes.insert(bytes.end(), stage.table->begin(), stage.table->end());
  if (!params.perChannel) {
    const size_t head = bytes.size();
    appendWord(bytes, params.multiplier[0]);
    bytes.push_back(params.shift[0]);
    bytes.resize(head + preset.depth);
  }
  const size_t record =
      params.perChannel ? isa::paramChannelBytes(preset) : isa::paramBiasBytes(preset);
  for (uint32_t base = channels.begin; base < channels.end; base += width) {
    const size_t first = bytes.size();
    const uint32_t end = std::min(base + width, channels.end);
    const auto inside = [&](uint32_t lane) { return base + lane < end; };
    for (uint32_t lane = 0; lane < preset.lanes; ++lane)
      appendWord(bytes, inside(lane) ? static_cast<uint32_t>(params.bias[base + lane]) : 0);
    if (params.perChannel) {
      for (uint32_t lane = 0; lane < preset.lanes; ++lane)
        appendWord(bytes, inside(lane) ? params.multiplier[base + lane] : 0);
      for (uint32_t lane = 0; lane < preset.lanes; ++lane)
        bytes.push_back(inside(lane) ? params.shift[base + lane] : 1);
    }
    bytes.resize(first + record);
  }
  bytes.resize(start + paramBlockBytes(preset, stage, params.perChannel, channels.size(), width));
}

}  // namespace lilong::backend
