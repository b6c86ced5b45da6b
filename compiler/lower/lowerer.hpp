// SPDX-License-Identifier: Apache-2.0
// Lowerer: state of a lowering and what the operators have in common.  One file per family of
// operators implements its `lower...` members.
#pragma once

#include "compiler/lower/lower.hpp"
#include "compiler/lower/strides.hpp"

namespace lilong::backend {

// Rows, columns and channels of a shape: NHWC with everything in front of the last two dimensions
// folded into the rows, and a single column laid down as a row.
Grid canonicalGrid(std::span<const int32_t> shape);  // dense pitches

class Lowerer {
 public:
  Lowerer(const ir::Graph& graph, const isa::Preset& preset, numerics::Numerics numerics,
          std::span<const Node> nodes, const std::map<ir::TensorId, Exchange>& sources,
          const std::vector<std::pair<ir::TensorId, Exchange>>& targets,
          const LowerOptions& options);

  Result<Lowered> run();

 private:
  // lower.cpp
  Result<void> lowerNode(const Node& node);
  void planConcats();
  void planTransposes();
  bool readByWindow(ir::TensorId tensor) const;
  // Few channels that only convolutions read, whose kernel rows are runs of bytes.
  bool mayStayDense(ir::TensorId tensor) const;
  Result<void> finishTargets();

  // lower_tensors.cpp
  const ir::Tensor& tensor(ir::TensorId t) const { return graph_.tensor(t); }
  Result<View> viewOf(ir::TensorId t);  // of an input; makes what has been put off
  // Of an output; chooses its layout.  `packed`: pixels follow each other without gaps.
  View outputView(ir::TensorId t, bool packed = false);
  View denseOutputView(ir::TensorId t);  // without gaps
  View newView(const std::string& name, const Grid& dims, uint32_t pixPitch, uint32_t rowGap = 0);
  // Bytes behind every row of an image that keep rows which a window reads together apart.
  uint32_t rowGap(ir::TensorId t, const Grid& dims, uint32_t pixPitch);
  View loadedView(ir::TensorId t, const Exchange& home);
  View constantView(const std::string& name, const Grid& dims, std::vector<uint8_t> bytes);
  Result<View> denseView(ir::TensorId t);  // the framework's bytes without gaps
  // The pixels of `view` as images of these sizes; empty if the layout does not allow it.
  std::optional<View> reshaped(const View& view, const Grid& dims) const;
  Result<View> imageView(ir::TensorId t, uint32_t height, uint32_t width, uint32_t channels);
  Error fail(DiagId id, const std::string& message) const;
  template <typename K>
  K& add(std::vector<View> inputs, const View& output);
  // Copies a tensor of the same sizes.
  void addGridCopy(const View& input, const View& output);
  Result<void> addCopy(const std::vector<View>& inputs, const View& output,
                       std::vector<CopyPart> parts);

  OutputStage stageOf(const Node& node) const;
  void noteExactness(const numerics::Exactness& exactness);

  // lower_conv.cpp
  Result<void> lowerConv(const Node& node);
  uint32_t packedPixels(const Node& node, uint32_t channels, uint32_t width, uint32_t reach) const;
  Result<void> lowerFullyConnected(const Node& node);
  // lower_pool.cpp
  Result<void> lowerPool(const Node& node);
  Result<void> lowerMean(const Node& node);
  Result<void> lowerChannelMean(const Node& node, const numerics::PoolParams& params);
  // lower_vector.cpp
  Result<void> lowerUnary(const Node& node);
  Result<void> lowerEltwise(const Node& node);
  Result<void> lowerSoftmax(const Node& node);
  Result<View> broadcastOperand(const Node& node, size_t i, bool channelScalar);
  // lower_copy.cpp
  Result<void> lowerReshape(const Node& node);
  Result<void> lowerConcat(const Node& node);
  Result<void> lowerPad(const Node& node);
  Result<void> lowerSlice(const Node& node);
  Result<void> lowerTranspose(const Node& node);
  Result<void> lowerResize(const Node& node);
  bool lowerPadByRows(const Node& node, const View& input, const View& output);
  bool lowerSliceByRows(const Node& node, const View& input, const View& output);
  Result<View> copyToDense(const View& view, std::span<const int32_t> shape,
                           const std::string& name);

  const ir::Graph& graph_;
  const isa::Preset& preset_;
  numerics::Numerics numerics_;
  std::span<const Node> nodes_;
  const std::map<ir::TensorId, Exchange>& sources_;
  const std::vector<std::pair<ir::TensorId, Exchange>>& targets_;
  const LowerOptions& options_;
  std::vector<Uses> uses_;
  Lowered out_;
  uint32_t layer_ = 0;
  std::map<ir::TensorId, View> views_;
  std::map<ir::TensorId, ir::TensorId> putOff_;  // reshaped tensor -> its source, not copied yet
  struct ConcatPart {
    ir::TensorId whole;
    uint32_t axis, begin;  // elements along the axis
  };
  std::map<ir::TensorId, ConcatPart> inPlace_;       // tensors made inside of a concatenation
  std::map<ir::TensorId, ir::TensorId> transposed_;  // images -> how they are written
};

template <typename K>
K& Lowerer::add(std::vector<View> inputs, const View& output) {
  auto kernel = std::make_unique<K>();
  kernel->layer = layer_;
  kernel->inputs = std::move(inputs);
  kernel->output = output;
  out_.storages[output.storage].written = true;
  K& reference = *kernel;
  out_.kernels.push_back(std::move(kernel));
  return reference;
}

}  // namespace lilong::backend
