/* models/base/why.h - the one-line reason that goes with an error
 *
 * A function that outside input can make fail takes a `struct nrs_why *` beside its result. It writes one
 * line for people, in lower case, with the place first where there is one ("spool.kib: 7 is below 16").
 * The line is cut at the size of the struct and always NUL-terminated. Control characters become '?': a
 * name out of a hostile file cannot begin a second line. Some functions also use the line to say what they
 * did; their headers say so.
 *
 * Memory: the caller's, usually on its stack. The text is undefined until a function has written it.
 * Size:   a path of the configuration (up to 511 bytes) is the longest part of any line. A line with the
 *         longest path loses its end. */
#ifndef NRS_WHY_H
#define NRS_WHY_H

#define NRS_WHY_MAX 512

struct nrs_why {
    char text[NRS_WHY_MAX];
};

/* Writes the reason and returns `err`, so that a refusal is one statement: return nrs_why(why, NRS_ERR_IO,
 * "%s", x). */
int nrs_why(struct nrs_why *why, int err, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
