/* What the kernel says of programs that start, and which mounts it is asked about (lines as proc(5) has them). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>
#include <sys/fanotify.h>

#include "platform/linux/exec_event.h"

#define LINE(point, options, type) "36 35 98:0 /mnt1 " point " " options " master:1 shared:7 - " type " /dev/root rw,noexec"

static struct fanotify_event_metadata event(int fd, int pid)
{
    return (struct fanotify_event_metadata){.event_len = sizeof(struct fanotify_event_metadata), .vers = FANOTIFY_METADATA_VERSION,
                                            .metadata_len = sizeof(struct fanotify_event_metadata), .mask = FAN_OPEN_EXEC,
                                            .fd = fd, .pid = pid};
}

static void a_start_has_a_file_and_a_process(void **state)
{
    struct fanotify_event_metadata m = event(7, 4211);
    struct nrs_exec e;

    (void)state;
    assert_int_equal(nrs_exec_event_read(&e, &m, sizeof m), 0);
    assert_int_equal(e.fd, 7);
    assert_int_equal(e.pid, 4211);
    assert_false(e.lost);
}

static void an_overflow_has_no_file(void **state)
{
    struct fanotify_event_metadata m = event(FAN_NOFD, 0);
    struct nrs_exec e;

    (void)state;
    m.mask = FAN_Q_OVERFLOW;
    assert_int_equal(nrs_exec_event_read(&e, &m, sizeof m), 0);
    assert_true(e.lost);
    assert_int_equal(e.fd, -1);
}

static void another_shape_is_refused(void **state)
{
    struct fanotify_event_metadata m = event(7, 1), longer = m, newer = m;
    struct nrs_exec e;

    (void)state;
    longer.event_len += 8;
    newer.vers++;
    assert_int_equal(nrs_exec_event_read(&e, &m, sizeof m - 1), -EPROTO);
    assert_int_equal(nrs_exec_event_read(&e, &longer, sizeof longer), -EPROTO);
    assert_int_equal(nrs_exec_event_read(&e, &newer, sizeof newer), -EPROTO);
}

static const char *mount_of(const char *line)
{
    static char path[32];

    return nrs_exec_mount(path, sizeof path, line, strlen(line)) ? path : NULL;
}

static void mounts_that_can_hold_programs_are_taken(void **state)
{
    (void)state;
    assert_string_equal(mount_of(LINE("/", "rw,relatime", "ext4")), "/");
    assert_string_equal(mount_of("1 1 0:2 / /initrd rw - rootfs rootfs rw"), "/initrd");
    assert_string_equal(mount_of(LINE("/my\\040disk\\134", "rw", "vfat")), "/my disk\\");
}

static void mounts_without_programs_are_left_out(void **state)
{
    (void)state;
    assert_null(mount_of(LINE("/proc", "rw,nosuid,noexec,relatime", "proc")));
    assert_null(mount_of(LINE("/run", "noexec", "tmpfs")));
    assert_non_null(mount_of(LINE("/run", "rw,noexecutable", "tmpfs")));
}

static void mounts_that_wait_for_others_are_left_out(void **state)
{
    (void)state;
    assert_null(mount_of(LINE("/net", "rw", "nfs4")));
    assert_null(mount_of(LINE("/net", "rw", "fuse.sshfs")));
}

static void lines_of_another_shape_are_left_out(void **state)
{
    (void)state;
    assert_null(mount_of(""));
    assert_null(mount_of("36 35 98:0 /mnt1 /mnt2"));
    assert_null(mount_of("36 35 98:0 /mnt1 /mnt2 rw master:1 -"));
    assert_null(mount_of("36 35 98:0 /mnt1 /mnt2 rw master:1 ext3"));
    assert_null(mount_of(LINE("relative", "rw", "ext4")));
    assert_null(mount_of(LINE("/nul\\000here", "rw", "ext4")));
    assert_null(mount_of(LINE("/a/name/that/is/longer/than/the/buffer", "rw", "ext4")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_start_has_a_file_and_a_process),
        cmocka_unit_test(an_overflow_has_no_file),
        cmocka_unit_test(another_shape_is_refused),
        cmocka_unit_test(mounts_that_can_hold_programs_are_taken),
        cmocka_unit_test(mounts_without_programs_are_left_out),
        cmocka_unit_test(mounts_that_wait_for_others_are_left_out),
        cmocka_unit_test(lines_of_another_shape_are_left_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
