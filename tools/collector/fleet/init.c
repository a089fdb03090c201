#include "tools/collector/fleet/init.h"

#include <errno.h>
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <mbedtls/error.h>
#include <mbedtls/platform_util.h>

#include "models/base/error.h"
#include "tools/collector/files.h"
#include "tools/collector/fleet/pki.h"
#include "tools/collector/store/store.h"

static int complain_tls(const char *place, int error)
{
    char text[128];

    mbedtls_strerror(error, text, sizeof text);
    return nrs_col_complain(place, text);
}

static bool is_empty(const char *dir)
{
    DIR *d = opendir(dir);
    unsigned n = 0;

    while (d != NULL && readdir(d) != NULL)
        n++;
    if (d != NULL)
        closedir(d);
    return d != NULL && n == 2;
}

/* Makes the folder, or takes an empty one, for its owner alone. */
static int make_folder(const char *dir)
{
    if (mkdir(dir, 0700) != 0 && (errno != EEXIST || !is_empty(dir)))
        return nrs_col_complain(dir, errno == EEXIST ? "is not an empty folder" : strerror(errno));
    if (chmod(dir, 0700) != 0)
        return nrs_col_complain(dir, strerror(errno));
    return 0;
}

static int put(const char *dir, const char *name, const char *text, unsigned mode)
{
    if (nrs_col_file_write(dir, name, text, strlen(text), mode) == 0)
        return 0;
    return nrs_col_complain(name, strerror(errno));
}

/* What devices will connect to: the name given, else the address listened on, else this host. */
static void choose_name(struct nrs_col_config *c, const char *const *names, size_t n, const char *listen_host,
                        const char *host)
{
    bool any = strcmp(listen_host, "0.0.0.0") == 0 || strcmp(listen_host, "::") == 0;

    (void)snprintf(c->name, sizeof c->name, "%s", n > 0 ? names[0] : any ? host : listen_host);
}

static int make_server(const char *dir, struct nrs_col_config *c, const struct nrs_col_identity *authority,
                       const char *const *names, size_t n)
{
    struct nrs_col_identity server;
    struct sockaddr_storage address;
    char host[256] = "localhost", listen_host[64] = "";
    const char *all[NRS_COL_SANS] = {"localhost", "127.0.0.1", "::1", host, listen_host};
    int rc;

    if (n > NRS_COL_SANS - 5)
        return nrs_col_complain("--name", "too many");
    (void)nrs_col_address_read(c->listen, &address, listen_host, sizeof listen_host);
    (void)gethostname(host, sizeof host - 1);
    for (size_t i = 0; i < n; i++) {
        if (names[i][0] == '\0' || strlen(names[i]) > 253 || strpbrk(names[i], "\"\\/, ") != NULL)
            return nrs_col_complain("--name", "not a host name or address");
        all[5 + i] = names[i];
    }
    choose_name(c, names, n, listen_host, host);
    rc = nrs_col_pki_server(&server, authority, all, 5 + n, time(NULL));
    if (rc != 0)
        return complain_tls("server.pem", rc);
    rc = put(dir, "server.pem", server.cert, 0644);
    if (rc == 0)
        rc = put(dir, "server-key.pem", server.key, 0600);
    nrs_col_identity_wipe(&server);
    return rc;
}

static void say_next_steps(const char *dir, const struct nrs_col_config *c)
{
    (void)printf("next: noroshi-collector run %s\n"
                 "then copy %s/devices/device-1/ to the device and run there: "
                 "noroshi run --config device-1/noroshi.json\n"
                 "and open http://%s/; every further device: noroshi-collector device %s NAME\n",
                 dir, dir, c->page, dir);
}

int nrs_col_init(const char *dir, const struct nrs_col_config *c, const char *const *names, size_t n)
{
    struct nrs_col_identity authority;
    struct nrs_col_config config = *c;
    char why[160];
    int rc = make_folder(dir);

    if (rc != 0)
        return rc;
    rc = nrs_col_pki_authority(&authority, time(NULL));
    if (rc != 0)
        return complain_tls("ca.pem", rc);
    rc = put(dir, "ca.pem", authority.cert, 0644);
    if (rc == 0)
        rc = put(dir, "ca-key.pem", authority.key, 0600);
    if (rc == 0)
        rc = make_server(dir, &config, &authority, names, n);
    nrs_col_identity_wipe(&authority);
    if (rc == 0 && nrs_col_store_sqlite.create(dir, why) != 0)
        rc = nrs_col_complain(nrs_col_store_sqlite.file, why);
    if (rc == 0 && nrs_col_config_save(&config, dir) != 0)
        rc = nrs_col_complain("collector.json", strerror(errno));
    if (rc == 0)
        rc = nrs_col_device(dir, "device-1");
    if (rc == 0)
        say_next_steps(dir, &config);
    return rc;
}

/* A configuration that `noroshi run --config` takes as it is, from the folder that it is in. */
static int put_agent_config(const char *folder, const struct nrs_col_config *c)
{
    const char *port = strrchr(c->listen, ':') + 1;
    bool v6 = strchr(c->name, ':') != NULL;
    char text[1024];

    (void)snprintf(text, sizeof text,
                   "{\n  \"collector\": {\n    \"url\": \"https://%s%s%s:%s/v1/verdicts\",\n"
                   "    \"ca\": \"ca.pem\",\n    \"cert\": \"device.pem\",\n"
                   "    \"key\": \"device-key.pem\"\n  },\n"
                   "  \"spool\": {\"dir\": \"spool\"}\n}\n",
                   v6 ? "[" : "", c->name, v6 ? "]" : "", port);
    return put(folder, "noroshi.json", text, 0644);
}

static int put_device(const char *dir, const char *folder, const char *name, const struct nrs_col_config *c)
{
    struct nrs_col_identity authority = {0}, device;
    size_t n_cert = 0, n_key = 0;
    char *cert = nrs_col_file_read(dir, "ca.pem", sizeof authority.cert - 1, &n_cert);
    char *key = nrs_col_file_read(dir, "ca-key.pem", sizeof authority.key - 1, &n_key);
    int rc;

    if (cert == NULL || key == NULL) {
        rc = nrs_col_complain(cert == NULL ? "ca.pem" : "ca-key.pem", strerror(errno));
        goto out;
    }
    memcpy(authority.cert, cert, n_cert + 1);
    memcpy(authority.key, key, n_key + 1);
    mbedtls_platform_zeroize(key, n_key);
    rc = nrs_col_pki_device(&device, &authority, name, time(NULL));
    if (rc != 0) {
        rc = complain_tls("device.pem", rc);
        goto out;
    }
    rc = put(folder, "ca.pem", authority.cert, 0644);
    if (rc == 0)
        rc = put(folder, "device.pem", device.cert, 0644);
    if (rc == 0)
        rc = put(folder, "device-key.pem", device.key, 0600);
    if (rc == 0)
        rc = put_agent_config(folder, c);
    nrs_col_identity_wipe(&device);
out:
    nrs_col_identity_wipe(&authority);
    free(key);
    free(cert);
    return rc;
}

int nrs_col_device(const char *dir, const char *name)
{
    struct nrs_col_config c;
    char folder[512], why[160];
    int n;

    nrs_col_config_defaults(&c);
    if (nrs_col_name_check(name) != 0)
        return nrs_col_complain("device name",
                                "not 1 to 64 of A-Z a-z 0-9 . _ -, beginning with a letter or digit");
    if (nrs_col_config_load(&c, dir, why) != 0)
        return nrs_col_complain("collector.json", why);
    n = snprintf(folder, sizeof folder, "%s/devices", dir);
    if (n < 0 || (size_t)n + strlen(name) + 2 > sizeof folder)
        return nrs_col_complain(dir, "path too long");
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return nrs_col_complain(folder, strerror(errno));
    (void)snprintf(folder + n, sizeof folder - (size_t)n, "/%s", name);
    if (mkdir(folder, 0700) != 0)
        return nrs_col_complain(folder, strerror(errno));
    if (nrs_col_store_sqlite.issue(dir, name, time(NULL), why) != 0)
        return nrs_col_complain(name, why);
    return put_device(dir, folder, name, &c);
}
