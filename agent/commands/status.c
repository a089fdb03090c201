/* `noroshi status` */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "agent/commands/command.h"
#include "agent/config/json_leaves.h"
#include "agent/run/status.h"
#include "models/base/units.h"
#include "models/kinds.h"
#include "platform/clock.h"
#include "platform/files.h"

#define WAIT_MS 50 /* for an answer, WAIT_ROUNDS times */
#define WAIT_ROUNDS 20

struct facts {
    int pid;
    uint64_t written;
};

static int take_fact(void *arg, const struct nrs_json_leaf *leaf)
{
    struct facts *f = arg;

    if (strcmp(leaf->path, "pid") == 0)
        f->pid = atoi(leaf->text);
    else if (strcmp(leaf->path, "written") == 0)
        f->written = strtoull(leaf->text, NULL, 10);
    return 0;
}

static int read_status(int dir, char text[NRS_STATUS_MAX], struct facts *f)
{
    int line, len = nrs_file_load(dir, NRS_STATUS_NAME, text, NRS_STATUS_MAX);

    memset(f, 0, sizeof *f);
    return len < 0 || nrs_json_leaves(text, (size_t)len, take_fact, f, &line) != 0 ? -1 : len;
}

/* Asks the agent for fresh numbers. Without the right to, the old ones are shown with their age. */
static int ask(int dir, char text[NRS_STATUS_MAX], struct facts *f)
{
    char before[NRS_STATUS_MAX];
    int len = read_status(dir, text, f);

    if (len < 0 || f->pid <= 0 || uv_kill(f->pid, SIGUSR1) != 0)
        return len;
    memcpy(before, text, (size_t)len + 1);
    for (int i = 0; i < WAIT_ROUNDS && len >= 0 && strcmp(before, text) == 0; i++) {
        uv_sleep(WAIT_MS);
        len = read_status(dir, text, f);
    }
    return len;
}

static int print_fact(void *arg, const struct nrs_json_leaf *leaf)
{
    uint64_t now = nrs_clock_wall_ns() / NRS_NS_PER_S, then;

    (void)arg;
    if (leaf->path[0] == '\0' || strcmp(leaf->path, "written") == 0)
        return 0;
    if (strcmp(leaf->path, "last_stored") == 0) {
        then = strtoull(leaf->text, NULL, 10);
        if (then == 0)
            printf("%-13s never\n", leaf->path);
        else
            printf("%-13s %lld s ago\n", leaf->path, (long long)(now - then));
        return 0;
    }
    printf("%-13s %s%s\n", leaf->path,
           strcmp(leaf->path, "model") == 0 ? nrs_kind(NRS_KIND_BEACON)->rule : "", leaf->text);
    return 0;
}

static int show_status(const struct nrs_config *c, bool json)
{
    char text[NRS_STATUS_MAX];
    struct facts f;
    bool runs;
    int line, len, dir = nrs_dir_look(c->spool.dir);

    if (dir < 0) {
        nrs_log("spool.dir: %s: %s", c->spool.dir, strerror(-dir));
        return NRS_EXIT_FAILED;
    }
    runs = nrs_dir_lock(dir) != 0;
    len = runs ? ask(dir, text, &f) : read_status(dir, text, &f);
    if (len < 0) {
        nrs_log("%s: no agent %s here", c->spool.dir, runs ? "answers" : "has run");
    } else if (json) {
        nrs_print(text, (size_t)len);
    } else {
        long long age = (long long)(nrs_clock_wall_ns() / NRS_NS_PER_S - f.written);

        printf("%-13s %s, as of %lld s ago\n", "agent", runs ? "running" : "not running", age);
        nrs_json_leaves(text, (size_t)len, print_fact, NULL, &line);
    }
    nrs_file_close(dir);
    return runs && len >= 0 ? NRS_EXIT_OK : NRS_EXIT_FAILED;
}

static int show(int argc, char **argv)
{
    static const struct nrs_option options[] = {{"config", 'c', true}, {"json", 'j', false}, {"", 0, false}};
    struct nrs_arguments args = {.argc = argc, .argv = argv, .next = 1};
    static struct nrs_config config;
    const char *given = NULL, *path;
    int option, exit_code = 0;
    bool json = false;

    while ((option = nrs_command_option(&nrs_command_status, &args, options, &exit_code)) > 0) {
        given = option == 'c' ? args.value : given;
        json |= option == 'j';
    }
    if (option == 0)
        return exit_code;
    exit_code = nrs_command_no_more(&nrs_command_status, &args);
    if (exit_code == 0)
        exit_code = nrs_command_config(&nrs_command_status, given, &config, &path);
    return exit_code == 0 ? show_status(&config, json) : exit_code;
}

const struct nrs_command nrs_command_status = {
    "status", "[--config FILE] [--json]", "what the running agent sees, found and sent",
    "  --config FILE   the configuration of that agent (default " NRS_DEFAULT_CONFIG ")\n"
    "  --json          the status as the agent wrote it\n"
    "\n"
    "exit code 1: no agent runs with this configuration\n",
    show};
