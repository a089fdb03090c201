#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "tools/replay/gallery.h"
#include "tools/replay/model_source.h"
#include "tools/replay/words.h"
#include "tools/spans/spans.h"

static struct nrs_replay_model model;
static struct nrs_gallery gallery;
static char *text;

static struct nrs_judgement judgement(int32_t score, const char *name)
{
    static const uint16_t x[NRS_FEATURES_MAX];

    return (struct nrs_judgement){.score_mlogit = score,
                                  .name = name,
                                  .x = x,
                                  .model = &model.model,
                                  .n = 7,
                                  .period_ms = 60000,
                                  .jitter_pct = 3,
                                  .tx_med = UINT32_MAX,
                                  .rx_med = UINT32_MAX};
}

static const char *drawn(bool colour)
{
    size_t len;
    FILE *to;

    free(text);
    to = open_memstream(&text, &len);
    assert_non_null(to);
    nrs_gallery_draw(&gallery, to, colour);
    fclose(to);
    return text;
}

static int setup(void **state)
{
    (void)state;
    memset(&gallery, 0, sizeof gallery);
    gallery.cap = 3;
    return nrs_replay_model_open(&model, "none") ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    free(text);
    text = NULL;
    return 0;
}

static void the_highest_scores_stay_and_are_drawn_in_order(void **state)
{
    static const char *const names[] = {"one", "five", "two", "four", "three"};
    static const int32_t scores[] = {1000, 5000, 2000, 4000, 3000};
    const char *five, *four, *three;

    (void)state;
    for (int i = 0; i < 5; i++) {
        struct nrs_judgement j = judgement(scores[i], names[i]);

        nrs_gallery_keep(&gallery, &j, 0);
    }
    five = strstr(drawn(false), "(five)");
    four = strstr(text, "(four)");
    three = strstr(text, "(three)");
    assert_true(five && four && three && five < four && four < three);
    assert_null(strstr(text, "(one)"));
    assert_non_null(strstr(text, "(and 2 with lower scores)"));
}

static void the_same_destination_replaces_its_picture(void **state)
{
    struct nrs_judgement first = judgement(1000, "first"), second = judgement(500, "second");

    (void)state;
    nrs_gallery_keep(&gallery, &first, 9);
    nrs_gallery_keep(&gallery, &second, 9);
    assert_non_null(strstr(drawn(false), "(second)"));
    assert_null(strstr(text, "(first)"));
}

static void the_matrix_is_kept_and_can_be_refreshed(void **state)
{
    uint8_t matrix[NRS_MATRIX_BYTES] = {[0] = 0x10, [719] = 0x0f};
    struct nrs_judgement j = judgement(1, NULL);

    (void)state;
    nrs_gallery_keep(&gallery, &j, 4);
    assert_non_null(strstr(drawn(false), "too few active minutes"));
    j.matrix = matrix;
    nrs_gallery_refresh(&gallery, &j, 5);
    assert_non_null(strstr(drawn(false), "too few active minutes"));
    nrs_gallery_refresh(&gallery, &j, 4);
    memset(matrix, 0, sizeof matrix);
    assert_non_null(strstr(drawn(false), "  00  |.   "));
    assert_non_null(strstr(text, "   @|\n"));
    assert_null(strchr(text, '\x1b'));
    assert_non_null(strchr(drawn(true), '\x1b'));
}

static void numbers_read_like_words(void **state)
{
    size_t len;
    char number[4];
    FILE *to;

    (void)state;
    free(text);
    to = open_memstream(&text, &len);
    assert_non_null(to);
    nrs_words_time(to, 4200);
    nrs_words_time(to, 61500);
    nrs_words_time(to, 720000);
    nrs_words_time(to, 86400000);
    nrs_words_time(to, 345600000);
    nrs_words_bytes(to, 512);
    nrs_words_bytes(to, 48000);
    nrs_words_bytes(to, UINT32_MAX - 1);
    nrs_words_logit(to, 2310);
    nrs_words_logit(to, -50);
    nrs_words_logit(to, INT32_MIN);
    nrs_words_moment(to, UINT64_C(1700000040250000000));
    fclose(to);
    assert_string_equal(
        text, "4.20 s61.5 s12 min24 h 0 min4 days512 B48 kB4294 MB+2.31-0.05-2147483.642023-11-14 22:14 UTC");
    assert_string_equal(nrs_spans_transport(NRS_PROTO_ICMP6, number), "icmp");
    assert_string_equal(nrs_spans_transport(132, number), "132");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_highest_scores_stay_and_are_drawn_in_order, setup, teardown),
        cmocka_unit_test_setup_teardown(the_same_destination_replaces_its_picture, setup, teardown),
        cmocka_unit_test_setup_teardown(the_matrix_is_kept_and_can_be_refreshed, setup, teardown),
        cmocka_unit_test_setup_teardown(numbers_read_like_words, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
