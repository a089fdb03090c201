/* platform/recorded/reader.h - what recorded.c and the readers of the formats share; private to this room
 *
 * A reader is a const table of functions. Its state is one block that `open` allocates and recorded.c frees.
 * */
#ifndef NRS_READER_H
#define NRS_READER_H
#include "platform/recorded/input.h"
#include "platform/recorded/json_wrap.h"
#include "platform/recorded/recorded.h"
#include "platform/recorded/zeek_fields.h"

struct nrs_halves;

struct nrs_reader {
    const char *format;
    const char *unit;                    /* what `place` counts: "packet "; NULL = text */
    int (*open)(struct nrs_recorded *r); /* NULL = no state; an error has its reason in r->why */
    /* Captures: as nrs_recorded_drain. NULL = text, which text.c drains through the next two. */
    int (*drain)(struct nrs_recorded *r, int max, nrs_flow_fn fn, void *arg);
    /* Takes one record, delivers its flows by nrs_text_flow. False if it is damaged, which was said. */
    bool (*take)(struct nrs_recorded *r, const char *text, size_t len);
};

enum nrs_shape {
    NRS_SHAPE_LINES,    /* a record a line */
    NRS_SHAPE_PREFIXED, /* an object a line, after a header of syslog or another */
    NRS_SHAPE_OBJECTS,  /* objects in an array, or over several lines */
    NRS_SHAPE_STRINGS   /* the text between two quotes, whatever is around it */
};

struct nrs_recorded {
    struct nrs_input in;
    const struct nrs_reader *reader;
    void *state;
    enum nrs_shape shape;
    struct nrs_json_wrap wrap; /* of JSON */
    enum nrs_zeek_names names; /* what a log of Zeek tells names of, if it has no connections */
    uint64_t place;            /* line, object or packet that is being read, from 1 */
    uint32_t mark;
    struct nrs_recorded_stats st;
    char name[128]; /* last part of the path */
    const char *fields;         /* while it opens: of the conf */
    char why[NRS_RECORDED_WHY]; /* why it cannot be opened */
    void (*log)(void *arg, const char *msg);
    void *log_arg;
    struct nrs_halves *halves; /* of formats that tell directions apart; NULL = none so far */
    nrs_flow_fn fn; /* of the drain that runs */
    void *arg;
    int delivered;
};

extern const struct nrs_reader nrs_reader_zeek_tsv, nrs_reader_zeek_json, nrs_reader_eve;
extern const struct nrs_reader nrs_reader_exported_json, nrs_reader_columns, nrs_reader_azure;
extern const struct nrs_reader nrs_reader_pcap, nrs_reader_pcapng;

/* Counts one damaged record or packet, and names the place if it is among the first. */
void nrs_recorded_damage(struct nrs_recorded *r, const char *what);

/* Like damage for a place that several things can be wrong with: "<what>: <detail>". */
void nrs_recorded_damage2(struct nrs_recorded *r, const char *what, const char *detail);

/* Writes r->why; for `return nrs_recorded_refuse(...)`. Returns -EPROTONOSUPPORT. */
int nrs_recorded_refuse(struct nrs_recorded *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* 0 at a clean end of the input, or the negative errno that ended it. Counts a cut packed stream as damage.
 * */
int nrs_recorded_end(struct nrs_recorded *r);

#endif
