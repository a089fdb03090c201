/* The first process of a machine whose only programs are this, the agent and the lab's beacon: lets the agent watch
 * loopback while the beacon calls for half an hour, prints the agent's status and memory, switches off.
 *
 * test_boot.py makes the image, starts it and reads what is printed. */
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SERVER      "127.0.0.1:4444"
#define MEMORY_MAX  (4u << 20) /* address space of the agent: code, table, stacks of two threads */

/* Starts a program with at most `memory` bytes of address space (0 = any) and returns its pid. */
static pid_t start(char *const argv[], size_t memory)
{
    const struct rlimit limit = {memory, memory};
    pid_t pid = fork();

    if (pid != 0)
        return pid;
    if (memory && setrlimit(RLIMIT_AS, &limit) != 0)
        _exit(126);
    execv(argv[0], argv);
    _exit(127);
}

static int run(char *const argv[])
{
    int status = -1;

    waitpid(start(argv, 0), &status, 0);
    return status;
}

static void loopback_up(void)
{
    struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    int fd = socket(AF_INET, SOCK_DGRAM, 0);

    if (ioctl(fd, SIOCSIFFLAGS, &lo) != 0)
        perror("init: lo");
    close(fd);
}

/* The lines of /proc/PID/status that begin with Vm, Seccomp or NoNewPrivs. */
static void print_facts(pid_t pid)
{
    char line[160];
    FILE *f;

    snprintf(line, sizeof line, "/proc/%d/status", (int)pid);
    f = fopen(line, "r");
    while (f && fgets(line, sizeof line, f))
        if (strncmp(line, "Vm", 2) == 0 || strncmp(line, "Seccomp:", 8) == 0 || strncmp(line, "NoNewPrivs:", 11) == 0)
            printf("fact %s", line);
    if (f)
        fclose(f);
}

int main(void)
{
    char *const serve[] = {"/noroshi-lab", "serve", SERVER, NULL};
    char *const agent[] = {"/noroshi", "run", "--config", "/etc/noroshi.json", NULL};
    char *const beacon[] = {"/noroshi-lab", "beacon", "--to", SERVER, "--every", "20s", "--for", "30m", NULL};
    char *const status[] = {"/noroshi", "status", "--config", "/etc/noroshi.json", NULL};
    int code = -1;
    pid_t pid;

    setvbuf(stdout, NULL, _IONBF, 0);
    mkdir("/proc", 0555);
    mkdir("/spool", 0755);
    if (mount("proc", "/proc", "proc", 0, NULL) != 0)
        perror("init: /proc");
    loopback_up();
    start(serve, 0);
    pid = start(agent, MEMORY_MAX);
    sleep(5);
    printf("init: beacon ended with %d\n", run(beacon));
    print_facts(pid);
    printf("init: status ended with %d\n", run(status));
    kill(pid, SIGTERM);
    waitpid(pid, &code, 0);
    printf("init: agent ended with %d\n", code);
    reboot(RB_POWER_OFF);
    return 0;
}
