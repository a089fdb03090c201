/* What a helper process can do: each attempt is made by a helper of its own, behind the filter that it has in the agent. It says
 * "ready", waits for the word, and says what came of it; a helper that is killed says nothing more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform/helper.h"

#define NOBODY  "65534"
#define WAIT_MS 20000

typedef int (*attempt_fn)(int fd);

static const struct sockaddr_in discard = {.sin_family = AF_INET, .sin_port = 9};

static void make_attempt(void *arg, int fd)
{
    attempt_fn attempt = *(const attempt_fn *)arg;
    char word[8];
    int result;

    (void)nrs_helper_write(fd, "ready", 5);
    if (nrs_helper_wait(fd, -1, WAIT_MS) != 1 || nrs_helper_read(fd, word, sizeof word) <= 0)
        return;
    errno = 0;
    result = attempt(fd) < 0 ? errno : 0;
    (void)nrs_helper_write(fd, &result, sizeof result);
    syscall(SYS_exit_group, 0); /* the sanitizers' work at exit needs calls that the filter forbids */
}

static void expect(int fd, const char *word)
{
    char said[8];

    assert_int_equal(nrs_helper_wait(fd, -1, WAIT_MS), 1);
    assert_int_equal(nrs_helper_read(fd, said, sizeof said), strlen(word));
    assert_memory_equal(said, word, strlen(word));
}

/* The errno of an attempt, 0 = it worked, or the negative signal that killed the helper. */
static int outcome_of(attempt_fn attempt)
{
    struct nrs_why why;
    int result, status, fd = nrs_helper_start(NOBODY, NULL, make_attempt, &attempt, &why);
    pid_t pid = (pid_t)atol(why.text + strlen("process "));

    assert_true(fd >= 0 && pid > 0);
    expect(fd, "ready");
    signal(SIGCHLD, SIG_DFL); /* so that it can be waited for */
    assert_int_equal(nrs_helper_write(fd, "go", 2), 0);
    assert_int_equal(nrs_helper_wait(fd, -1, WAIT_MS), 1);
    if (nrs_helper_read(fd, &result, sizeof result) != sizeof result) {
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFSIGNALED(status));
        result = -WTERMSIG(status);
    } else {
        assert_int_equal(waitpid(pid, &status, 0), pid);
    }
    close(fd);
    return result;
}

static void needs_filters(void)
{
    if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) < 0)
        skip();
}

static int open_inet(int fd) { (void)fd; return socket(AF_INET, SOCK_STREAM, 0); }
static int open_inet6(int fd) { (void)fd; return socket(AF_INET6, SOCK_DGRAM, 0); }
static int open_unix(int fd) { (void)fd; return socket(AF_UNIX, SOCK_STREAM, 0); }
static int open_netlink(int fd) { (void)fd; return socket(AF_NETLINK, SOCK_RAW, 0); }
static int open_packet(int fd) { (void)fd; return socket(AF_PACKET, SOCK_RAW, 0); }
static int connect_its_socket(int fd) { return connect(fd, (const struct sockaddr *)&discard, sizeof discard); }

static void the_network_is_closed(void **state)
{
    static const attempt_fn attempts[] = {open_inet, open_inet6, open_unix, open_netlink, open_packet, connect_its_socket};

    (void)state;
    needs_filters();
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++)
        assert_int_equal(outcome_of(attempts[i]), -SIGSYS);
}

static int bind_its_socket(int fd) { return bind(fd, (const struct sockaddr *)&discard, sizeof discard); }
static int listen_on_it(int fd) { return listen(fd, 1); }
static int make_a_pair(int fd) { int pair[2] = {fd, fd}; return socketpair(AF_UNIX, SOCK_STREAM, 0, pair); }
static int send_descriptors(int fd) { struct msghdr m = {.msg_namelen = 0}; return (int)sendmsg(fd, &m, 0); }
static int make_io_uring(int fd) { (void)fd; return (int)syscall(SYS_io_uring_setup, 1, NULL); }

static void ways_around_do_not_exist(void **state)
{
    static const attempt_fn attempts[] = {bind_its_socket, listen_on_it, make_a_pair, send_descriptors, make_io_uring};

    (void)state;
    needs_filters();
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++)
        assert_int_equal(outcome_of(attempts[i]), ENOSYS);
}

static int make_a_process(int fd) { (void)fd; return (int)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0); }
static int run_a_program(int fd) { (void)fd; return execl("/bin/true", "true", (char *)NULL); }
static int trace_a_process(int fd) { (void)fd; return (int)syscall(SYS_ptrace, 0, 0, 0, 0); }
static int load_a_filter(int fd) { (void)fd; return (int)syscall(SYS_bpf, 0, NULL, 0); }
static int map_code(int fd)
{
    (void)fd;
    return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0;
}

static void an_intruder_is_killed(void **state)
{
    static const attempt_fn attempts[] = {make_a_process, run_a_program, trace_a_process, load_a_filter, map_code};

    (void)state;
    needs_filters();
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++)
        assert_int_equal(outcome_of(attempts[i]), -SIGSYS);
}

static int open_to_write(int fd) { (void)fd; return open("/tmp/nrs-helper-was-here", O_WRONLY | O_CREAT, 0600); }
static int open_to_change(int fd) { (void)fd; return open("/dev/null", O_RDWR); }
static int open_to_cut(int fd) { (void)fd; return openat(AT_FDCWD, "/dev/null", O_RDONLY | O_TRUNC); }

static void files_are_there_to_be_read(void **state)
{
    (void)state;
    needs_filters();
    assert_int_equal(outcome_of(open_to_write), EROFS);
    assert_int_equal(outcome_of(open_to_change), EROFS);
    assert_int_equal(outcome_of(open_to_cut), EROFS);
}

static int rename_a_file(int fd) { (void)fd; return rename("/tmp/nrs-helper-was-here", "/tmp/nrs-helper-moved"); }
static int remove_a_file(int fd) { (void)fd; return unlink("/tmp/nrs-helper-was-here"); }
static int make_a_folder(int fd) { (void)fd; return mkdir("/tmp/nrs-helper-was-here", 0700); }
static int change_rights(int fd) { return fchmod(fd, 0777); }
static int send_a_signal(int fd) { (void)fd; return kill(getppid(), 0); }

static void names_rights_and_signals_are_not_its_business(void **state)
{
    static const attempt_fn attempts[] = {rename_a_file, remove_a_file, make_a_folder, change_rights, send_a_signal};

    (void)state;
    needs_filters();
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++)
        assert_int_equal(outcome_of(attempts[i]), ENOSYS);
}

static int read_a_file(int fd)
{
    char byte;

    fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
    return fd >= 0 && read(fd, &byte, 1) == 1 ? 0 : -1;
}

static void reading_is(void **state)
{
    (void)state;
    assert_int_equal(outcome_of(read_a_file), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_network_is_closed),
        cmocka_unit_test(ways_around_do_not_exist),
        cmocka_unit_test(an_intruder_is_killed),
        cmocka_unit_test(files_are_there_to_be_read),
        cmocka_unit_test(names_rights_and_signals_are_not_its_business),
        cmocka_unit_test(reading_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
