// SPDX-License-Identifier: Apache-2.0
#include "compiler/passes/transpose_images.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "compiler/numerics/numerics.hpp"

namespace lilong::backend {

namespace {

using ir::OpKind;
using ir::TensorId;

constexpr size_t kRank = 4;  // of images, NHWC

bool isConv(OpKind kind) {
  return kind == OpKind::conv2d || kind == OpKind::depthwiseConv2d;
}

bool isPool(OpKind kind) {
  return kind == OpKind::averagePool2d || kind == OpKind::maxPool2d;
}

bool isImage(const ir::Tensor& t) {
  return t.rank() == kRank && t.dtype == ir::DType::int8;
}

// One pixel: it looks the same both ways.
bool isPixel(const ir::Tensor& t) {
  for (size_t i = 0; i + 1 < t.rank(); ++i)
    if (t.shape[i] != 1 && (t.rank() != kRank || i != 0)) return false;
  return true;
}

ir::Padding2d exchanged(const ir::Padding2d& p) {
  return {p.left, p.right, p.top, p.bottom};
}

// `bytes` as outer x rows x columns x inner, with rows and columns exchanged.
std::vector<uint8_t> exchangedBytes(const std::vector<uint8_t>& bytes, size_t outer, size_t rows,
                                    size_t columns, size_t inner) {
  std::vector<uint8_t> result(bytes.size());
  size_t at = 0;
  for (size_t o = 0; o < outer; ++o)
    for (size_t x = 0; x < columns; ++x)
      for (size_t y = 0; y < rows; ++y, at += inner)
        std::copy_n(
            bytes.begin() + static_cast<std::ptrdiff_t>(((o * rows + y) * columns + x) * inner),
            inner, result.begin() + static_cast<std::ptrdiff_t>(at));
  return result;
}

class Transposer {
 public:
  Transposer(const ir::Graph& graph, TransposeFrom from)
      : graph_(graph),
        result_(graph),
        exchanged_(graph.tensors.size(), ir::kNoTensor),
        plain_(graph.tensors.size(), false),
        behind_(graph.tensors.size(), from == TransposeFrom::input) {
    result_.ops.clear();
  }

  std::optional<ir::Graph> run() {
    for (const TensorId t : graph_.inputs) plain_[t] = true;
    for (const ir::Op& op : graph_.ops) {
      for (const TensorId t : op.inputs)
        if (t != ir::kNoTensor && behind_[t]) behind_[op.outputs[0]] = true;
      if (exchanges(op))
        addExchanged(op);
      else if (!addFlattened(op) && !addMatrix(op))
        addPlain(op);
      if (isConv(op.kind) || isPool(op.kind)) behind_[op.outputs[0]] = true;
    }
    for (const TensorId t : graph_.outputs) plain(t);
    if (!any_ || !ir::checkGraph(result_)) return std::nullopt;
    return std::move(result_);
  }

 private:
  const ir::Tensor& tensor(TensorId t) const { return graph_.tensor(t); }
  bool isData(TensorId t) const { return t != ir::kNoTensor && !tensor(t).constant; }

  // Operators whose result is an image when their operands are.
  bool exchanges(const ir::Op& op) const {
    const ir::Tensor& y = graph_.output(op);
    bool images = true, started = false, pixels = isPixel(y), made = false;
    for (const TensorId t : op.inputs) {
      if (!isData(t)) continue;
      images &= isImage(tensor(t));
      pixels &= isPixel(tensor(t));
      started |= behind_[t];
      made |= exchanged_[t] != ir::kNoTensor;
    }
    if (!images || !started || pixels || y.dtype != ir::DType::int8) return false;
    // As it comes: it may become a part of what is in front.
    if (numerics::isUnaryTable(op.kind)) return made;
    switch (op.kind) {
      case OpKind::conv2d:
      case OpKind::depthwiseConv2d:
      case OpKind::averagePool2d:
      case OpKind::maxPool2d:
      case OpKind::resizeNearest:
      case OpKind::softmax:
      case OpKind::pad:
      case OpKind::padV2:
        return true;
      case OpKind::add:
      case OpKind::sub:
      case OpKind::mul:
      case OpKind::minimum:
      case OpKind::maximum:
      case OpKind::concatenation:
      case OpKind::stridedSlice:
        return isImage(y);
      case OpKind::mean: {
        // Without one of the two dimensions the rest lies the same way.
        const auto& attrs = op.as<ir::ReduceAttrs>();
        return attrs.keepDims || std::any_of(attrs.axes.begin(), attrs.axes.end(),
                                             [](uint32_t a) { return a == 1 || a == 2; });
      }
      default:
        return false;
    }
  }

  TensorId newTensor(ir::Tensor t) {
    result_.tensors.push_back(std::move(t));
    return static_cast<TensorId>(result_.tensors.size() - 1);
  }

  // The same tensor as an exchanged image, without data.
  ir::Tensor exchangedTensor(TensorId t) const {
    ir::Tensor image = tensor(t);
    image.shape.insert(image.shape.begin(), kRank - image.rank(), 1);
    image.quant.axis += static_cast<uint32_t>(kRank - tensor(t).rank());
    std::swap(image.shape[1], image.shape[2]);
    if (image.quant.axis == 1 || image.quant.axis == 2) image.quant.axis = 3 - image.quant.axis;
    return image;
  }

  void addConversion(TensorId from, TensorId to, const ir::Tensor& t) {
    ir::Op op;
    const bool line = t.shape[1] == 1 || t.shape[2] == 1;
    op.kind = line ? OpKind::reshape : OpKind::transpose;
    op.name = t.name;
    op.inputs = {from};
    op.outputs = {to};
    if (line)
      op.attributes = ir::NoAttrs{};
    else
      op.attributes = ir::TransposeAttrs{{0, 2, 1, 3}};
    result_.ops.push_back(std::move(op));
  }

  TensorId plain(TensorId t) {
    if (isData(t) && !plain_[t]) {
      addConversion(exchanged_[t], t, tensor(t));
      plain_[t] = true;
    }
    return t;
  }

  TensorId exchanged(TensorId t) {
    if (t == ir::kNoTensor || isPixel(tensor(t))) return isData(t) ? plain(t) : t;
    if (exchanged_[t] != ir::kNoTensor) return exchanged_[t];
    ir::Tensor image = exchangedTensor(t);
    if (image.constant)
      image.data = exchangedBytes(
          image.data, static_cast<size_t>(image.shape[0]), static_cast<size_t>(image.shape[2]),
          static_cast<size_t>(image.shape[1]), static_cast<size_t>(image.shape[3]));
    exchanged_[t] = newTensor(std::move(image));
    if (!tensor(t).constant) addConversion(t, exchanged_[t], tensor(t));
    return exchanged_[t];
  }

  ir::Attributes exchangedAttributes(const ir::Op& op) const {
    ir::Attributes attributes = op.attributes;
    if (auto* conv = std::get_if<ir::Conv2dAttrs>(&attributes)) {
      std::swap(conv->strideY, conv->strideX);
      std::swap(conv->dilationY, conv->dilationX);
      conv->padding = backend::exchanged(conv->padding);
    } else if (auto* pool = std::get_if<ir::Pool2dAttrs>(&attributes)) {
      std::swap(pool->kernelY, pool->kernelX);
      std::swap(pool->strideY, pool->strideX);
      pool->padding = backend::exchanged(pool->padding);
    } else if (auto* pad = std::get_if<ir::PadAttrs>(&attributes)) {
      std::swap(pad->before[1], pad->before[2]);
      std::swap(pad->after[1], pad->after[2]);
    } else if (auto* slice = std::get_if<ir::SliceAttrs>(&attributes)) {
      std::swap(slice->begin[1], slice->begin[2]);
      std::swap(slice->stride[1], slice->stride[2]);
      std::swap(slice->size[1], slice->size[2]);
    } else if (auto* concat = std::get_if<ir::ConcatAttrs>(&attributes)) {
      if (concat->axis == 1 || concat->axis == 2) concat->axis = 3 - concat->axis;
    } else if (auto* reduce = std::get_if<ir::ReduceAttrs>(&attributes)) {
      for (uint32_t& axis : reduce->axes)
        if (axis == 1 || axis == 2) axis = 3 - axis;
      std::sort(reduce->axes.begin(), reduce->axes.end());
    }
    return attributes;
  }

  void addExchanged(const ir::Op& op) {
    any_ = true;
    ir::Op added = op;
    added.attributes = exchangedAttributes(op);
    const size_t operands = isConv(op.kind) ? 2 : op.inputs.size();  // not the bias
    for (size_t i = 0; i < operands; ++i) added.inputs[i] = exchanged(op.inputs[i]);
    const TensorId y = op.outputs[0];
    if (tensor(y).rank() != kRank || isPixel(tensor(y))) {
      plain_[y] = true;
    } else {
      exchanged_[y] = newTensor(exchangedTensor(y));
      added.outputs[0] = exchanged_[y];
    }
    result_.ops.push_back(std::move(added));
  }

  void addPlain(const ir::Op& op) {
    for (const TensorId t : op.inputs)
      if (t != ir::kNoTensor) plain(t);
    result_.ops.push_back(op);
    for (const TensorId t : op.outputs) plain_[t] = true;
  }

  // Fully connected layers are all that reads `t`, each row of them one image of this size.
  bool onlyReadAsRows(TensorId t, uint64_t depth) const {
    for (const TensorId output : graph_.outputs)
      if (output == t) return false;
    for (const ir::Op& op : graph_.ops) {
      if (std::find(op.inputs.begin(), op.inputs.end(), t) == op.inputs.end()) continue;
      if (op.kind != OpKind::fullyConnected || op.inputs[0] != t) return false;
      if (static_cast<uint64_t>(graph_.input(op, 1).shape[1]) != depth) return false;
    }
    return true;
  }

  // An exchanged image that only fully connected layers read as a row stays as it is.
  bool addFlattened(const ir::Op& op) {
    if (op.kind != OpKind::reshape && op.kind != OpKind::squeeze) return false;
    const TensorId x = op.inputs[0], y = op.outputs[0];
    if (exchanged_[x] == ir::kNoTensor || plain_[x]) return false;
    const auto& shape = tensor(x).shape;
    const uint64_t depth = tensor(x).elements() / static_cast<uint64_t>(shape[0]);
    if (!onlyReadAsRows(y, depth)) return false;
    ir::Op added = op;
    added.inputs[0] = exchanged_[x];
    result_.ops.push_back(std::move(added));
    plain_[y] = true;
    rows_[y] = x;
    return true;
  }

  // The weights of a fully connected layer follow the order of what it reads.
  bool addMatrix(const ir::Op& op) {
    if (op.kind != OpKind::fullyConnected) return false;
    const TensorId x = op.inputs[0];
    const auto row = rows_.find(x);
    const TensorId image = row != rows_.end() ? row->second : x;
    if (exchanged_[image] == ir::kNoTensor || (row == rows_.end() && plain_[x])) return false;
    const auto& shape = tensor(image).shape;
    ir::Tensor weights = graph_.input(op, 1);
    const auto dim = [&](size_t i) { return static_cast<size_t>(shape[i]); };
    if (static_cast<size_t>(weights.shape[1]) != dim(1) * dim(2) * dim(3)) return false;
    weights.data =
        exchangedBytes(weights.data, static_cast<size_t>(weights.shape[0]), dim(1), dim(2), dim(3));
    ir::Op added = op;
    added.inputs[0] = row != rows_.end() ? x : exchanged_[x];
    added.inputs[1] = newTensor(std::move(weights));
    result_.ops.push_back(std::move(added));
    plain_[op.outputs[0]] = true;
    return true;
  }

  const ir::Graph& graph_;
  ir::Graph result_;
  // By tensor of the network: its exchanged image, whether it exists as it was, and whether it lies
  // where images may be exchanged.
  std::vector<TensorId> exchanged_;
  std::vector<bool> plain_, behind_;
  std::map<TensorId, TensorId> rows_;  // flattened tensors -> their images, exchanged
  bool any_ = false;
};

}  // namespace

bool isLopsided(const ir::Graph& graph) {
  const auto differs = [&](TensorId t) {
    return graph.tensor(t).shape[1] != graph.tensor(t).shape[2];
  };
  return std::any_of(graph.ops.begin(), graph.ops.end(), [&](const ir::Op& op) {
    if (!isConv(op.kind) && !isPool(op.kind)) return false;
    const auto& shape = graph.input(op).shape;
    if (shape[1] == 1 || shape[2] == 1) return false;  // laid down as a row anyway
    return differs(op.inputs[0]) || differs(op.outputs[0]) ||
           (isConv(op.kind) && differs(op.inputs[1]));
  });
}

std::optional<ir::Graph> transposeImages(const ir::Graph& graph, TransposeFrom from) {
  return Transposer(graph, from).run();
}

}  // namespace lilong::backend
