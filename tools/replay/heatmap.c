/* One judgement for people: a title, what it does in words, the hours and minutes of its day, and the
 * reasons. */
#include <stdlib.h>
#include <string.h>

#include "agent/core/verdict.h"
#include "tools/replay/gallery.h"
#include "tools/replay/words.h"
#include "tools/spans/spans.h"

#define REASONS 5

/* One mark for each four-bit count; 15 means "or more". */
static const char marks[17] = " .:-=+*o#%%@@@@@";
/* The same as backgrounds of the 256-colour palette: blue over green and yellow to red. */
static const uint8_t colours[16] = {234, 25, 31, 37, 36, 42, 41, 77, 113, 149, 185, 221, 215, 209, 203, 197};

static void draw_cells(FILE *to, const uint8_t *row, bool colour)
{
    int shown = -1, minute;

    for (minute = 0; minute < 60; minute++) {
        int n = minute & 1 ? row[minute / 2] & 15 : row[minute / 2] >> 4;

        if (colour && n != shown)
            fprintf(to, "\x1b[48;5;%um", colours[n]);
        shown = n;
        putc(colour ? ' ' : marks[n], to);
    }
    if (colour)
        fputs("\x1b[0m", to);
}

static void draw_matrix(FILE *to, const uint8_t *matrix, bool colour)
{
    int hour;

    fputs("  UTC  0         10        20        30        40        50        :minute\n", to);
    for (hour = 0; hour < 24; hour++) {
        fprintf(to, "  %02d  |", hour);
        draw_cells(to, matrix + hour * 30, colour);
        fputs("|\n", to);
    }
}

void nrs_heatmap_title(FILE *to, const struct nrs_judgement *j)
{
    char local[46], remote[46], number[4];

    nrs_addr_write(local, sizeof local, &j->local);
    nrs_addr_write(remote, sizeof remote, &j->remote);
    fprintf(to, "%s -> %s port %u/%s", local, remote, j->rport, nrs_spans_transport(j->proto, number));
    if (j->name)
        fprintf(to, "  (%s)", j->name);
    fprintf(to, "\n  score ");
    nrs_words_logit(to, j->score_mlogit);
    fprintf(to, ", risk %u %%, %s on the %s window, ", j->risk, j->flagged ? "flagged" : "not flagged",
            nrs_window_name[j->window]);
    nrs_words_moment(to, j->t_ns);
    putc('\n', to);
}

void nrs_heatmap_behaviour(FILE *to, const struct nrs_judgement *j)
{
    fprintf(to, "  %u connections (%u failed) in %u hour%s", j->n, j->n_failed, j->hours,
            j->hours == 1 ? "" : "s");
    if (j->period_ms > 0) {
        fputs(", one every ", to);
        nrs_words_time(to, j->period_ms);
        fprintf(to, " give or take %u %%", j->jitter_pct);
    }
    if (j->tx_med != UINT32_MAX && j->rx_med != UINT32_MAX) {
        fputs("; typically ", to);
        nrs_words_bytes(to, j->tx_med);
        fputs(" out, ", to);
        nrs_words_bytes(to, j->rx_med);
        fputs(" in", to);
    }
    if (j->state != NRS_STATE_NONE) { /* with --all it would count up to the end of the window */
        fputs("; known for ", to);
        nrs_words_time(to, (uint64_t)j->age_s * 1000);
    }
    putc('\n', to);
}

static unsigned take_largest(int32_t *parts, unsigned n)
{
    unsigned i, best = 0;

    for (i = 1; i < n; i++) {
        if (labs((long)parts[i]) > labs((long)parts[best]))
            best = i;
    }
    return best;
}

void nrs_heatmap_reasons(FILE *to, const struct nrs_judgement *j, int max, bool values)
{
    const struct nrs_feature *features = j->model->schema->features;
    int32_t parts[NRS_MODEL_TERMS_MAX];
    int i;

    nrs_model_explain(j->model, 0, j->x, parts);
    for (i = 0; i < max && i < j->model->n_terms; i++) {
        unsigned at = take_largest(parts, j->model->n_terms);
        const struct nrs_term *term = &j->model->term[at];

        if (parts[at] == 0)
            break;
        fputs("  ", to);
        nrs_words_logit(to, nrs_model_mlogit(j->model, 0, parts[at]));
        fprintf(to, "  %s", features[term->a].text);
        if (term->type == NRS_TERM_CROSS)
            fprintf(to, ", together with: %s", features[term->b].text);
        if (values)
            fprintf(to, " (%s = %u)", features[term->a].name, j->x[term->a]);
        putc('\n', to);
        parts[at] = 0;
    }
}

void nrs_heatmap_draw(FILE *to, const struct nrs_judgement *j, bool colour)
{
    nrs_heatmap_title(to, j);
    nrs_heatmap_behaviour(to, j);
    if (j->matrix)
        draw_matrix(to, j->matrix, colour);
    else
        fputs("  (too few active minutes for a day of its own)\n", to);
    nrs_heatmap_reasons(to, j, REASONS, false);
}
