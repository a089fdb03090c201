/* platform/recorded/reader.h - what recorded.c and the readers of the formats share; private to this room
 *
 * A reader is a const table of functions. Its state is one block that `open` allocates and recorded.c frees.
 */
#ifndef NRS_READER_H
#define NRS_READER_H
#include "platform/recorded/input.h"
#include "platform/recorded/recorded.h"

struct nrs_reader {
    const char *format;
    const char *unit; /* what `place` counts, as it stands in messages: "" for lines, "packet " */
    int (*open)(struct nrs_recorded *r);
    int (*drain)(struct nrs_recorded *r, int max, nrs_flow_fn fn, void *arg);
};

struct nrs_recorded {
    struct nrs_input in;
    const struct nrs_reader *reader;
    void *state;
    uint64_t place; /* line or packet that is being read, from 1 */
    uint32_t mark;
    struct nrs_recorded_stats st;
    char name[128]; /* last part of the path */
    void (*log)(void *arg, const char *msg);
    void *log_arg;
};

extern const struct nrs_reader nrs_reader_zeek_tsv, nrs_reader_zeek_json, nrs_reader_eve;
extern const struct nrs_reader nrs_reader_pcap, nrs_reader_pcapng;

/* Counts one damaged line or packet, and names the place if it is among the first. */
void nrs_recorded_damage(struct nrs_recorded *r, const char *what);

/* Like damage for a place that several things can be wrong with: "<what>: <detail>". */
void nrs_recorded_damage2(struct nrs_recorded *r, const char *what, const char *detail);

/* The next line, in `*line` until the next call: without CR and LF, not empty, counted in r->place. Overlong
 * lines are damage. Returns 1, 0 at the end, or the negative errno that ended the input. */
int nrs_recorded_line(struct nrs_recorded *r, const char **line, size_t *len);

/* 0 at a clean end of the input, or the negative errno that ended it. Counts a cut gzip stream as damage. */
int nrs_recorded_end(struct nrs_recorded *r);

#endif
