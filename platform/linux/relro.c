/* Relocation read-only for a static program.
 *
 * musl protects PT_GNU_RELRO in its dynamic loader only; in a static-pie the relocated constants (tables of
 * functions, above all) would stay writable. The program headers are those of the running image, as the
 * kernel hands them over, so this is the same arithmetic that the loader does. */
#include "platform/privileges.h"

#include <errno.h>
#include <link.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

/* The linker's; a program at fixed addresses may have none. */
extern ElfW(Dyn) _DYNAMIC[] __attribute__((weak));

/* How far the image was moved from the addresses in its headers: seen at a segment whose place is known. */
static uintptr_t moved_by(const ElfW(Phdr) *headers, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (headers[i].p_type == PT_PHDR)
            return (uintptr_t)headers - headers[i].p_vaddr;
        if (headers[i].p_type == PT_DYNAMIC && _DYNAMIC)
            return (uintptr_t)_DYNAMIC - headers[i].p_vaddr;
    }
    return 0;
}

int nrs_privileges_seal_relro(void)
{
    const ElfW(Phdr) *headers = (const ElfW(Phdr) *)getauxval(AT_PHDR);
    size_t n = getauxval(AT_PHNUM);
    uintptr_t page = getauxval(AT_PAGESZ);

    for (size_t i = 0; i < n; i++) {
        uintptr_t start = moved_by(headers, n) + headers[i].p_vaddr;
        uintptr_t end = (start + headers[i].p_memsz) & ~(page - 1);

        if (headers[i].p_type != PT_GNU_RELRO)
            continue;
        start &= ~(page - 1);
        return end > start && mprotect((void *)start, end - start, PROT_READ) != 0 ? -errno : 0;
    }
    return -ENOENT;
}
