/* noroshi-replay: recorded traffic through the agent's core. `noroshi-replay --help` is its manual. */
#include <errno.h>
#include <string.h>

#include "models/base/error.h"
#include "tools/replay/model_source.h"
#include "tools/replay/replay.h"
#include "tools/replay/sequence.h"

enum { DONE = 0, FLAGGED = 1, INCOMPLETE = 1, UNREADABLE = 2 };

static bool flush(FILE *out)
{
    if (fflush(out) == 0 && !ferror(out))
        return true;
    fprintf(stderr, "noroshi-replay: standard output: %s\n", strerror(errno));
    return false;
}

int main(int argc, char **argv)
{
    static struct nrs_replay_model model;
    static struct nrs_replay replay;
    struct nrs_replay_options options;
    enum nrs_replay_command command = nrs_replay_options_read(&options, argc, argv);
    bool written;
    int rc;

    if (command != NRS_REPLAY_RUN)
        return command == NRS_REPLAY_HELP ? DONE : UNREADABLE;
    if (!nrs_replay_model_open(&model, options.model))
        return UNREADABLE;
    rc = nrs_replay_init(&replay, &options, &model.model, stdout);
    if (rc) {
        fprintf(stderr, "noroshi-replay: cannot begin: %s\n", nrs_strerror(rc));
        nrs_replay_done(&replay);
        return UNREADABLE;
    }
    written = nrs_replay_sequence(&replay);
    nrs_replay_finish(&replay);
    written &= flush(stdout);
    if (options.stats)
        nrs_replay_print_stats(&replay, stderr);
    nrs_replay_done(&replay);
    if (!written || replay.unreadable)
        return UNREADABLE;
    if (replay.incomplete)
        return INCOMPLETE;
    return options.fail_on_alert && replay.totals.flagged > 0 ? FLAGGED : DONE;
}
