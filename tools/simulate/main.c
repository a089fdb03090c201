/* tools/simulate/main.c - noroshi-sim: labelled connection logs from documented timings */
#include "tools/simulate/list.h"
#include "tools/simulate/options.h"
#include "tools/simulate/output.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "version.h"

static int cannot_write(const char *path)
{
    fprintf(stderr, "noroshi-sim: %s: %s\n", path, errno ? strerror(errno) : "not written");
    return -1;
}

static int save_log(const struct nrs_sim_options *o, const struct nrs_sim_world *w)
{
    struct nrs_sim_out log;

    if (nrs_sim_out_open(&log, o->conn))
        return cannot_write(o->conn);
    nrs_sim_write_log(&log, w);
    return nrs_sim_out_close(&log) ? cannot_write(o->conn) : 0;
}

static int save_labels(const struct nrs_sim_options *o, struct nrs_sim_world *w)
{
    struct nrs_sim_out labels, families;

    if (nrs_sim_out_open(&labels, o->labels))
        return cannot_write(o->labels);
    if (nrs_sim_out_open(&families, o->families)) {
        (void)nrs_sim_out_close(&labels);
        return cannot_write(o->families);
    }
    nrs_sim_write_label_header(&labels, &families);
    nrs_sim_write_labels(&labels, &families, w, "sim");
    return (nrs_sim_out_close(&labels) | nrs_sim_out_close(&families)) ? cannot_write(o->labels) : 0;
}

static void simulate(const struct nrs_sim_options *o, struct nrs_sim_world *w)
{
    const struct nrs_sim_request *q = &o->request;

    if (o->task == NRS_SIM_TASK_DAY) {
        nrs_sim_capture_day(w, q->seed, q->start_s);
        return;
    }
    nrs_sim_world_init(w, q->seed, q->start_s * NRS_SIM_S, (q->start_s + q->seconds) * NRS_SIM_S);
    nrs_sim_capture_mix(w, q);
}

static int one_capture(const struct nrs_sim_options *o)
{
    struct nrs_sim_world w;
    int rc = -1;

    if (o->dir && mkdir(o->dir, 0777) && errno != EEXIST)
        return cannot_write(o->dir);
    errno = 0;
    simulate(o, &w);
    if (w.failed)
        fprintf(stderr, "noroshi-sim: memory: not enough for the records\n");
    nrs_sim_world_sort(&w);
    if (!w.failed && !save_log(o, &w))
        rc = save_labels(o, &w);
    nrs_sim_world_done(&w);
    return rc;
}

int main(int argc, char **argv)
{
    static struct nrs_sim_options o;
    int rc = 0;

    if (nrs_sim_options_parse(&o, argc, argv))
        return 2;
    switch (o.task) {
    case NRS_SIM_TASK_HELP: fputs(nrs_sim_help, stdout); break;
    case NRS_SIM_TASK_VERSION: puts("noroshi-sim " NRS_VERSION); break;
    case NRS_SIM_TASK_LIST: nrs_sim_list(); break;
    case NRS_SIM_TASK_TRAINING:
        rc = nrs_sim_training(o.dir, o.request.seed, o.captures, isatty(STDERR_FILENO));
        break;
    case NRS_SIM_TASK_MIX:
    case NRS_SIM_TASK_DAY: rc = one_capture(&o); break;
    }
    return rc ? 2 : 0;
}
