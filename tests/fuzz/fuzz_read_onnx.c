#define READER "onnx"
#include "tests/fuzz/reader_target.h"
