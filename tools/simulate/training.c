/* tools/simulate/training.c - many captures of varied length and mix, in the layout of the open corpus */
#include "tools/simulate/capture.h"
#include "tools/simulate/output.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define SHORTEST_S        1200
#define SHORT_S           (3 * 3600) /* most public captures of malware end before */
#define LONGEST_S         (3 * 86400)
#define WEEK_S            (7 * 86400) /* some captures are that long, for what is too slow for a day */
#define RECORDS_PER_ACTOR 2500
#define EARLIEST_S        UINT64_C(1483228800) /* 2017-01-01, as the oldest public captures */
#define YEARS_S           (9 * 365 * UINT64_C(86400))

struct training {
    const char *dir;
    uint64_t seed;
    struct nrs_sim_out labels, families;
};

static void draw_capture(struct nrs_sim_world *w, uint64_t seed)
{
    struct nrs_sim_request q = {.seed = seed};
    struct nrs_sim_rng r;

    nrs_sim_rng_seed(&r, seed, UINT64_C(1) << 50);
    q.start_s = EARLIEST_S + nrs_sim_rng_below(&r, YEARS_S);
    q.seconds = (uint32_t)nrs_sim_rng_scale(&r, SHORTEST_S,
                                            nrs_sim_rng_chance(&r, NRS_SIM_PCT(45)) ? SHORT_S : LONGEST_S);
    if (nrs_sim_rng_chance(&r, NRS_SIM_PCT(10)))
        q.seconds = (uint32_t)nrs_sim_rng_between(&r, LONGEST_S, WEEK_S);
    q.hosts = (unsigned)nrs_sim_rng_scale(&r, 1, 5);
    q.n_c2 = nrs_sim_rng_chance(&r, NRS_SIM_PCT(10)) ? 0 : (unsigned)nrs_sim_rng_between(&r, 1, 12);
    q.n_benign = (unsigned)nrs_sim_rng_scale(&r, 4, 24);
    nrs_sim_world_init(w, seed, q.start_s * NRS_SIM_S, (q.start_s + q.seconds) * NRS_SIM_S);
    w->actor_records = RECORDS_PER_ACTOR;
    if (nrs_sim_rng_chance(&r, NRS_SIM_PCT(25)))
        w->loss_ppm = (uint32_t)nrs_sim_rng_scale(&r, 1000, 80000);
    nrs_sim_capture_mix(w, &q);
}

static int write_capture(struct training *t, struct nrs_sim_world *w, unsigned i)
{
    char path[4096], source[32];
    struct nrs_sim_out log;

    (void)snprintf(source, sizeof(source), "sim-%" PRIu64 "-%04u", t->seed, i);
    if (snprintf(path, sizeof(path), "%s/conn/%s.conn.log.gz", t->dir, source) >= (int)sizeof(path) ||
        nrs_sim_out_open(&log, path))
        return -1;
    nrs_sim_world_sort(w);
    nrs_sim_write_log(&log, w);
    if (nrs_sim_out_close(&log) || w->failed)
        return -1;
    nrs_sim_write_labels(&t->labels, &t->families, w, source);
    return 0;
}

static int one_capture(struct training *t, unsigned i)
{
    struct nrs_sim_world w;
    int rc;

    draw_capture(&w, t->seed * UINT64_C(1000003) + i);
    rc = write_capture(t, &w, i);
    nrs_sim_world_done(&w);
    return rc;
}

static int open_folder(struct training *t)
{
    char path[4096];

    if (snprintf(path, sizeof(path), "%s/conn", t->dir) >= (int)sizeof(path))
        return -1;
    if ((mkdir(t->dir, 0777) && errno != EEXIST) || (mkdir(path, 0777) && errno != EEXIST))
        return -1;
    (void)snprintf(path, sizeof(path), "%s/labels.tsv.gz", t->dir);
    if (nrs_sim_out_open(&t->labels, path))
        return -1;
    (void)snprintf(path, sizeof(path), "%s/families.tsv", t->dir);
    if (nrs_sim_out_open(&t->families, path)) {
        (void)nrs_sim_out_close(&t->labels);
        return -1;
    }
    return 0;
}

int nrs_sim_training(const char *dir, uint64_t seed, unsigned n, bool progress)
{
    struct training t = {.dir = dir, .seed = seed};
    unsigned i;
    int rc = 0;

    if (open_folder(&t)) {
        fprintf(stderr, "noroshi-sim: %s: %s\n", dir, strerror(errno));
        return -1;
    }
    nrs_sim_write_label_header(&t.labels, &t.families);
    for (i = 0; i < n && !rc; i++) {
        rc = one_capture(&t, i);
        if (progress)
            fprintf(stderr, "\rnoroshi-sim: %u of %u captures", i + 1, n);
    }
    if (progress)
        fputc('\n', stderr);
    rc |= nrs_sim_out_close(&t.labels) | nrs_sim_out_close(&t.families);
    if (rc)
        fprintf(stderr, "noroshi-sim: %s: capture %u could not be written\n", dir, i);
    return rc;
}
