/* Rights cannot be taken back, so every test gives them up in a child and reports by its exit status: 0 = as it should
 * be, else the line that was not. A child ends by _exit, because the sanitizers' work at exit needs calls that the
 * filter forbids. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform/privileges.h"

#define NOBODY "65534"
#define CHECK(ok)                                                                                                      \
    do {                                                                                                               \
        if (!(ok))                                                                                                     \
            _exit(__LINE__ % 250 + 1);                                                                                 \
    } while (0)

static char writable[] = "/tmp/nrs-privileges-XXXXXX";

/* Runs fn in a child; its wait status. */
static int in_child(void (*fn)(void))
{
    int status = -1;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        fn();
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void needs_root(void)
{
    if (geteuid() != 0)
        skip();
}

static void drop_or_die(void)
{
    struct nrs_why why;

    CHECK(nrs_privileges_drop(NOBODY, &why) == 0);
}

static void confine_or_die(void)
{
    const int folders[] = {-1, open(writable, O_RDONLY | O_DIRECTORY)};
    struct nrs_why why;

    CHECK(folders[1] >= 0);
    drop_or_die();
    CHECK(nrs_privileges_confine(folders, 2, NULL, &why) == 0);
}

static int errno_of_open(const char *path, int flags)
{
    int fd = open(path, flags, 0600);

    if (fd < 0)
        return errno;
    close(fd);
    return 0;
}

static void become_nobody(void)
{
    struct rlimit core = {1, 1};
    struct nrs_why why;

    CHECK(nrs_privileges_has("CAP_SETUID") == 1);
    CHECK(nrs_privileges_drop(NOBODY, &why) == 0);
    CHECK(strstr(why.text, "no capabilities, no new privileges, no core dumps"));
    CHECK(getuid() == 65534 && geteuid() == 65534 && getgid() == 65534 && getgroups(0, NULL) == 0);
    CHECK(setuid(0) != 0 && seteuid(0) != 0 && setgid(0) != 0);
    CHECK(nrs_privileges_has("CAP_SETUID") == 0 && nrs_privileges_has("CAP_NET_RAW") == 0);
    CHECK(getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_max == 0);
}

static void root_becomes_nobody_for_good(void **state)
{
    (void)state;
    needs_root();
    assert_int_equal(in_child(become_nobody), 0);
}

static void ask_for_bad_users(void)
{
    struct nrs_why why;

    CHECK(nrs_privileges_drop("no-such-user", &why) == -ENOENT);
    CHECK(strcmp(why.text, "user no-such-user: not known on this system") == 0);
    CHECK(nrs_privileges_drop("12x", &why) == -ENOENT);
    CHECK(nrs_privileges_drop("99999999999999999999", &why) == -ENOENT);
    CHECK(nrs_privileges_drop("4294967295", &why) == -ENOENT); /* (uid_t)-1 means "leave it" */
    CHECK(nrs_privileges_drop("root", &why) == -EINVAL);
    CHECK(nrs_privileges_drop("0", &why) == -EINVAL);
    CHECK(geteuid() == 0);
}

static void an_unknown_user_or_root_is_refused(void **state)
{
    (void)state;
    needs_root();
    assert_int_equal(in_child(ask_for_bad_users), 0);
}

static void an_unknown_capability_is_refused(void **state)
{
    (void)state;
    assert_int_equal(nrs_privileges_has("CAP_FLY"), -EINVAL);
}

static void touch_files(void)
{
    char path[64], renamed[64];

    confine_or_die();
    snprintf(path, sizeof(path), "%s/spool", writable);
    snprintf(renamed, sizeof(renamed), "%s/spool.1", writable);
    CHECK(errno_of_open(path, O_WRONLY | O_CREAT | O_TRUNC) == 0);
    CHECK(rename(path, renamed) == 0);
    CHECK(errno_of_open("/proc/net/tcp", O_RDONLY) == 0);
    CHECK(errno_of_open("/proc/self/statm", O_RDONLY) == 0);
    CHECK(errno_of_open("/etc/hosts", O_RDONLY) == 0);
    CHECK(errno_of_open("/etc/resolv.conf", O_RDONLY) == 0);
    CHECK(errno_of_open("/usr/include/stdio.h", O_RDONLY) == EACCES);
    CHECK(errno_of_open("/tmp/nrs-elsewhere", O_WRONLY | O_CREAT) == EACCES);
    CHECK(errno_of_open("/dev/shm/nrs-elsewhere", O_WRONLY | O_CREAT) == EACCES);
}

/* Landlock is not in every kernel. */
static int has_landlock(void)
{
    return syscall(SYS_landlock_create_ruleset, NULL, 0, 1) > 0;
}

static void a_confined_process_writes_in_its_folder_only(void **state)
{
    (void)state;
    if (!has_landlock())
        skip();
    assert_int_equal(in_child(touch_files), 0);
}

/* Nor are system call filters; an emulated system has neither. */
static int has_filters(void)
{
    return prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0;
}

static void *nothing(void *arg)
{
    return arg;
}

static void do_what_an_agent_does(void)
{
    pthread_t thread;
    int fd;

    confine_or_die();
    CHECK(pthread_create(&thread, NULL, nothing, NULL) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    fd = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(fd >= 0);
    CHECK(listen(fd, 1) != 0 && errno == ENOSYS);
    CHECK(socket(AF_INET6, SOCK_DGRAM, 0) >= 0);
    CHECK(socket(AF_NETLINK, SOCK_RAW, 0) >= 0);
    CHECK(socket(AF_UNIX, SOCK_STREAM, 0) < 0 && errno == EAFNOSUPPORT);
    CHECK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
    CHECK(syscall(SYS_io_uring_setup, 1, NULL) == -1 && errno == ENOSYS);
    CHECK(syscall(SYS_keyctl, 0, 0) == -1 && errno == ENOSYS);
}

static void a_confined_process_can_do_what_an_agent_does(void **state)
{
    (void)state;
    if (!has_filters())
        skip();
    assert_int_equal(in_child(do_what_an_agent_does), 0);
}

static void run_a_shell(void)
{
    confine_or_die();
    execl("/bin/sh", "sh", "-c", "exit 0", (char *)NULL);
}

static void make_a_process(void)
{
    confine_or_die();
    (void)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
}

static void map_code(void)
{
    confine_or_die();
    (void)mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void turn_data_into_code(void)
{
    static char page[8192] __attribute__((aligned(4096)));

    confine_or_die();
    (void)mprotect(page, 4096, PROT_READ | PROT_WRITE | PROT_EXEC);
}

static void trace_a_process(void)
{
    confine_or_die();
    (void)syscall(SYS_ptrace, 0, 0, 0, 0);
}

static void an_intruder_is_killed(void **state)
{
    static void (*const attempts[])(void) = {run_a_shell, make_a_process, map_code, turn_data_into_code, trace_a_process};
    size_t i;

    (void)state;
    if (!has_filters())
        skip();
    for (i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++) {
        int status = in_child(attempts[i]);

        assert_true(WIFSIGNALED(status));
        assert_int_equal(WTERMSIG(status), SIGSYS);
    }
}

#ifndef __PIE__
static bool has_a_segment_to_seal(void)
{
    const ElfW(Phdr) *segment = (const ElfW(Phdr) *)getauxval(AT_PHDR);
    unsigned long n = getauxval(AT_PHNUM);

    while (n > 0 && segment->p_type != PT_GNU_RELRO)
        segment++, n--;
    return n > 0;
}
#endif

static void relocated_constants_are_sealed(void **state)
{
#ifdef __PIE__
    const int expected = 0;
#else /* nothing is relocated at fixed addresses; some targets have other data to seal */
    const int expected = has_a_segment_to_seal() ? 0 : -ENOENT;
#endif

    (void)state;
    assert_int_equal(nrs_privileges_seal_relro(), expected);
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(writable) && chmod(writable, 0777) == 0 ? 0 : -1;
}

static int remove_folder(void **state)
{
    char command[160];

    (void)state;
    snprintf(command, sizeof(command), "rm -rf %s", writable);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(root_becomes_nobody_for_good),
        cmocka_unit_test(an_unknown_user_or_root_is_refused),
        cmocka_unit_test(an_unknown_capability_is_refused),
        cmocka_unit_test(a_confined_process_writes_in_its_folder_only),
        cmocka_unit_test(a_confined_process_can_do_what_an_agent_does),
        cmocka_unit_test(an_intruder_is_killed),
        cmocka_unit_test(relocated_constants_are_sealed),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
