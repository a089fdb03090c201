#define READER "vw"
#include "tests/fuzz/reader_target.h"
