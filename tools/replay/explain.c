/* One destination and what was thought of it. The core is asked about every window every few minutes of
 * traffic time; of each window the judgement that was nearest to a verdict is kept, as a picture with the id
 * window + 1. */
#include <stdio.h>
#include <string.h>

#include "agent/core/verdict.h"
#include "models/kinds.h"
#include "tools/replay/replay.h"
#include "tools/replay/words.h"

#define MIN_CONNS 6 /* the core's default */

static const struct nrs_picture *picture_of(const struct nrs_replay *r, unsigned window)
{
    unsigned i;

    for (i = 0; i < r->gallery.n; i++) {
        if (r->gallery.picture[i].id == window + 1)
            return &r->gallery.picture[i];
    }
    return NULL;
}

static bool can_be_flagged(const struct nrs_replay *r, const struct nrs_judgement *j)
{
    return j->n >= (r->options->min_conns ? r->options->min_conns : MIN_CONNS);
}

/* A judgement of enough connections is nearer to a verdict than any of fewer. */
static bool is_nearer(const struct nrs_replay *r, const struct nrs_judgement *j,
                      const struct nrs_picture *kept)
{
    if (!kept)
        return true;
    if (can_be_flagged(r, &kept->j) != can_be_flagged(r, j))
        return can_be_flagged(r, j);
    return j->score_mlogit > kept->j.score_mlogit;
}

static void look(void *replay, const struct nrs_judgement *j)
{
    struct nrs_replay *r = replay;

    if (j->servers || memcmp(&j->local, &r->options->src, sizeof j->local) != 0 ||
        memcmp(&j->remote, &r->options->dst, sizeof j->remote) != 0)
        return;
    if (is_nearer(r, j, picture_of(r, j->window)))
        nrs_gallery_keep(&r->gallery, j, j->window + 1u);
}

void nrs_replay_explain_look(struct nrs_replay *r, uint64_t now_ns)
{
    int w;

    for (w = 0; w < NRS_WINDOWS; w++)
        nrs_core_each(r->core, (enum nrs_window)w, now_ns, look, r);
}

static void print_window(const struct nrs_replay *r, unsigned window)
{
    const struct nrs_picture *p = picture_of(r, window);
    struct nrs_judgement j;

    if (!p) {
        fprintf(r->out, "\nWindow %s: no connection\n", nrs_window_name[window]);
        return;
    }
    j = p->j;
    j.x = p->x;
    j.name = j.name ? p->name : NULL;
    fprintf(r->out, "\nWindow %s: threshold ", nrs_window_name[window]);
    nrs_words_logit(r->out, j.model->threshold_mlogit[nrs_kind_threshold(nrs_kind(NRS_KIND_BEACON), window)]);
    fputs(can_be_flagged(r, &j) ? "\n" : ", too few connections to be flagged\n", r->out);
    nrs_heatmap_title(r->out, &j);
    nrs_heatmap_behaviour(r->out, &j);
    nrs_heatmap_reasons(r->out, &j, NRS_MODEL_TERMS_MAX, true);
}

void nrs_replay_explain_print(struct nrs_replay *r)
{
    char src[46], dst[46];
    unsigned w;

    nrs_addr_write(src, sizeof src, &r->options->src);
    nrs_addr_write(dst, sizeof dst, &r->options->dst);
    if (r->gallery.n == 0) {
        fprintf(r->out, "%s -> %s: no connection in this traffic\n", src, dst);
        r->incomplete = true;
        return;
    }
    fprintf(r->out, "%s -> %s, each window when it was nearest to a verdict\n", src, dst);
    for (w = 0; w < NRS_WINDOWS; w++)
        print_window(r, w);
}
