#include "platform/path_trust.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/files.h"
#include "platform/linux/user.h"

#define PATH_BYTES_MAX 4096 /* PATH_MAX of Linux */

/* Who is trusted besides root and the user that this process runs as. */
struct trusted {
    uid_t uid[2];
    gid_t gid;
    unsigned n; /* of uid; 0: gid says nothing either */
};

/* For state. 0 or NRS_PATH_USER, then without `user`. */
static int find_trusted(struct trusted *t, const char *user)
{
    uid_t uid;
    gid_t gid;

    t->n = 0;
    if (geteuid() != 0)
        return 0;
    if (nrs_user_find(user != NULL ? user : "nobody", &t->uid[0], &t->gid) != 0)
        return NRS_PATH_USER;
    t->n = 1;
    if (nrs_user_find("nobody", &uid, &gid) == 0)
        t->uid[t->n++] = uid;
    return 0;
}

static bool owner_is_trusted(const struct trusted *t, uid_t uid)
{
    for (unsigned i = 0; i < t->n; i++)
        if (t->uid[i] == uid)
            return true;
    return uid == 0 || uid == geteuid();
}

static bool group_is_trusted(const struct trusted *t, gid_t gid)
{
    return gid == 0 || gid == getegid() || (t->n > 0 && gid == t->gid);
}

static int check_rights(const struct trusted *t, const struct stat *st, bool secret)
{
    bool by_group = !group_is_trusted(t, st->st_gid);

    if (!owner_is_trusted(t, st->st_uid))
        return NRS_PATH_OWNER;
    if ((st->st_mode & S_IWOTH) || ((st->st_mode & S_IWGRP) && by_group))
        return NRS_PATH_WRITABLE;
    if (secret && ((st->st_mode & S_IROTH) || ((st->st_mode & S_IRGRP) && by_group)))
        return NRS_PATH_READABLE;
    return 0;
}

/* The path without what makes the kernel follow a link at its end: "/" and "/.". */
static int without_tail(char out[PATH_BYTES_MAX], const char *path)
{
    size_t len = strlen(path);

    while (len > 1 && (path[len - 1] == '/' || (path[len - 1] == '.' && path[len - 2] == '/')))
        len--;
    if (len >= PATH_BYTES_MAX)
        return -ENAMETOOLONG;
    memcpy(out, path, len);
    out[len] = '\0';
    return 0;
}

static int open_no_link(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    int error = errno;
    struct stat st;

    if (fd >= 0)
        return fd;
    return lstat(path, &st) == 0 && S_ISLNK(st.st_mode) ? NRS_PATH_LINK : -error;
}

int nrs_dir_open(const char *path, const char *user)
{
    char plain[PATH_BYTES_MAX];
    struct trusted trusted;
    struct stat st;
    int fd, rc = without_tail(plain, path);

    if (rc == 0 && mkdir(plain, 0700) != 0 && errno != EEXIST)
        rc = -errno;
    fd = rc == 0 ? open_no_link(plain) : rc;
    if (fd < 0)
        return fd;
    rc = find_trusted(&trusted, user);
    if (rc == 0)
        rc = fstat(fd, &st) == 0 ? check_rights(&trusted, &st, false) : -errno;
    if (rc == 0)
        return fd;
    nrs_file_close(fd);
    return rc;
}

/* The walk over a folder; it stops at the first entry that is not as it should be. */
struct visit {
    int dir;
    const char *const *ours;
    struct trusted trusted;
    bool give;  /* to trusted.uid[0] */
    char *name; /* of the entry at which it stopped */
    int rc;
};

static bool fits(const char *pattern, const char *name)
{
    for (; *pattern != '\0'; pattern++, name++) {
        bool any = (*name >= 'a' && *name <= 'z') || (*name >= '0' && *name <= '9');

        if (*pattern == '#' ? !any : *pattern != *name)
            return false;
    }
    return *name == '\0' || strcmp(name, ".tmp") == 0;
}

static bool is_ours(const struct visit *v, const char *name)
{
    for (const char *const *pattern = v->ours; *pattern != NULL; pattern++)
        if (fits(*pattern, name))
            return true;
    return false;
}

static bool is_lost_and_found(const char *name, const struct stat *st)
{
    return strcmp(name, "lost+found") == 0 && S_ISDIR(st->st_mode) && st->st_uid == 0;
}

static int give(const struct trusted *t, int fd, const struct stat *st)
{
    if (st->st_uid == t->uid[0] && st->st_gid == t->gid) /* a read-only disk would refuse what is no change */
        return 0;
    return fchownat(fd, "", t->uid[0], t->gid, AT_EMPTY_PATH) == 0 ? 0 : -errno;
}

/* fd: the entry itself (O_PATH), whatever the name stands for by now. */
static int visit_entry(const struct visit *v, const char *name, int fd)
{
    struct stat st;
    int rc;

    if (fstatat(fd, "", &st, AT_EMPTY_PATH) != 0)
        return -errno;
    if (is_lost_and_found(name, &st))
        return 0;
    if (!is_ours(v, name) || !S_ISREG(st.st_mode) || st.st_nlink != 1)
        return NRS_PATH_FOREIGN;
    rc = check_rights(&v->trusted, &st, false);
    return rc == 0 && v->give ? give(&v->trusted, fd, &st) : rc;
}

static void keep_name(char out[NRS_PATH_NAME_TEXT], const char *name)
{
    snprintf(out, NRS_PATH_NAME_TEXT, "%s", name);
    for (; *out != '\0'; out++)
        if (*out < ' ' || *out > '~')
            *out = '?';
}

static void visit_name(void *arg, const char *name)
{
    struct visit *v = arg;
    int fd;

    if (v->rc != 0)
        return;
    fd = openat(v->dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) /* it is gone again */
        return;
    v->rc = fd < 0 ? -errno : visit_entry(v, name, fd);
    nrs_file_close(fd);
    if (v->rc != 0)
        keep_name(v->name, name);
}

static int visit_all(struct visit *v)
{
    int rc = nrs_dir_each(v->dir, visit_name, v);

    return rc != 0 ? rc : v->rc;
}

int nrs_dir_check(int dir, const char *user, const char *const *ours, char name[NRS_PATH_NAME_TEXT])
{
    struct visit v = {.dir = dir, .ours = ours, .name = name};
    int rc;

    name[0] = '\0';
    if (geteuid() != 0)
        return 0;
    rc = find_trusted(&v.trusted, user);
    return rc != 0 ? rc : visit_all(&v);
}

int nrs_dir_give(int dir, const char *user, const char *const *ours, char name[NRS_PATH_NAME_TEXT])
{
    struct visit v = {.dir = dir, .ours = ours, .name = name, .give = true};
    struct stat st;
    int rc;

    name[0] = '\0';
    if (geteuid() != 0)
        return 0;
    rc = nrs_dir_check(dir, user, ours, name);
    if (rc == 0)
        rc = find_trusted(&v.trusted, user);
    if (rc == 0)
        rc = fstat(dir, &st) == 0 ? check_rights(&v.trusted, &st, false) : -errno;
    if (rc == 0)
        rc = visit_all(&v);
    return rc == 0 ? give(&v.trusted, dir, &st) : rc;
}

int nrs_path_is_private(const char *path, const char *user, bool secret)
{
    struct trusted trusted = {.n = 0};
    struct stat st;

    if (stat(path, &st) != 0)
        return -errno;
    if (S_ISCHR(st.st_mode))
        return 0;
    if (user != NULL && nrs_user_find(user, &trusted.uid[0], &trusted.gid) == 0)
        trusted.n = 1;
    return check_rights(&trusted, &st, secret);
}
