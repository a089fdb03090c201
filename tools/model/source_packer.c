/* Vectors of executables: one for each ELF or PE file (agent/scan), of folders every file below them. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <mbedtls/sha256.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/scan/scan.h"
#include "models/base/error.h"
#include "models/base/hex.h"
#include "tools/model/sources.h"

#define PATH_BYTES 4096

static const char *const ids[] = {"file.path", "file.hash.sha256", "start"};

struct reading {
    const struct nrs_schema *schema;
    nrs_source_fn add;
    void *arg;
    void (*say)(void *none, const char *msg);
};

static int read_at(void *fd, uint64_t offset, void *buf, size_t len)
{
    size_t done = 0;

    while (done < len) {
        ssize_t n = pread(*(int *)fd, (char *)buf + done, len - done, (off_t)(offset + done));

        if (n < 0 && errno != EINTR)
            return -errno;
        if (n == 0)
            break;
        done += n > 0 ? (size_t)n : 0;
    }
    return (int)done;
}

static int hash_of(int fd, char hex[65])
{
    static unsigned char buf[1 << 16];
    unsigned char digest[32];
    mbedtls_sha256_context sha;
    uint64_t at = 0;
    int n;

    mbedtls_sha256_init(&sha);
    mbedtls_sha256_starts(&sha, 0);
    while ((n = read_at(&fd, at, buf, sizeof buf)) > 0) {
        mbedtls_sha256_update(&sha, buf, (size_t)n);
        at += (uint64_t)n;
    }
    mbedtls_sha256_finish(&sha, digest);
    mbedtls_sha256_free(&sha);
    nrs_hex_write(hex, digest, sizeof digest);
    return n;
}

/* Two characters a byte, ".." where the file has none. */
static void write_start(const struct nrs_scan_facts *facts, char text[2 * NRS_START_BYTES + 1])
{
    text[0] = '\0';
    for (unsigned i = 0; i < facts->schema->n_bytes; i++) {
        uint16_t byte = facts->x[facts->schema->n_features + i];

        if (byte < NRS_BYTE_ABSENT)
            snprintf(text + 2 * i, 3, "%02x", byte);
        else
            snprintf(text + 2 * i, 3, "..");
    }
}

static int look(struct reading *r, const char *path, int fd, uint64_t size)
{
    struct nrs_scan_input in = {read_at, &fd, size};
    char hash[65], start[2 * NRS_START_BYTES + 1];
    const char *const id[] = {path, hash, start};
    static struct nrs_scan scan;
    static struct nrs_scan_facts facts;
    int rc = nrs_scan_look(&scan, &in, &facts);

    if (rc == 0 && facts.schema == r->schema) {
        rc = hash_of(fd, hash);
        write_start(&facts, start);
        if (rc == 0)
            r->add(r->arg, id, facts.x);
    }
    return rc;
}

/* A file that cannot be read costs itself, below a folder; at the top it is refused by the caller. */
static int read_file(struct reading *r, const char *path, struct nrs_why *why)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), rc;

    if (fd < 0)
        return nrs_why(why, NRS_ERR_IO, "%s", strerror(errno));
    rc = fstat(fd, &st);
    if (rc == 0 && S_ISREG(st.st_mode))
        rc = look(r, path, fd, (uint64_t)st.st_size);
    close(fd);
    return rc ? nrs_why(why, NRS_ERR_IO, "cannot be read") : 0;
}

static int is_entry(const struct dirent *d)
{
    return strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0;
}

static void walk(struct reading *r, const char *folder);

static void enter(struct reading *r, const char *path)
{
    char msg[PATH_BYTES + NRS_WHY_MAX + 2];
    struct nrs_why why;
    struct stat st;

    if (lstat(path, &st) != 0 || S_ISLNK(st.st_mode))
        return; /* gone, or seen under its own name */
    if (S_ISDIR(st.st_mode)) {
        walk(r, path);
    } else if (S_ISREG(st.st_mode) && read_file(r, path, &why) != 0) {
        snprintf(msg, sizeof msg, "%s: %s", path, why.text);
        r->say(NULL, msg);
    }
}

/* In the order of names, so that the same folder gives the same table. */
static void walk(struct reading *r, const char *folder)
{
    struct dirent **entry = NULL;
    int n = scandir(folder, &entry, is_entry, alphasort);
    char path[PATH_BYTES];

    for (int i = 0; i < n; i++) {
        if (snprintf(path, sizeof path, "%s/%s", folder, entry[i]->d_name) < (int)sizeof path)
            enter(r, path);
        free(entry[i]);
    }
    free(entry);
}

static int read_input(const struct nrs_schema *schema, const char *path, nrs_source_fn add, void *arg,
                      void (*say)(void *none, const char *msg), struct nrs_why *why)
{
    struct reading r = {schema, add, arg, say};
    struct stat st;

    if (stat(path, &st) != 0)
        return nrs_why(why, NRS_ERR_IO, "%s", strerror(errno));
    if (!S_ISDIR(st.st_mode))
        return read_file(&r, path, why);
    walk(&r, path);
    return 0;
}

static int read_elf(const char *path, const struct nrs_source_options *o, nrs_source_fn add, void *arg,
                    void (*say)(void *none, const char *msg), struct nrs_why *why)
{
    (void)o;
    return read_input(&nrs_schema_packer, path, add, arg, say, why);
}

static int read_pe(const char *path, const struct nrs_source_options *o, nrs_source_fn add, void *arg,
                   void (*say)(void *none, const char *msg), struct nrs_why *why)
{
    (void)o;
    return read_input(&nrs_schema_packer_pe, path, add, arg, say, why);
}

const struct nrs_source nrs_source_packer = {&nrs_schema_packer, ids, sizeof ids / sizeof ids[0], read_elf};
const struct nrs_source nrs_source_packer_pe = {&nrs_schema_packer_pe, ids, sizeof ids / sizeof ids[0],
                                                read_pe};
