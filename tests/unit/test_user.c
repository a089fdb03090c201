#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "platform/linux/proc_lines.h"
#include "platform/linux/user.h"

static bool read_line(const char *line, const char *user, uid_t *uid, gid_t *gid)
{
    size_t len = strlen(line);
    char *copy = malloc(len ? len : 1);
    bool ok;

    assert_non_null(copy);
    memcpy(copy, line, len);
    ok = nrs_user_line(copy, len, user, uid, gid);
    free(copy);
    return ok;
}

static void a_line_of_the_user_gives_both_numbers(void **state)
{
    uid_t uid = 7;
    gid_t gid = 7;

    (void)state;
    assert_true(read_line("noroshi:x:453:454:edge agent:/:/bin/false", "noroshi", &uid, &gid));
    assert_int_equal(uid, 453);
    assert_int_equal(gid, 454);
    assert_true(read_line("last::4294967294:0::", "last", &uid, &gid));
    assert_true(uid == 4294967294);
    assert_int_equal(gid, 0);
}

static void other_and_damaged_lines_are_refused(void **state)
{
    static const char *const lines[] = {"", "noroshi", "noroshi:", "noroshi:x", "noroshi:x:453", "noroshi:x:453:454",
        "noroshi:x::454:", "noroshi:x:453::", "noroshi:x:-1:454:", "noroshi:x: 453:454:", "noroshi:x:4294967295:454:",
        "noroshi:x:18446744073709551617:454:", "noroshi:x:453:454x:", "noroshi2:x:453:454:", "norosh:x:453:454:", "# noroshi:x:1:1:"};
    uid_t uid = 7;
    gid_t gid = 8;

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        assert_false(read_line(lines[i], "noroshi", &uid, &gid));
    assert_false(read_line(":x:453:454:", "", &uid, &gid));
    assert_int_equal(uid, 7);
    assert_int_equal(gid, 8);
}

static void a_number_is_a_user_and_its_group(void **state)
{
    uid_t uid;
    gid_t gid;

    (void)state;
    assert_int_equal(nrs_user_find("65534", &uid, &gid), 0);
    assert_int_equal(uid, 65534);
    assert_int_equal(gid, 65534);
    assert_int_equal(nrs_user_find("4294967295", &uid, &gid), -ENOENT);
    assert_int_equal(nrs_user_find("0x10", &uid, &gid), -ENOENT);
    assert_int_equal(nrs_user_find("", &uid, &gid), -ENOENT);
    assert_int_equal(uid, 65534);
}

static void root_is_known_here(void **state)
{
    uid_t uid = 7;
    gid_t gid = 7;

    (void)state;
    assert_int_equal(nrs_user_find("root", &uid, &gid), 0);
    assert_int_equal(uid, 0);
    assert_int_equal(gid, 0);
}

static void the_last_line_needs_no_newline(void **state)
{
    static const char text[] = "a:x:1:1:\nb:x:2:3:";
    struct nrs_proc_lines l;
    char name[] = "/tmp/nrs_user.XXXXXX";
    int fd = mkstemp(name);
    const char *line;
    size_t len;

    (void)state;
    assert_true(fd >= 0);
    unlink(name);
    assert_int_equal(write(fd, text, sizeof text - 1), sizeof text - 1);
    assert_int_equal(nrs_proc_lines_begin(&l, fd), 0);
    assert_int_equal(nrs_proc_lines_next(&l, &line, &len), 1);
    assert_int_equal(len, 8);
    assert_int_equal(nrs_proc_lines_next(&l, &line, &len), 1);
    assert_int_equal(len, 8);
    assert_memory_equal(line, "b:x:2:3:", 8);
    assert_int_equal(nrs_proc_lines_next(&l, &line, &len), 0);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_of_the_user_gives_both_numbers),
        cmocka_unit_test(other_and_damaged_lines_are_refused),
        cmocka_unit_test(a_number_is_a_user_and_its_group),
        cmocka_unit_test(root_is_known_here),
        cmocka_unit_test(the_last_line_needs_no_newline),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
