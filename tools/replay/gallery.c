#include "tools/replay/gallery.h"

#include <stdlib.h>
#include <string.h>

/* Where a new picture goes: over the one with its id, into a free place, or over the lowest score if that is
 * lower; NULL if there is no place for it. */
static struct nrs_picture *place_for(struct nrs_gallery *g, const struct nrs_judgement *j, uint32_t id)
{
    struct nrs_picture *lowest = NULL;
    unsigned i;

    for (i = 0; i < g->n; i++) {
        struct nrs_picture *p = &g->picture[i];

        if (id != 0 && p->id == id)
            return p;
        if (!lowest || p->j.score_mlogit < lowest->j.score_mlogit)
            lowest = p;
    }
    if (g->n < g->cap)
        return &g->picture[g->n++];
    g->dropped++;
    return lowest && lowest->j.score_mlogit < j->score_mlogit ? lowest : NULL;
}

void nrs_gallery_keep(struct nrs_gallery *g, const struct nrs_judgement *j, uint32_t id)
{
    struct nrs_picture *p = place_for(g, j, id);

    if (!p)
        return;
    p->j = *j;
    p->id = id;
    memcpy(p->x, j->x, j->model->schema->n_features * sizeof *p->x);
    if (j->matrix)
        memcpy(p->matrix, j->matrix, sizeof p->matrix);
    if (j->name)
        snprintf(p->name, sizeof p->name, "%s", j->name);
}

void nrs_gallery_refresh(struct nrs_gallery *g, const struct nrs_judgement *j, uint32_t id)
{
    unsigned i;

    for (i = 0; i < g->n && j->matrix; i++) {
        if (g->picture[i].id != id)
            continue;
        g->picture[i].j.matrix = g->picture[i].matrix;
        memcpy(g->picture[i].matrix, j->matrix, NRS_MATRIX_BYTES);
    }
}

static int higher_score_first(const void *a, const void *b)
{
    const struct nrs_picture *p = a, *q = b;

    return (p->j.score_mlogit < q->j.score_mlogit) - (p->j.score_mlogit > q->j.score_mlogit);
}

void nrs_gallery_draw(struct nrs_gallery *g, FILE *to, bool colour)
{
    unsigned i;

    qsort(g->picture, g->n, sizeof *g->picture, higher_score_first);
    for (i = 0; i < g->n; i++) {
        struct nrs_picture *p = &g->picture[i];

        p->j.x = p->x;
        p->j.matrix = p->j.matrix ? p->matrix : NULL;
        p->j.name = p->j.name ? p->name : NULL;
        if (i > 0)
            putc('\n', to);
        nrs_heatmap_draw(to, &p->j, colour);
    }
    if (g->dropped > 0)
        fprintf(to, "\n(and %llu with lower scores)\n", (unsigned long long)g->dropped);
}
