/* Files named on standard input, each looked at on the clock, the cache warm: `scan` as the scanner does it, `entropy` as
 * the old rule does (all of the file, more than 7 bits a byte).
 *
 * usage: scan_load scan|entropy <NAMES
 * Prints every file that is flagged, then "= files median-ns mean-ns most-bytes-read". The function `measured` holds
 * nothing but the looking, so an instruction counter can be pointed at it. */
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/scanner/scanner.h"
#include "platform/clock.h"

#define FILES_MAX 20000

static struct nrs_scanner scanner;
static uint64_t took_ns[FILES_MAX];
static size_t n_files;
static uint32_t most_read;

static bool scan(int fd, uint64_t size)
{
    bool shrank;

    if (nrs_scanner_file(&scanner, fd, size, &shrank) != 0)
        return false;
    if (scanner.scan.n_read > most_read)
        most_read = scanner.scan.n_read;
    return scanner.result.packed;
}

static bool entropy(int fd, uint64_t size)
{
    static uint8_t piece[65536];
    uint64_t count[256] = {0};
    double bits = 0;
    ssize_t n;

    while ((n = read(fd, piece, sizeof piece)) > 0)
        for (ssize_t i = 0; i < n; i++)
            count[piece[i]]++;
    for (unsigned i = 0; i < 256; i++)
        if (count[i] > 0)
            bits -= (double)count[i] / (double)size * log2((double)count[i] / (double)size);
    return bits > 7;
}

__attribute__((noinline)) bool measured(bool (*look)(int, uint64_t), const char *path)
{
    int fd = open(path, O_RDONLY);
    struct stat st;
    bool flagged = fd >= 0 && fstat(fd, &st) == 0 && look(fd, (uint64_t)st.st_size);

    close(fd);
    return flagged;
}

static int ascending(const void *left, const void *right)
{
    const uint64_t *l = left, *r = right;

    return *l < *r ? -1 : *l > *r;
}

int main(int argc, char **argv)
{
    bool (*look)(int, uint64_t) = argc > 1 && strcmp(argv[1], "entropy") == 0 ? entropy : scan;
    char path[4096];
    struct nrs_why why;
    uint64_t sum = 0;

    if (nrs_scanner_open(&scanner, &why) != 0)
        return 2;
    while (n_files < FILES_MAX && fgets(path, sizeof path, stdin) != NULL) {
        uint64_t start;
        bool flagged;

        path[strcspn(path, "\n")] = '\0';
        start = nrs_clock_boot_ns();
        flagged = measured(look, path);
        took_ns[n_files] = nrs_clock_boot_ns() - start;
        sum += took_ns[n_files++];
        if (flagged)
            puts(path);
    }
    qsort(took_ns, n_files, sizeof took_ns[0], ascending);
    printf("= %zu %llu %llu %u\n", n_files, (unsigned long long)took_ns[n_files / 2],
           (unsigned long long)(n_files > 0 ? sum / n_files : 0), (unsigned)most_read);
    return 0;
}
