/* tools/collector/serve/tls_memory.h - mbedTLS' record buffers as mappings of their own
 *
 * A connection has two buffers of 16 KiB, because a peer may send records of that size; agents send 2 KiB.
 * From the heap they would be cleared, and so be in memory, whole. A mapping costs the pages that were
 * touched, and goes back to the system with the connection: 25 KiB a connection instead of 48
 * (tests/bench/bench_collector.py).
 *
 * Each block carries its length in front of it, so that it is given back the way it came. */
#ifndef NRS_COL_TLS_MEMORY_H
#define NRS_COL_TLS_MEMORY_H
#include <stddef.h>

#define NRS_COL_TLS_MAP_FROM 16384 /* bytes */

/* Before anything else of mbedTLS in the process. */
void nrs_col_tls_memory_setup(void);

#endif
