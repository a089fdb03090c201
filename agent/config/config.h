/* agent/config/config.h - the agent's configuration: one JSON file, every key optional
 *
 * CONFIG.md lists the keys. Unknown keys, wrong types and values out of range are errors that name file, line
 * and key. Relative paths in the file are relative to the folder of the file, and are stored ready for use.
 *
 * Memory: struct nrs_config is the caller's and holds everything; nothing points outside.
 * Errors: NRS_ERR_*, and one line "FILE:LINE: KEY: what" in `why`; *c is then not to be used. */
#ifndef NRS_CONFIG_H
#define NRS_CONFIG_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/core/allow.h"
#include "agent/net/url.h"
#include "models/base/why.h"

#define NRS_CONFIG_BYTES_MAX 65535
#define NRS_CONFIG_PATH_MAX 512
#define NRS_CONFIG_KEYS_MAX 4
#define NRS_HOST_ID_MAX 64

struct nrs_config {
    char host_id[NRS_HOST_ID_MAX + 1]; /* "" = from the certificate or the host's name */
    char user[65]; /* "" = "noroshi", or "nobody" where there is no such user */
    struct {
        char url_text[512], proxy_text[512];
        struct nrs_url url, proxy; /* host "" = none */
        char ca[NRS_CONFIG_PATH_MAX], cert[NRS_CONFIG_PATH_MAX], key[NRS_CONFIG_PATH_MAX];
        char content_type[65], prefix[257];
    } collector;
    struct {
        char order[65], interfaces[257]; /* names with commas between them */
        uint32_t poll_s, buffer_kib, open_flows;
        bool names;
    } source;
    struct {
        char profile[8]; /* "host" or "router" */
        uint32_t destinations, watched, names;
    } table;
    struct {
        char file[NRS_CONFIG_PATH_MAX]; /* "" = the one compiled in */
        char keys[NRS_CONFIG_KEYS_MAX][NRS_CONFIG_PATH_MAX];
        uint32_t n_keys;
    } model;
    struct {
        char dir[NRS_CONFIG_PATH_MAX];
        uint32_t kib;
    } spool;
    struct {
        char dir[NRS_CONFIG_PATH_MAX]; /* "" = the spool's; nrs_config_state_dir */
    } state;
    struct {
        uint32_t min_conns, update_s, health_s, flush_s;
        bool evidence;
    } report;
    struct {
        bool watch;
        uint32_t walk_s, new_s;
    } scan;
    struct {
        struct nrs_allow_rule rules[NRS_ALLOW_MAX];
        uint32_t n;
    } allow;
};

/* What holds without a file. Paths are relative to the current folder. */
void nrs_config_defaults(struct nrs_config *c);

/* path: the name in messages and the folder of relative paths. text: its content, not NUL-terminated. */
int nrs_config_parse(struct nrs_config *c, const char *path, const char *text, size_t len,
                     struct nrs_why *why);

/* Reads the file at `path`, if nobody but root and this process's user can write to it. */
int nrs_config_load(struct nrs_config *c, const char *path, struct nrs_why *why);

/* The folder for what has to outlive a reboot: state.dir, else spool.dir. */
const char *nrs_config_state_dir(const struct nrs_config *c);

/* Whether `id` may be a host.id: [A-Za-z0-9._-]{1,64}. */
bool nrs_config_host_id_ok(const char *id);

#endif
