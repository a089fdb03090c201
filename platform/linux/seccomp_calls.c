/* Architectures differ in names. A call below stands alone if every architecture has it; the others come in
 * groups that are there or not there together: the old calls (x86, ARM, MIPS, PowerPC, s390), those of 32-bit
 * systems, and their 64-bit time calls beside the old ones (which are used depends on the kernel). The names
 * are the kernel's: musl renames some on 32-bit systems. */
#include "platform/linux/seccomp_calls.h"

#include <asm/unistd.h>

const unsigned short nrs_seccomp_allowed[] = {
    /* waiting, reading, writing */
    __NR_epoll_pwait, __NR_read, __NR_write, __NR_clock_gettime, __NR_recvfrom, __NR_recvmsg, __NR_sendto,
    __NR_sendmsg, __NR_epoll_ctl, __NR_epoll_create1, __NR_ppoll, __NR_readv, __NR_writev, __NR_pread64,
    __NR_pwrite64, __NR_recvmmsg, __NR_sendmmsg, __NR_eventfd2, __NR_pipe2,
#ifdef __NR_recv
    __NR_recv, __NR_send,
#endif

    /* sockets (`socket` itself is looked at by family); no listen, no accept: nobody connects to an agent */
    __NR_connect, __NR_bind, __NR_shutdown, __NR_getsockopt, __NR_setsockopt, __NR_getsockname,
    __NR_getpeername,

    /* files: the spool, /proc, certificates on reload */
    __NR_openat, __NR_close, __NR_lseek, __NR_statx, __NR_faccessat, __NR_getdents64, __NR_readlinkat,
    __NR_fcntl, __NR_ioctl, __NR_dup, __NR_dup3, __NR_fsync, __NR_fdatasync, __NR_ftruncate, __NR_fallocate,
    __NR_flock, __NR_renameat2, __NR_unlinkat, __NR_mkdirat, __NR_fchmod, __NR_fchmodat, __NR_umask,
    __NR_statfs, __NR_fstatfs,
#ifdef __NR_faccessat2
    __NR_faccessat2,
#endif
#ifdef __NR_fstat
    __NR_fstat,
#endif
#ifdef __NR_newfstatat
    __NR_newfstatat,
#endif
#ifdef __NR_renameat
    __NR_renameat,
#endif

    /* memory, threads (libuv resolves names in one), signals;
     * mmap, mprotect and clone are looked at closer */
    __NR_brk, __NR_munmap, __NR_mremap, __NR_madvise, __NR_futex, __NR_set_robust_list, __NR_set_tid_address,
    __NR_sched_yield, __NR_sched_getaffinity, __NR_gettid, __NR_tkill, __NR_tgkill, __NR_rt_sigaction,
    __NR_rt_sigprocmask, __NR_rt_sigreturn, __NR_sigaltstack, __NR_restart_syscall, __NR_exit,
    __NR_exit_group,
#ifdef __NR_rseq
    __NR_rseq,
#endif
#ifdef __NR_sigreturn
    __NR_sigreturn,
#endif

    /* facts */
    __NR_getrandom, __NR_clock_getres, __NR_clock_nanosleep, __NR_nanosleep, __NR_gettimeofday, __NR_uname,
    __NR_sysinfo, __NR_getrusage, __NR_getpid, __NR_getppid, __NR_getuid, __NR_geteuid, __NR_getgid,
    __NR_getegid,
#ifdef __NR_time
    __NR_time,
#endif

#ifdef __NR_open /* old calls */
    __NR_open, __NR_stat, __NR_lstat, __NR_access, __NR_readlink, __NR_dup2, __NR_rename, __NR_unlink,
    __NR_mkdir, __NR_rmdir, __NR_chmod, __NR_poll, __NR_pipe, __NR_epoll_wait,
#endif
#ifdef __NR__llseek
    __NR__llseek,
#endif
#ifdef __NR_fcntl64 /* 32-bit systems */
    __NR_fstat64, __NR_stat64, __NR_lstat64, __NR_fstatat64, __NR_fcntl64, __NR_ftruncate64, __NR_statfs64,
    __NR_fstatfs64,
#endif
#ifdef __NR_clock_gettime64
    __NR_clock_gettime64, __NR_clock_getres_time64, __NR_clock_nanosleep_time64, __NR_futex_time64,
    __NR_ppoll_time64, __NR_recvmmsg_time64,
#endif
#ifdef __NR_getuid32
    __NR_getuid32, __NR_geteuid32, __NR_getgid32, __NR_getegid32,
#endif
};
const size_t nrs_seccomp_n_allowed = sizeof(nrs_seccomp_allowed) / sizeof(nrs_seccomp_allowed[0]);

const unsigned short nrs_seccomp_helper[] = {
    __NR_read, __NR_pread64, __NR_close, __NR_lseek, __NR_readlinkat, __NR_getdents64, __NR_statx, __NR_fcntl,
    __NR_recvfrom, __NR_sendto, __NR_ppoll, __NR_clock_gettime, __NR_clock_nanosleep, __NR_write, __NR_writev,
    __NR_brk, __NR_munmap, __NR_mremap, __NR_madvise, __NR_rt_sigprocmask, __NR_rt_sigreturn,
    __NR_restart_syscall, __NR_exit, __NR_exit_group, __NR_gettimeofday,
#ifdef __NR_recv
    __NR_recv, __NR_send,
#endif
#ifdef __NR_fstat
    __NR_fstat,
#endif
#ifdef __NR_newfstatat
    __NR_newfstatat,
#endif
#ifdef __NR_stat
    __NR_stat, __NR_readlink, __NR_poll,
#endif
#ifdef __NR__llseek
    __NR__llseek,
#endif
#ifdef __NR_fcntl64
    __NR_fstat64, __NR_stat64, __NR_fstatat64, __NR_fcntl64,
#endif
#ifdef __NR_clock_gettime64
    __NR_clock_gettime64, __NR_ppoll_time64,
#endif
#ifdef __NR_sigreturn
    __NR_sigreturn,
#endif
};
const size_t nrs_seccomp_n_helper = sizeof(nrs_seccomp_helper) / sizeof(nrs_seccomp_helper[0]);

const unsigned short nrs_seccomp_fatal[] = {
    __NR_execve, __NR_execveat, __NR_ptrace, __NR_process_vm_readv, __NR_process_vm_writev, __NR_bpf,
    __NR_mount, __NR_init_module, __NR_finit_module, __NR_kexec_load,
#ifdef __NR_fork
    __NR_fork,
#endif
#ifdef __NR_vfork
    __NR_vfork,
#endif
};
const size_t nrs_seccomp_n_fatal = sizeof(nrs_seccomp_fatal) / sizeof(nrs_seccomp_fatal[0]);
