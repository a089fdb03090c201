"""Clean executables that have something of a packed one. Dense data, as installers, self-contained applications, firmware
loaders and GPU libraries carry: archives behind the last section, compressed resources that were linked in. And next to nothing, like
a loader: a few functions without a C library.
"""
import gzip
import io
import lzma
import tarfile
import zipfile
from pathlib import Path

from packer_compile import Compiler
from packer_corpus import SIZES, rng_of

BUNDLES = 12      # programs of each architecture that get an archive appended
RESOURCES = 24    # programs and libraries of each architecture that get one linked in
BARE = 12         # programs of each architecture without a C library
ARCHIVES = ("zip", "stored", "gz", "xz")
SECTIONS = ('.section .rodata,"a",%progbits', '.section .data,"aw",%progbits', '.section resources,"a",%progbits')
# Not -static: what shc compiles is nothing but a small static program around dense data.
LINKED = ("", "-no-pie", "-shared -fPIC", "-shared -fPIC -Wl,-z,noseparate-code", "-no-pie -Wl,-z,noseparate-code", "-shared -fPIC -s")
WITHOUT_LIBRARY = ("-s", "-s -Wl,-z,noseparate-code", "-Wl,-z,noseparate-code", "")
# What the code around a resource does with it: each program and library draws some.
USES = ('puts(getenv("HOME") ? "home" : "none");', 'printf("%zu %ld\\n", n, (long)time(NULL));', 'memcpy(copy, p, 64);',
        'FILE *f = fopen("/dev/null", "wb"); if (f) { fwrite(p, 1, n, f); fclose(f); }', 'srand(n); sum += rand();',
        'char *d = malloc(n); if (d) { memmove(d, p, n); free(d); }', 'sum += strtol((const char *)copy, NULL, 10);',
        'qsort(copy, 16, 4, compare);', 'sum += snprintf((char *)copy, 64, "%p", (void *)p);', 'perror("resource");',
        'for (size_t i = 0; i < n; i++) sum = sum * 31 + p[i];', 'int d = open("/dev/null", O_RDONLY); if (d >= 0) close(d);',
        'struct stat st; if (stat("/", &st) == 0) sum += st.st_size;', 'setlocale(LC_ALL, ""); sum += isalpha(copy[0]);',
        'void *m = mmap(NULL, n, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); if (m != MAP_FAILED) munmap(m, n);',
        'pthread_mutex_lock(&lock); sum++; pthread_mutex_unlock(&lock);', 'sum += strcmp((const char *)copy, "x");',
        'fprintf(stderr, "%s\\n", strerror(errno));', 'sum += getpid();', 'usleep(1);')
SOURCE = """
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

__asm__("%(section)s\\n.globl resource\\n.globl resource_end\\nresource: .incbin \\"resource\\"\\nresource_end:\\n.balign 8\\n.text\\n");
extern const unsigned char resource[], resource_end[];
pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

int compare(const void *a, const void *b)
{
    return memcmp(a, b, 4);
}
%(functions)s
int main(void)
{
    return %(calls)s 0;
}
"""
FUNCTION = """
long use_%(n)d(const unsigned char *p, size_t n)
{
    static unsigned char copy[64];
    long sum = 0;
    %(body)s
    return sum + copy[0];
}
"""
BARE_SOURCE = """
%(functions)s
void _start(void)
{
    volatile long sum = 0;
    for (;;)
        sum += %(calls)s 1;
}
"""
BARE_FUNCTION = """
static const char text_%(n)d[] = "%(text)s";
__attribute__((noinline)) long use_%(n)d(volatile long *to)
{
    long sum = %(n)d;
    for (const char *c = text_%(n)d; *c; c++)
        *to = sum = (sum << %(shift)d) ^ *c;
    return sum;
}
"""
WORDS = ("usage: ", "error", "cannot open ", "/dev/console", "ok\\n", "version ", "out of memory", "/proc/self/exe", "Hello, world\\n", "done")


def archive_of(kind, content):
    out = io.BytesIO()
    if kind in ("zip", "stored"):
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if kind == "zip" else zipfile.ZIP_STORED) as archive:
            for _, path, data in content:
                archive.writestr(zipfile.ZipInfo(path), data)
        return out.getvalue()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for _, path, data in content:
            member = tarfile.TarInfo(path)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return gzip.compress(out.getvalue(), mtime=0) if kind == "gz" else lzma.compress(out.getvalue())


def elf_of(pool):
    return [p for p in pool if p[2][:4] == b"\x7fELF" and len(p[2]) <= SIZES[1]]


def append_archives(corpus, arch, pool):
    """Programs of the pool with an archive of other programs behind them."""
    rng = rng_of("bundles", arch)
    elf = elf_of(pool)
    for n, i in enumerate(rng.permutation(len(elf))[:BUNDLES]):
        package, path, data = elf[i]
        content = [elf[j] for j in rng.permutation(len(elf))[:3]]
        kind = ARCHIVES[n % len(ARCHIVES)]
        corpus.add(data + archive_of(kind, content), arch, "none", "bundle", f"{package}__{Path(path).name}", f"bundle-{kind}")


def source_of(rng):
    """A C program with one to six functions, each of which makes some use of the resource."""
    functions, calls = [], []
    for n in range(rng.integers(1, 7)):
        body = [f"{{ {USES[i]} }}" for i in rng.permutation(len(USES))[:rng.integers(1, 9)]]
        functions.append(FUNCTION % {"n": n, "body": "\n    ".join(body)})
        calls.append(f"use_{n}(resource, resource_end - resource) +")
    section = SECTIONS[rng.integers(0, len(SECTIONS))].replace('"', '\\"')
    return SOURCE % {"section": section, "functions": "".join(functions), "calls": " ".join(calls)}


def link_resources(corpus, archive, work, arch, pool):
    """Small programs and shared libraries, compiled for the architecture around a compressed archive of drawn programs."""
    rng = rng_of("resources", arch)
    elf, compiler = elf_of(pool), Compiler(archive, arch)
    for n in range(RESOURCES if compiler.command else 0):
        content = [elf[j] for j in rng.permutation(len(elf))[:rng.integers(1, 9)]]
        (work / "resource").write_bytes(archive_of(("gz", "xz")[n % 2], content))
        (work / "main.c").write_text(source_of(rng))
        linked = LINKED[rng.integers(0, len(LINKED))]
        out = compiler.run(work, f"{('-O2', '-Os')[rng.integers(0, 2)]} {linked}")
        if out:
            package, path, _ = content[0]
            corpus.add(out, arch, "none", "resource", f"{package}__{Path(path).name}", f"resource {linked}".strip())


def bare_source(rng):
    functions, calls = [], []
    for n in range(rng.integers(1, 10)):
        text = " ".join(WORDS[i] for i in rng.permutation(len(WORDS))[:rng.integers(1, 6)])
        functions.append(BARE_FUNCTION % {"n": n, "text": text, "shift": rng.integers(1, 8)})
        calls.append(f"use_{n}((volatile long *)&sum) +")
    return BARE_SOURCE % {"functions": "".join(functions), "calls": " ".join(calls)}


def without_sections(data):
    """An ELF file without its section table, which lies at the end."""
    order, wide = ("little", "big")[data[5] - 1], data[4] == 2
    at, size, counts = (40, 8, 58) if wide else (32, 4, 46)
    kept = bytearray(data[:int.from_bytes(data[at:at + size], order)])
    kept[at:at + size] = bytes(size)
    kept[counts:counts + 6] = bytes(6)
    return bytes(kept)


def link_bare(corpus, archive, work, arch):
    """Programs of some hundred bytes that start in their own code and import nothing, every second one without a section table."""
    rng, compiler = rng_of("bare", arch), Compiler(archive, arch)
    for n in range(BARE if compiler.command else 0):
        (work / "main.c").write_text(bare_source(rng))
        linked = WITHOUT_LIBRARY[n // 2 % len(WITHOUT_LIBRARY)]
        out = compiler.run(work, f"-nostdlib -static -fno-builtin -Wl,--build-id=none {('-O2', '-Os')[rng.integers(0, 2)]} {linked}")
        if out:
            kept = without_sections(out) if n % 2 else out
            corpus.add(kept, arch, "none", "bare", f"bare-{n % 3}__{arch}{n}", f"bare {linked}".strip())
