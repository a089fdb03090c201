/* The parts of a running agent, as it is after the start, in a folder of its own and without a loop that
 * runs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "agent/config/json_leaves.h"
#include "agent/run/agent.h"
#include "agent/run/concerns.h"
#include "agent/run/facts.h"
#include "agent/run/status.h"
#include "agent/trust/clock_trust.h"
#include "agent/trust/model_floor.h"
#include "tests/certs.h"
#include "tests/temp_dir.h"

static struct temp_dir dir;
static struct cert ca, device;
static struct nrs_agent *a;
static char config_path[128];

static const char *path_of(char path[128], const char *name)
{
    snprintf(path, 128, "%s/%s", dir.path, name);
    return path;
}

/* Writes the configuration of an agent with a collector that nobody runs; `more` is the rest of the object.
 * */
static void configure(const char *more)
{
    FILE *f = fopen(config_path, "w");

    assert_non_null(f);
    fprintf(f,
            "{\"collector\": {\"url\": \"https://127.0.0.1:9/v\", \"ca\": \"ca.pem\", \"cert\": "
            "\"cert.pem\", \"key\": \"key.pem\"},"
            "\"source\": {\"order\": \"proc\"}, \"scan\": {\"watch\": false}%s}\n",
            more);
    fclose(f);
}

static int make_all(void **state)
{
    char path[128];

    (void)state;
    if (temp_dir_make(&dir) != 0 || cert_make(&ca, "CA", NULL) != 0 ||
        cert_make(&device, "device-7", &ca) != 0 || cert_save(path_of(path, "ca.pem"), ca.crt_pem) != 0 ||
        cert_save(path_of(path, "cert.pem"), device.crt_pem) != 0 ||
        cert_save(path_of(path, "key.pem"), device.key_pem) != 0)
        return -1;
    path_of(config_path, "noroshi.json");
    return 0;
}

static void remove_folder(const char *name)
{
    struct temp_dir sub;

    snprintf(sub.path, sizeof sub.path, "%.40s/%s", dir.path, name);
    sub.fd = nrs_dir_look(sub.path);
    if (sub.fd >= 0)
        temp_dir_remove(&sub);
}

static int drop_all(void **state)
{
    (void)state;
    cert_done(&ca);
    cert_done(&device);
    temp_dir_remove(&dir);
    return 0;
}

static int begin(void **state)
{
    (void)state;
    a = nrs_agent_new();
    return a == NULL;
}

static int end(void **state)
{
    (void)state;
    nrs_agent_close(a);
    free(a);
    remove_folder("spool");
    remove_folder("state");
    return 0;
}

static int load(const char *more)
{
    struct nrs_why why;

    configure(more);
    a->options.config = config_path;
    assert_int_equal(nrs_config_load(&a->config, config_path, &why), 0);
    return nrs_agent_open(a);
}

/* As after nrs_agent_confine, but with the rights of the test. */
static void start(const char *more)
{
    assert_int_equal(load(more), 0);
    assert_int_equal(nrs_agent_begin_folders(a), 0);
    nrs_verdicts_init(&a->verdicts, &(struct nrs_verdicts_conf){.host = a->host,
                                                                .boot = a->boot,
                                                                .spool = &a->spool,
                                                                .programs = &a->programs,
                                                                .core = a->core});
}

struct found {
    const char *key;
    char text[256];
};

static int find(void *arg, const struct nrs_json_leaf *leaf)
{
    struct found *f = arg;

    if (strcmp(leaf->path, f->key) == 0)
        snprintf(f->text, sizeof f->text, "%s", leaf->text);
    return 0;
}

static const char *member(const char *json, const char *key)
{
    static struct found f;
    int line;

    f = (struct found){.key = key};
    assert_int_equal(nrs_json_leaves(json, strlen(json), find, &f, &line), 0);
    return f.text;
}

static void the_name_is_that_of_the_certificate(void **state)
{
    (void)state;
    assert_int_equal(load(""), 0);
    assert_string_equal(a->host, "device-7");
    assert_int_equal(nrs_concerns_identity(&a->config, a->tls_now), 0);
}

static void a_host_id_of_the_configuration_wins(void **state)
{
    (void)state;
    assert_int_equal(load(",\"host_id\": \"gate-3\""), 0);
    assert_string_equal(a->host, "gate-3");
}

static void a_user_is_picked_where_none_is_named(void **state)
{
    (void)state;
    nrs_config_defaults(&a->config);
    if (!nrs_agent_pick_user(&a->config))
        assert_string_equal(a->config.user, "nobody");
    else
        assert_string_equal(a->config.user, "noroshi");
    strcpy(a->config.user, "somebody");
    assert_true(nrs_agent_pick_user(&a->config));
    assert_string_equal(a->config.user, "somebody");
}

static void spool_and_state_are_one_folder_by_default(void **state)
{
    (void)state;
    start("");
    assert_true(a->spool_dir >= 0 && a->state_dir == a->spool_dir);
    assert_true(a->boot[0] != '\0');
}

static void a_state_folder_has_a_descriptor_of_its_own(void **state)
{
    (void)state;
    start(",\"state\": {\"dir\": \"state\"}");
    assert_true(a->spool_dir >= 0 && a->state_dir >= 0 && a->state_dir != a->spool_dir);
}

static void a_report_only_agent_opens_no_folder(void **state)
{
    (void)state;
    a->options.report_only = true;
    assert_int_equal(load(""), 0);
    assert_int_equal(a->spool_dir, -1);
    assert_int_equal(a->state_dir, -1);
}

static void a_second_agent_is_refused(void **state)
{
    struct nrs_agent *other = nrs_agent_new();

    (void)state;
    start("");
    assert_non_null(other);
    other->config = a->config;
    assert_int_equal(nrs_agent_open_folders(other), 0);
    assert_int_equal(nrs_agent_begin_folders(other), NRS_EXIT_USAGE);
    nrs_agent_close_folders(other);
    free(other);
}

static void the_floor_of_an_old_spool_is_moved(void **state)
{
    static const uint8_t nine[] = {9, 0, 0, 0, 0xf6, 0xff, 0xff, 0xff};
    struct nrs_model_floor f;
    char path[128];
    int spool;

    (void)state;
    spool = nrs_dir_open(path_of(path, "spool"), NULL);
    assert_true(spool >= 0);
    assert_int_equal(nrs_file_replace(spool, NRS_MODEL_FLOOR_OLD, nine, sizeof nine, 0), 0);
    start(",\"state\": {\"dir\": \"state\"}");
    assert_int_equal(a->slots.floor, 9);
    nrs_model_floor_load(a->state_dir, "beacon", &f);
    assert_int_equal(f.serial, 9);
    assert_int_equal(f.good, 2);
    assert_int_equal(nrs_model_floor_load_old(spool), 0);
    nrs_file_close(spool);
}

static void the_compiled_in_model_writes_no_floor(void **state)
{
    struct nrs_model_floor f;

    (void)state;
    start("");
    nrs_model_floor_load(a->state_dir, "beacon", &f);
    assert_int_equal(f.good + f.bad, 0);
    assert_int_equal(a->slots.floor, a->slots.builtin.serial);
    assert_ptr_equal(a->slots.model, &a->slots.builtin);
}

static void the_health_record_is_one_json_line(void **state)
{
    char line[NRS_HEALTH_MAX], model[32];
    int len;

    (void)state;
    start("");
    len = nrs_agent_health(a, line, sizeof line);
    assert_in_range(len, 200, NRS_HEALTH_MAX - 1);
    assert_int_equal(line[len - 1], '\n');
    assert_int_equal(strlen(line), (size_t)len);
    assert_string_equal(member(line, "host.id"), "device-7");
    assert_string_equal(member(line, "event.dataset"), "noroshi.health");
    assert_string_equal(member(line, "noroshi.src"), "proc");
    snprintf(model, sizeof model, "beacon-%u", (unsigned)a->slots.builtin.serial);
    assert_string_equal(member(line, "noroshi.mdl"), model);
    assert_string_equal(member(line, "noroshi.q"), "0");
    assert_int_equal(nrs_agent_health(a, line, 100), 0);
}

static void the_status_file_is_json_with_the_newest_numbers(void **state)
{
    char text[NRS_STATUS_MAX];

    (void)state;
    start("");
    assert_int_equal(nrs_spool_append(&a->spool, "{}", 2, true), 0);
    nrs_agent_write_status(a);
    assert_false(a->status_owed);
    assert_true(nrs_file_load(a->spool_dir, NRS_STATUS_NAME, text, sizeof text) > 0);
    assert_string_equal(member(text, "host"), "device-7");
    assert_string_equal(member(text, "boot"), a->boot);
    assert_string_equal(member(text, "spooled"), "1");
    assert_string_equal(member(text, "scanner"), "off");
}

static void facts_are_separated_and_bounded(void **state)
{
    struct nrs_facts f;
    char text[64];

    (void)state;
    nrs_facts_begin(&f, text, sizeof text, ",", "{");
    nrs_facts_number(&f, "a", 1);
    nrs_facts_string(&f, "b", "x\"y");
    assert_int_equal(nrs_facts_end(&f, "}"), 18);
    assert_string_equal(text, "{\"a\":1,\"b\":\"x\\\"y\"}");
    nrs_facts_begin(&f, text, 8, ",", "{");
    nrs_facts_number(&f, "a", 1234567);
    assert_int_equal(nrs_facts_end(&f, "}"), 0);
}

static void concerns_are_counted(void **state)
{
    (void)state;
    assert_int_equal(load(",\"allow\": [{\"port\": 1, \"until\": \"2020-01-01\"}, {\"port\": 2}]"), 0);
    assert_int_equal(nrs_concerns_rules(&a->config), nrs_clock_is_set() ? 1 : 0);
    assert_int_equal(nrs_concerns_sources(&a->config), 0);
    strcpy(a->config.source.order, "packet,nothing,auto,proc");
    strcpy(a->config.source.interfaces, "lo,noeth7,noeth8");
    assert_int_equal(nrs_concerns_sources(&a->config), 3);
    assert_int_equal(nrs_concerns_identity(&a->config, NULL), 0);
}

static void a_reload_takes_what_can_change(void **state)
{
    struct nrs_tls_client *before;

    (void)state;
    start("");
    before = a->tls_now;
    configure(",\"report\": {\"health_s\": 77, \"min_conns\": 9}, \"allow\": [{\"port\": 1}]");
    nrs_agent_reload(a);
    assert_int_equal(a->config.report.health_s, 77);
    assert_int_equal(a->config.report.min_conns, 6); /* waits for a restart */
    assert_int_equal(a->config.allow.n, 1);
    assert_ptr_not_equal(a->tls_now, before);
    assert_false(nrs_uplink_swapped(&a->uplink)); /* the old identity until its connection ends */
}

static void a_reload_of_a_broken_file_changes_nothing(void **state)
{
    struct nrs_tls_client *before;

    (void)state;
    start("");
    before = a->tls_now;
    configure(",\"report\": {\"health_s\": 77}, \"nonsense\": 1");
    nrs_agent_reload(a);
    assert_int_equal(a->config.report.health_s, 300);
    assert_ptr_equal(a->tls_now, before);
    a->options.config = NULL;
    nrs_agent_reload(a);
    assert_ptr_equal(a->tls_now, before);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_name_is_that_of_the_certificate),
        TEST(a_host_id_of_the_configuration_wins),
        TEST(a_user_is_picked_where_none_is_named),
        TEST(spool_and_state_are_one_folder_by_default),
        TEST(a_state_folder_has_a_descriptor_of_its_own),
        TEST(a_report_only_agent_opens_no_folder),
        TEST(a_second_agent_is_refused),
        TEST(the_floor_of_an_old_spool_is_moved),
        TEST(the_compiled_in_model_writes_no_floor),
        TEST(the_health_record_is_one_json_line),
        TEST(the_status_file_is_json_with_the_newest_numbers),
        TEST(facts_are_separated_and_bounded),
        TEST(concerns_are_counted),
        TEST(a_reload_takes_what_can_change),
        TEST(a_reload_of_a_broken_file_changes_nothing),
    };

    umask(077);
    return cmocka_run_group_tests(tests, make_all, drop_all);
}
