// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/tflite.hpp"

#include <fmt/format.h>

#include "compiler/frontend/tflite_reader.hpp"
#include "compiler/ops/infer.hpp"
#include "compiler/ops/rules.hpp"

namespace lilong {

Result<ir::Graph> importTflite(std::span<const uint8_t> bytes, std::string fileName) {
  return frontend::TfliteReader(bytes, std::move(fileName)).read();
}

}  // namespace lilong

namespace lilong::frontend {

namespace {

constexpr size_t kMaxReportedOperators = 20;

// Builtin code of an operator: files before 2020 have only the byte, newer ones the larger of both.
int32_t builtinOf(const tflite::OperatorCode& code) {
  return std::max<int32_t>(code.builtin_code(), code.deprecated_builtin_code());
}

std::optional<ir::OpKind> kindOf(int32_t builtin) {
  switch (builtin) {
#define LILONG_OP(kind, name, code, attributes) \
  case code:                                    \
    return ir::OpKind::kind;
#include "compiler/ops/ops.def"
#undef LILONG_OP
    default:
      return std::nullopt;
  }
}

ir::Attributes defaultAttributes(ir::OpKind kind) {
  switch (kind) {
#define LILONG_OP(kind, name, code, attributes) \
  case ir::OpKind::kind:                        \
    return ir::attributes{};
#include "compiler/ops/ops.def"
#undef LILONG_OP
  }
  return ir::NoAttrs{};
}

constexpr int32_t kCustomOperator = 32;

}  // namespace

TfliteReader::TfliteReader(std::span<const uint8_t> file, std::string fileName) : file_(file) {
  graph_.file = std::move(fileName);
}

Error TfliteReader::corrupt(std::string message, std::string layer) const {
  return makeError(DiagId::networkCorrupt, std::move(message), graph_.file, std::move(layer));
}

Error TfliteReader::variant(std::string message, std::string layer) const {
  return makeError(DiagId::unsupportedVariant, std::move(message), graph_.file, std::move(layer));
}

Result<ir::Graph> TfliteReader::read() {
  LILONG_CHECK(checkModel());
  LILONG_CHECK(checkOperators());
  LILONG_CHECK(readEdges());
  if (const auto* operators = subgraph_->operators()) {
    for (const tflite::Operator* op : *operators) LILONG_CHECK(readOperator(*op));
  }
  LILONG_CHECK(ir::checkGraph(graph_));
  return std::move(graph_);
}

Result<void> TfliteReader::checkModel() {
  if (file_.empty()) return makeError(DiagId::fileEmpty, "the file is empty", graph_.file);
  constexpr size_t kHeaderBytes = 8;  // offset of the root table, file identifier
  if (file_.size() < kHeaderBytes) {
    return makeError(DiagId::notATfliteFile,
                     fmt::format("the file has only {} bytes", file_.size()), graph_.file);
  }
  if (!tflite::ModelBufferHasIdentifier(file_.data())) {
    return makeError(DiagId::notATfliteFile, "the file does not carry the TFLite mark 'TFL3'",
                     graph_.file);
  }
  flatbuffers::Verifier verifier(file_.data(), file_.size(), 64, 4'000'000);
  if (!tflite::VerifyModelBuffer(verifier)) {
    return corrupt("the structure of the file is damaged");
  }
  model_ = tflite::GetModel(file_.data());
  constexpr uint32_t kSchemaVersion = 3;
  if (model_->version() != kSchemaVersion) {
    return variant(
        fmt::format("the file has schema version {}, not {}", model_->version(), kSchemaVersion));
  }
  if (!model_->subgraphs() || model_->subgraphs()->size() == 0) {
    return corrupt("the file holds no network");
  }
  subgraph_ = model_->subgraphs()->Get(0);
  if (!subgraph_->tensors()) return corrupt("the network has no tensors");
  const size_t operators = subgraph_->operators() ? subgraph_->operators()->size() : 0;
  if (operators == 0) return corrupt("the network has no operators");
  if (operators > ir::kMaxOps) {
    return variant(
        fmt::format("the network has {} operators, the limit is {}", operators, ir::kMaxOps));
  }
  ids_.assign(subgraph_->tensors()->size(), ir::kNoTensor);
  return {};
}

std::string TfliteReader::layerName(const tflite::Operator& op) const {
  if (!op.outputs() || op.outputs()->size() == 0) return {};
  const int64_t index = op.outputs()->Get(0);
  if (index < 0 || index >= static_cast<int64_t>(subgraph_->tensors()->size())) return {};
  const auto* name = subgraph_->tensors()->Get(static_cast<uint32_t>(index))->name();
  std::string text = name ? name->str() : fmt::format("tensor {}", index);
  for (char& c : text) {
    if (c < ' ' || c > '~') c = '?';
  }
  return text;
}

Result<void> TfliteReader::checkOperators() {
  Error unsupported;
  for (const tflite::Operator* op : *subgraph_->operators()) {
    const auto* codes = model_->operator_codes();
    if (!codes || op->opcode_index() >= codes->size()) {
      return corrupt("an operator has no operator code", layerName(*op));
    }
    const tflite::OperatorCode& code = *codes->Get(op->opcode_index());
    const int32_t builtin = builtinOf(code);
    if (kindOf(builtin) || isShapeOperator(builtin)) continue;
    std::string name = operatorName(builtin);
    if (builtin == kCustomOperator && code.custom_code()) {
      name = fmt::format("custom operator {:.100}", code.custom_code()->string_view());
    }
    for (char& c : name) {
      if (c < ' ' || c > '~') c = '?';
    }
    if (unsupported.diagnostics.size() < kMaxReportedOperators) {
      unsupported.diagnostics.push_back(makeDiagnostic(DiagId::unsupportedOperator,
                                                       fmt::format("{} is not supported", name),
                                                       graph_.file, layerName(*op)));
    }
  }
  if (!unsupported.diagnostics.empty()) return unsupported;
  return {};
}

Result<void> TfliteReader::readEdges() {
  const auto read = [&](const flatbuffers::Vector<int32_t>* from, std::vector<ir::TensorId>& to,
                        const char* what) -> Result<void> {
    if (!from || from->size() == 0) return corrupt(fmt::format("the network has no {}s", what));
    for (int32_t index : *from) {
      auto id = tensor(index);
      if (!id) return std::move(id).error();
      const ir::Tensor& t = graph_.tensors[*id];
      if (std::find(to.begin(), to.end(), *id) != to.end()) {
        return corrupt(fmt::format("the network {} '{}' is listed twice", what, t.name), t.name);
      }
      if (t.constant) return variant(fmt::format("the network {} is constant", what), t.name);
      to.push_back(*id);
    }
    return {};
  };
  LILONG_CHECK(read(subgraph_->inputs(), graph_.inputs, "input"));
  LILONG_CHECK(read(subgraph_->outputs(), graph_.outputs, "output"));
  for (ir::TensorId id : graph_.outputs) {
    if (std::find(graph_.inputs.begin(), graph_.inputs.end(), id) != graph_.inputs.end()) {
      return variant("a network input is also a network output", graph_.tensors[id].name);
    }
  }
  return {};
}

Result<void> TfliteReader::readOperator(const tflite::Operator& from) {
  const int32_t builtin = builtinOf(*model_->operator_codes()->Get(from.opcode_index()));
  if (isShapeOperator(builtin)) return foldShapeOperator(from, builtin);
  const auto kind = kindOf(builtin);
  if (!kind) return corrupt("an operator is unknown", layerName(from));  // checked before
  op_ = ir::Op{*kind, layerName(from), {}, {}, defaultAttributes(*kind)};
  if (from.inputs()) {
    for (int32_t index : *from.inputs()) {
      if (index == -1) {
        op_.inputs.push_back(ir::kNoTensor);
        continue;
      }
      auto id = tensor(index);
      if (!id) return std::move(id).error();
      op_.inputs.push_back(*id);
    }
  }
  if (!from.outputs() || from.outputs()->size() != 1) {
    return corrupt(fmt::format("{} does not have one result", ir::toString(*kind)), op_.name);
  }
  auto id = tensor(from.outputs()->Get(0));
  if (!id) return std::move(id).error();
  op_.outputs.push_back(*id);
  if (result().constant) {
    return corrupt(fmt::format("the result of {} is constant", ir::toString(*kind)), op_.name);
  }
  const bool edge = *kind == ir::OpKind::quantize || *kind == ir::OpKind::dequantize;
  for (ir::TensorId input : op_.inputs) {
    if (!edge && input != ir::kNoTensor && graph_.tensors[input].dtype == ir::DType::float32) {
      return makeError(DiagId::networkNotQuantised,
                       fmt::format("{} works on float32 (tensor '{}')", ir::toString(*kind),
                                   graph_.tensors[input].name),
                       graph_.file, op_.name);
    }
  }
  LILONG_CHECK(convert(from, *kind));
  const auto folded = foldSlice();
  if (!folded) return folded.error();
  if (*folded) return {};
  LILONG_CHECK(ops::inferOp(graph_, op_));
  graph_.ops.push_back(std::move(op_));
  return {};
}

}  // namespace lilong::frontend
