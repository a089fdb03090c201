/* The socket's inode from /proc/net, then the process that has it among its descriptors. /proc/net rather
 * than sock_diag: the helper may open no socket, not even of netlink, and the reader of these lines is
 * there. */
#include "platform/owner.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "platform/linux/proc_lines.h"
#include "platform/linux/procnet.h"

static const struct table {
    const char *path;
    uint8_t proto;
} tables[] = {{"/proc/net/tcp", NRS_PROTO_TCP},
              {"/proc/net/tcp6", NRS_PROTO_TCP},
              {"/proc/net/udp", NRS_PROTO_UDP},
              {"/proc/net/udp6", NRS_PROTO_UDP}};

#define N_TABLES (sizeof tables / sizeof *tables)

static int table_fd[N_TABLES] = {-1, -1, -1, -1};
static struct nrs_proc_lines lines;

int nrs_owner_open(void)
{
    int rc = -ENOENT;

    for (size_t i = 0; i < N_TABLES; i++) {
        table_fd[i] = open(tables[i].path, O_RDONLY | O_CLOEXEC);
        if (table_fd[i] >= 0)
            rc = 0;
    }
    return rc;
}

static bool fits(const struct nrs_connection *c, const struct nrs_procnet_socket *s, uint8_t proto)
{
    return s->inode != 0 && c->proto == proto && c->rport == s->rport &&
           memcmp(&c->remote, &s->remote, sizeof c->remote) == 0 &&
           memcmp(&c->local, &s->local, sizeof c->local) == 0;
}

/* inode[i] of list[i]; of several sockets the first. Returns how many were found. */
static size_t find_inodes(const struct nrs_connection *list, size_t n, uint32_t *inode)
{
    struct nrs_procnet_socket s;
    const char *line;
    size_t len, found = 0;

    memset(inode, 0, n * sizeof *inode);
    for (size_t t = 0; t < N_TABLES; t++) {
        if (table_fd[t] < 0 || nrs_proc_lines_begin(&lines, table_fd[t]) != 0)
            continue;
        while (nrs_proc_lines_next(&lines, &line, &len) == 1) {
            if (!nrs_procnet_line(&s, line, len))
                continue;
            for (size_t i = 0; i < n; i++)
                if (inode[i] == 0 && fits(&list[i], &s, tables[t].proto)) {
                    inode[i] = s.inode;
                    found++;
                }
        }
    }
    return found;
}

/* "socket:[123]" -> 123; 0 for anything else. */
static uint32_t socket_inode(int dir, const char *name)
{
    static const char head[] = "socket:[";
    char text[32];
    ssize_t n = readlinkat(dir, name, text, sizeof text - 1);

    if (n < (ssize_t)sizeof head || memcmp(text, head, sizeof head - 1) != 0)
        return 0;
    text[n] = '\0';
    return (uint32_t)strtoul(text + sizeof head - 1, NULL, 10);
}

/* Returns how many of the inodes are this process's. */
static size_t look_at(const char *name, const uint32_t *inode, size_t n, uint32_t *pid)
{
    char path[32];
    const struct dirent *e;
    size_t found = 0;
    DIR *d;

    snprintf(path, sizeof path, "/proc/%.12s/fd", name);
    d = opendir(path);
    if (d == NULL)
        return 0;
    while ((e = readdir(d)) != NULL) {
        uint32_t has = e->d_name[0] == '.' ? 0 : socket_inode(dirfd(d), e->d_name);

        for (size_t i = 0; has != 0 && i < n; i++)
            if (inode[i] == has && pid[i] == 0) {
                pid[i] = (uint32_t)strtoul(name, NULL, 10);
                found++;
            }
    }
    closedir(d);
    return found;
}

void nrs_owner_find(const struct nrs_connection *list, size_t n, uint32_t *pid)
{
    uint32_t inode[NRS_OWNER_MAX];
    const struct dirent *e;
    size_t wanted;
    DIR *d;

    memset(pid, 0, n * sizeof *pid);
    wanted = find_inodes(list, n, inode);
    d = wanted > 0 ? opendir("/proc") : NULL;
    if (d == NULL)
        return;
    while (wanted > 0 && (e = readdir(d)) != NULL)
        if (e->d_name[0] >= '0' && e->d_name[0] <= '9')
            wanted -= look_at(e->d_name, inode, n, pid);
    closedir(d);
}
