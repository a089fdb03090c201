/* The program of the system tests, built like the device. */
#include "tests/system/flowgen.c"
