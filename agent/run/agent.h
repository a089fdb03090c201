/* agent/run/agent.h - the running agent: everything it holds, and the parts that work on it
 *
 *   setup.c   opens what the configuration names, gives up rights        reload.c  SIGHUP
 *   folders.c spool and state folder      models.c  which model judges     identity.c who this agent is
 *   loop.c    source -> core -> judgements, clocks and signals            health.c  the health line
 *   status.c  the status file
 *
 * There is one thread (libuv adds one for name look-ups). Everything is allocated by setup. */
#ifndef NRS_AGENT_H
#define NRS_AGENT_H
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "agent/spool/boot_id.h"
#include "agent/config/config.h"
#include "agent/core/core.h"
#include "agent/core/verdict.h"
#include "agent/trust/slots.h"
#include "agent/spool/spool.h"
#include "agent/net/stream.h"
#include "agent/net/tls_client.h"
#include "agent/uplink/uplink.h"
#include "agent/log.h"
#include "agent/programs/programs.h"
#include "agent/verdicts/verdicts.h"
#include "platform/flowsrc.h"

#define NRS_AGENT_EXEMPT_MAX 8 /* addresses of the collector, which the core does not judge */

struct nrs_run_options {
    const char *config; /* path, NULL = built-in defaults */
    bool print;         /* verdicts to stdout, too */
    bool report_only;   /* print what would be sent; no network, no spool */
};

struct nrs_agent {
    struct nrs_run_options options;
    struct nrs_config config;
    char host[NRS_HOST_ID_MAX + 1], boot[NRS_BOOT_ID_MAX + 1];
    uint64_t started_ns;

    struct nrs_slots slots;          /* the beacon's models */
    struct nrs_model_place place[2]; /* their slots A and B */

    struct nrs_programs programs; /* the scanner process */
    struct nrs_verdicts verdicts;

    struct nrs_core *core;
    void *core_mem;
    struct nrs_flowsrc *source;
    struct nrs_addr exempt[NRS_AGENT_EXEMPT_MAX];
    unsigned n_exempt;

    int spool_dir; /* -1 = none: no collector, or report_only */
    int state_dir; /* the same as spool_dir, unless state.dir names another folder; -1 = none */
    uint32_t floor_old; /* the floor that a spool of an older version holds, 0 = none */
    struct nrs_spool spool;
    struct nrs_tls_client tls[2], *tls_now; /* two places, so that a reload can read before it lets go */
    bool tls_spare_in_use;                  /* the place that is not tls_now holds something */
    struct nrs_stream stream; /* of the uplink */
    struct nrs_uplink uplink;
    uint64_t health_due_ns;

    uv_loop_t loop;
    uv_poll_t source_poll[NRS_FLOWSRC_MAX], programs_poll;
    uv_timer_t source_timer, tick_timer, flush_timer;
    uv_signal_t signals[4];
    bool no_user;      /* the system has no user noroshi */
    bool quiet_source; /* what the source says for information is left out */
    bool stopping, source_failing;
    bool status_owed; /* it could not be written; tried again at every flush */
};

/* An agent that holds nothing, for free(). NULL after a line: there is no memory. */
struct nrs_agent *nrs_agent_new(void);

/* setup.c. */
/* Puts the user that a root start becomes into the configuration, if that names none: "noroshi", or "nobody"
 * where there is no such user; then false. */
bool nrs_agent_pick_user(struct nrs_config *c);
/* Each returns 0 or an exit code after one line on stderr. */
int nrs_agent_open(struct nrs_agent *a);
int nrs_agent_confine(struct nrs_agent *a);
void nrs_agent_close(struct nrs_agent *a);

/* identity.c */
int nrs_agent_load_tls(const struct nrs_config *c, struct nrs_tls_client *tls);
int nrs_agent_name(const struct nrs_config *c, const struct nrs_tls_client *tls,
                   char host[NRS_HOST_ID_MAX + 1]);
int nrs_agent_open_source(struct nrs_agent *a, bool quiet); /* quiet: only failures are lines */
/* The core gets the rules of the configuration. Says so if some can never fit. 0 or NRS_ERR_LIMIT. */
int nrs_agent_set_allow(struct nrs_agent *a);

/* folders.c: spool and state. open: with the rights of the start. give: to the user that the agent becomes.
 * begin: as the user that the agent becomes; takes the locks, finds what an earlier run left, and names this
 * start. */
int nrs_agent_open_folders(struct nrs_agent *a);
int nrs_agent_give_folders(const struct nrs_agent *a);
int nrs_agent_begin_folders(struct nrs_agent *a);
void nrs_agent_close_folders(struct nrs_agent *a);

/* models.c */
/* The built-in model is in use, and the floor is known. A floor that is damaged or missing is reported. */
int nrs_agent_open_slots(struct nrs_agent *a);
/* Puts the model that the configuration names on trial. 0, or an exit code after one line: it was refused. */
int nrs_agent_try_model(struct nrs_agent *a);
/* The floor is at least the serial of the model in use, also after a restart. A floor of an older version is
 * moved here. */
void nrs_agent_keep_floor(struct nrs_agent *a);

/* loop.c */
int nrs_agent_loop(struct nrs_agent *a);

/* health.c */
int nrs_agent_health(struct nrs_agent *a, char *buf, size_t cap);

/* status.c */
void nrs_agent_write_status(struct nrs_agent *a);

/* reload.c */
void nrs_agent_reload(struct nrs_agent *a);

#endif
