#define READER "libsvm"
#include "tests/fuzz/reader_target.h"
