/* Judgements as CSV or as a table with columns of fixed width. Names come from outside: control characters
 * become '?', and CSV has them in quotes. */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "agent/core/verdict.h"
#include "models/base/units.h"
#include "tools/replay/replay.h"

static const char *const states[NRS_STATES] = {"-", "open", "update", "end"};

static void put_time(char text[24], uint64_t s)
{
    time_t t = (time_t)s;
    struct tm parts;

    text[0] = '\0';
    if (gmtime_r(&t, &parts))
        strftime(text, 24, "%Y-%m-%dT%H:%M:%SZ", &parts);
}

static void put_name(FILE *to, const char *name, bool quoted)
{
    for (; name && *name; name++) {
        unsigned char c = (unsigned char)*name;

        if (quoted && c == '"')
            putc('"', to);
        putc(c < 0x20 || c == 0x7f ? '?' : c, to);
    }
}

/* Thousandths of a logit as a number. */
static void put_score(char text[16], int32_t mlogit)
{
    uint32_t size = mlogit < 0 ? 0u - (uint32_t)mlogit : (uint32_t)mlogit;

    snprintf(text, 16, "%s%" PRIu32 ".%03" PRIu32, mlogit < 0 ? "-" : "", size / 1000, size % 1000);
}

void nrs_replay_table_head(struct nrs_replay *r)
{
    if (r->options->format == NRS_FORMAT_CSV)
        fputs("time,state,flagged,score,risk,window,source,destination,port,transport,connections,failed,"
              "period_ms,"
              "jitter_pct,hours,name\n",
              r->out);
    else
        fputs("TIME                  STATE    SCORE RISK WINDOW SOURCE           DESTINATION       PORT "
              "PROTO     N PERIOD    "
              " NAME\n",
              r->out);
}

void nrs_replay_table_line(struct nrs_replay *r, const struct nrs_judgement *j, uint64_t from_s)
{
    char local[46], remote[46], when[24], score[16], number[4];
    const char *transport = nrs_spans_transport(j->proto, number);
    const char *state = j->state ? states[j->state] : j->flagged ? "flagged" : "-";

    nrs_addr_write(local, sizeof local, &j->local);
    nrs_addr_write(remote, sizeof remote, &j->remote);
    put_time(when, from_s ? from_s : j->t_ns / NRS_NS_PER_S);
    put_score(score, j->score_mlogit);
    if (r->options->format == NRS_FORMAT_CSV)
        fprintf(r->out,
                "%s,%s,%d,%s,%u,%s,%s,%s,%u,%s,%" PRIu32 ",%" PRIu32 ",%" PRIu32 ",%" PRIu32 ",%" PRIu32
                ",\"",
                when, state, j->flagged, score, j->risk, nrs_window_name[j->window], local, remote, j->rport,
                transport, j->n, j->n_failed, j->period_ms, j->jitter_pct, j->hours);
    else
        fprintf(r->out,
                "%-21s %-7s %6s %3u%% %-6s %-16s %-16s %5u %-5s %5" PRIu32 " %6" PRIu32 ".%" PRIu32 "s ",
                when, state, score, j->risk, nrs_window_name[j->window], local, remote, j->rport, transport,
                j->n, j->period_ms / 1000, j->period_ms % 1000 / 100);
    put_name(r->out, j->name, r->options->format == NRS_FORMAT_CSV);
    fputs(r->options->format == NRS_FORMAT_CSV ? "\"\n" : "\n", r->out);
    r->totals.lines++;
}
