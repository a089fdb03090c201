/* platform/recorded/detect.h - what a file is, from its first 64 KiB; private to this room */
#ifndef NRS_DETECT_H
#define NRS_DETECT_H
#include "platform/recorded/reader.h"

/* The input has its first 4 KiB in the buffer. Sets r->reader, and of JSON r->shape and r->wrap. Returns 0,
 * -EPROTONOSUPPORT with the reason in r->why, or -ENOMEM. */
int nrs_detect(struct nrs_recorded *r);

/* The same for JSON (detect_json.c): text[0..len) begins with a brace or bracket, or has a brace in its first
 * line. */
int nrs_detect_json(struct nrs_recorded *r, const char *text, size_t len);

/* Whether line[0..len) names columns that make a flow (columns.c). */
bool nrs_columns_header(const char *line, size_t len);

#endif
