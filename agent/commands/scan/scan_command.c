/* `noroshi scan`: walks, judges, prints. Lines go to standard output; everything for a person to standard
 * error. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/commands/command.h"
#include "agent/scanner/scanner.h"
#include "models/base/error.h"
#include "platform/walk.h"

#define PROGRESS_EVERY 64 /* files */

static const char help[] =
    "  PATH            a file, with -r a folder; - reads names from standard input, one a line\n"
    "  -r              look below folders; links are not followed there, /proc and its like passed over\n"
    "  --processes     look at the program of every running process, also if its file is deleted\n"
    "  --all           a line for every file, not only for packed ones\n"
    "  --hash          with the SHA-256 of the file\n"
    "  --model FILE    a signed packer model instead of the one compiled in; none: judge by the rules alone\n"
    "  --config FILE   where the keys (model.keys) are that it has to be signed with "
    "(default " NRS_DEFAULT_CONFIG ")\n"
    "  --features      what the model would see of each file, for training; nothing is judged\n"
    "\n"
    "One JSON line a packed file on standard output. A packer is not malware: much firmware is packed.\n"
    "exit codes: 0 nothing packed, 1 something packed, 2 nothing packed, but not everything could be read; "
    "wrong usage\n";

struct options {
    bool all, hash, processes, features, from_stdin;
    const char *model, *config;
    int n_paths;
};

static struct command {
    struct options opt;
    struct nrs_scanner scanner;
    struct nrs_walk walk;
    struct nrs_config config;
    bool progress, drawn;
    uint32_t n_files, n_packed, n_tampered, n_skipped, n_changed, n_incomplete, n_missed, n_denied;
    char line[NRS_SCAN_LINE_MAX];
} cmd;

static void clear_progress(void)
{
    if (cmd.drawn)
        fputs("\r\033[K", stderr);
    cmd.drawn = false;
}

static void draw_progress(void)
{
    if (!cmd.progress || cmd.n_files % PROGRESS_EVERY != 0)
        return;
    fprintf(stderr, "\r%u files, %u packed", (unsigned)cmd.n_files, (unsigned)cmd.n_packed);
    cmd.drawn = true;
}

static const char *reason(int err)
{
    return err == -EISDIR   ? "a folder; -r looks below it"
           : err == -EINVAL ? "not a regular file"
                            : strerror(-err);
}

static void on_missed(void *arg, const char *path, int err)
{
    (void)arg;
    if (cmd.opt.processes && (err == -EACCES || err == -EPERM) && strncmp(path, "/proc/", 6) == 0) {
        cmd.n_denied++; /* reported once, at the end */
        return;
    }
    clear_progress();
    nrs_log("scan: %s: %s", path, reason(err));
    cmd.n_missed++;
}

static void print_line(int len)
{
    clear_progress();
    if (len > 0)
        fwrite(cmd.line, 1, (size_t)len, stdout);
}

static void print_verdict(const struct nrs_walk_file *f)
{
    const struct nrs_scanner *s = &cmd.scanner;
    uint8_t sha256[32];
    struct nrs_scan_line line = {.path = f->path,
                                 .pid = f->pid,
                                 .deleted = f->deleted,
                                 .facts = &s->facts,
                                 .result = &s->result};

    if (cmd.opt.hash) {
        if (nrs_scanner_hash(f->fd, sha256) == 0)
            line.sha256 = sha256;
        else
            on_missed(NULL, f->path, -EIO);
    }
    print_line(nrs_scan_write(cmd.line, sizeof cmd.line, &line));
}

static void on_file(void *arg, const struct nrs_walk_file *f)
{
    struct nrs_scanner *s = &cmd.scanner;
    bool shrank = false;

    (void)arg;
    if (nrs_scanner_file(s, f->fd, f->size, &shrank) != 0) {
        on_missed(NULL, f->path, -EIO);
        return;
    }
    cmd.n_files++;
    cmd.n_skipped += s->facts.skipped != NULL;
    cmd.n_packed += s->result.packed;
    cmd.n_tampered += s->result.tampered;
    cmd.n_incomplete += s->facts.incomplete;
    if (shrank) {
        clear_progress();
        nrs_log("scan: %s: changed or ended while it was read; judged by what was there", f->path);
        cmd.n_changed++;
    }
    if (cmd.opt.features)
        print_line(nrs_scan_write_features(cmd.line, sizeof cmd.line, f->path, &s->facts));
    else if (s->result.packed || cmd.opt.all)
        print_verdict(f);
    draw_progress();
}

static void walk_names(void)
{
    char name[NRS_WALK_PATH_MAX + 1];

    while (fgets(name, sizeof name, stdin) != NULL) {
        size_t len = strlen(name);

        if (len > 0 && name[len - 1] == '\n')
            name[--len] = '\0';
        if (len > 0)
            nrs_walk_path(&cmd.walk, name);
    }
}

static void take_option(int option, const char *value)
{
    switch (option) {
    case 'r': cmd.walk.recursive = true; break;
    case 'a': cmd.opt.all = true; break;
    case 's': cmd.opt.hash = true; break;
    case 'p': cmd.opt.processes = true; break;
    case 'f': cmd.opt.features = true; break;
    case 'm': cmd.opt.model = value; break;
    case 'c': cmd.opt.config = value; break;
    default: break;
    }
}

/* Paths are moved to the front of argv. Returns true if the command is to go on. */
static bool read_arguments(int argc, char **argv, int *exit_code)
{
    static const struct nrs_option options[] = {
        {"r", 'r', false},        {"all", 'a', false},  {"hash", 's', false},  {"processes", 'p', false},
        {"features", 'f', false}, {"model", 'm', true}, {"config", 'c', true}, {"", 0, false}};
    struct nrs_arguments args = {.argc = argc, .argv = argv, .next = 1};
    int option;

    while ((option = nrs_command_option(&nrs_command_scan, &args, options, exit_code)) > 0)
        take_option(option, args.value);
    if (option == 0)
        return false;
    for (int i = 0; i < args.n_words; i++) {
        if (strcmp(argv[i], "-") == 0)
            cmd.opt.from_stdin = true;
        else
            argv[cmd.opt.n_paths++] = argv[i];
    }
    if (cmd.opt.n_paths > 0 || cmd.opt.processes || cmd.opt.from_stdin)
        return true;
    *exit_code = nrs_command_complain(&nrs_command_scan, "nothing to look at", "a PATH, - or --processes");
    return false;
}

static int open_models(void)
{
    struct nrs_why why;

    if (nrs_scanner_open(&cmd.scanner, &why) != 0) {
        nrs_log("scan: the compiled-in model: %s", why.text);
        return NRS_EXIT_USAGE;
    }
    if (cmd.opt.model == NULL)
        return 0;
    if (strcmp(cmd.opt.model, "none") == 0) {
        nrs_scanner_use_none(&cmd.scanner);
        return 0;
    }
    if (nrs_config_load(&cmd.config, cmd.opt.config != NULL ? cmd.opt.config : NRS_DEFAULT_CONFIG, &why) !=
        0) {
        nrs_log("%s", why.text);
        return NRS_EXIT_USAGE;
    }
    if (nrs_scanner_use(&cmd.scanner, &cmd.config, cmd.opt.model, &why) != 0) {
        nrs_log("scan: %s: %s", cmd.opt.model, why.text);
        return NRS_EXIT_USAGE;
    }
    return 0;
}

static void put_count(uint32_t n, const char *what)
{
    if (n > 0)
        fprintf(stderr, ", %u %s", (unsigned)n, what);
}

static void summarise(void)
{
    clear_progress();
    fprintf(stderr, "noroshi: scan: %u files, %u packed", (unsigned)cmd.n_files, (unsigned)cmd.n_packed);
    put_count(cmd.n_tampered, "of them tampered with");
    put_count(cmd.n_skipped, "not executables");
    put_count(cmd.n_changed, "changed while they were read");
    put_count(cmd.n_incomplete, "incomplete");
    put_count(cmd.n_missed, "not readable");
    put_count(cmd.n_denied, "processes of others");
    put_count(cmd.walk.n_again, "processes of a program seen before");
    put_count(cmd.walk.n_links, "links");
    put_count(cmd.walk.n_special, "special files");
    put_count(cmd.walk.n_pseudo, "pseudo file systems");
    fputs(cmd.scanner.slots[0].model == NULL ? "; judged by the rules alone\n" : "\n", stderr);
}

static void walk_all(char **paths)
{
    cmd.walk.file = on_file;
    cmd.walk.missed = on_missed;
    cmd.progress = isatty(STDERR_FILENO) == 1;
    for (int i = 0; i < cmd.opt.n_paths; i++)
        nrs_walk_path(&cmd.walk, paths[i]);
    if (cmd.opt.from_stdin)
        walk_names();
    if (cmd.opt.processes) {
        int rc = nrs_walk_processes(&cmd.walk);

        if (rc < 0)
            on_missed(NULL, "/proc", rc);
    }
}

static int scan(int argc, char **argv)
{
    int rc = 0;

    if (!read_arguments(argc, argv, &rc))
        return rc;
    rc = open_models();
    if (rc != 0)
        return rc;
    walk_all(argv);
    summarise();
    if (fflush(stdout) != 0 || ferror(stdout)) {
        nrs_log("scan: standard output: %s", strerror(errno));
        return NRS_EXIT_USAGE;
    }
    if (cmd.n_packed > 0 && !cmd.opt.features)
        return NRS_EXIT_FAILED;
    return cmd.n_missed > 0 ? NRS_EXIT_USAGE : NRS_EXIT_OK;
}

const struct nrs_command nrs_command_scan = {
    "scan", "[-r] [--all] [--hash] [--processes] [--model FILE [--config FILE]] PATH...",
    "find packed executables, and say by what they are packed", help, scan};
