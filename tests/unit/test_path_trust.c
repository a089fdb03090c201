/* Folders and files that root may trust. What only root can prepare (other owners) is skipped for everybody else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/files.h"
#include "platform/path_trust.h"

enum { NOBODY = 65534, USER = 54321, STRANGER = 54322 }; /* no system gives the last two to a user by itself */
#define USER_TEXT "54321"

static const char *const ours[] = {"########.seg", "boot", "held-#", NULL};
static char top[64], folder[96];
static char name[NRS_PATH_NAME_TEXT];

static const char *in(const char *where, const char *file)
{
    static char path[2][192];
    static int turn;

    turn = !turn;
    snprintf(path[turn], sizeof path[turn], "%s/%s", where, file);
    return path[turn];
}

static void make_file(const char *path, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);

    assert_true(fd >= 0);
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
}

static void make_owned(const char *path, uid_t uid)
{
    make_file(path, 0600);
    assert_int_equal(chown(path, uid, uid), 0);
}

static struct stat stat_of(const char *path)
{
    struct stat st;

    assert_int_equal(lstat(path, &st), 0);
    return st;
}

static void needs_root(void)
{
    if (geteuid() != 0)
        skip();
}

static int fresh(void **state)
{
    (void)state;
    strcpy(top, "/tmp/nrs-trust-XXXXXX");
    if (mkdtemp(top) == NULL)
        return -1;
    snprintf(folder, sizeof folder, "%s/state", top);
    memset(name, 'x', sizeof name);
    return 0;
}

static int removed(void **state)
{
    char command[96];

    (void)state;
    snprintf(command, sizeof command, "rm -rf %s", top);
    return system(command);
}

static int opened(void)
{
    int fd = nrs_dir_open(folder, USER_TEXT);

    assert_true(fd >= 0);
    return fd;
}

/* What nrs_dir_give answers for the folder. */
static int given(void)
{
    int fd = opened(), rc = nrs_dir_give(fd, USER_TEXT, ours, name);

    close(fd);
    return rc;
}

static void a_folder_that_is_missing_is_made_for_its_owner_alone(void **state)
{
    (void)state;
    close(opened());
    assert_int_equal(stat_of(folder).st_mode & 07777, 0700);
    close(opened());
    assert_int_equal(nrs_dir_open(in(in(top, "no"), "where"), USER_TEXT), -ENOENT);
}

static void a_link_is_refused_however_it_is_written(void **state)
{
    static const char *const written[] = {"link", "link/", "link//", "link/.", "link/./", "dangling"};

    (void)state;
    close(opened());
    assert_int_equal(symlink(folder, in(top, "link")), 0);
    assert_int_equal(symlink(in(top, "nothing"), in(top, "dangling")), 0);
    for (unsigned i = 0; i < sizeof written / sizeof *written; i++)
        assert_int_equal(nrs_dir_open(in(top, written[i]), USER_TEXT), NRS_PATH_LINK);
    assert_int_equal(access(in(top, "nothing"), F_OK), -1);
    make_file(in(top, "file"), 0600);
    assert_int_equal(nrs_dir_open(in(top, "file"), USER_TEXT), -ENOTDIR);
}

static void a_folder_that_others_may_write_is_refused(void **state)
{
    (void)state;
    close(opened());
    assert_int_equal(chmod(folder, 0702), 0);
    assert_int_equal(nrs_dir_open(folder, USER_TEXT), NRS_PATH_WRITABLE);
    assert_int_equal(chmod(folder, 0770), 0); /* of our own group */
    close(opened());
    assert_int_equal(nrs_dir_open("/tmp", USER_TEXT), NRS_PATH_WRITABLE);
    needs_root();
    assert_int_equal(chown(folder, 0, STRANGER), 0);
    assert_int_equal(nrs_dir_open(folder, USER_TEXT), NRS_PATH_WRITABLE);
    assert_int_equal(chown(folder, 0, USER), 0);
    close(opened());
}

static void a_folder_of_another_user_is_refused(void **state)
{
    (void)state;
    needs_root();
    close(opened());
    assert_int_equal(chown(folder, STRANGER, 0), 0);
    assert_int_equal(nrs_dir_open(folder, USER_TEXT), NRS_PATH_OWNER);
    assert_int_equal(nrs_dir_open(folder, "no-such-user"), NRS_PATH_USER);
}

static void our_files_are_given_to_the_user(void **state)
{
    static const uid_t owner[] = {0, USER, NOBODY};
    static const char *const file[] = {"00c0ffee.seg", "boot", "held-v", "boot.tmp"};

    (void)state;
    needs_root();
    for (unsigned i = 0; i < sizeof owner / sizeof *owner; i++) {
        close(opened());
        assert_int_equal(chown(folder, owner[i], owner[i]), 0);
        for (unsigned j = 0; j < 4; j++)
            make_owned(in(folder, file[j]), owner[i]);
        assert_int_equal(mkdir(in(folder, "lost+found"), 0700), 0);
        assert_int_equal(given(), 0);
        assert_string_equal(name, "");
        assert_int_equal(stat_of(folder).st_uid, USER);
        for (unsigned j = 0; j < 4; j++)
            assert_int_equal(stat_of(in(folder, file[j])).st_uid, USER);
        assert_int_equal(stat_of(in(folder, file[0])).st_gid, USER);
        assert_int_equal(stat_of(in(folder, "lost+found")).st_uid, 0);
        removed(NULL);
        assert_int_equal(mkdir(top, 0700), 0);
    }
}

/* Beside a good file stands `bad`, which was made by the caller. */
static void is_refused(const char *bad, int rc)
{
    make_file(in(folder, "boot"), 0600);
    assert_int_equal(given(), rc);
    assert_string_equal(name, bad);
    assert_int_equal(stat_of(in(folder, "boot")).st_uid, 0);
    assert_int_equal(stat_of(folder).st_uid, 0);
    removed(NULL);
    assert_int_equal(mkdir(top, 0700), 0);
    close(opened());
}

static void a_folder_with_a_foreign_name_is_left_as_it_is(void **state)
{
    static const char *const foreign[] = {"shadow", ".ssh", "boo", "boot2", "held-", "held-V", "0000000.seg",
                                          "00c0ffee.seg.tmp.tmp", ".tmp"};

    (void)state;
    needs_root();
    close(opened());
    for (unsigned i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        make_file(in(folder, foreign[i]), 0600);
        is_refused(foreign[i], NRS_PATH_FOREIGN);
    }
    make_file(in(folder, "a\nb\xff"), 0600);
    is_refused("a?b?", NRS_PATH_FOREIGN);
}

static void our_name_alone_does_not_make_a_file_ours(void **state)
{
    (void)state;
    needs_root();
    close(opened());
    assert_int_equal(symlink("/etc/shadow", in(folder, "held-1")), 0);
    is_refused("held-1", NRS_PATH_FOREIGN);
    make_file(in(top, "other"), 0600);
    assert_int_equal(link(in(top, "other"), in(folder, "held-2")), 0);
    is_refused("held-2", NRS_PATH_FOREIGN);
    assert_int_equal(mkdir(in(folder, "held-3"), 0700), 0);
    is_refused("held-3", NRS_PATH_FOREIGN);
    assert_int_equal(mkfifo(in(folder, "held-4"), 0600), 0);
    is_refused("held-4", NRS_PATH_FOREIGN);
    make_owned(in(folder, "held-5"), STRANGER);
    is_refused("held-5", NRS_PATH_OWNER);
    make_file(in(folder, "held-6"), 0602);
    is_refused("held-6", NRS_PATH_WRITABLE);
    make_file(in(folder, "lost+found"), 0600);
    is_refused("lost+found", NRS_PATH_FOREIGN);
}

static void a_check_finds_the_same_and_changes_nothing(void **state)
{
    int fd;

    (void)state;
    needs_root();
    fd = opened();
    make_file(in(folder, "boot"), 0600);
    assert_int_equal(nrs_dir_check(fd, USER_TEXT, ours, name), 0);
    assert_int_equal(stat_of(in(folder, "boot")).st_uid, 0);
    make_file(in(folder, "shadow"), 0600);
    assert_int_equal(nrs_dir_check(fd, USER_TEXT, ours, name), NRS_PATH_FOREIGN);
    assert_string_equal(name, "shadow");
    assert_int_equal(nrs_dir_check(fd, "no-such-user", ours, name), NRS_PATH_USER);
    close(fd);
}

static void who_is_not_root_gives_nothing(void **state)
{
    int fd;

    (void)state;
    if (geteuid() == 0)
        skip();
    fd = opened();
    make_file(in(folder, "shadow"), 0600);
    assert_int_equal(nrs_dir_give(fd, USER_TEXT, ours, name), 0);
    assert_int_equal(stat_of(in(folder, "shadow")).st_uid, geteuid());
    close(fd);
}

static int private_at(mode_t mode, bool secret)
{
    const char *path = in(top, "file");

    (void)unlink(path);
    make_file(path, mode);
    return nrs_path_is_private(path, NULL, secret);
}

static void a_file_that_others_may_write_is_not_private(void **state)
{
    (void)state;
    assert_int_equal(private_at(0644, false), 0);
    assert_int_equal(private_at(0660, false), 0); /* our own group */
    assert_int_equal(private_at(0602, false), NRS_PATH_WRITABLE);
    assert_int_equal(private_at(0640, true), 0);
    assert_int_equal(private_at(0644, true), NRS_PATH_READABLE);
    assert_int_equal(symlink(in(top, "file"), in(top, "link")), 0);
    assert_int_equal(nrs_path_is_private(in(top, "link"), NULL, true), NRS_PATH_READABLE);
    assert_int_equal(nrs_path_is_private(in(top, "none"), NULL, true), -ENOENT);
    assert_int_equal(nrs_path_is_private("/dev/null", NULL, true), 0);
}

static void a_file_of_another_user_is_private_only_where_that_one_is_named(void **state)
{
    const char *path = in(top, "key");

    (void)state;
    needs_root();
    make_owned(path, USER);
    assert_int_equal(nrs_path_is_private(path, NULL, true), NRS_PATH_OWNER);
    assert_int_equal(nrs_path_is_private(path, USER_TEXT, true), 0);
    assert_int_equal(nrs_path_is_private(path, "54322", true), NRS_PATH_OWNER);
    assert_int_equal(chmod(path, 0660), 0);
    assert_int_equal(nrs_path_is_private(path, USER_TEXT, true), 0);
    assert_int_equal(chown(path, USER, STRANGER), 0);
    assert_int_equal(nrs_path_is_private(path, USER_TEXT, true), NRS_PATH_WRITABLE);
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(nrs_path_is_private(path, USER_TEXT, true), NRS_PATH_READABLE);
}

static void every_refusal_has_its_words(void **state)
{
    (void)state;
    for (int rc = NRS_PATH_LINK; rc >= NRS_PATH_USER; rc--)
        for (int other = NRS_PATH_LINK; other > rc; other--)
            assert_string_not_equal(nrs_path_strerror(rc), nrs_path_strerror(other));
    assert_string_equal(nrs_path_strerror(NRS_PATH_LINK), "is a symbolic link");
    assert_string_equal(nrs_path_strerror(-ENOENT), strerror(ENOENT));
}

#define TRUST_TEST(f) cmocka_unit_test_setup_teardown(f, fresh, removed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TRUST_TEST(a_folder_that_is_missing_is_made_for_its_owner_alone),
        TRUST_TEST(a_link_is_refused_however_it_is_written),
        TRUST_TEST(a_folder_that_others_may_write_is_refused),
        TRUST_TEST(a_folder_of_another_user_is_refused),
        TRUST_TEST(our_files_are_given_to_the_user),
        TRUST_TEST(a_folder_with_a_foreign_name_is_left_as_it_is),
        TRUST_TEST(our_name_alone_does_not_make_a_file_ours),
        TRUST_TEST(a_check_finds_the_same_and_changes_nothing),
        TRUST_TEST(who_is_not_root_gives_nothing),
        TRUST_TEST(a_file_that_others_may_write_is_not_private),
        TRUST_TEST(a_file_of_another_user_is_private_only_where_that_one_is_named),
        TRUST_TEST(every_refusal_has_its_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
