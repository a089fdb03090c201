#include "tools/replay/input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/replay/replay.h"

struct nrs_replay_kept {
    struct nrs_flow flow;
    char *name; /* NULL if it has none */
};

static void say_damage(void *arg, const char *msg)
{
    const struct nrs_replay *r = arg;

    if (!r->options->quiet)
        fprintf(stderr, "noroshi-replay: %s\n", msg);
}

static bool is_wanted(const struct nrs_replay_options *o, const struct nrs_flow *f)
{
    if (f->ev == NRS_EV_NAME)
        return true;
    if (f->t_ns < o->since_ns || f->t_ns >= o->until_ns)
        return false;
    return !o->one_host || memcmp(&f->local, &o->host, sizeof o->host) == 0 ||
           memcmp(&f->remote, &o->host, sizeof o->host) == 0;
}

static void take(void *input, const struct nrs_flow *f, const char *name)
{
    struct nrs_replay_input *in = input;

    in->now_ns = f->t_ns;
    in->flows++;
    if (!is_wanted(in->run->options, f)) {
        in->run->unwanted++;
        return;
    }
    in->run->wanted += f->ev != NRS_EV_NAME;
    nrs_order_flow(in->run->order, f, name);
}

/* An event that cannot be kept is lost only when memory is out, and then the next allocation says so. */
static void keep(void *input, const struct nrs_flow *f, const char *name)
{
    struct nrs_replay_input *in = input;
    struct nrs_replay_kept *more = realloc(in->kept, (size_t)(in->n_kept + 1) * sizeof *more);

    if (in->first_ns > f->t_ns)
        in->first_ns = f->t_ns;
    if (!more)
        return;
    in->kept = more;
    more[in->n_kept++] = (struct nrs_replay_kept){.flow = *f, .name = name ? strdup(name) : NULL};
}

static void forget_kept(struct nrs_replay_input *in)
{
    while (in->n_kept > 0)
        free(in->kept[--in->n_kept].name);
    free(in->kept);
    in->kept = NULL;
}

static bool is_regular(const char *path)
{
    struct stat st;

    return strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static int open_file(struct nrs_replay_input *in, void (*log)(void *arg, const char *msg))
{
    const struct nrs_recorded_conf conf = {
        .log = log, .log_arg = in->run, .fields = in->run->options->fields};

    return nrs_recorded_open(&in->file, in->path, &conf, in->why);
}

void nrs_replay_input_peek(struct nrs_replay_input *in)
{
    bool again = is_regular(in->path);

    in->first_ns = UINT64_MAX;
    if (open_file(in, again ? NULL : say_damage) != 0)
        return; /* said when it is opened in its turn */
    nrs_recorded_drain(in->file, 1, keep, in);
    if (again) {
        nrs_recorded_close(in->file);
        in->file = NULL;
        forget_kept(in);
    }
}

bool nrs_replay_input_open(struct nrs_replay_input *in)
{
    struct nrs_replay *r = in->run;
    int i;

    if (!in->file && open_file(in, say_damage) != 0) {
        nrs_replay_say(in->path, in->why);
        r->unreadable = true;
        return false;
    }
    if (!r->has_mark && !nrs_recorded_has_names_only(in->file)) {
        r->mark = nrs_recorded_mark(in->file);
        r->has_mark = true;
    }
    in->now_ns = in->first_ns;
    in->flagged_before = r->totals.flagged;
    nrs_replay_progress_start(&in->progress, !r->options->quiet, in->path);
    for (i = 0; i < in->n_kept; i++)
        take(in, &in->kept[i].flow, in->kept[i].name);
    forget_kept(in);
    return true;
}

/* Why a file that was read to its end gave nothing. */
static const char *why_nothing(const struct nrs_recorded_stats *st)
{
    if (st->damaged > 0 && st->records == 0)
        return "not one record could be read";
    return st->records > 0 ? "no connection in it: its records are of other kinds" : "no record in it";
}

static void account(struct nrs_replay_input *in, int rc)
{
    struct nrs_replay *r = in->run;
    struct nrs_recorded_stats st;
    uint64_t spent_ns = nrs_replay_progress_end(&in->progress);

    nrs_recorded_stats(in->file, &st);
    r->totals.records += st.records;
    r->totals.damaged += st.damaged;
    r->totals.spent_ns += spent_ns;
    r->incomplete |= st.cut;
    if (!r->options->quiet && isatty(STDERR_FILENO))
        nrs_replay_progress_summary(in->path, &st, spent_ns, r->totals.flagged - in->flagged_before);
    if (rc < 0) {
        nrs_replay_say(in->path, nrs_recorded_reason(rc));
        r->unreadable = true;
    } else if (in->flows == 0 && !nrs_recorded_has_names_only(in->file)) {
        nrs_replay_say(in->path, why_nothing(&st));
        r->incomplete = true;
    }
}

bool nrs_replay_input_drain(struct nrs_replay_input *in, int max)
{
    int n = nrs_recorded_drain(in->file, max, take, in);

    if (n > 0) {
        nrs_replay_progress_show(&in->progress, in->file, in->run->totals.flagged);
        return true;
    }
    account(in, n);
    nrs_replay_input_close(in);
    return false;
}

void nrs_replay_input_close(struct nrs_replay_input *in)
{
    nrs_recorded_close(in->file);
    in->file = NULL;
    forget_kept(in);
}
