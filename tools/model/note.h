/* tools/model/note.h - why something was refused, for people: one line of printable ASCII, cut to fit */
#ifndef NRS_TOOL_NOTE_H
#define NRS_TOOL_NOTE_H

struct nrs_note {
    char text[256];
};

/* Writes the line and returns err, so that a refusal is one statement. */
int nrs_note_set(struct nrs_note *note, int err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
