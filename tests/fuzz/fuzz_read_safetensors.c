#define READER "safetensors"
#include "tests/fuzz/reader_target.h"
