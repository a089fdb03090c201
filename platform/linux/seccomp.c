/* The system call filter.
 *
 * Allowed: the list, and a few calls by argument: sockets of the internet and netlink families, new threads
 * but no new processes, memory that is never executable.
 * Fatal:   calls that only an intruder makes (exec, fork, ptrace, executable memory): the process is killed.
 * Others:  ENOSYS. To the program the kernel simply has no such call, a case that libc and libuv are written
 *          for: musl falls back from newer calls, and libuv stops using io_uring. Killing there would turn
 *          every new kernel interface that a library learns to try into a dead agent on 100,000 machines;
 *          EPERM would be mistaken for an answer. */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "platform/linux/confine.h"
#include "platform/linux/seccomp_calls.h"

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__i386__)
#define ARCH AUDIT_ARCH_I386
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#elif defined(__arm__)
#define ARCH AUDIT_ARCH_ARM
#elif defined(__mips__) && !defined(__mips64) && defined(__MIPSEB__)
#define ARCH AUDIT_ARCH_MIPS
#elif defined(__mips__) && !defined(__mips64)
#define ARCH AUDIT_ARCH_MIPSEL
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#define ARCH AUDIT_ARCH_PPC64LE
#elif defined(__powerpc__) && !defined(__powerpc64__)
#define ARCH AUDIT_ARCH_PPC
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCH AUDIT_ARCH_RISCV64
#elif defined(__s390x__)
#define ARCH AUDIT_ARCH_S390X
#elif defined(__loongarch64)
#define ARCH AUDIT_ARCH_LOONGARCH64
#else
#define ARCH 0 /* the filter is not installed */
#endif

#ifdef SYS_mmap2
#define NR_MMAP SYS_mmap2
#else
#define NR_MMAP SYS_mmap
#endif
#ifndef SECCOMP_RET_KILL_PROCESS
#define SECCOMP_RET_KILL_PROCESS 0x80000000U /* older kernels read it as: kill the thread */
#endif

/* s390x passes the flags of clone second, and the arguments of mmap in memory, where a filter cannot look. */
#ifdef __s390x__
#define CLONE_FLAGS 1
#define MMAP_IN_REGISTERS 0
#else
#define CLONE_FLAGS 0
#define MMAP_IN_REGISTERS 1
#endif

#define WRITING     (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)
#define PROGRAM_MAX 384

struct program {
    struct sock_filter code[PROGRAM_MAX];
    unsigned short n; /* larger than PROGRAM_MAX: did not fit */
};

static void emit(struct program *p, struct sock_filter instruction)
{
    if (p->n < PROGRAM_MAX)
        p->code[p->n] = instruction;
    p->n++;
}

static void load(struct program *p, size_t offset)
{
    emit(p, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset));
}

static void give(struct program *p, uint32_t action)
{
    emit(p, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action));
}

/* Where the low half of an argument lies. */
static size_t argument(unsigned i)
{
    const size_t high_first = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? sizeof(uint32_t) : 0;

    return offsetof(struct seccomp_data, args) + i * sizeof(uint64_t) + high_first;
}

/* The call `nr` gets `action`; others go on. */
static void rule(struct program *p, uint32_t nr, uint32_t action)
{
    emit(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 1));
    give(p, action);
}

/* The call `nr` with all or none of `bits` in argument i gets one of two actions; others go on. */
static void rule_bits(struct program *p, uint32_t nr, unsigned i, uint32_t bits, uint32_t with,
                      uint32_t without)
{
    emit(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 4));
    load(p, argument(i));
    emit(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits, 0, 1));
    give(p, with);
    give(p, without);
}

/* socket(family, ...): IPv4, IPv6, netlink (sock_diag, conntrack); others do not exist here. */
static void rule_socket(struct program *p)
{
    const uint32_t none = SECCOMP_RET_ERRNO | (EAFNOSUPPORT & SECCOMP_RET_DATA);

    emit(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 6));
    load(p, argument(0));
    emit(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET, 2, 0));
    emit(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 1, 0));
    emit(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_NETLINK, 0, 1));
    give(p, SECCOMP_RET_ALLOW);
    give(p, none);
}

/* One call for all that sockets do, where a filter sees neither family nor kind: the only way before Linux
 * 4.3 on i386 and s390. Where the kernel has the calls themselves, this one is as if it did not exist, or it
 * would be a way around. */
static void rule_socketcall(struct program *p)
{
#ifdef SYS_socketcall
    if (syscall(SYS_socket, -1, 0, 0) < 0 && errno == ENOSYS)
        rule(p, SYS_socketcall, SECCOMP_RET_ALLOW);
#else
    (void)p;
#endif
}

static void rule_list(struct program *p, const unsigned short *list, size_t n, uint32_t action)
{
    size_t i;

    /* Jumps reach 255 instructions, so each call returns for itself. */
    for (i = 0; i < n; i++)
        rule(p, list[i], action);
}

static void write_head(struct program *p)
{
    load(p, offsetof(struct seccomp_data, arch));
    emit(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0));
    give(p, SECCOMP_RET_KILL_PROCESS);
    load(p, offsetof(struct seccomp_data, nr));
}

static void write_tail(struct program *p)
{
    if (MMAP_IN_REGISTERS)
        rule_bits(p, NR_MMAP, 2, PROT_EXEC, SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_ALLOW);
    else
        rule(p, NR_MMAP, SECCOMP_RET_ALLOW);
    rule_bits(p, SYS_mprotect, 2, PROT_EXEC, SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_ALLOW);
    rule_list(p, nrs_seccomp_fatal, nrs_seccomp_n_fatal, SECCOMP_RET_KILL_PROCESS);
    give(p, SECCOMP_RET_ERRNO | (ENOSYS & SECCOMP_RET_DATA));
}

static int install(struct program *p)
{
    struct sock_fprog filter = {.len = p->n, .filter = p->code};

    if (p->n > PROGRAM_MAX)
        return -E2BIG;
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) != 0)
        return errno == EINVAL ? -ENOSYS : -errno; /* EINVAL: the kernel is built without */
    return 0;
}

int nrs_seccomp_confine(void)
{
    struct program p = {.n = 0};

    if (ARCH == 0)
        return -ENOSYS;
    write_head(&p);
    rule_list(&p, nrs_seccomp_allowed, nrs_seccomp_n_allowed, SECCOMP_RET_ALLOW);
    rule_socket(&p);
    rule_socketcall(&p);
    rule_bits(&p, SYS_clone, CLONE_FLAGS, CLONE_THREAD, SECCOMP_RET_ALLOW, SECCOMP_RET_KILL_PROCESS);
    write_tail(&p);
    return install(&p);
}

int nrs_seccomp_confine_helper(void)
{
    const uint32_t read_only = SECCOMP_RET_ERRNO | (EROFS & SECCOMP_RET_DATA);
    struct program p = {.n = 0};

    if (ARCH == 0)
        return -ENOSYS;
    write_head(&p);
    rule_list(&p, nrs_seccomp_helper, nrs_seccomp_n_helper, SECCOMP_RET_ALLOW);
    rule_bits(&p, SYS_openat, 2, WRITING, read_only, SECCOMP_RET_ALLOW);
#ifdef SYS_open
    rule_bits(&p, SYS_open, 1, WRITING, read_only, SECCOMP_RET_ALLOW);
#endif
    rule_socketcall(&p);
    rule(&p, SYS_socket, SECCOMP_RET_KILL_PROCESS);
    rule(&p, SYS_connect, SECCOMP_RET_KILL_PROCESS);
    rule(&p, SYS_clone, SECCOMP_RET_KILL_PROCESS);
    write_tail(&p);
    return install(&p);
}
