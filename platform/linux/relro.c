/* Relocation read-only for a static program.
 *
 * musl protects PT_GNU_RELRO in its dynamic loader only; in a static-pie the relocated constants (tables of
 * functions, above all) would stay writable. The program headers are those of the running image, so this is
 * the same arithmetic that the loader does. */
#include "platform/privileges.h"

#include <errno.h>
#include <link.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

/* Called for each loaded object, the program itself first; returns 1 or a negative errno to stop there. */
static int seal(struct dl_phdr_info *object, size_t size, void *arg)
{
    uintptr_t page = getauxval(AT_PAGESZ);
    int i;

    (void)size;
    (void)arg;
    for (i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
        uintptr_t start = object->dlpi_addr + segment->p_vaddr;
        uintptr_t end = (start + segment->p_memsz) & ~(page - 1);

        if (segment->p_type != PT_GNU_RELRO)
            continue;
        start &= ~(page - 1);
        if (end > start && mprotect((void *)start, end - start, PROT_READ) != 0)
            return -errno;
        return 1;
    }
    return -ENOENT;
}

int nrs_privileges_seal_relro(void)
{
    int rc = dl_iterate_phdr(seal, NULL);

    return rc < 0 ? rc : 0;
}
