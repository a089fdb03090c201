/* platform/recorded/text.h - records of text files: lines, or JSON objects wherever their lines break;
 * private
 *
 * The one loop that all readers of text share: it takes the next record, hands it to the reader's `take`,
 * counts what was read well, and ends when enough flows were delivered. */
#ifndef NRS_TEXT_H
#define NRS_TEXT_H
#include "platform/recorded/halves.h"
#include "platform/recorded/reader.h"

/* Drains a reader of text; as nrs_recorded_drain. */
int nrs_text_drain(struct nrs_recorded *r, int max, nrs_flow_fn fn, void *arg);

/* Length of the JSON object that text begins with; 0 if it does not end within text[0..n). */
size_t nrs_text_object(const char *text, size_t n);

/* For `take`: delivers one flow. */
void nrs_text_flow(void *recorded, const struct nrs_flow *f, const char *name);

/* For `take`: keeps one direction until the other comes, or the end. False only when memory is out, which was
 * said. */
bool nrs_text_half(struct nrs_recorded *r, const struct nrs_half *half);

#endif
