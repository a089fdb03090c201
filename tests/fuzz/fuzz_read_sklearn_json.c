#define READER "sklearn-json"
#include "tests/fuzz/reader_target.h"
