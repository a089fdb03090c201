/* tools/replay/gallery.h - the judgements that --heatmap draws at the end
 *
 * A judgement lives only as long as its callback, so what a picture needs is copied. Capacity: fixed; when
 * full, the lowest score is dropped and counted. Memory: about 1.5 kB a picture, inside the struct. */
#ifndef NRS_REPLAY_GALLERY_H
#define NRS_REPLAY_GALLERY_H
#include <stdio.h>

#include "agent/core/core.h"

#define NRS_GALLERY_MAX  64
#define NRS_MATRIX_BYTES 720

struct nrs_picture {
    struct nrs_judgement j; /* its pointers lead into this picture; name and matrix NULL if there was none */
    uint32_t id;            /* 0 = stands for itself */
    uint16_t x[NRS_FEATURES_MAX];
    uint8_t matrix[NRS_MATRIX_BYTES];
    char name[254];
};

struct nrs_gallery {
    unsigned cap, n; /* cap: at most NRS_GALLERY_MAX */
    uint64_t dropped;
    struct nrs_picture picture[NRS_GALLERY_MAX];
};

/* Copies a judgement. An id other than 0 replaces the picture that has it. */
void nrs_gallery_keep(struct nrs_gallery *g, const struct nrs_judgement *j, uint32_t id);

/* The day of a judgement whose picture is kept has gone on: its matrix replaces the old one. */
void nrs_gallery_refresh(struct nrs_gallery *g, const struct nrs_judgement *j, uint32_t id);

/* Draws all, highest score first. colour: for a terminal. */
void nrs_gallery_draw(struct nrs_gallery *g, FILE *to, bool colour);

/* heatmap.c: one picture: what in words, the 24 x 60 matrix, why. */
void nrs_heatmap_draw(FILE *to, const struct nrs_judgement *j, bool colour);

/* Its parts: who, score and moment; the behaviour in words; the `max` largest parts of the score, each in
 * words, and with `values` the feature and its value. */
void nrs_heatmap_title(FILE *to, const struct nrs_judgement *j);
void nrs_heatmap_behaviour(FILE *to, const struct nrs_judgement *j);
void nrs_heatmap_reasons(FILE *to, const struct nrs_judgement *j, int max, bool values);

#endif
