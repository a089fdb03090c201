/* platform/path_trust.h - folders and files that a program with rights may trust
 *
 * Root reads the configuration and the keys, and prepares the folder for state, before it becomes `user`.
 * Whoever else can write there would act with the rights of root. So a path is trusted only if its owner is
 * trusted and nobody else may write.
 *
 *   Trusted owners: root, and the user that this process runs as. For state also, if the process is root:
 *                   `user` (a name or number; NULL = "nobody") and "nobody", whom earlier versions ran as.
 *   Others:         everybody else, and a group other than root's, this process's or that of `user`.
 *
 * Only the path itself is examined; the folders above it are the owner's to keep. Every result is >= 0, one
 * of enum nrs_path_error, or a negative errno. nrs_path_strerror has the words for all of them. */
#ifndef NRS_PATH_TRUST_H
#define NRS_PATH_TRUST_H
#include <stdbool.h>

#define NRS_PATH_NAME_TEXT 64 /* bytes of a name for people, with the NUL; a longer name is cut */

/* Below every errno and below the numbers of models/base/error.h. */
enum nrs_path_error {
    NRS_PATH_LINK = -8192,     /* the folder is a symbolic link */
    NRS_PATH_OWNER = -8193,    /* the owner is not trusted */
    NRS_PATH_WRITABLE = -8194, /* others may write */
    NRS_PATH_READABLE = -8195, /* others may read a secret */
    NRS_PATH_FOREIGN = -8196,  /* the folder holds something that is not ours */
    NRS_PATH_USER = -8197      /* `user` is not known on this system */
};

/* A short lower-case phrase for people, never NULL. */
const char *nrs_path_strerror(int rc);

/* Opens a folder for state and returns its descriptor. It is made (mode 0700, its parent exists) if it is not
 * there. NRS_PATH_LINK, NRS_PATH_OWNER or NRS_PATH_WRITABLE: it is not to be trusted. */
int nrs_dir_open(const char *path, const char *user);

/* Root: whether the folder holds nothing but our plain files; 0 for everybody else, who can give nothing
 * away. `ours`: patterns of their names, ending with NULL, in which '#' is one of a-z and 0-9; the ".tmp" of
 * nrs_file_replace may follow. A plain file is regular, has one name, a trusted owner, and nobody else may
 * write to it. The folder lost+found of a file system is passed over. NRS_PATH_FOREIGN, NRS_PATH_OWNER or
 * NRS_PATH_WRITABLE: `name` says which entry it is, with '?' for unprintable bytes; it is "" otherwise. */
int nrs_dir_check(int dir, const char *user, const char *const *ours, char name[NRS_PATH_NAME_TEXT]);

/* Root: gives the folder and the files in it to `user`, after nrs_dir_check found nothing; where that finds
 * something, nothing is changed. Each file is checked again, and changed by its descriptor, so that a name
 * that is exchanged meanwhile changes no other file. 0 and no change for everybody else. */
int nrs_dir_give(int dir, const char *user, const char *const *ours, char name[NRS_PATH_NAME_TEXT]);

/* Whether a file that is read with rights (a configuration, a key) has a trusted owner and nobody else may
 * write to it; where it is `secret`, nobody else may read it either. Links are followed. A device has no
 * content to protect. user: a further owner that is trusted, whoever this process is; NULL = none. */
int nrs_path_is_private(const char *path, const char *user, bool secret);

#endif
