// SPDX-License-Identifier: Apache-2.0
// CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/lower/conv_kernel.hpp"
#include "compiler/lower/lowerer.hpp"
#include "compiler/lower/window_kernels.hpp"

namespace lilong::backend {

namespace {

// One dimension of a kernel, with taps that never meet the image removed.
struct Taps {
  uint32_t first = 0, count = 1;  // of the network's taps
  uint32_t stride = 1, dilation = 1, pad = 0;
};

Taps trimmed(uint32_t kernel, uint32_t stride, uint32_t dilation, uint32_t pad, uint32_t in,
             uint32_t out) {
  const auto meets = [&](uint32_t tap) {
    const int64_t first = int64_t{tap} * dilation - pad;
    const int64_t last = first + int64_t{out - 1} * stride;
    if (last < 0 || first >= int64_t{in}) return false;
    if (first >= 0) return true;
    const int64_t behind = (-first + stride - 1) / stride * stride + first;  // first one >= 0
    return behind <= last && behind < int64_t{in};
  };
  Taps taps{0, kernel, stride, kernel == 1 ? 1 : dilation, pad};
  while (taps.count > 1 && !meets(taps.first + taps.count - 1)) --taps.count;
  while (taps.count > 1 && !meets(taps.first) && taps.pad >= dilation) {
    ++taps.first, --taps.count;
    taps.pad -= dilation;
  }
  if (taps.count == 1) taps.dilation = 1;
  return taps;
}

ChannelParams channelParams(const numerics::ConvParams& p) {
  return {p.multiplier, p.shift, p.bias, p.perChannel};
}

void setStage(OutputStage& stage, const numerics::ConvParams& p) {
  stage.rounding = p.rounding;
  stage.zpOut = p.zpOut;
  stage.clampMin = p.clampMin;
  stage.clampMax = p.clampMax;
}

// Weights OHWI of a kernel that computes `pixels` neighbouring pixels at once.
std::vector<int8_t> packedWeights(const std::vector<int8_t>& weights, uint32_t outC, uint32_t inC,
                                  uint32_t rows, const Taps& x, uint32_t pixels) {
  const uint32_t columns = (pixels - 1) * x.stride + x.count;
  std::vector<int8_t> packed(size_t{pixels} * outC * rows * columns * inC, 0);
  const size_t run = size_t{x.count} * inC;
  for (uint32_t p = 0; p < pixels; ++p)
    for (uint32_t o = 0; o < outC; ++o)
      for (uint32_t row = 0; row < rows; ++row)
        std::copy_n(
            weights.begin() + static_cast<std::ptrdiff_t>((size_t{o} * rows + row) * run), run,
            packed.begin() +
                static_cast<std::ptrdiff_t>(
                    (((size_t{p} * outC + o) * rows + row) * columns + p * x.stride) * inC));
  return packed;
}

template <typename Value>
std::vector<Value> repeated(const std::vector<Value>& values, uint32_t times) {
  std::vector<Value> all;
  for (uint32_t i = 0; i < times; ++i) all.insert(all.end(), values.begin(), values.end());
  return all;
}

}  // namespace

// Neighbouring pixels whose channels fit into the lanes together; `reach`: bytes from the first
// input byte of an output pixel to that of the next.
uint32_t Lowerer::packedPixels(const Node& node, uint32_t channels, uint32_t width,
                               uint32_t reach) const {
  if (channels % isa::kGranule != 0 || inPlace_.count(node.output) ||
      transposed_.count(node.output))
    return 1;
  for (uint32_t pixels = preset_.lanes / channels; pixels > 1; --pixels)
    if (width % pixels == 0 && uint64_t{pixels} * reach <= 0xffff) return pixels;
  return 1;
}

Result<void> Lowerer::lowerConv(const Node& node) {
  const ir::Op& op = *node.op;
  const auto& attrs = op.as<ir::Conv2dAttrs>();
  const ir::Tensor& x = tensor(node.inputs[0]);
  const ir::Tensor& y = tensor(node.output);
  const ir::Tensor& w = graph_.input(op, 1);
  // Of a single channel it is a dense one; its weights lie in another order.
  const bool tapsFirst = op.kind == ir::OpKind::depthwiseConv2d;
  const bool depthwise = tapsFirst && x.shape[3] > 1;
  const numerics::ConvParams params = numerics::convParams(graph_, op, numerics_);
  noteExactness(params.exactness);

  const auto dim = [](const ir::Tensor& t, size_t i) { return static_cast<uint32_t>(t.shape[i]); };
  const uint32_t images = dim(x, 0);
  uint32_t inH = dim(x, 1), inW = dim(x, 2), outH = dim(y, 1), outW = dim(y, 2);
  const uint32_t inC = dim(x, 3), outC = dim(y, 3);
  const uint32_t kernelY = dim(w, 1), kernelX = dim(w, 2);
  Taps ty =
      trimmed(kernelY, static_cast<uint32_t>(attrs.strideY), static_cast<uint32_t>(attrs.dilationY),
              static_cast<uint32_t>(attrs.padding.top + node.padding.top), inH, outH);
  Taps tx =
      trimmed(kernelX, static_cast<uint32_t>(attrs.strideX), static_cast<uint32_t>(attrs.dilationX),
              static_cast<uint32_t>(attrs.padding.left + node.padding.left), inW, outW);

  // Weights of the taps that are left, as OHWI or, for depthwise, 1HWC.  The bias covers all taps;
  // the ones removed met nothing but padding, so their share of the zero point goes too.
  const auto multiplier = static_cast<uint32_t>(attrs.depthMultiplier);
  const std::span<const int8_t> data = w.int8Data();
  ChannelParams channels = channelParams(params);
  const bool swap = images == 1 && inW == 1 && outW == 1 && tx.count == 1 && tx.pad == 0;
  const uint32_t perTap = depthwise ? 1 : inC;
  const uint32_t taps = ty.count * tx.count;
  std::vector<int8_t> weights(size_t{taps} * outC * perTap);
  for (uint32_t o = 0; o < outC; ++o) {
    uint32_t removed = 0;  // wraps like the accumulator
    for (uint32_t ky = 0; ky < kernelY; ++ky) {
      for (uint32_t kx = 0; kx < kernelX; ++kx) {
        const bool kept = ky >= ty.first && ky < ty.first + ty.count && kx >= tx.first &&
                          kx < tx.first + tx.count;
        const size_t tap = size_t{ky - ty.first} * tx.count + (kx - tx.first);
        const size_t source = size_t{ky} * kernelX + kx;
        for (uint32_t c = 0; c < perTap; ++c) {
          const int8_t value = tapsFirst ? data[source * outC + o]
                                         : data[(size_t{o} * kernelY * kernelX + source) * inC + c];
          if (!kept)
            removed += static_cast<uint32_t>(value);
          else
            weights[depthwise ? tap * outC + o : (size_t{o} * taps + tap) * inC + c] = value;
        }
      }
    }
    channels.bias[o] =
        static_cast<int32_t>(static_cast<uint32_t>(channels.bias[o]) +
                             static_cast<uint32_t>(int32_t{params.padValue}) * removed);
  }

  if (swap) {  // a single column runs along x
    std::swap(ty, tx);
    inW = inH, outW = outH, inH = 1, outH = 1;
  }
  if (ty.pad > 255 || ty.stride > 255 || ty.count > 255 || ty.dilation > 255)
    return fail(DiagId::unsupportedVariant, "the padding is larger than 255 rows");

  auto input = imageView(node.inputs[0], images * inH, inW, inC);
  if (!input) return input.error();
  uint32_t pixels = 1;
  if (!depthwise && tx.dilation == 1 && inW > 1 &&
      uint64_t{preset_.lanes} * tx.stride + tx.count <= 255)
    pixels = packedPixels(node, outC, outW, tx.stride * input->grid.pixPitch);
  out_.packable |= pixels > 1;
  if (!options_.packPixels) pixels = 1;
  const View output = outputView(node.output, pixels > 1);
  auto outImage = reshaped(output, denseGrid(images * outH, outW, outC));
  if (!outImage) return fail(DiagId::internal, "the output layout does not fit the convolution");

  const WindowShape rows{ty.count, ty.stride, ty.dilation, ty.pad};
  // A dilated kernel is walked with all its columns.
  const uint64_t walked = uint64_t{tx.count - 1} * tx.dilation + 1;
  if (depthwise && multiplier == 1 && inC > 1 && walked <= 255) {
    auto& kernel = add<DepthwiseKernel>({*input}, *outImage);
    kernel.inHeight = inH;
    kernel.outHeight = outH;
    kernel.rows = rows;
    kernel.columns = {static_cast<uint32_t>(walked), tx.stride, tx.dilation, tx.pad};
    kernel.kernelX = tx.count;
    kernel.padValue = params.padValue;
    kernel.weights = std::move(weights);
    kernel.params = std::move(channels);
    kernel.stage = stageOf(node);
    setStage(kernel.stage, params);
    return {};
  }
  const auto dense = [&](const View& in, const View& out, std::vector<int8_t> values,
                         ChannelParams own) {
    auto& kernel = add<ConvKernel>({in}, out);
    kernel.inHeight = inH;
    kernel.outHeight = outH;
    kernel.inChannels = in.grid.channels;
    kernel.kernelY = ty.count;
    kernel.kernelX = tx.count;
    kernel.rows = rows;
    kernel.strideX = tx.stride;
    kernel.dilationX = tx.dilation;
    kernel.padLeft = tx.pad;
    kernel.padValue = params.padValue;
    kernel.weights = std::move(values);
    kernel.params = std::move(own);
    kernel.stage = stageOf(node);
    setStage(kernel.stage, params);
  };
  if (!depthwise && pixels > 1) {
    weights = packedWeights(weights, outC, inC, ty.count, tx, pixels);
    channels.bias = repeated(channels.bias, pixels);
    if (channels.perChannel) {
      channels.multiplier = repeated(channels.multiplier, pixels);
      channels.shift = repeated(channels.shift, pixels);
    }
    outImage->grid.width /= pixels;
    outImage->grid.channels *= pixels;
    outImage->grid.pixPitch *= pixels;
    tx.count += (pixels - 1) * tx.stride;
    tx.stride *= pixels;
  }
  if (!depthwise) {
    dense(*input, *outImage, std::move(weights), std::move(channels));
    static_cast<ConvKernel&>(*out_.kernels.back()).packed = pixels > 1;
    return {};
  }
  // Several outputs of one input channel, or a very wide kernel: dense convolutions of one lane
  // group each, on the few input channels that it reads.
  for (uint32_t begin = 0; begin < outC; begin += preset_.lanes) {
    const uint32_t end = std::min(begin + preset_.lanes, outC);
    const uint32_t first = begin / multiplier, count = (end - 1) / multiplier - first + 1;
    View in = *input, out = *outImage;
    in.offset += first;
    in.grid.channels = count;
    out.offset += begin;
    out.grid.channels = end - begin;
    std::vector<int8_t> values(size_t{end - begin} * taps * count);
    for (uint32_t o = begin; o < end; ++o)
      for (uint32_t tap = 0; tap < taps; ++tap)
        values[(size_t{o - begin} * taps + tap) * count + o / multiplier - first] =
            weights[size_t{tap} * outC + o];
    ChannelParams own;
    own.perChannel = channels.perChannel;
    const auto part = [&](const auto& all) {
      using Values = std::decay_t<decltype(all)>;
      return all.size() == 1 ? all : Values(all.begin() + begin, all.begin() + end);
    };
    own.multiplier = part(channels.multiplier);
    own.shift = part(channels.shift);
    own.bias = part(channels.bias);
    dense(in, out, std::move(values), std::move(own));
  }
  return {};
}

Result<void> Lowerer::lowerFullyConnected(const Node& node) {
  const ir::Op& op = *node.op;
  const ir::Tensor& w = graph_.input(op, 1);
  const auto units = static_cast<uint32_t>(w.shape[0]), depth = static_cast<uint32_t>(w.shape[1]);
  const auto samples = static_cast<uint32_t>(tensor(node.inputs[0]).elements() / depth);
  const numerics::ConvParams params = numerics::convParams(graph_, op, numerics_);
  noteExactness(params.exactness);

  // A single sample may have gaps between its pixels: then the kernel has the size of the image.
  ir::TensorId source = node.inputs[0];
  if (const auto it = putOff_.find(source); it != putOff_.end() && samples == 1)
    source = it->second;
  auto view = viewOf(source);
  if (!view) return view.error();
  Grid grid = view->grid;
  const uint64_t rowBytes = uint64_t{grid.width - 1} * grid.pixPitch + grid.channels;
  const bool asImage = samples == 1 && !grid.dense() && grid.height <= 255 && grid.width <= 255 &&
                       rowBytes <= 0xffff;
  uint32_t kernelY = 1, kernelX = 1, channels = depth;
  if (asImage) {
    kernelY = grid.height, kernelX = grid.width, channels = grid.channels;
  } else {
    auto rows = imageView(node.inputs[0], 1, samples, depth);
    if (!rows) return rows.error();
    view = rows;
    if (depth > 0xffff) {  // longer than a kernel row can be
      for (kernelY = 2; kernelY <= 255; ++kernelY)
        if (depth % kernelY == 0 && depth / kernelY <= 0xffff) break;
      if (kernelY > 255 || samples != 1)
        return fail(DiagId::unsupportedVariant,
                    fmt::format("{} inputs for every output are more than can be split", depth));
      channels = depth / kernelY;
      view->grid = denseGrid(kernelY, 1, channels);
    }
  }
  const View output = outputView(node.output);
  auto outRows = reshaped(output, denseGrid(1, samples, units));
  if (!outRows) return fail(DiagId::internal, "the output layout does not fit");
  auto& kernel = add<ConvKernel>({*view}, *outRows);
  kernel.inHeight = kernelY;
  kernel.outHeight = 1;
  kernel.inChannels = channels;
  kernel.kernelY = kernelY;
  kernel.kernelX = kernelX;
  kernel.rows = {kernelY, 1, 1, 0};
  kernel.padValue = params.padValue;
  const std::span<const int8_t> data = w.int8Data();
  kernel.weights.assign(data.begin(), data.end());
  kernel.params = channelParams(params);
  kernel.stage = stageOf(node);
  setStage(kernel.stage, params);
  return {};
}

}  // namespace lilong::backend
