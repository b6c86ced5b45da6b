// SPDX-License-Identifier: Apache-2.0
// The generated FlatBuffers reader of tflite.fbs under its name inside the front end.
#pragma once

#include "compiler/frontend/tflite_generated.h"

namespace lilong::frontend {
namespace tflite = ::lilong::tflite;
}
