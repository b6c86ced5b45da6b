// SPDX-License-Identifier: Apache-2.0
#include "compiler/ir/graph.hpp"

#include <fmt/format.h>

namespace lilong::ir {

const char* toString(OpKind kind) {
  switch (kind) {
#define LILONG_OP(kind, name, builtin, attributes) \
  case OpKind::kind:                               \
    return name;
#include "compiler/ops/ops.def"
#undef LILONG_OP
  }
  return "unknown";
}

namespace {

bool attributesFit(const Op& op) {
  switch (op.kind) {
#define LILONG_OP(kind, name, builtin, attrs) \
  case OpKind::kind:                          \
    return std::holds_alternative<attrs>(op.attributes);
#include "compiler/ops/ops.def"
#undef LILONG_OP
  }
  return false;
}

// Where a tensor gets its value.
enum class Source : uint8_t { none, constant, input, op };

class Checker {
 public:
  explicit Checker(const Graph& graph) : graph_(graph), source_(graph.tensors.size()) {}

  Result<void> run() {
    if (graph_.ops.size() > kMaxOps) {
      return corrupt("", fmt::format("the network has {} operators, the limit is {}",
                                     graph_.ops.size(), kMaxOps));
    }
    for (size_t i = 0; i < graph_.tensors.size(); ++i) {
      if (auto r = checkTensor(i); !r) return r;
    }
    for (TensorId id : graph_.inputs) {
      if (id >= source_.size()) return corrupt("", "a network input names no tensor");
      if (auto r = produce(id, Source::input, graph_.tensors[id].name); !r) return r;
    }
    for (const Op& op : graph_.ops) {
      if (auto r = checkOp(op); !r) return r;
    }
    for (TensorId id : graph_.outputs) {
      if (id >= source_.size()) return corrupt("", "a network output names no tensor");
      if (source_[id] == Source::none) {
        return corrupt(graph_.tensors[id].name, "this network output is never computed");
      }
    }
    return {};
  }

 private:
  Error corrupt(const std::string& layer, std::string message) const {
    return makeError(DiagId::networkCorrupt, std::move(message), graph_.file, layer);
  }

  Result<void> checkTensor(size_t i) {
    const Tensor& t = graph_.tensors[i];
    if (t.shape.size() > kMaxDims) {
      return corrupt(t.name, fmt::format("the tensor has {} dimensions, the limit is {}",
                                         t.shape.size(), kMaxDims));
    }
    uint64_t bytes = bytesOf(t.dtype);
    for (int32_t dim : t.shape) {
      if (dim <= 0) return corrupt(t.name, fmt::format("the tensor has a dimension of {}", dim));
      bytes *= static_cast<uint64_t>(dim);  // below 2^28 * 2^31
      if (bytes > kMaxTensorBytes) {
        return corrupt(t.name, fmt::format("the tensor of shape {} is larger than {} MiB",
                                           shapeToString(t.shape), kMaxTensorBytes >> 20));
      }
    }
    if (t.constant && t.data.size() != bytes) {
      return corrupt(t.name, fmt::format("the constant has {} bytes, its shape needs {}",
                                         t.data.size(), bytes));
    }
    if (t.constant) source_[i] = Source::constant;
    return {};
  }

  Result<void> produce(TensorId id, Source source, const std::string& layer) {
    if (source_[id] != Source::none) {
      return corrupt(layer,
                     fmt::format("tensor '{}' gets its value twice", graph_.tensors[id].name));
    }
    source_[id] = source;
    return {};
  }

  Result<void> checkOp(const Op& op) {
    if (!attributesFit(op)) {
      return makeError(DiagId::internal, "the operator has attributes of another kind", graph_.file,
                       op.name);
    }
    for (TensorId id : op.inputs) {
      if (id == kNoTensor) continue;
      if (id >= source_.size()) return corrupt(op.name, "an operand names no tensor");
      if (source_[id] == Source::none) {
        return corrupt(op.name, fmt::format("operand '{}' is used before it is computed",
                                            graph_.tensors[id].name));
      }
    }
    if (op.outputs.empty()) return corrupt(op.name, "the operator has no output");
    for (TensorId id : op.outputs) {
      if (id >= source_.size()) return corrupt(op.name, "an output names no tensor");
      if (auto r = produce(id, Source::op, op.name); !r) return r;
    }
    return {};
  }

  const Graph& graph_;
  std::vector<Source> source_;
};

}  // namespace

Result<void> checkGraph(const Graph& graph) {
  return Checker(graph).run();
}

uint64_t macsOf(const Graph& graph, const Op& op) {
  return op.networkMacs ? *op.networkMacs : executedMacsOf(graph, op);
}

uint64_t executedMacsOf(const Graph& graph, const Op& op) {
  switch (op.kind) {
    case OpKind::conv2d:
    case OpKind::fullyConnected: {
      const Tensor& weights = graph.input(op, 1);
      return weights.elements() / static_cast<uint64_t>(weights.shape[0]) *
             graph.output(op).elements();
    }
    case OpKind::depthwiseConv2d: {
      const Tensor& weights = graph.input(op, 1);
      return weights.elements() / static_cast<uint64_t>(weights.shape[3]) *
             graph.output(op).elements();
    }
    default:
      return 0;
  }
}

}  // namespace lilong::ir
