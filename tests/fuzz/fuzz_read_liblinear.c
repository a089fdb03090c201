#define READER "liblinear"
#include "tests/fuzz/reader_target.h"
