#include "tools/replay/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "models/base/units.h"
#include "platform/clock.h"

#define FIRST_NS NRS_NS_PER_S
#define EVERY_NS UINT64_C(200000000)
#define WIDTH    30

void nrs_replay_progress_start(struct nrs_replay_progress *p, bool on, const char *name)
{
    uint64_t now = nrs_clock_boot_ns();

    *p = (struct nrs_replay_progress){
        .on = on && isatty(STDERR_FILENO), .name = name, .start_ns = now, .next_ns = now + FIRST_NS};
}

static void draw_bar(uint64_t done, uint64_t total)
{
    unsigned filled = (unsigned)(done * WIDTH / total), i;

    fputs(" [", stderr);
    for (i = 0; i < WIDTH; i++)
        putc(i < filled ? '#' : '.', stderr);
    fprintf(stderr, "] %3u %%", (unsigned)(done * 100 / total));
}

static void print_count(uint64_t n)
{
    if (n < 1000000)
        fprintf(stderr, "%u", (unsigned)n);
    else
        fprintf(stderr, "%.1f M", (double)n / 1e6);
}

void nrs_replay_progress_show(struct nrs_replay_progress *p, const struct nrs_recorded *file,
                              uint64_t flagged)
{
    struct nrs_recorded_stats st;
    uint64_t now;

    if (!p->on)
        return;
    now = nrs_clock_boot_ns();
    if (now < p->next_ns)
        return;
    p->next_ns = now + EVERY_NS;
    p->drawn = true;
    nrs_recorded_stats(file, &st);
    fprintf(stderr, "\r%s", p->name);
    if (st.bytes_total > 0)
        draw_bar(st.bytes_done < st.bytes_total ? st.bytes_done : st.bytes_total, st.bytes_total);
    fputs("  ", stderr);
    print_count(st.records);
    fputs(" records, ", stderr);
    print_count(st.records * 1000 / ((now - p->start_ns) / NRS_NS_PER_MS));
    fprintf(stderr, "/s, %llu flagged\x1b[K", (unsigned long long)flagged);
    fflush(stderr);
}

uint64_t nrs_replay_progress_end(struct nrs_replay_progress *p)
{
    if (p->drawn)
        fputs("\r\x1b[K", stderr);
    p->drawn = false;
    return nrs_clock_boot_ns() - p->start_ns;
}

void nrs_replay_progress_summary(const char *name, const struct nrs_recorded_stats *st, uint64_t spent_ns,
                                 uint64_t flagged)
{
    fprintf(stderr, "%s: ", name);
    print_count(st->records);
    fprintf(stderr, " records in %.2f s, %llu flagged", (double)spent_ns / 1e9, (unsigned long long)flagged);
    if (st->damaged > 0)
        fprintf(stderr, ", %llu damaged", (unsigned long long)st->damaged);
    putc('\n', stderr);
}
