#include "tools/replay/sequence.h"

#include <stdio.h>
#include <stdlib.h>

#include "models/base/units.h"
#include "tools/replay/input.h"
#include "tools/replay/words.h"

#define EVENTS_AT_A_TIME 8192
#define EVENTS_BEFORE    64 /* while the next file may begin in between */

struct sequence {
    struct nrs_replay *run;
    struct nrs_replay_input *input; /* [n] by first event; [next..n) were not opened yet */
    int n, next;
    struct nrs_replay_input *open[NRS_SEQUENCE_OPEN];
    int n_open;
    uint64_t now_ns; /* largest time of files that were read to their end */
};

static int by_first_event(const void *a, const void *b)
{
    const struct nrs_replay_input *x = a, *y = b;

    return (x->first_ns > y->first_ns) - (x->first_ns < y->first_ns);
}

static struct nrs_replay_input *furthest_behind(const struct sequence *s)
{
    struct nrs_replay_input *least = s->open[0];
    int i;

    for (i = 1; i < s->n_open; i++) {
        if (s->open[i]->now_ns < least->now_ns)
            least = s->open[i];
    }
    return least;
}

static void say_gap(const struct sequence *s, const struct nrs_replay_input *in)
{
    uint64_t gap_ns = in->first_ns - s->now_ns;

    if (s->run->options->quiet || s->now_ns == 0 || in->first_ns < s->now_ns || gap_ns < NRS_NS_PER_DAY ||
        in->first_ns == UINT64_MAX)
        return;
    fprintf(stderr, "noroshi-replay: %s: begins %llu day%s after the files before it, at ", in->path,
            (unsigned long long)(gap_ns / NRS_NS_PER_DAY), gap_ns < 2 * NRS_NS_PER_DAY ? "" : "s");
    nrs_words_moment(stderr, in->first_ns);
    putc('\n', stderr);
}

/* Opens the files whose time has come. */
static void open_due(struct sequence *s)
{
    while (s->next < s->n && s->n_open < NRS_SEQUENCE_OPEN) {
        struct nrs_replay_input *in = &s->input[s->next];

        if (s->n_open > 0 && furthest_behind(s)->now_ns < in->first_ns)
            return;
        s->next++;
        if (s->n_open == 0)
            say_gap(s, in);
        if (nrs_replay_input_open(in))
            s->open[s->n_open++] = in;
    }
}

static void close_one(struct sequence *s, const struct nrs_replay_input *in)
{
    int i;

    if (in->now_ns > s->now_ns && in->flows > 0)
        s->now_ns = in->now_ns;
    for (i = 0; s->open[i] != in; i++)
        ;
    s->open[i] = s->open[--s->n_open];
}

static void merge(struct sequence *s)
{
    for (open_due(s); s->n_open > 0; open_due(s)) {
        struct nrs_replay_input *in = furthest_behind(s);
        int max = s->n_open > 1 ? 1 : s->next < s->n ? EVENTS_BEFORE : EVENTS_AT_A_TIME;

        if (!nrs_replay_input_drain(in, max))
            close_one(s, in);
    }
}

static void one_by_one(struct sequence *s)
{
    int i;

    for (i = 0; i < s->n; i++) {
        if (!nrs_replay_input_open(&s->input[i]))
            continue;
        while (nrs_replay_input_drain(&s->input[i], EVENTS_AT_A_TIME))
            ;
        nrs_replay_end_file(s->run, s->input[i].path);
    }
}

static void say_if_nothing(struct nrs_replay *r)
{
    if (r->wanted > 0 || r->unreadable || r->incomplete)
        return;
    if (r->unwanted > 0)
        nrs_replay_say("--since, --until, --host", "no connection is left");
    else
        nrs_replay_say("all files", "no connection in them; a dns, ssl or http log only tells names");
    r->incomplete = true;
}

bool nrs_replay_sequence(struct nrs_replay *r)
{
    const struct nrs_replay_options *o = r->options;
    struct sequence s = {.run = r, .n = o->n_files};
    int i;

    s.input = calloc((size_t)s.n, sizeof *s.input);
    if (!s.input) {
        nrs_replay_say("cannot begin", "out of memory");
        return false;
    }
    for (i = 0; i < s.n; i++) {
        s.input[i] = (struct nrs_replay_input){.run = r, .path = o->files[i]};
        if (s.n > 1 && !o->all)
            nrs_replay_input_peek(&s.input[i]);
    }
    if (o->all) {
        one_by_one(&s);
    } else {
        if (s.n > 1)
            qsort(s.input, (size_t)s.n, sizeof *s.input, by_first_event);
        merge(&s);
    }
    free(s.input);
    say_if_nothing(r);
    return true;
}
