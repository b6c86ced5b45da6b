// SPDX-License-Identifier: Apache-2.0
// TFLite operators that change shape, order or extent: their constant operands become attributes.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/frontend/tflite_reader.hpp"
#include "compiler/ops/rules.hpp"

namespace lilong::frontend {

Result<void> TfliteReader::mean(const tflite::Operator& from) {
  LILONG_CHECK(needOperands(2, 2));
  auto values = integers(1, "the list of axes");
  if (!values) return std::move(values).error();
  ir::ReduceAttrs a;
  for (int64_t value : *values) {
    auto along = axis(value, operand(0).rank());
    if (!along) return std::move(along).error();
    a.axes.push_back(*along);
  }
  std::sort(a.axes.begin(), a.axes.end());
  a.axes.erase(std::unique(a.axes.begin(), a.axes.end()), a.axes.end());
  if (const auto* o = from.builtin_options_as_ReducerOptions()) a.keepDims = o->keep_dims();
  op_.attributes = std::move(a);
  op_.inputs.resize(1);
  return {};
}

Result<void> TfliteReader::pad(const tflite::Operator&) {
  const bool withValue = op_.kind == ir::OpKind::padV2;
  LILONG_CHECK(needOperands(withValue ? 3 : 2, withValue ? 3 : 2));
  auto values = integers(1, "the list of paddings");
  if (!values) return std::move(values).error();
  const ir::Tensor& x = operand(0);
  if (values->size() != 2 * x.rank()) {
    return corrupt(fmt::format("{}: {} paddings for {} dimensions", ir::toString(op_.kind),
                               values->size(), x.rank()),
                   op_.name);
  }
  ir::PadAttrs a;
  for (size_t i = 0; i < values->size(); ++i) {
    const int64_t value = (*values)[i];
    if (value < 0 || value > INT32_MAX) {
      return corrupt(fmt::format("{}: a padding of {}", ir::toString(op_.kind), value), op_.name);
    }
    (i % 2 == 0 ? a.before : a.after).push_back(static_cast<int32_t>(value));
  }
  a.value = x.quant.zeroPoint();
  if (withValue) {
    const ir::Tensor& fill = operand(2);
    if (!fill.constant || fill.dtype != x.dtype || fill.elements() != 1) {
      return variant(
          fmt::format("PADV2: the fill value must be one constant {}", ir::toString(x.dtype)),
          op_.name);
    }
    if (fill.quant.scales != x.quant.scales || fill.quant.zeroPoint() != x.quant.zeroPoint()) {
      return variant("PADV2: the fill value must have the quantisation of the operand", op_.name);
    }
    a.value = x.dtype == ir::DType::int8 ? static_cast<int8_t>(fill.data[0]) : fill.data[0];
  }
  op_.attributes = std::move(a);
  op_.inputs.resize(1);
  return {};
}

Result<void> TfliteReader::reshape(const tflite::Operator& from) {
  LILONG_CHECK(needOperands(1, 2));
  if (op_.inputs.size() == 2 && op_.inputs[1] != ir::kNoTensor) {
    auto shape = integers(1, "the shape");
    if (!shape) return std::move(shape).error();
    LILONG_CHECK(declareShape(*shape));
  } else if (const auto* o = from.builtin_options_as_ReshapeOptions(); o && o->new_shape()) {
    LILONG_CHECK(declareShape({o->new_shape()->begin(), o->new_shape()->end()}));
  }
  op_.inputs.resize(1);
  return {};
}

Result<void> TfliteReader::squeeze(const tflite::Operator& from) {
  LILONG_CHECK(needOperands(1, 1));
  const auto& shape = operand(0).shape;
  std::vector<bool> drop(shape.size());
  const auto* o = from.builtin_options_as_SqueezeOptions();
  if (o && o->squeeze_dims() && o->squeeze_dims()->size() > 0) {
    for (int32_t value : *o->squeeze_dims()) {
      auto along = axis(value, shape.size());
      if (!along) return std::move(along).error();
      if (shape[*along] != 1) {
        return corrupt(
            fmt::format("SQUEEZE: dimension {} of {} is not 1", *along, ir::shapeToString(shape)),
            op_.name);
      }
      drop[*along] = true;
    }
  } else {
    for (size_t i = 0; i < shape.size(); ++i) drop[i] = shape[i] == 1;
  }
  std::vector<int64_t> wanted;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (!drop[i]) wanted.push_back(shape[i]);
  }
  return declareShape(wanted);
}

Result<void> TfliteReader::expandDims(const tflite::Operator&) {
  LILONG_CHECK(needOperands(2, 2));
  auto values = integers(1, "the axis");
  if (!values) return std::move(values).error();
  if (values->size() != 1) return corrupt("EXPAND_DIMS: needs one axis", op_.name);
  auto along = axis((*values)[0], operand(0).rank() + 1);
  if (!along) return std::move(along).error();
  std::vector<int64_t> wanted(operand(0).shape.begin(), operand(0).shape.end());
  wanted.insert(wanted.begin() + *along, 1);
  LILONG_CHECK(declareShape(wanted));
  op_.inputs.resize(1);
  return {};
}

Result<void> TfliteReader::stridedSlice(const tflite::Operator& from) {
  LILONG_CHECK(needOperands(4, 4));
  const auto* o = from.builtin_options_as_StridedSliceOptions();
  if (!o) return corrupt("STRIDED_SLICE: the options are damaged", op_.name);
  if (o->ellipsis_mask() != 0 || o->new_axis_mask() != 0 || o->offset()) {
    return variant("STRIDED_SLICE: with ellipsis, new axes or end as offset", op_.name);
  }
  const auto& shape = operand(0).shape;
  std::vector<int64_t> values[3];
  for (size_t i = 0; i < 3; ++i) {
    static constexpr const char* kNames[] = {"begin", "end", "strides"};
    auto read = integers(i + 1, kNames[i]);
    if (!read) return std::move(read).error();
    values[i] = std::move(*read);
    if (values[i].size() != values[0].size() || values[i].size() > shape.size()) {
      return corrupt(fmt::format("STRIDED_SLICE: {} has {} values", kNames[i], values[i].size()),
                     op_.name);
    }
  }
  ir::SliceAttrs a;
  std::vector<int32_t> kept;
  for (size_t i = 0; i < shape.size(); ++i) {
    const int64_t dim = shape[i];
    if (i >= values[0].size()) {  // trailing dimensions are taken whole
      a.begin.push_back(0);
      a.stride.push_back(1);
      a.size.push_back(shape[i]);
      kept.push_back(shape[i]);
      continue;
    }
    const bool shrink = (o->shrink_axis_mask() >> i) & 1;
    int64_t stride = values[2][i];
    if (stride == 0 || stride > INT32_MAX || stride < -INT32_MAX) {
      return corrupt(fmt::format("STRIDED_SLICE: a stride of {}", stride), op_.name);
    }
    // Positions count from the end when negative, and are limited to the dimension.
    const int64_t low = stride > 0 ? 0 : -1, high = stride > 0 ? dim : dim - 1;
    const auto resolve = [&](int64_t v) {
      return std::clamp(v < 0 ? std::max(v, -dim - 1) + dim : v, low, high);
    };
    int64_t begin = (o->begin_mask() >> i) & 1 ? (stride > 0 ? 0 : dim - 1) : resolve(values[0][i]);
    int64_t end = (o->end_mask() >> i) & 1 ? (stride > 0 ? dim : -1) : resolve(values[1][i]);
    if (shrink) {
      stride = 1;
      begin = values[0][i] < 0 ? values[0][i] + dim : values[0][i];
      end = begin + 1;
      if (begin < 0 || begin >= dim) {
        return corrupt(
            fmt::format("STRIDED_SLICE: index {} of a dimension of {}", values[0][i], dim),
            op_.name);
      }
    }
    const int64_t span = stride > 0 ? end - begin : begin - end;
    const int64_t step = stride > 0 ? stride : -stride;
    const int64_t size = span <= 0 ? 0 : (span + step - 1) / step;
    a.begin.push_back(static_cast<int32_t>(begin));
    a.stride.push_back(static_cast<int32_t>(stride));
    a.size.push_back(static_cast<int32_t>(size));
    if (!shrink) kept.push_back(static_cast<int32_t>(size));
  }
  if (!result().shape.empty() && result().shape != kept) {
    return corrupt(fmt::format("STRIDED_SLICE: the result is declared as {} but is {}",
                               ir::shapeToString(result().shape), ir::shapeToString(kept)),
                   op_.name);
  }
  for (int32_t size : a.size) {
    if (size < 1) return variant("STRIDED_SLICE: the result is empty", op_.name);
  }
  result().shape = std::move(kept);
  op_.attributes = std::move(a);
  op_.inputs.resize(1);
  return {};
}

Result<void> TfliteReader::transpose(const tflite::Operator&) {
  LILONG_CHECK(needOperands(2, 2));
  auto values = integers(1, "the permutation");
  if (!values) return std::move(values).error();
  ir::TransposeAttrs a;
  for (int64_t value : *values) {
    auto along = axis(value, operand(0).rank());
    if (!along) return std::move(along).error();
    a.perm.push_back(*along);
  }
  op_.attributes = std::move(a);
  op_.inputs.resize(1);
  return {};
}

Result<void> TfliteReader::resize(const tflite::Operator& from) {
  LILONG_CHECK(needOperands(2, 2));
  const auto* o = from.builtin_options_as_ResizeNearestNeighborOptions();
  ir::ResizeAttrs a;
  if (o) {
    a.alignCorners = o->align_corners();
    a.halfPixelCenters = o->half_pixel_centers();
  }
  auto size = integers(1, "the size");
  if (!size) return std::move(size).error();
  const auto& x = operand(0).shape;
  if (size->size() != 2 || x.size() != 4 || (*size)[0] < 1 || (*size)[1] < 1 ||
      (*size)[0] > 65535 || (*size)[1] > 65535) {
    return corrupt("RESIZE_NEAREST_NEIGHBOR: needs an image, a height and a width", op_.name);
  }
  const std::vector<int32_t> shape = {x[0], static_cast<int32_t>((*size)[0]),
                                      static_cast<int32_t>((*size)[1]), x[3]};
  if (!result().shape.empty() && result().shape != shape) {
    return corrupt(fmt::format("RESIZE_NEAREST_NEIGHBOR: the result is declared as {} but is {}",
                               ir::shapeToString(result().shape), ir::shapeToString(shape)),
                   op_.name);
  }
  result().shape = shape;
  op_.attributes = a;
  op_.inputs.resize(1);
  return {};
}

Result<void> TfliteReader::argMax(const tflite::Operator&) {
  LILONG_CHECK(needOperands(2, 2));
  auto values = integers(1, "the axis");
  if (!values) return std::move(values).error();
  if (values->size() != 1) return corrupt("ARG_MAX: needs one axis", op_.name);
  auto along = axis((*values)[0], operand(0).rank());
  if (!along) return std::move(along).error();
  op_.attributes = ir::ArgAttrs{*along};
  op_.inputs.resize(1);
  return {};
}

}  // namespace lilong::frontend
