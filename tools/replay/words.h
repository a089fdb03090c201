/* tools/replay/words.h - numbers as people read them */
#ifndef NRS_REPLAY_WORDS_H
#define NRS_REPLAY_WORDS_H
#include <stdint.h>
#include <stdio.h>

void nrs_words_time(FILE *to, uint64_t ms);     /* "4.20 s", "61.5 s", "12 min", "3 h 20 min", "4 days" */
void nrs_words_bytes(FILE *to, uint32_t n);     /* "512 B", "48 kB" */
void nrs_words_logit(FILE *to, int32_t mlogit); /* "+2.31" */

void nrs_words_moment(FILE *to, uint64_t ns); /* "2023-11-14 22:46 UTC" */

#endif
