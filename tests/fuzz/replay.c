/* Replays a corpus through a fuzz target: every file named, or every file below a folder named.
 *
 * Stands in for libFuzzer's main, so that any compiler can run the corpus as a test. Each input is copied to an
 * allocation of exactly its size: reading beyond it is found. */
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static unsigned n_inputs;

static int replay(const char *path, const struct stat *st, int type)
{
    size_t n = (size_t)st->st_size;
    uint8_t *data;
    FILE *f;

    if (type != FTW_F)
        return 0;
    data = malloc(n ? n : 1);
    f = fopen(path, "rb");
    if (!data || !f || fread(data, 1, n, f) != n) {
        perror(path);
        exit(2);
    }
    fclose(f);
    fprintf(stderr, "%s\n", path); /* the last name before a crash is the input that caused it */
    LLVMFuzzerTestOneInput(data, n);
    free(data);
    n_inputs++;
    return 0;
}

int main(int argc, char **argv)
{
    int i;

    for (i = 1; i < argc; i++)
        if (ftw(argv[i], replay, 16) != 0) {
            perror(argv[i]);
            return 2;
        }
    printf("%u inputs\n", n_inputs);
    return n_inputs == 0;
}
