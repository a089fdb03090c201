/* tools/replay/sequence.h - several files as one stretch of traffic, whatever the order they are named in
 *
 * Files are taken by the time of their first event. Files whose times overlap (two sensors, one log per
 * worker) are read side by side, always the one that is furthest behind; at most NRS_SEQUENCE_OPEN of
 * them, what overlaps beyond that comes late and is counted so (platform/recorded/order.h). A regular file
 * is opened twice, its first event is read and thrown away; a pipe is opened once and its first events are
 * kept until its turn. With one file, or with --all, files are read one after the other in the order
 * given. */
#ifndef NRS_REPLAY_SEQUENCE_H
#define NRS_REPLAY_SEQUENCE_H
#include <stdbool.h>

#include "tools/replay/replay.h"

#define NRS_SEQUENCE_OPEN 16

/* Reads all files of the options. False if memory is short, which was said. */
bool nrs_replay_sequence(struct nrs_replay *r);

#endif
