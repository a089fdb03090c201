/* agent/verdicts/verdicts_internal.h - what the files of this room share
 *
 *   verdicts.c  judgements into lines     pending.c  lines that wait     findings.c  programs into lines */
#ifndef NRS_VERDICTS_INTERNAL_H
#define NRS_VERDICTS_INTERNAL_H
#include "agent/verdicts/verdicts.h"

/* verdicts.c. Into the spool, or to the terminal; len <= 0: nothing. keep: it outlives evidence in a full
 * spool. */
void nrs_verdicts_emit(struct nrs_verdicts *v, const char *line, int len, bool keep);
/* The open verdict with this number; NULL: it is over, or forgotten. */
struct nrs_beacon *nrs_verdicts_beacon(struct nrs_verdicts *v, uint32_t d);

/* pending.c. A place for a verdict that opens and waits; NULL: it does not wait, or all places are taken. */
struct nrs_pending *nrs_pending_take(struct nrs_verdicts *v, const struct nrs_judgement *j);
struct nrs_pending *nrs_pending_of(struct nrs_verdicts *v, uint32_t d); /* NULL: it is not pending */
void nrs_pending_spool(struct nrs_verdicts *v, struct nrs_pending *p, int len); /* its line was written */
void nrs_pending_report(struct nrs_verdicts *v, struct nrs_pending *p);
void nrs_pending_withdraw(struct nrs_verdicts *v, struct nrs_pending *p); /* it is never reported */
/* Reports those whose program is known, and whose wait is over. */
void nrs_pending_settle(struct nrs_verdicts *v, uint64_t boot_ns);

#endif
