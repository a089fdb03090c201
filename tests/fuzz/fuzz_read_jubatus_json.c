#define READER "jubatus-json"
#include "tests/fuzz/reader_target.h"
