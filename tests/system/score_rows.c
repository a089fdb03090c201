/* score_rows MODEL.nrm: scores rows of features with the device's own loader and scorer.
 *
 * Standard input: one vector a line, its numbers separated by spaces; entries that are left out are 0. Standard output:
 * "bound <mlogit> <output name>..." and then, a line for each row, the score of every output in mlogit. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/model.h"
#include "platform/files.h"

static int load(struct nrs_model *m, uint8_t *bytes, const char *path)
{
    struct nrs_model_envelope e;
    const char *place = "cannot be read";
    int len = nrs_path_load(path, bytes, NRS_MODEL_BYTES_MAX + 1);

    if (len < 0 || nrs_model_envelope_read(&e, bytes, (size_t)len, &place) != 0 || nrs_model_load(m, &e, &place) != 0) {
        fprintf(stderr, "score_rows: %s: %s\n", path, place);
        return 2;
    }
    return 0;
}

static void score(const struct nrs_model *m, char *line)
{
    uint16_t x[NRS_VECTOR_MAX] = {0};
    int32_t sums[NRS_MODEL_OUTPUTS_MAX];
    char *rest = NULL;
    unsigned i = 0;

    for (char *word = strtok_r(line, " \n", &rest); word && i < NRS_VECTOR_MAX; word = strtok_r(NULL, " \n", &rest))
        x[i++] = (uint16_t)strtoul(word, NULL, 10);
    nrs_model_sums(m, x, sums);
    for (unsigned o = 0; o < m->n_outputs; o++)
        printf("%s%d", o ? " " : "", (int)nrs_model_mlogit(m, o, sums[o]));
    putchar('\n');
}

int main(int argc, char **argv)
{
    static uint8_t bytes[NRS_MODEL_BYTES_MAX + 1];
    static struct nrs_model m;
    static char line[4096];

    if (argc != 2 || load(&m, bytes, argv[1]) != 0)
        return 2;
    printf("bound %d", (int)m.bound_mlogit);
    for (unsigned o = 0; o < m.n_outputs; o++)
        printf(" %s", m.output_name[o]);
    putchar('\n');
    while (fgets(line, sizeof line, stdin))
        score(&m, line);
    return 0;
}
