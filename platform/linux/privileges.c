/* Users, capabilities, core dumps. */
#include "platform/privileges.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "platform/linux/rights.h"
#include "platform/linux/user.h"

static const struct capability {
    const char *name;
    unsigned number;
} capabilities[] = {
    {"CAP_DAC_READ_SEARCH", CAP_DAC_READ_SEARCH},
    {"CAP_NET_ADMIN", CAP_NET_ADMIN},
    {"CAP_NET_RAW", CAP_NET_RAW},
    {"CAP_SETGID", CAP_SETGID},
    {"CAP_SETPCAP", CAP_SETPCAP},
    {"CAP_SETUID", CAP_SETUID},
    {"CAP_SYS_ADMIN", CAP_SYS_ADMIN},
    {"CAP_SYS_PTRACE", CAP_SYS_PTRACE},
};

/* The kernel's sets, two words of 32 capabilities each. musl has no wrapper for these calls. */
struct sets {
    struct __user_cap_header_struct header;
    struct __user_cap_data_struct word[2];
};

static int get_sets(struct sets *s)
{
    memset(s, 0, sizeof(*s));
    s->header.version = _LINUX_CAPABILITY_VERSION_3;
    return syscall(SYS_capget, &s->header, s->word) == 0 ? 0 : -errno;
}

int nrs_privileges_has(const char *capability)
{
    struct sets s;
    size_t i;

    for (i = 0; i < sizeof(capabilities) / sizeof(capabilities[0]); i++) {
        unsigned number = capabilities[i].number;

        if (strcmp(capabilities[i].name, capability) != 0)
            continue;
        return get_sets(&s) == 0 && (s.word[number / 32].effective >> (number % 32)) & 1;
    }
    return -EINVAL;
}

/* Takes away what a later exec could give back. Needs CAP_SETPCAP, so it comes before the change of user. */
static void empty_bounding_set(void)
{
    unsigned long number;

    for (number = 0; prctl(PR_CAPBSET_READ, number, 0, 0, 0) >= 0; number++)
        (void)prctl(PR_CAPBSET_DROP, number, 0, 0, 0);
}

static int find_user(const char *user, uid_t *uid, gid_t *gid, struct nrs_why *why)
{
    if (nrs_user_find(user, uid, gid) != 0)
        return nrs_why(why, -ENOENT, "user %s: not known on this system", user);
    if (*uid == 0)
        return nrs_why(why, -EINVAL, "user %s: is root, name one without rights", user);
    return 0;
}

int nrs_privileges_check_user(const char *user, struct nrs_why *why)
{
    uid_t uid;
    gid_t gid;

    return find_user(user, &uid, &gid, why);
}

int nrs_privileges_is_root(void)
{
    return geteuid() == 0;
}

static int change_user(const char *user, struct nrs_why *why)
{
    uid_t uid;
    gid_t gid;
    int found = find_user(user, &uid, &gid, why);

    if (found != 0)
        return found;
    empty_bounding_set();
    if (setgroups(0, NULL) != 0 || setresgid(gid, gid, gid) != 0 || setresuid(uid, uid, uid) != 0) {
        int rc = -errno;

        return nrs_why(why, rc, "user %s: cannot change to it: %s", user, strerror(-rc));
    }
    return 0;
}

/* Of the capabilities those of `keep` (bits of the first 32) are left, and none can come back. */
static int cut_sets(uint32_t keep)
{
    struct sets s;
    int rc = get_sets(&s);

    if (rc)
        return rc;
    keep &= s.word[0].permitted;
    memset(s.word, 0, sizeof(s.word));
    s.word[0].permitted = s.word[0].effective = keep;
    if (syscall(SYS_capset, &s.header, s.word) != 0)
        return -errno;
#ifdef PR_CAP_AMBIENT
    (void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); /* Linux 4.3 */
#endif
    return 0;
}

/* keep: capabilities as bits. Core dumps and new privileges are forbidden; *sealed: the latter worked. */
static int give_up(const char *user, uint32_t keep, bool *sealed, struct nrs_why *why)
{
    const struct rlimit no_core = {0, 0};
    int was_root = geteuid() == 0;
    int rc;

    if (was_root) {
        (void)prctl(PR_SET_KEEPCAPS, keep != 0, 0, 0, 0);
        rc = change_user(user, why);
        if (rc)
            return rc;
    }
    rc = cut_sets(keep);
    if (rc == 0 && was_root && setuid(0) == 0)
        rc = -EPERM; /* root came back: something between us and the kernel pretends */
    if (rc)
        return nrs_why(why, rc, "capabilities: cannot give them up: %s", strerror(-rc));
    (void)setrlimit(RLIMIT_CORE, &no_core);
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    *sealed = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0; /* Linux 3.5 */
    return 0;
}

int nrs_privileges_drop(const char *user, struct nrs_why *why)
{
    bool was_root = geteuid() == 0, sealed = false;
    int rc;

    if (!user)
        user = "nobody";
    rc = give_up(user, 0, &sealed, why);
    if (rc)
        return rc;
    return nrs_why(why, 0, "user %s (%lu), no capabilities, %s, no core dumps", was_root ? user : "unchanged",
                   (unsigned long)geteuid(),
                   sealed ? "no new privileges" : "new privileges not forbidden (old kernel)");
}

int nrs_rights_keep_reading(const char *user, struct nrs_why *why)
{
    bool sealed;

    return give_up(user, 1u << CAP_DAC_READ_SEARCH | 1u << CAP_SYS_PTRACE, &sealed, why);
}
