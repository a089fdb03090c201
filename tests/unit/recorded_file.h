/* Bytes as a recorded file: writes them to a temporary file, reads it, keeps flows and messages for the test.
 */
#ifndef RECORDED_FILE_H
#define RECORDED_FILE_H
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "platform/recorded/recorded.h"

#define FLOWS_MAX 64

/* The members of a record of Zeek behind "ts", and its closing brace. */
#define ZEEK                                                                                                 \
    "\"id.orig_h\":\"10.0.0.1\",\"id.orig_p\":40000,\"id.resp_h\":\"192.0.2.7\",\"id.resp_p\":443,"           \
    "\"proto\":\"tcp\"}"

static struct {
    struct nrs_flow flow[FLOWS_MAX];
    int n;
    char log[4096];
    char why[NRS_RECORDED_WHY];
    char format[16], name[254];
    uint32_t mark;
    struct nrs_recorded_stats st;
} got;

static const char *fields; /* of the next file */

static void keep_flow(void *arg, const struct nrs_flow *f, const char *name)
{
    (void)arg;
    if (name)
        snprintf(got.name, sizeof got.name, "%s", name);
    if (got.n < FLOWS_MAX)
        got.flow[got.n] = *f;
    got.n++;
}

/* Messages without the file's name, which changes: ":2: ts: not a time\n". */
static void keep_message(void *arg, const char *msg)
{
    const char *colon = strchr(msg, ':');

    (void)arg;
    strcat(strcat(got.log, colon ? colon : msg), "\n");
}

/* Returns what ended it: 0 or a negative errno (also of open). At most `max` events at a time. */
static int read_bytes_by(const void *bytes, size_t len, int max)
{
    char path[] = "/tmp/noroshi-test-XXXXXX";
    int fd = mkstemp(path), rc;
    struct nrs_recorded *r;

    memset(&got, 0, sizeof got);
    assert_true(fd >= 0);
    assert_true(write(fd, bytes, len) == (ssize_t)len);
    close(fd);
    rc = nrs_recorded_open(&r, path, &(struct nrs_recorded_conf){.log = keep_message, .fields = fields},
                           got.why);
    unlink(path);
    if (rc)
        return rc;
    snprintf(got.format, sizeof got.format, "%s", nrs_recorded_format(r));
    got.mark = nrs_recorded_mark(r);
    do
        rc = nrs_recorded_drain(r, max, keep_flow, NULL);
    while (rc > 0);
    assert_int_equal(nrs_recorded_drain(r, max, keep_flow, NULL), rc); /* the end stays the end */
    nrs_recorded_stats(r, &got.st);
    nrs_recorded_close(r);
    return rc;
}

static int read_bytes(const void *bytes, size_t len)
{
    return read_bytes_by(bytes, len, 3);
}

#endif
