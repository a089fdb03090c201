/* Architectures differ in names. A call below stands alone if every architecture has it; the others come in groups that
 * are there or not there together: the old calls (x86, ARM, MIPS, PowerPC, s390), those of 32-bit systems, and their
 * 64-bit time calls beside the old ones (which are used depends on the kernel). */
#include "platform/linux/seccomp_calls.h"

#include <sys/syscall.h>

const unsigned short nrs_seccomp_allowed[] = {
    /* waiting, reading, writing */
    SYS_epoll_pwait, SYS_read, SYS_write, SYS_clock_gettime, SYS_recvfrom, SYS_recvmsg, SYS_sendto, SYS_sendmsg,
    SYS_epoll_ctl, SYS_epoll_create1, SYS_ppoll, SYS_readv, SYS_writev, SYS_pread64, SYS_pwrite64, SYS_recvmmsg,
    SYS_sendmmsg, SYS_eventfd2, SYS_pipe2,
#ifdef SYS_recv
    SYS_recv, SYS_send,
#endif

    /* sockets (`socket` itself is looked at by family); no listen, no accept: nobody connects to an agent */
    SYS_connect, SYS_bind, SYS_shutdown, SYS_getsockopt, SYS_setsockopt, SYS_getsockname, SYS_getpeername,
#ifdef SYS_socketcall
    SYS_socketcall, /* all of these in one call; the only way before Linux 4.3 on i386 and s390 */
#endif

    /* files: the spool, /proc, certificates on reload */
    SYS_openat, SYS_close, SYS_lseek, SYS_statx, SYS_faccessat, SYS_getdents64, SYS_readlinkat, SYS_fcntl, SYS_ioctl,
    SYS_dup, SYS_dup3, SYS_fsync, SYS_fdatasync, SYS_ftruncate, SYS_fallocate, SYS_flock, SYS_renameat2, SYS_unlinkat,
    SYS_mkdirat, SYS_fchmod, SYS_fchmodat, SYS_umask, SYS_statfs, SYS_fstatfs,
#ifdef SYS_faccessat2
    SYS_faccessat2,
#endif
#ifdef SYS_fstat
    SYS_fstat,
#endif
#ifdef SYS_newfstatat
    SYS_newfstatat,
#endif
#ifdef SYS_renameat
    SYS_renameat,
#endif

    /* memory, threads (libuv resolves names in one), signals; mmap, mprotect and clone are looked at closer */
    SYS_brk, SYS_munmap, SYS_mremap, SYS_madvise, SYS_futex, SYS_set_robust_list, SYS_set_tid_address, SYS_sched_yield,
    SYS_sched_getaffinity, SYS_gettid, SYS_tkill, SYS_tgkill, SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn,
    SYS_sigaltstack, SYS_restart_syscall, SYS_exit, SYS_exit_group,
#ifdef SYS_rseq
    SYS_rseq,
#endif
#ifdef SYS_sigreturn
    SYS_sigreturn,
#endif

    /* facts */
    SYS_getrandom, SYS_clock_getres, SYS_clock_nanosleep, SYS_nanosleep, SYS_gettimeofday, SYS_uname, SYS_sysinfo,
    SYS_getrusage, SYS_getpid, SYS_getppid, SYS_getuid, SYS_geteuid, SYS_getgid, SYS_getegid,
#ifdef SYS_time
    SYS_time,
#endif

#ifdef SYS_open /* old calls */
    SYS_open, SYS_stat, SYS_lstat, SYS_access, SYS_readlink, SYS_dup2, SYS_rename, SYS_unlink, SYS_mkdir, SYS_rmdir,
    SYS_chmod, SYS_poll, SYS_pipe, SYS_epoll_wait,
#endif
#ifdef SYS__llseek /* 32-bit systems */
    SYS__llseek, SYS_fstat64, SYS_stat64, SYS_lstat64, SYS_fstatat64, SYS_fcntl64, SYS_ftruncate64, SYS_statfs64,
    SYS_fstatfs64,
#endif
#ifdef SYS_clock_gettime64
    SYS_clock_gettime64, SYS_clock_getres_time64, SYS_clock_nanosleep_time64, SYS_futex_time64, SYS_ppoll_time64,
    SYS_recvmmsg_time64,
#endif
#ifdef SYS_getuid32
    SYS_getuid32, SYS_geteuid32, SYS_getgid32, SYS_getegid32,
#endif
};
const size_t nrs_seccomp_n_allowed = sizeof(nrs_seccomp_allowed) / sizeof(nrs_seccomp_allowed[0]);

const unsigned short nrs_seccomp_fatal[] = {
    SYS_execve, SYS_execveat, SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_bpf, SYS_mount,
    SYS_init_module, SYS_finit_module, SYS_kexec_load,
#ifdef SYS_fork
    SYS_fork, SYS_vfork,
#endif
};
const size_t nrs_seccomp_n_fatal = sizeof(nrs_seccomp_fatal) / sizeof(nrs_seccomp_fatal[0]);
