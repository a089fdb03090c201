/* The dynamic table: how much there is of it, what it asks for, and which of a few telling names it
 * imports. Names are read from the dynamic string table, so it does not matter whether there are sections. */
#include <string.h>

#include "agent/core/intmath.h"
#include "agent/scan/elf_dynamic.h"
#include "agent/scan/reader.h"
#include "models/packer_schema.h"

#define ENTRIES_MAX 63
#define DT_NULL     0
#define DT_NEEDED   1
#define DT_STRTAB   5
#define DT_INIT     12

/* Separated by one NUL each, an empty one ends a list. */
static const struct {
    uint8_t feature;
    const char *names;
} telling[] = {{NRS_P_imp_exec, "execvp\0execve\0execv\0execl\0execlp\0execle\0fexecve\0posix_spawn\0"},
               {NRS_P_imp_env, "putenv\0setenv\0environ\0__environ\0"},
               {NRS_P_imp_scanf, "sscanf\0__isoc99_sscanf\0__isoc23_sscanf\0atoll\0"},
               {NRS_P_imp_printf, "sprintf\0fprintf\0"},
               {NRS_P_imp_trace, "ptrace\0prctl\0"},
               {NRS_P_imp_memory, "mprotect\0memfd_create\0mmap\0mmap64\0"}};

static void look_up(const char *name, uint16_t *x)
{
    for (size_t i = 0; i < sizeof telling / sizeof telling[0]; i++)
        for (const char *known = telling[i].names; *known; known += strlen(known) + 1)
            if (strcmp(known, name) == 0)
                x[telling[i].feature] = 1;
}

static void read_names(struct nrs_scan *s, uint64_t offset, uint16_t *x)
{
    uint32_t got, n_names = 0, start = 0;
    const char *p = (const char *)nrs_reader_some(s, offset, NRS_SCAN_PIECE, &got);

    for (uint32_t i = 0; i < got; i++) {
        unsigned char c = (unsigned char)p[i];

        if (c == '\0') {
            if (i > start) {
                look_up(p + start, x);
                n_names++;
            }
            start = i + 1;
        } else if (c < ' ' || c > '~') {
            break; /* the string table is over */
        }
    }
    x[NRS_P_imports] = (uint16_t)nrs_log2_q3(n_names);
}

uint64_t nrs_elf_dynamic(struct nrs_scan *s, const struct nrs_elf *e, uint16_t *x)
{
    uint32_t size = e->wide ? 16 : 8, got, n = 0, n_needed = 0;
    uint32_t wanted = e->n_dynamic < ENTRIES_MAX * size ? (uint32_t)e->n_dynamic : ENTRIES_MAX * size;
    const uint8_t *p = nrs_reader_some(s, e->dynamic_at, wanted, &got);
    uint64_t names = 0, init = 0, names_at;

    for (; n < got / size; n++, p += size) {
        uint64_t tag = nrs_elf_word(e, p), value = nrs_elf_word(e, p + size / 2);

        if (tag == DT_NULL)
            break;
        n_needed += tag == DT_NEEDED;
        if (tag == DT_STRTAB)
            names = value;
        if (tag == DT_INIT)
            init = value;
    }
    x[NRS_P_dynamic] = (uint16_t)n;
    x[NRS_P_needed] = (uint16_t)(n_needed < 15 ? n_needed : 15);
    names_at = nrs_elf_offset(e, names);
    if (names != 0 && names_at != UINT64_MAX)
        read_names(s, names_at, x);
    return init;
}
