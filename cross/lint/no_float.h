/* cross/lint/no_float.h - put before every file of the model path: from here on the words are errors
 *
 * The headers that this code may use come first; a further one
 * that speaks of floating point (<math.h>) is rejected by itself. */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#pragma GCC poison float double _Float16 _Float32 _Float64 _Float128 __float128
