// SPDX-License-Identifier: Apache-2.0
#include "compiler/ir/types.hpp"

namespace lilong::ir {

size_t bytesOf(DType dtype) {
  switch (dtype) {
    case DType::int8:
    case DType::uint8:
      return 1;
    case DType::int16:
      return 2;
    case DType::int32:
    case DType::float32:
      return 4;
    case DType::int64:
      return 8;
  }
  return 1;
}

const char* toString(DType dtype) {
  switch (dtype) {
    case DType::int8:
      return "int8";
    case DType::uint8:
      return "uint8";
    case DType::int16:
      return "int16";
    case DType::int32:
      return "int32";
    case DType::float32:
      return "float32";
    case DType::int64:
      return "int64";
  }
  return "unknown";
}

const char* toString(Activation activation) {
  switch (activation) {
    case Activation::none:
      return "none";
    case Activation::relu:
      return "relu";
    case Activation::reluN1To1:
      return "relu_n1_to_1";
    case Activation::relu6:
      return "relu6";
  }
  return "unknown";
}

}  // namespace lilong::ir
